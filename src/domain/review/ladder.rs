//! Who is reminded of what, and when (T4, T5). Asks no clock; planning twice gives the same.
//!
//! ```text
//! open reviews ── due(): has a rung been passed since the ladder was last walked? ── facts ── plan() ──> messages
//!                                                                                                  └──> walked: (from, to]
//! ```
//!
//! A review remembers until when its ladder was walked. What lies between that instant and now is due now: of several
//! rungs the latest one, and whoever carries the plan out moves the mark in the same transaction, if it still stands where
//! the plan found it. So no rung is sent twice, and none is lost, however long nobody looked.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::{
    Review, ReviewFacts, ReviewState,
    request::{Request, requests},
    task::{Task, every_task},
};
use crate::domain::{
    absence::stand_in,
    document::policy::{Before, Ladder},
    id::{DocumentId, PersonId, ReviewId, SeatId},
    role::{Discipline, Office, Seat, words},
    time::{Timestamp, london_day, start_of_day},
};

words! {
    /// Which of the two clocks of a request a reminder is about. They run one after the other and are never taken for one.
    Deadline {
        /// To say that one will do it.
        Accept = "ACCEPT",
        /// To have done it.
        Complete = "COMPLETE",
    }
}

/// One step of a ladder.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rung {
    /// So long before the day, or on it.
    Before(Before),
    /// So many days after it.
    After {
        /// How many.
        days: u32,
    },
}

impl Rung {
    /// The day on which it is due, from its first instant on.
    pub fn day(self, until: NaiveDate) -> NaiveDate {
        match self {
            Self::Before(before) => before.day(until),
            Self::After { days } => until + Days::new(u64::from(days)),
        }
    }
}

impl std::fmt::Display for Rung {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Before(before) => before.fmt(f),
            Self::After { days } => write!(f, "+P{days}D"),
        }
    }
}

/// The latest rung towards a day that was passed after `from` and not after `now`. The earlier ones become it.
pub fn latest_rung(ladder: &Ladder, until: NaiveDate, from: Timestamp, now: Timestamp) -> Option<Rung> {
    let days_after = (london_day(now) - until).num_days();
    let after = ladder.every_days().and_then(|every| {
        let passed = u32::try_from(days_after).ok()? / every;
        (passed > 0).then_some(Rung::After { days: passed * every })
    });
    let passed = |rung: &Rung| start_of_day(rung.day(until)) <= now;
    let before = || ladder.before().iter().rev().map(|before| Rung::Before(*before)).find(passed);
    after.or_else(before).filter(|rung| start_of_day(rung.day(until)) > from)
}

/// The ladder towards an acceptance: on the day, and after it as often as the review's own.
fn accept_ladder(of: &Ladder) -> Ladder {
    Ladder::new(&[Before::ON_THE_DAY], of.every_days()).unwrap_or(*of)
}

/// Whether a rung was passed since the ladder of a review was last walked; then its facts are worth looking at.
pub fn due(review: &Review, seats: &[Seat], now: Timestamp) -> bool {
    let (rules, from, until) = (&review.rules, review.walked_at, review.timetable.sign_off_until);
    let accept_due = |request: Request| {
        request.accept_until < until
            && latest_rung(&accept_ladder(&rules.ladder), request.accept_until, from, now).is_some()
    };
    match review.state {
        ReviewState::Open => {
            latest_rung(&rules.ladder, until, from, now).is_some()
                || requests(review, seats, now).into_iter().any(|(_, request)| accept_due(request))
        }
        ReviewState::Concluded { .. } => false,
    }
}

/// What is to be sent, and until when each ladder is then walked.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Plan {
    /// One message for each person.
    pub messages: Vec<Message>,
    /// The reviews whose ladders were looked at.
    pub walked: Vec<Walked>,
}

/// A ladder that was walked on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Walked {
    /// Of which review.
    pub review: ReviewId,
    /// From where: the plan holds only if nobody has walked it since.
    pub from: Timestamp,
    /// To where.
    pub to: Timestamp,
}

/// Everything that one person is to be told at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Who.
    pub to: PersonId,
    /// What waits for them, the nearest day first.
    pub reminders: Vec<Reminder>,
    /// What waits for others and has come to them as well (T5).
    pub escalations: Vec<Escalation>,
}

/// What waits for somebody in one review, at one rung.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reminder {
    /// In which review.
    pub review: ReviewId,
    /// Of which document.
    pub document: DocumentId,
    /// Which of the two clocks.
    pub deadline: Deadline,
    /// Until when.
    pub until: NaiveDate,
    /// At which rung.
    pub rung: Rung,
    /// What waits, in reading order.
    pub tasks: Vec<Task>,
}

/// What somebody else has not done in one review. The duty stays theirs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Escalation {
    /// In which review.
    pub review: ReviewId,
    /// Of which document.
    pub document: DocumentId,
    /// Which of the two clocks.
    pub deadline: Deadline,
    /// Until when it should have been done.
    pub until: NaiveDate,
    /// At which rung.
    pub rung: Rung,
    /// In which seats, and how many things wait for each.
    pub late: BTreeMap<SeatId, usize>,
}

/// Plans what is to be sent now about these reviews, in which a rung may have been passed. Nothing is sent about one that
/// is over.
pub fn plan<'a>(reviews: impl IntoIterator<Item = &'a ReviewFacts>, now: Timestamp) -> Plan {
    let mut messages: BTreeMap<PersonId, Message> = BTreeMap::new();
    let mut walked = Vec::new();
    for facts in reviews.into_iter().filter(|facts| facts.is_open() && facts.review.walked_at < now) {
        walked.push(Walked { review: facts.review.id, from: facts.review.walked_at, to: now });
        let mut by_person: BTreeMap<PersonId, Vec<Task>> = BTreeMap::new();
        for (person, task) in every_task(facts, now) {
            by_person.entry(person).or_default().push(task);
        }
        for reminder in deadlines(facts, now) {
            remind(facts, &reminder, &by_person, &mut messages, now);
        }
    }
    let mut messages: Vec<Message> = messages.into_values().collect();
    for message in &mut messages {
        message.reminders.sort_by_key(|reminder| (reminder.until, reminder.review, reminder.deadline));
        message.escalations.sort_by_key(|escalation| (escalation.until, escalation.review, escalation.deadline));
    }
    Plan { messages, walked }
}

