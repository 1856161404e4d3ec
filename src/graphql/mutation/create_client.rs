//! Registers a machine client.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    client_keys::ClientKeysInput,
    perform::{Reply, perform, settle},
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, CreateClient},
    graphql::{
        enums::Scope,
        id::{decode_group_id, decode_organisation_id, not_found},
        scalar::DateTime,
        types::Client,
    },
};

/// The client to register.
#[derive(InputObject)]
pub(super) struct CreateClientInput {
    /// The group whose secretariat registers it. Roles on this group's documents count for it, and no others.
    group_id: ID,
    /// Whose machine it is.
    organisation_id: ID,
    /// How people tell it from others of the group.
    name: String,
    /// Whom to ask about it: a name, an address or a telephone number.
    contact: String,
    /// The most that its access tokens open. At least one.
    scopes: Vec<Scope>,
    /// Its public keys.
    keys: ClientKeysInput,
    /// First instant at which the keys handed in are worth nothing. If omitted, they have no end.
    keys_expire_at: Option<DateTime>,
}

/// What registering did.
#[derive(SimpleObject)]
pub(super) struct CreateClientPayload {
    /// The client. Null if none was registered.
    client: Changed<Client>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn create_client(ctx: &Context<'_>, input: CreateClientInput) -> Result<CreateClientPayload> {
    let created = async {
        let command = CreateClient {
            group: decode_group_id(&input.group_id).ok_or_else(not_found)?,
            organisation: decode_organisation_id(&input.organisation_id).ok_or_else(not_found)?,
            name: text(input.name, Path::field("name"))?,
            contact: text(input.contact, Path::field("contact"))?,
            scopes: input.scopes.into_iter().map(Into::into).collect(),
            keys: input.keys.read(ctx, input.keys_expire_at.map(|at| at.0), &Path::field("keys"))?,
        };
        perform(ctx, commands::create_client, &command).await
    };
    let (id, reply) = settle(created.await)?;
    Ok(CreateClientPayload { client: reading::client(ctx, id).await, reply })
}
