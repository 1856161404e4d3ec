//! Gives a client another key.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    client_keys::one_key,
    perform::{Reply, perform, settle},
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, AddClientKey},
    graphql::{
        id::{decode_client_id, not_found},
        scalar::DateTime,
        types::Client,
    },
};

/// The key to add.
#[derive(InputObject)]
pub(super) struct AddClientKeyInput {
    /// The client.
    client_id: ID,
    /// The public key as JSON text: a JSON Web Key, or a set of one. A private part is refused and stored nowhere.
    jwk: String,
    /// First instant at which it is worth nothing. If omitted, it has no end.
    expires_at: Option<DateTime>,
}

/// What adding did.
#[derive(SimpleObject)]
pub(super) struct AddClientKeyPayload {
    /// The client. Null if nothing was added.
    client: Changed<Client>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn add_client_key(ctx: &Context<'_>, input: AddClientKeyInput) -> Result<AddClientKeyPayload> {
    let added = async {
        let command = AddClientKey {
            client: decode_client_id(&input.client_id).ok_or_else(not_found)?,
            key: one_key(&input.jwk, Path::field("jwk"))?,
            expires_at: input.expires_at.map(|at| at.0),
        };
        perform(ctx, commands::add_client_key, &command).await
    };
    let (id, reply) = settle(added.await)?;
    Ok(AddClientKeyPayload { client: reading::client(ctx, id).await, reply })
}
