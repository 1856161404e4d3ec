//! A person.

use async_graphql::{Context, ID, Object, Result};

use super::Organisation;
use crate::{
    domain::directory,
    graphql::{id::GlobalId, loaders::AnOrganisation, session::View},
};

/// A person.
#[derive(Clone, Debug)]
pub struct Person(pub directory::Person);

/// A human being whom a seat or a role was given to. Shown to partners, the groups and themselves.
#[Object]
impl Person {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Person(self.0.id).encode()
    }

    /// How others know them.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The organisation they belong to.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        let Some(organisation) = self.0.organisation else { return Ok(None) };
        Ok(View::of(ctx)?.find(AnOrganisation(organisation)).await?.map(Organisation))
    }
}
