//! A role given on one document.

use async_graphql::{Context, ID, Object, Result};

use super::{Organisation, Person};
use crate::{
    domain::appointment::{GrantRecord, Grantee},
    graphql::{
        enums::GrantRole,
        id::GlobalId,
        loaders::{APerson, AnOrganisation},
        session::View,
    },
};

/// A role given on one document.
#[derive(Clone, Copy, Debug)]
pub struct Grant(pub GrantRecord);

/// A role given on one document to a person, or to everybody of an organisation, and not taken back.
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

    /// The person who has it; null if an organisation does.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.grantee {
            Grantee::Person(person) => Ok(View::of(ctx)?.find(APerson(person)).await?.map(Person)),
            Grantee::Organisation(_) => Ok(None),
        }
    }

    /// The organisation whose people have it; null if one person does.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match self.0.grantee {
            Grantee::Person(_) => Ok(None),
            Grantee::Organisation(id) => Ok(View::of(ctx)?.find(AnOrganisation(id)).await?.map(Organisation)),
        }
    }
}
