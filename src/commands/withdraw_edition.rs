//! Withdraws a published edition.

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Exposure, Thing},
        id::EditionId,
        review::conclusion::{self, WithdrawalProblem},
        text::Prose,
    },
    store::Store,
};

/// Which edition, and why.
#[derive(Clone, Debug)]
pub struct WithdrawEdition {
    /// The edition.
    pub edition: EditionId,
    /// Why; readers see it above the text.
    pub explanation: Prose,
}

/// Withdraws an edition; its text stays readable under the explanation (D7).
pub async fn withdraw_edition(
    store: &Store,
    actor: &Actor,
    command: &WithdrawEdition,
) -> Result<EditionId, Refused<WithdrawalProblem>> {
    let mut tx = store.begin().await?;
    let document = tx.document_of_edition(command.edition).await?.ok_or(HIDDEN)?;
    let locked = tx.lock_document(document).await?.ok_or(HIDDEN)?;
    let edition = locked.editions.iter().find(|edition| edition.id == command.edition).ok_or(HIDDEN)?;
    let audience = locked.document.audience;
    let exposure = match edition.state.publication() {
        Some(_) => Exposure::Published(audience),
        None => Exposure::Draft(audience),
    };
    let permit = permitted(&tx, actor, Thing::document(locked.document.group, document, exposure)).await?;
    let withdrawn =
        conclusion::withdraw(&permit.on(edition)?, command.explanation.clone(), tx.now()).map_err(Refused::Problem)?;
    tx.record((withdrawn, document)).await?;
    tx.commit().await?;
    Ok(command.edition)
}