/// A deadline at a rung, for the seats whose it is.
struct Reached {
    deadline: Deadline,
    until: NaiveDate,
    rung: Rung,
    seats: BTreeSet<SeatId>,
}

/// The deadlines of a review whose ladders have a rung due now. Once the day to complete is there, nobody is reminded of
/// accepting any more.
fn deadlines(facts: &ReviewFacts, now: Timestamp) -> Vec<Reached> {
    let review = &facts.review;
    let (ladder, from, until) = (&review.rules.ladder, review.walked_at, review.timetable.sign_off_until);
    let asked = requests(review, &facts.seats, now);
    let mut reached = Vec::new();
    let mut by_day: BTreeMap<NaiveDate, BTreeSet<SeatId>> = BTreeMap::new();
    for (seat, request) in &asked {
        if request.accept_until < until && !facts.has_accepted(*seat) {
            by_day.entry(request.accept_until).or_default().insert(*seat);
        }
    }
    let is_over = start_of_day(until) <= now;
    for (day, seats) in by_day.into_iter().filter(|_| !is_over) {
        if let Some(rung) = latest_rung(&accept_ladder(ladder), day, from, now) {
            reached.push(Reached { deadline: Deadline::Accept, until: day, rung, seats });
        }
    }
    if let Some(rung) = latest_rung(ladder, until, from, now) {
        let seats = facts.seats.iter().map(|seat| seat.id).collect();
        reached.push(Reached { deadline: Deadline::Complete, until, rung, seats });
    }
    reached
}

fn remind(
    facts: &ReviewFacts,
    reached: &Reached,
    by_person: &BTreeMap<PersonId, Vec<Task>>,
    messages: &mut BTreeMap<PersonId, Message>,
    now: Timestamp,
) {
    let Reached { deadline, until, rung, .. } = *reached;
    let (review, document) = (facts.review.id, facts.review.document);
    let message = |to: PersonId| Message { to, reminders: vec![], escalations: vec![] };
    let mut late: BTreeMap<SeatId, (PersonId, usize)> = BTreeMap::new();
    for (person, tasks) in by_person {
        let tasks: Vec<Task> =
            tasks.iter().filter(|task| task.is_owed() && reached.seats.contains(&task.seat)).copied().collect();
        // Whoever is away is asked through their stand-in, whose cells are the same (T6).
        let tasks: Vec<Task> =
            tasks.into_iter().filter(|task| stand_in(&facts.absences, task.seat, now).is_none()).collect();
        if tasks.is_empty() {
            continue;
        }
        for task in &tasks {
            late.entry(task.seat).or_insert((*person, 0)).1 += 1;
        }
        let reminder = Reminder { review, document, deadline, until, rung, tasks };
        messages.entry(*person).or_insert_with(|| message(*person)).reminders.push(reminder);
    }
    for (helper, whose) in added(facts, deadline, rung, now) {
        let is_theirs = |seat: SeatId| match whose {
            Whose::All => true,
            Whose::Of(discipline) => facts.seat(seat).is_some_and(|seat| seat.post.discipline() == Some(discipline)),
        };
        let of_others = late.iter().filter(|(seat, (person, _))| *person != helper && is_theirs(**seat));
        let late: BTreeMap<SeatId, usize> = of_others.map(|(seat, (_, count))| (*seat, *count)).collect();
        if !late.is_empty() {
            let escalation = Escalation { review, document, deadline, until, rung, late };
            messages.entry(helper).or_insert_with(|| message(helper)).escalations.push(escalation);
        }
    }
}

/// Whose lateness comes to somebody.
#[derive(Clone, Copy)]
enum Whose {
    /// Everybody's.
    All,
    /// That of one discipline.
    Of(Discipline),
}

/// Whom a rung adds to those who are reminded (T5): to an acceptance that is late the lead of the discipline and the
/// secretariat; to work that is late first these, at the next rung the vice chair too, and from then on the chair too.
fn added(facts: &ReviewFacts, deadline: Deadline, rung: Rung, now: Timestamp) -> BTreeMap<PersonId, Whose> {
    let Rung::After { days } = rung else { return BTreeMap::new() };
    let every = facts.review.rules.ladder.every_days().unwrap_or(days).max(1);
    let offices: &[Office] = match (deadline, days / every) {
        (Deadline::Accept, _) | (Deadline::Complete, 0 | 1) => &[Office::Secretariat],
        (Deadline::Complete, 2) => &[Office::Secretariat, Office::ViceChair],
        (Deadline::Complete, _) => &[Office::Secretariat, Office::ViceChair, Office::Chair],
    };
    let in_term = || facts.seats.iter().filter(|seat| seat.term.covers(now));
    let leads = in_term().filter(|seat| seat.is_lead);
    let leads = leads.filter_map(|seat| Some((seat.holder, Whose::Of(seat.post.discipline()?))));
    let holders = in_term().filter(|seat| offices.contains(&seat.post.office())).map(|seat| (seat.holder, Whose::All));
    // Who is told of everybody is told of their discipline as well.
    leads.chain(holders).collect()
}

impl Message {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.reminders.is_empty() && self.escalations.is_empty()
    }
}
