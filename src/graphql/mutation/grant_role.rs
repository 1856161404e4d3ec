//! Gives a role on a document.

use async_graphql::{Context, ID, InputObject, OneofObject, Result, SimpleObject};

use super::{
    perform::{Reply, Stop, perform, settle},
    person::PersonInput,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, GrantRole, GrantTo},
    graphql::{
        enums,
        id::{GlobalId, decode_client_id, decode_document_id, decode_organisation_id, not_found},
        types::Document,
    },
};

/// The role to give.
#[derive(InputObject, Debug)]
pub(super) struct GrantRoleInput {
    /// The document.
    document_id: ID,
    /// The role.
    role: enums::GrantRole,
    /// Who gets it.
    to: GranteeInput,
}

/// Who gets a role.
#[derive(OneofObject, Debug)]
pub(super) enum GranteeInput {
    /// One person.
    Person(PersonInput),
    /// Everybody of an organisation, and its clients.
    OrganisationId(ID),
    /// One machine client, which the group that owns the document registered.
    ClientId(ID),
}

/// What granting did.
#[derive(SimpleObject)]
pub(super) struct GrantRolePayload {
    /// Opaque id of the grant, to revoke it by. Null if none was given.
    grant_id: Option<ID>,
    /// The document that the role is on. Null if none was given.
    document: Changed<Document>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn grant_role(ctx: &Context<'_>, input: GrantRoleInput) -> Result<GrantRolePayload> {
    let document = decode_document_id(&input.document_id).ok_or_else(not_found)?;
    let granted = async {
        let command = GrantRole { document, role: input.role.into(), to: input.to.read(ctx)? };
        perform(ctx, commands::grant_role, &command).await
    };
    let (id, reply) = settle(granted.await)?;
    let grant_id = id.map(|id| GlobalId::Grant(id).encode());
    Ok(GrantRolePayload { grant_id, document: reading::document(ctx, id.map(|_| document)).await, reply })
}

impl GranteeInput {
    fn read(self, ctx: &Context<'_>) -> Result<GrantTo, Stop> {
        Ok(match self {
            Self::Person(person) => GrantTo::Person(person.read(ctx, &Path::field("to").then("person"))?),
            Self::ClientId(id) => GrantTo::Client(decode_client_id(&id).ok_or_else(not_found)?),
            Self::OrganisationId(id) => GrantTo::Organisation(decode_organisation_id(&id).ok_or_else(not_found)?),
        })
    }
}
