//! Takes a role on a document back.

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Exposure, Thing},
        appointment::{self, AppointmentProblem},
        id::{DocumentId, GrantId},
    },
    store::Store,
};

/// Revokes a grant; it grants nothing on the next request (A5).
pub async fn revoke_role(
    store: &Store,
    actor: &Actor,
    grant: GrantId,
) -> Result<DocumentId, Refused<AppointmentProblem>> {
    let mut tx = store.begin().await?;
    let grant = tx.grant(grant).await?.ok_or(HIDDEN)?;
    let locked = tx.lock_document(grant.document).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let thing = Thing::document(locked.document.group, grant.document, Exposure::Roles);
    let permit = permitted(&tx, actor, thing).await?;
    let revoked = appointment::revoke_role(&permit.on(&grant)?, now).map_err(Refused::Problem)?;
    tx.record(revoked).await?;
    tx.commit().await?;
    Ok(grant.document)
}
