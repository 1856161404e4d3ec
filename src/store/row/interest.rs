//! Interests, and what was decided about them.

use super::Row;
use crate::{
    domain::{
        id::{InterestActionId, InterestId, PersonId, SeatId, SectionId},
        interest::{Interest, InterestCategory},
        review::participation::{ActionTaken, InterestAction},
        text::Prose,
    },
    store::StoreError,
};

pub(in crate::store) fn interest(row: ::entity::interest::Model) -> Result<Interest, StoreError> {
    let believe = Row { table: "interest", id: row.id };
    Ok(Interest {
        id: InterestId(row.id),
        seat: SeatId(row.seat_id),
        category: believe.word("category", &row.category, InterestCategory::from_word)?,
        description: believe.text("description", Prose::new(row.description))?,
        topics: believe.text("topics", serde_json::from_str(&row.topics))?,
        since: believe.date("since", &row.since)?,
        until: row.until.map(|until| believe.date("until", &until)).transpose()?,
        declared_at: row.declared_at,
        withheld: believe.prose("withheld_reason", row.withheld_reason)?,
    })
}

/// With the interest and the seat that it is about.
pub(in crate::store) fn interest_action(
    row: ::entity::interest_action::Model,
    interest: &::entity::interest::Model,
    holder: PersonId,
) -> Result<ActionTaken, StoreError> {
    let believe = Row { table: "interest_action", id: row.id };
    Ok(ActionTaken {
        id: InterestActionId(row.id),
        interest: InterestId(interest.id),
        category: believe.word("interest_id", &interest.category, InterestCategory::from_word)?,
        seat: SeatId(interest.seat_id),
        holder,
        section: row.section_id.map(SectionId),
        action: believe.word("action", &row.action, InterestAction::from_word)?,
        reason: believe.text("reason", Prose::new(row.reason))?,
        decided_by: PersonId(row.decided_by_id),
        decided_at: row.decided_at,
    })
}
