//! Decides what is done in a review about somebody's interest.

use super::{HIDDEN, Refused, Table, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        id::{InterestId, ReviewId, SectionId},
        review::{
            cell::Scope,
            participation::{self, InterestAction, NewAction, ParticipationProblem},
        },
        text::Prose,
    },
    store::Store,
};

/// The decision.
#[derive(Clone, Debug)]
pub struct WeighInterest {
    /// In which review.
    pub review: ReviewId,
    /// About which interest.
    pub interest: InterestId,
    /// On which section; none is every section, and the whole.
    pub section: Option<SectionId>,
    /// What is done.
    pub action: InterestAction,
    /// Why.
    pub reason: Prose,
}

/// Decides it. Whoever takes no part any more leaves the count at once. Gives the review, to be read again.
pub async fn weigh_interest(
    store: &Store,
    actor: &Actor,
    command: &WeighInterest,
) -> Result<ReviewId, Refused<ParticipationProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let now = table.tx.now();
    let interest = table.tx.interest(command.interest).await?.ok_or(HIDDEN)?;
    let thing = table.thing_of(command.section.map_or(Scope::Whole, Scope::Section))?;
    // One of another group is not there.
    let holder = table.facts.seat(interest.seat).ok_or(HIDDEN)?.holder;
    let permit = permitted(&table.tx, actor, Thing { author: Some(holder), ..thing }).await?;
    let new = NewAction {
        id: table.tx.id(),
        section: command.section,
        action: command.action,
        reason: command.reason.clone(),
    };
    let decided = participation::decide(&permit.on(&table.facts)?, &interest, new, now).map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((decided, facts)).await?;
    tx.commit().await?;
    Ok(command.review)
}
