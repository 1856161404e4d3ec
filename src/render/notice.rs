//! Notices in words, for the API and for letters.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::{
    notice::{KeptNotice, NoticeKind as Kind},
    review::notice::told,
};

/// A day as people in Britain write it.
pub fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// What a notice tells, in one sentence of English.
pub fn sentence(kept: &KeptNotice) -> String {
    let words = match kept.notice.kind {
        Kind::Reminder => return reminder_sentence(kept),
        Kind::ReviewOpened => "A review has opened.",
        Kind::ReviewMoved => "The dates of a review were moved.",
        Kind::RulesReopened => "The rules of an open review were changed.",
        Kind::AskedAgain => "A text was changed after you had taken a position on it: you are asked again.",
        Kind::PositionRecorded => "A position was recorded for you; you can take it back.",
        Kind::ObjectionRaised => "An objection was raised.",
        Kind::BallotHeld => "A ballot on an objection was opened or closed.",
        Kind::CellAssigned => "A text was handed to you, to be signed for your discipline.",
        Kind::InterestWeighed => "It was decided what you take part in, because of an interest that you declared.",
        Kind::EditionPublished => "A review has ended with a new edition.",
        Kind::DocumentReaffirmed => "A review has ended: the edition in force stands.",
        Kind::ReviewCancelled => "A review was cancelled.",
    };
    words.to_owned()
}

fn reminder_sentence(kept: &KeptNotice) -> String {
    let told = told(&kept.notice);
    // What waits on both clocks of a review is the same work, and counted once.
    let mut own = BTreeMap::new();
    for reminder in &told.reminders {
        let waiting = own.entry(reminder.review).or_insert(0);
        *waiting = reminder.waiting.max(*waiting);
    }
    let own: usize = own.values().sum();
    let nearest = told.reminders.iter().map(|reminder| reminder.until).min();
    let others: BTreeSet<_> =
        told.escalations.iter().flat_map(|escalation| &escalation.late).map(|late| late.seat).collect();
    let own = nearest.map(|until| format!("{own} of your tasks wait, the nearest until {until}"));
    let others = (!others.is_empty()).then(|| format!("{} other seats are late", others.len()));
    let told: Vec<String> = own.into_iter().chain(others).collect();
    format!("{}.", told.join("; "))
}
