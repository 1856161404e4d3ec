//! Who is told of an act in a review. Whoever did it is not told what they did.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Outcome, Review, ReviewFacts,
    assignment::{Assignment, CellAssigned},
    ballot::{BallotMoved, Moved},
    cell::{Scope, cells},
    ladder::{Deadline, Escalation, Message, Reminder},
    participation::ActionTaken,
    position::{Position, PositionAct},
    request::request,
    task::{Task, TaskReason},
};
use crate::domain::{
    id::{DocumentId, PersonId, ReviewId, SeatId, SectionId},
    notice::{Notice, NoticeKind},
    role::{Discipline, Office},
    time::Timestamp,
};

/// The most cells that one reminder lists of a review; it always says how many there are.
const CELLS_MAX: usize = 100;

/// A review opened: told to all it asks and to those who run it.
pub fn opened(facts: &ReviewFacts, by: Option<PersonId>, now: Timestamp) -> Vec<Notice> {
    let review = &facts.review;
    let mut told: BTreeSet<PersonId> = [by].into_iter().flatten().collect();
    let disciplines: BTreeSet<_> = cells(facts).into_iter().map(|(cell, _)| cell.discipline).collect();
    let asked = facts.seats.iter().filter(|seat| {
        seat.term.covers(now) && seat.post.discipline().is_some_and(|discipline| disciplines.contains(&discipline))
    });
    let mut notices = Vec::new();
    for seat in asked.filter(|seat| Some(seat.holder) != by) {
        if told.insert(seat.holder) {
            let request = request(review, seat);
            let data = json!({ "acceptUntil": request.accept_until, "completeUntil": request.complete_until });
            notices.push(about(review, seat.holder, NoticeKind::ReviewOpened, data));
        }
    }
    let data = json!({ "completeUntil": review.timetable.sign_off_until });
    for person in running(facts, now).difference(&told) {
        notices.push(about(review, *person, NoticeKind::ReviewOpened, data.clone()));
    }
    notices
}

/// Something about the review as a whole, told to everybody with a part in it.
pub fn to_everybody(
    facts: &ReviewFacts,
    kind: NoticeKind,
    data: &serde_json::Value,
    by: Option<PersonId>,
    now: Timestamp,
) -> Vec<Notice> {
    let disciplines: BTreeSet<_> = cells(facts).into_iter().map(|(cell, _)| cell.discipline).collect();
    let asked = facts.seats.iter().filter(|seat| {
        seat.term.covers(now) && seat.post.discipline().is_some_and(|discipline| disciplines.contains(&discipline))
    });
    let told: BTreeSet<PersonId> = asked.map(|seat| seat.holder).chain(running(facts, now)).collect();
    let told = told.into_iter().filter(|person| Some(*person) != by);
    told.map(|person| about(&facts.review, person, kind, data.clone())).collect()
}

/// The review ended.
pub fn concluded(facts: &ReviewFacts, outcome: &Outcome, by: Option<PersonId>, now: Timestamp) -> Vec<Notice> {
    let kind = match outcome {
        Outcome::Published => NoticeKind::EditionPublished,
        Outcome::Reaffirmed { .. } => NoticeKind::DocumentReaffirmed,
        Outcome::Cancelled { .. } => NoticeKind::ReviewCancelled,
    };
    to_everybody(facts, kind, &json!({}), by, now)
}

/// A position was taken: a member is told what was recorded in their name, and those who run the review of an objection.
pub fn taken(facts: &ReviewFacts, position: &Position, now: Timestamp) -> Vec<Notice> {
    let review = &facts.review;
    let by = position.recorded_by;
    let data = json!({
        "position": position.id, "act": position.act, "discipline": position.cell.discipline,
        "section": position.cell.scope.section(),
    });
    let mut notices = Vec::new();
    if let Some(seat) = facts.seat(position.seat).filter(|seat| seat.holder != by) {
        notices.push(about(review, seat.holder, NoticeKind::PositionRecorded, data.clone()));
    }
    let runs_into = match position.act {
        PositionAct::Object => Some(NoticeKind::ObjectionRaised),
        PositionAct::Approve
        | PositionAct::Abstain
        | PositionAct::Recuse
        | PositionAct::NeedMoreTime
        | PositionAct::Lift
        | PositionAct::Withdraw => None,
    };
    if let Some(kind) = runs_into {
        let told = running(facts, now).into_iter().filter(|person| *person != by);
        notices.extend(told.map(|person| about(review, person, kind, data.clone())));
    }
    notices
}

