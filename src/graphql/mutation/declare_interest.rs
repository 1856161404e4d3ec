//! Declares an interest.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::text,
    reading::{self, Changed},
    user_error::{Path, UserError},
};
use crate::{
    commands::{self, DeclareInterest},
    domain::{
        interest::{InterestProblem, TOPICS_MAX},
        text::Line,
    },
    graphql::{
        enums::InterestCategory,
        id::{decode_seat_id, not_found},
        scalar::PartialDate,
        types::Interest,
    },
};

/// The interest.
#[derive(InputObject, Debug)]
pub(super) struct DeclareInterestInput {
    /// Your seat.
    seat_id: ID,
    /// What kind of interest it is.
    category: InterestCategory,
    /// What it is, in your words. It is public, unless the secretariat withholds it for a stated reason.
    description: String,
    /// What it bears on, a line each, at most 20. Leave it out if on nothing in particular.
    #[graphql(default)]
    topics: Vec<String>,
    /// Since when, as precise as it is known.
    since: PartialDate,
    /// Until when, if that is known.
    until: Option<PartialDate>,
}

/// What declaring did.
#[derive(SimpleObject)]
pub(super) struct DeclareInterestPayload {
    /// The entry of the register. Null if nothing was declared.
    interest: Changed<Interest>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn declare_interest(ctx: &Context<'_>, input: DeclareInterestInput) -> Result<DeclareInterestPayload> {
    let declared = async {
        let command = DeclareInterest {
            seat: decode_seat_id(&input.seat_id).ok_or_else(not_found)?,
            category: input.category.into(),
            description: text(input.description, Path::field("description"))?,
            topics: topics(input.topics)?,
            since: input.since.0,
            until: input.until.map(|until| until.0),
        };
        perform(ctx, commands::declare_interest, &command).await
    };
    let (key, reply) = settle(declared.await)?;
    Ok(DeclareInterestPayload { interest: reading::interest(ctx, key).await, reply })
}

fn topics(raw: Vec<String>) -> Result<Vec<Line>, UserError> {
    // More are refused, so no more need be read.
    if raw.len() > TOPICS_MAX {
        return Err(InterestProblem::TooManyTopics.into());
    }
    raw.into_iter().map(|topic| text(topic, Path::field("topics"))).collect()
}
