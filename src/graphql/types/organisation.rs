//! An organisation of the directory.

use async_graphql::{ID, Object};

use crate::{
    domain::directory,
    graphql::{connection::Listed, enums::OrganisationKind, id::GlobalId},
};

/// An organisation.
#[derive(Clone, Debug)]
pub struct Organisation(pub directory::Organisation);

/// A body outside the expert groups. The directory is public.
#[Object]
impl Organisation {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Organisation(self.0.id).encode()
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is.
    async fn kind(&self) -> OrganisationKind {
        self.0.kind.into()
    }

    /// Where it works: England, Wales, Scotland, Northern Ireland or United Kingdom.
    async fn nation(&self) -> &str {
        &self.0.nation
    }

    /// Its code in the Organisation Data Service, if it has one.
    async fn ods_code(&self) -> Option<&str> {
        self.0.ods_code.as_deref()
    }

    /// Its code of the Office for National Statistics, if it has one.
    async fn ons_code(&self) -> Option<&str> {
        self.0.ons_code.as_deref()
    }
}

impl Listed for Organisation {
    const PAGE: &'static str = "A page of organisations.";
    const EDGE: &'static str = "An organisation on a page.";
    const CURSOR: &'static str = "organisations";
}
