//! Hands a cell to single seats.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands::{self, AssignCell},
    domain::review::cell::Scope,
    graphql::{
        enums::Discipline,
        id::{decode_review_id, decode_seat_id, decode_section_id, not_found},
        types::Review,
    },
};

/// Which cell goes to whom.
#[derive(InputObject, Debug)]
pub(super) struct AssignCellInput {
    /// The review, which is open.
    review_id: ID,
    /// The section, by its id in any edition. If omitted, the document as a whole.
    section_id: Option<ID>,
    /// The discipline.
    discipline: Discipline,
    /// The seats that are asked from now on, instead of those that were. If there is none, everybody of the discipline is.
    #[graphql(validator(max_items = 100))]
    seat_ids: Vec<ID>,
}

/// What handing over did.
#[derive(SimpleObject)]
pub(super) struct AssignCellPayload {
    /// The review. Null if nothing was changed.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn assign_cell(ctx: &Context<'_>, input: AssignCellInput) -> Result<AssignCellPayload> {
    let assigned = async {
        let section = input.section_id.map(|id| decode_section_id(&id).ok_or_else(not_found)).transpose()?;
        let seats = input.seat_ids.iter().map(|id| decode_seat_id(id).ok_or_else(not_found));
        let command = AssignCell {
            review: decode_review_id(&input.review_id).ok_or_else(not_found)?,
            scope: section.map_or(Scope::Whole, Scope::Section),
            discipline: input.discipline.into(),
            seats: seats.collect::<Result<_>>()?,
        };
        perform(ctx, commands::assign_cell, &command).await
    };
    let (id, reply) = settle(assigned.await)?;
    Ok(AssignCellPayload { review: reading::review(ctx, id).await, reply })
}
