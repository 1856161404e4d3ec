//! Says, from one's own adviser's seat, what one thinks of a section under review.

use super::{HIDDEN, Refused, Table, permitted, section_thing};
use crate::{
    domain::{
        access::{Actor, Thing},
        document::content::Digest,
        id::{DocumentId, ReviewId, SeatId, SectionId},
        review::opinion::{self, Advice, OpinionProblem, Stance},
        role::Office,
        text::Prose,
    },
    store::Store,
};

/// The opinion.
#[derive(Clone, Debug)]
pub struct GiveOpinion {
    /// In which review.
    pub review: ReviewId,
    /// Of which section.
    pub section: SectionId,
    /// From which seat; the actor's only adviser's seat unless given.
    pub seat: Option<SeatId>,
    /// The digest of the text that was read (S5).
    pub seen: Digest,
    /// What the adviser says.
    pub stance: Stance,
    /// In their words.
    pub reason: Option<Prose>,
}

/// Gives an opinion. It decides nothing, and is published with the edition.
pub async fn give_opinion(
    store: &Store,
    actor: &Actor,
    command: &GiveOpinion,
) -> Result<(DocumentId, SectionId), Refused<OpinionProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let now = table.tx.now();
    let placement = table.facts.text.outline.find(command.section).ok_or(HIDDEN)?;
    let seat = match command.seat {
        Some(named) => table.facts.seat(named),
        None => {
            let mut own = table.facts.seats.iter().filter(|seat| {
                Some(seat.holder) == actor.person() && seat.term.covers(now) && seat.post.office() == Office::Adviser
            });
            own.next().filter(|_| own.next().is_none())
        }
    };
    let thing = Thing { seat: seat.cloned(), ..section_thing(&table.document, &table.facts.text, placement) };
    let permit = permitted(&table.tx, actor, thing).await?;
    let (before, on_behalf_of) = match (&permit.thing().seat, permit.by()) {
        (Some(seat), Some(by)) => {
            (table.tx.opinions(command.review, command.section, seat.id).await?, table.tx.name_of_body(by).await?)
        }
        _ => (vec![], None),
    };
    let advice = Advice {
        id: table.tx.id(),
        stance: command.stance,
        reason: command.reason.clone(),
        seen: command.seen,
        on_behalf_of,
        now,
    };
    let given = opinion::advise(&permit.on(&table.facts)?, &before, advice).map_err(Refused::Problem)?;
    let key = (given.document(), given.opinion().section);
    let Table { mut tx, .. } = table;
    tx.record(given).await?;
    tx.commit().await?;
    Ok(key)
}
