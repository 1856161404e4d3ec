//! Calendars of reviews: what stands in one, and the secret links by which other programs fetch it.
//!
//! A link reads with the eyes of whoever made it, at the moment it is fetched: what ended or was taken back shows nothing
//! (A5). Its code is kept as its hash only.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{
    access::{Actor, Denied},
    document::Document,
    id::{GroupId, PersonId},
    invitation::Mark,
    review::{Outcome, ReviewFacts, ReviewState, request::requests, task::tasks},
    role::words,
    text::Line,
    time::{Timestamp, london_day},
};

/// How long reviews that are over stay in calendars, in days.
pub const KEPT_DAYS: u64 = 400;

words! {
    /// What an entry is about. Its word is a part of the entry's name, which stays when its days move.
    EntryKind {
        /// Texts are written.
        Drafting = "drafting",
        /// Disciplines sign.
        SignOff = "sign-off",
        /// The last look.
        FinalWindow = "final-window",
        /// The edition comes out.
        Publication = "publication",
        /// Somebody is to say whether they take part.
        Accept = "accept",
        /// Somebody is to have done what they owe.
        Complete = "complete",
        /// The next full review is due.
        Due = "due",
    }
}

/// One entry: whole days in London.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Of which review; or, if it is about a due date, of which document.
    pub of: Uuid,
    /// What it is about.
    pub kind: EntryKind,
    /// Title of the document.
    pub title: Line,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub until: NaiveDate,
    /// How many things wait for the reader; none if it is not about them.
    pub waiting: Option<usize>,
    /// Whether the review was cancelled.
    pub is_cancelled: bool,
    /// How often that changed, and when last: what programs tell an entry's versions apart by.
    pub revision: Revised,
}

/// How often something was revised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Revised {
    /// How often since it was first there.
    pub times: u32,
    /// When last.
    pub at: Timestamp,
}

/// What a review puts into a calendar: its windows, and if `person` is given, what they are asked and until when.
pub fn entries(
    facts: &ReviewFacts,
    title: &Line,
    revision: Revised,
    person: Option<PersonId>,
    now: Timestamp,
) -> Vec<Entry> {
    let review = &facts.review;
    let plan = &review.timetable;
    let after = |day: NaiveDate| day + Days::new(1);
    let is_cancelled = matches!(review.state, ReviewState::Concluded { outcome: Outcome::Cancelled { .. }, .. });
    let entry = |kind, from: NaiveDate, until: NaiveDate, waiting| Entry {
        of: review.id.0,
        kind,
        title: title.clone(),
        from: from.min(until),
        until,
        waiting,
        is_cancelled,
        revision,
    };
    let window_from = after(plan.sign_off_until).min(plan.publication_on);
    let mut entries = vec![
        entry(EntryKind::Drafting, london_day(review.opened_at), plan.drafting_until, None),
        entry(EntryKind::SignOff, after(plan.drafting_until), plan.sign_off_until, None),
        entry(EntryKind::FinalWindow, window_from, plan.publication_on, None),
        entry(EntryKind::Publication, plan.publication_on, plan.publication_on, None),
    ];
    let Some(person) = person.filter(|_| facts.is_open()) else { return entries };
    let own: BTreeSet<_> = facts.seats.iter().filter(|seat| seat.holder == person).map(|seat| seat.id).collect();
    let waiting = tasks(facts, person, now).iter().filter(|task| task.is_owed()).count();
    if waiting == 0 {
        return entries;
    }
    let asked = requests(review, &facts.seats, now).into_iter().filter(|(seat, _)| own.contains(seat));
    if let Some(accept) =
        asked.filter(|(seat, _)| !facts.has_accepted(*seat)).map(|(_, asked)| asked.accept_until).min()
    {
        entries.push(entry(EntryKind::Accept, accept, accept, Some(waiting)));
    }
    entries.push(entry(EntryKind::Complete, plan.sign_off_until, plan.sign_off_until, Some(waiting)));
    entries
}

