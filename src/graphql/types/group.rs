//! An expert group.

use async_graphql::{Context, ID, Object, Result};

use super::Seat;
use crate::{
    domain::{
        access::{Act, Thing},
        directory,
    },
    graphql::{id::GlobalId, loaders::SeatsOf, scalar::DateTime, session::View},
};

/// A group.
#[derive(Clone, Debug)]
pub struct Group(pub directory::Group);

/// An expert group, which owns documents.
#[Object]
impl Group {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Group(self.0.id).encode()
    }

    /// Name in links.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its seats, in the order of their granting: those held now, unless you say otherwise. Shown to partners and the
    /// groups only.
    async fn seats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those held at this instant, instead of now.")] in_term_at: Option<DateTime>,
        #[graphql(desc = "Past and future ones too, whatever the instant.", default = false)] all: bool,
    ) -> Result<Vec<Seat>> {
        let view = View::of(ctx)?;
        let seats = view.find(SeatsOf(self.0.id)).await?.unwrap_or_default();
        let at = match in_term_at {
            Some(DateTime(at)) => at,
            None => view.now(),
        };
        Ok(seats.into_iter().filter(|seat| all || seat.term.covers(at)).map(Seat).collect())
    }

    /// Whether you may grant and end its seats.
    async fn viewer_can_manage_seats(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(View::of(ctx)?.can(Act::ManageSeats, &Thing::group(self.0.id)))
    }

    /// Whether you may bring in a document as a draft.
    async fn viewer_can_import_draft(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(View::of(ctx)?.can(Act::ImportDraft, &Thing::group(self.0.id)))
    }

    /// Whether you may bring in a document with the edition that is in force elsewhere.
    async fn viewer_can_import_published(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(View::of(ctx)?.can(Act::ImportPublished, &Thing::group(self.0.id)))
    }
}
