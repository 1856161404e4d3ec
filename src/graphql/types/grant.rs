//! A role given on one document.

use async_graphql::{Context, ID, Object, Result};

use super::{Client, Organisation, Person};
use crate::{
    domain::appointment::{GrantRecord, Grantee},
    graphql::{
        enums::GrantRole,
        id::GlobalId,
        loaders::{AClient, APerson, AnOrganisation},
        session::View,
    },
};

/// A role given on one document.
#[derive(Clone, Copy, Debug)]
pub struct Grant(pub GrantRecord);

/// A role given on one document to a person, to everybody of an organisation or to a client, and not taken back.
#[Object]
impl Grant {
    /// Opaque id, by which the role is taken back.
    pub async fn id(&self) -> ID {
        GlobalId::Grant(self.0.id).encode()
    }

    /// The role.
    async fn role(&self) -> GrantRole {
        self.0.role.into()
    }

    /// The person who has it; null if somebody else does.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.grantee {
            Grantee::Person(person) => Ok(View::of(ctx)?.find(APerson(person)).await?.map(Person)),
            Grantee::Organisation(_) | Grantee::Client(_) => Ok(None),
        }
    }

    /// The organisation whose people and clients have it; null if one person or one client does.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match self.0.grantee {
            Grantee::Person(_) | Grantee::Client(_) => Ok(None),
            Grantee::Organisation(id) => Ok(View::of(ctx)?.find(AnOrganisation(id)).await?.map(Organisation)),
        }
    }

    /// The machine client that has it; null if somebody else does.
    async fn client(&self, ctx: &Context<'_>) -> Result<Option<Client>> {
        match self.0.grantee {
            Grantee::Person(_) | Grantee::Organisation(_) => Ok(None),
            Grantee::Client(id) => Ok(View::of(ctx)?.find(AClient(id)).await?.map(Client)),
        }
    }
}