/// A ballot was opened: told to all who have a vote. It was closed: told to whoever objected, and to those who run the
/// review. Of votes nobody is told.
pub fn balloted(facts: &ReviewFacts, done: &BallotMoved) -> Vec<Notice> {
    let data = json!({ "objection": done.objection(), "section": done.scope().section() });
    let holder = |seat: SeatId| facts.seat(seat).map(|seat| seat.holder);
    let told: BTreeSet<PersonId> = match done.moved() {
        Moved::Voted(..) => BTreeSet::new(),
        Moved::Opened(ballot) => ballot.electors.iter().filter_map(|elector| holder(elector.seat)).collect(),
        Moved::Closed(_) => {
            let objection = facts.positions.iter().find(|position| position.id == done.objection());
            let objector = objection.and_then(|objection| holder(objection.seat));
            running(facts, done.at()).into_iter().chain(objector).collect()
        }
    };
    let told = told.into_iter().filter(|person| *person != done.by());
    told.map(|person| about(&facts.review, person, NoticeKind::BallotHeld, data.clone())).collect()
}

/// A cell was handed over: told to those who had it not in hand before.
pub fn assigned(facts: &ReviewFacts, done: &CellAssigned) -> Vec<Notice> {
    let cell = done.cell();
    let data = json!({ "section": cell.scope.section(), "discipline": cell.discipline });
    let is_new = |seat: &&SeatId| !facts.assignments.contains(&Assignment { cell, seat: **seat });
    let told = done.seats().iter().filter(is_new).filter_map(|seat| facts.seat(*seat)).map(|seat| seat.holder);
    let told: BTreeSet<PersonId> = told.filter(|person| *person != done.by()).collect();
    told.into_iter().map(|person| about(&facts.review, person, NoticeKind::CellAssigned, data.clone())).collect()
}

/// It was decided what is done about an interest: told to its holder, and to those who run the review.
pub fn weighed(facts: &ReviewFacts, done: &ActionTaken) -> Vec<Notice> {
    let data = json!({ "interest": done.interest, "section": done.section, "action": done.action });
    let told: BTreeSet<PersonId> = running(facts, done.decided_at).into_iter().chain([done.holder]).collect();
    let told = told.into_iter().filter(|person| *person != done.decided_by);
    told.map(|person| about(&facts.review, person, NoticeKind::InterestWeighed, data.clone())).collect()
}

/// A section was edited: whoever had taken a position on it, or on the whole, is asked again. `before` is how things
/// stood before the edit.
pub fn edited(before: &ReviewFacts, section: SectionId, by: Option<PersonId>) -> Vec<Notice> {
    let hit = super::position::impact(before, section);
    let mut told: BTreeSet<PersonId> = by.into_iter().collect();
    let mut notices = Vec::new();
    for position in hit.into_iter().filter(|position| position.act != PositionAct::Recuse) {
        let Some(seat) = before.seat(position.seat) else { continue };
        if told.insert(seat.holder) {
            let on = match position.cell.scope {
                Scope::Section(section) => Some(section),
                Scope::Whole => None,
            };
            let data = json!({ "section": on, "discipline": position.cell.discipline });
            notices.push(about(&before.review, seat.holder, NoticeKind::AskedAgain, data));
        }
    }
    notices
}

/// What a reminder tells, as the record keeps it and its reader finds it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Told {
    /// What waits for the reader, the nearest day first.
    pub reminders: Vec<ToldReminder>,
    /// What waits for others and has come to the reader as well.
    pub escalations: Vec<ToldEscalation>,
}

/// What waits for the reader in one review.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ToldReminder {
    /// In which review.
    pub review: ReviewId,
    /// Of which document.
    pub document: DocumentId,
    /// Which of the two clocks.
    pub deadline: Deadline,
    /// Until when.
    pub until: NaiveDate,
    /// The rung, as it is written.
    pub rung: String,
    /// How many things wait.
    pub waiting: usize,
    /// The seats in whose place the reader is asked (T6).
    #[serde(default)]
    pub in_place_of: Vec<SeatId>,
    /// The first of them: at most a hundred.
    pub cells: Vec<ToldCell>,
}

