//! Gives a role on one document.

use super::{HIDDEN, Refused, document_thing, permitted};
use crate::{
    domain::{
        access::Actor,
        appointment::{self, AppointmentProblem, GrantRecord, Grantee, Invitee},
        id::{ClientId, DocumentId, GrantId, OrganisationId},
        role,
    },
    store::Store,
};

/// The role to give.
#[derive(Clone, Debug)]
pub struct GrantRole {
    /// On which document.
    pub document: DocumentId,
    /// Which role.
    pub role: role::GrantRole,
    /// To whom.
    pub to: GrantTo,
}

/// Who is to have a role.
#[derive(Clone, Debug)]
pub enum GrantTo {
    /// One person.
    Person(Invitee),
    /// Everybody of an organisation.
    Organisation(OrganisationId),
    /// One machine client.
    Client(ClientId),
}

/// Gives a role on one document.
pub async fn grant_role(
    store: &Store,
    actor: &Actor,
    command: &GrantRole,
) -> Result<GrantId, Refused<AppointmentProblem>> {
    let mut tx = store.begin().await?;
    let locked = tx.lock_document(command.document).await?.ok_or(HIDDEN)?;
    let document = &locked.document;
    let now = tx.now();
    let permit = permitted(&tx, actor, document_thing(&locked)).await?;
    let grantee = match &command.to {
        GrantTo::Person(invitee) => Grantee::Person(tx.admit_person(invitee).await?),
        GrantTo::Client(client) => {
            let client = tx.client(*client).await?.filter(|client| client.group == document.group);
            // A client that another group registered is not this secretariat's to know.
            Grantee::Client(client.ok_or(HIDDEN)?.id)
        }
        GrantTo::Organisation(organisation) => {
            Grantee::Organisation(tx.organisation(*organisation).await?.ok_or(HIDDEN)?.id)
        }
    };
    let id = tx.id();
    let grant = GrantRecord { id, document: document.id, role: command.role, grantee, revoked_at: None };
    let existing = tx.grants_on(document.id).await?;
    let granted = appointment::grant_role(&permit.on(&grant)?, &existing, now).map_err(Refused::Problem)?;
    tx.record(granted).await?;
    tx.commit().await?;
    Ok(id)
}
