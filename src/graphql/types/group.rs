//! An expert group.

use async_graphql::{Context, ID, Object, Result};

use super::{Client, Seat};
use crate::{
    domain::{
        access::{Act, Thing},
        directory,
    },
    graphql::{
        connection::{Connection, Paging},
        id::GlobalId,
        loaders::{ClientsOf, SeatsOf},
        scalar::DateTime,
        session::View,
    },
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

    /// The machine clients that it registered, revoked ones included, in that order. Shown to its secretariat only.
    async fn clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Client>> {
        let paging = Paging::new(first, after, last, before)?;
        let clients = View::of(ctx)?.find(ClientsOf(self.0.id)).await?.unwrap_or_default();
        Connection::of_list(clients, &paging, |client| client.id.0, Client)
    }

    /// Whether you may register and revoke its machine clients.
    async fn viewer_can_manage_clients(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(View::of(ctx)?.can(Act::ManageClients, &Thing::group(self.0.id)))
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
