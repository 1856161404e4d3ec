//! Holds a ballot on an objection (S13): opens it, votes, closes it.

use super::{HIDDEN, Refused, Table, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        id::{PositionId, ReviewId, SeatId},
        review::ballot::{self, BallotProblem},
        text::Prose,
    },
    store::Store,
};

/// What to do about the ballot on an objection.
#[derive(Clone, Debug)]
pub struct BallotOn {
    /// In which review.
    pub review: ReviewId,
    /// The objection.
    pub objection: PositionId,
    /// What.
    pub step: BallotStep,
}

/// A step of a ballot.
#[derive(Clone, Debug)]
pub enum BallotStep {
    /// Open it.
    Open {
        /// Why.
        reason: Prose,
    },
    /// Vote.
    Vote {
        /// From which seat; the actor's only one that votes unless given.
        seat: Option<SeatId>,
        /// Whether for voting the objection down.
        is_in_favour: bool,
    },
    /// Close it.
    Close,
}

/// Does one step. Gives the review, to be read again.
pub async fn hold_ballot(store: &Store, actor: &Actor, command: &BallotOn) -> Result<ReviewId, Refused<BallotProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let now = table.tx.now();
    let thing = thing(&table, command.objection)?;
    let moved = match &command.step {
        BallotStep::Open { reason } => {
            let permit = permitted(&table.tx, actor, thing).await?;
            ballot::open(&permit.on(&table.facts)?, command.objection, reason.clone(), now)
        }
        BallotStep::Vote { seat, is_in_favour } => {
            let seat = table.voting_seat(actor, *seat, now).cloned();
            // The group votes, whatever discipline the text asks for.
            let disciplines = seat.iter().filter_map(|seat| seat.post.discipline()).collect();
            let permit = permitted(&table.tx, actor, Thing { seat, disciplines, ..thing }).await?;
            ballot::vote(&permit.on(&table.facts)?, command.objection, *is_in_favour, now)
        }
        BallotStep::Close => {
            let permit = permitted(&table.tx, actor, thing).await?;
            ballot::close(&permit.on(&table.facts)?, command.objection, now)
        }
    };
    let moved = moved.map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((moved, facts)).await?;
    tx.commit().await?;
    Ok(command.review)
}

/// What the objection is on, as the rulebook sees it. One that is not there is on nothing.
fn thing(table: &Table, objection: PositionId) -> Result<Thing, Refused<BallotProblem>> {
    let position = table.facts.positions.iter().find(|position| position.id == objection).ok_or(HIDDEN)?;
    Ok(table.thing_of(position.cell.scope)?)
}
