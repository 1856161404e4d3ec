//! Taking a position: what the seven acts of a seat have in common.

use async_graphql::{Context, ID, Result};

use super::{
    perform::{Reply, Stop, perform, settle},
    problem::optional_text,
    reading::{self, Changed},
    user_error::{Path, UserError, UserErrorCode as Code},
};
use crate::{
    commands::{self, TakePosition},
    domain::review::{
        cell::Scope,
        position::{PositionAct, is_position},
    },
    graphql::{
        id::{decode_review_id, decode_seat_id, decode_section_id, not_found},
        scalar::{Date, Digest},
        types::Position,
    },
};

/// The fields of an input that say which position is meant.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) review_id: ID,
    pub(super) section_id: Option<ID>,
    pub(super) seat_id: Option<ID>,
    pub(super) digest: Option<Digest>,
    pub(super) reason: Option<String>,
    pub(super) until: Option<Date>,
}

impl Ask {
    /// Reads them. A position is bound to the text that was read; taking one back concerns the act, not the text.
    pub(super) fn read(self, act: PositionAct) -> Result<TakePosition, Stop> {
        let review = decode_review_id(&self.review_id).ok_or_else(not_found)?;
        let section = self.section_id.map(|id| decode_section_id(&id).ok_or_else(not_found)).transpose()?;
        let seat = self.seat_id.map(|id| decode_seat_id(&id).ok_or_else(not_found)).transpose()?;
        let seen = match (self.digest, is_position(act)) {
            (Some(Digest(seen)), true) => Some(seen),
            (None, true) => return Err(digest_missing().into()),
            (_, false) => None,
        };
        let reason = optional_text(self.reason, Path::field("reason"))?;
        let (scope, until) = (section.map_or(Scope::Whole, Scope::Section), self.until.map(|until| until.0));
        Ok(TakePosition { review, scope, seat, act, seen, reason, until })
    }
}

pub(super) fn digest_missing() -> UserError {
    UserError::about(Code::DigestMissing, Path::field("digest"), "must name the text that was read")
}

/// Takes a position from one's own seat.
pub(super) async fn take(ctx: &Context<'_>, ask: Ask, act: PositionAct) -> Result<(Changed<Position>, Reply)> {
    let review = decode_review_id(&ask.review_id).ok_or_else(not_found)?;
    let taken = async { perform(ctx, commands::take_position, &ask.read(act)?).await };
    let (position, reply) = settle(taken.await)?;
    Ok((reading::position(ctx, review, position).await, reply))
}