/// One thing that waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ToldCell {
    /// On which section; none is the whole.
    pub section: Option<SectionId>,
    /// For which discipline.
    pub discipline: Discipline,
    /// Why.
    pub why: TaskReason,
}

/// What others have not done in one review.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ToldEscalation {
    /// In which review.
    pub review: ReviewId,
    /// Of which document.
    pub document: DocumentId,
    /// Which of the two clocks.
    pub deadline: Deadline,
    /// Until when it should have been done.
    pub until: NaiveDate,
    /// The rung, as it is written.
    pub rung: String,
    /// Whose it is.
    pub late: Vec<ToldLate>,
}

/// A seat that is late.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ToldLate {
    /// Which.
    pub seat: SeatId,
    /// How many things wait for it.
    pub waiting: usize,
}

/// The one message of a person at a rung of the ladder.
pub fn reminder(message: &Message) -> Notice {
    let place = message.reminders.first().map(|reminder| (reminder.document, reminder.review));
    let place = place.or(message.escalations.first().map(|escalation| (escalation.document, escalation.review)));
    let told = Told {
        reminders: message.reminders.iter().map(own).collect(),
        escalations: message.escalations.iter().map(of_others).collect(),
    };
    Notice {
        to: message.to,
        kind: NoticeKind::Reminder,
        document: place.map(|(document, _)| document),
        review: place.map(|(_, review)| review),
        data: json!(told),
    }
}

/// What a notice tells, if it is a reminder.
pub fn told(notice: &Notice) -> Told {
    match notice.kind {
        NoticeKind::Reminder => Told::deserialize(&notice.data).unwrap_or_default(),
        NoticeKind::ReviewOpened
        | NoticeKind::ReviewMoved
        | NoticeKind::RulesReopened
        | NoticeKind::AskedAgain
        | NoticeKind::PositionRecorded
        | NoticeKind::ObjectionRaised
        | NoticeKind::BallotHeld
        | NoticeKind::InterestWeighed
        | NoticeKind::CellAssigned
        | NoticeKind::EditionPublished
        | NoticeKind::DocumentReaffirmed
        | NoticeKind::ReviewCancelled => Told::default(),
    }
}

fn own(reminder: &Reminder) -> ToldReminder {
    let cell = |task: &Task| ToldCell {
        section: task.cell.scope.section(),
        discipline: task.cell.discipline,
        why: task.reason,
    };
    let in_place_of: BTreeSet<SeatId> = reminder.tasks.iter().filter_map(|task| task.in_place_of).collect();
    ToldReminder {
        review: reminder.review,
        document: reminder.document,
        deadline: reminder.deadline,
        until: reminder.until,
        rung: reminder.rung.to_string(),
        waiting: reminder.tasks.len(),
        in_place_of: in_place_of.into_iter().collect(),
        cells: reminder.tasks.iter().take(CELLS_MAX).map(cell).collect(),
    }
}

fn of_others(escalation: &Escalation) -> ToldEscalation {
    ToldEscalation {
        review: escalation.review,
        document: escalation.document,
        deadline: escalation.deadline,
        until: escalation.until,
        rung: escalation.rung.to_string(),
        late: escalation.late.iter().map(|(seat, waiting)| ToldLate { seat: *seat, waiting: *waiting }).collect(),
    }
}

/// Those who run the review: chair, vice chair and secretariat.
fn running(facts: &ReviewFacts, now: Timestamp) -> BTreeSet<PersonId> {
    let offices = [Office::Chair, Office::ViceChair, Office::Secretariat];
    let seats = facts.seats.iter().filter(|seat| seat.term.covers(now) && offices.contains(&seat.post.office()));
    seats.map(|seat| seat.holder).collect()
}

fn about(review: &Review, to: PersonId, kind: NoticeKind, data: serde_json::Value) -> Notice {
    Notice { to, kind, document: Some(review.document), review: Some(review.id), data }
}