/// What a document puts into a calendar, whether it is under review or not: when its next full review is due, to the
/// precision that was promised (D8).
pub fn due(document: &Document, revision: Revised) -> Entry {
    Entry {
        of: document.id.0,
        kind: EntryKind::Due,
        title: document.title.clone(),
        from: document.review_due.first_day(),
        until: document.review_due.last_day(),
        waiting: None,
        is_cancelled: false,
        revision,
    }
}

/// A link to a calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CalendarLink {
    /// Whose eyes it reads with.
    pub person: PersonId,
    /// The group whose calendar it is; none is the person's own.
    pub group: Option<GroupId>,
}

/// That somebody has another link, or none any more. Those before to the same calendar are worth nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkReplaced {
    link: CalendarLink,
    mark: Option<Mark>,
    at: Timestamp,
}

impl LinkReplaced {
    /// Which calendar, read by whom.
    pub fn link(&self) -> CalendarLink {
        self.link
    }

    /// What is kept of the code of the new link; none if there is none.
    pub fn mark(&self) -> Option<Mark> {
        self.mark
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Makes a link to one's own calendar, or to that of a group that one sits in; without a mark takes the one before back,
/// which needs no seat any more. It gives nobody more than its maker has, so no permit is asked for.
pub fn replace_link(
    actor: &Actor,
    group: Option<GroupId>,
    mark: Option<Mark>,
    now: Timestamp,
) -> Result<LinkReplaced, Denied> {
    let Actor::Person(signed_in) = actor else { return Err(Denied::Hidden) };
    let sits_in = |group| signed_in.seats.iter().any(|seat| seat.group == group && seat.term.covers(now));
    if mark.is_some() && group.is_some_and(|group| !sits_in(group)) {
        return Err(Denied::Forbidden);
    }
    Ok(LinkReplaced { link: CalendarLink { person: signed_in.person, group }, mark, at: now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::*;

    const REVISED: Revised = Revised { times: 0, at: Timestamp::UNIX_EPOCH };

    fn kinds(world: &World, person: Option<PersonId>) -> Vec<EntryKind> {
        let title = Line::new("Advice").unwrap();
        entries(&world.facts, &title, REVISED, person, world.now).iter().map(|entry| entry.kind).collect()
    }

    #[test]
    fn t2_the_windows_of_a_review_follow_one_another_without_a_gap() {
        let world = World::new(&[&[SURGERY]]);
        let title = Line::new("Advice").unwrap();
        let entries = entries(&world.facts, &title, REVISED, None, world.now);
        let [drafting, sign_off, window, publication] = entries.as_slice() else { panic!("{entries:?}") };
        assert_eq!(drafting.until + Days::new(1), sign_off.from);
        assert_eq!(sign_off.until + Days::new(1), window.from);
        assert_eq!((publication.from, publication.until), (window.until, window.until));
    }

    #[test]
    fn d8_a_due_date_known_to_the_month_stands_on_all_of_its_days() {
        let document = crate::domain::document::Document { review_due: date("2019-05"), ..document() };
        let entry = due(&document, REVISED);
        assert_eq!((entry.from, entry.until), (date("2019-05-01").first_day(), date("2019-05-31").first_day()));
        assert_eq!(entry.of, document.id.0);
    }

    #[test]
    fn t4_what_somebody_owes_stands_in_their_calendar_until_it_is_done() {
        use EntryKind::*;
        let mut world = World::new(&[&[SURGERY]]);
        let windows = vec![Drafting, SignOff, FinalWindow, Publication];
        let owed = [windows.clone(), vec![Accept, Complete]].concat();
        assert_eq!(kinds(&world, Some(person(SURGEONS[0]))), owed);
        assert_eq!(kinds(&world, Some(person(CHAIR))), windows);
        world.take(SURGEONS[0], on(0), crate::domain::review::position::PositionAct::Approve).unwrap();
        assert_eq!(kinds(&world, Some(person(SURGEONS[0]))), windows);
    }
}
