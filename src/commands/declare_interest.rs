//! Changes the register of interests: declares, ends, confirms, withholds.

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        id::{GroupId, InterestId, SeatId},
        interest::{InterestCategory, InterestProblem, NewInterest},
        text::{Line, Prose},
        time::PartialDate,
    },
    store::Store,
};

/// The interest.
#[derive(Clone, Debug)]
pub struct DeclareInterest {
    /// Of which seat.
    pub seat: SeatId,
    /// What kind.
    pub category: InterestCategory,
    /// What it is.
    pub description: Prose,
    /// What it bears on.
    pub topics: Vec<Line>,
    /// Since when.
    pub since: PartialDate,
    /// Until when, if that is known.
    pub until: Option<PartialDate>,
}

/// Declares an interest of one's own. Gives it, in the register of its group.
pub async fn declare_interest(
    store: &Store,
    actor: &Actor,
    command: &DeclareInterest,
) -> Result<(GroupId, InterestId), Refused<InterestProblem>> {
    let mut tx = store.begin().await?;
    let seat = tx.seat(command.seat).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, Thing::seat(&seat)).await?;
    let standing = tx.interests_of(seat.id).await?;
    let DeclareInterest { category, description, topics, since, until, .. } = command.clone();
    let id = tx.id();
    let new = NewInterest { id, category, description, topics, since, until };
    let declared = permit.on(&seat)?.declare(new, &standing, now).map_err(Refused::Problem)?;
    tx.record(declared).await?;
    tx.commit().await?;
    Ok((seat.group, id))
}

/// Until when an interest lasts.
#[derive(Clone, Copy, Debug)]
pub struct EndInterest {
    /// Which.
    pub interest: InterestId,
    /// Until when.
    pub until: PartialDate,
}

/// Declares the end of an interest of one's own.
pub async fn end_interest(
    store: &Store,
    actor: &Actor,
    command: &EndInterest,
) -> Result<(GroupId, InterestId), Refused<InterestProblem>> {
    let mut tx = store.begin().await?;
    let interest = tx.interest(command.interest).await?.ok_or(HIDDEN)?;
    let seat = tx.seat(interest.seat).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, Thing::seat(&seat)).await?;
    let ended = permit.on(&seat)?.end(&interest, command.until, now).map_err(Refused::Problem)?;
    tx.record(ended).await?;
    tx.commit().await?;
    Ok((seat.group, interest.id))
}

/// Says that what the register says of one's own seat is true and complete.
pub async fn confirm_interests(
    store: &Store,
    actor: &Actor,
    seat: &SeatId,
) -> Result<SeatId, Refused<InterestProblem>> {
    let mut tx = store.begin().await?;
    let seat = tx.seat(*seat).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, Thing::seat(&seat)).await?;
    let confirmed = permit.on(&seat)?.confirm(now);
    tx.record(confirmed).await?;
    tx.commit().await?;
    Ok(seat.id)
}

/// Whether the public sees an entry.
#[derive(Clone, Debug)]
pub struct WithholdInterest {
    /// Which.
    pub interest: InterestId,
    /// Why it does not; none if it does.
    pub reason: Option<Prose>,
}

/// Withholds an entry from the public, or publishes it again.
pub async fn withhold_interest(
    store: &Store,
    actor: &Actor,
    command: &WithholdInterest,
) -> Result<(GroupId, InterestId), Refused<InterestProblem>> {
    let mut tx = store.begin().await?;
    let interest = tx.interest(command.interest).await?.ok_or(HIDDEN)?;
    let seat = tx.seat(interest.seat).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, Thing::seat(&seat)).await?;
    let withheld = permit.on(&seat)?.withhold(&interest, command.reason.clone(), now).map_err(Refused::Problem)?;
    tx.record(withheld).await?;
    tx.commit().await?;
    Ok((seat.group, interest.id))
}
