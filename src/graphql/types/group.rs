//! An expert group.

use async_graphql::{Context, ID, Object, Result};

use super::{Client, Interest, Invitation, Seat};
use crate::{
    domain::{
        access::{Act, Thing},
        directory,
        invitation::InvitationState,
    },
    graphql::{
        connection::{Connection, Paging},
        id::GlobalId,
        loaders::{ClientsOf, InterestsOf, InvitationsOf, SeatsOf},
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

    /// The register of interests of those who hold or held its seats, in the order of declaring, entries that are over
    /// included. Public, but for entries that are withheld for a stated reason: those are shown to the group only.
    async fn interests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Interest>> {
        let paging = Paging::new(first, after, last, before)?;
        let register = View::of(ctx)?.find(InterestsOf(self.0.id)).await?.unwrap_or_default();
        Connection::of_list(register, &paging, |entry| entry.interest.id.0, Interest)
    }

    /// Seats that are offered, in the order of their offering: those that wait for somebody, unless you ask for all. Shown
    /// to those who may grant and end its seats. The codes are not kept.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those accepted, expired and taken back too.", default = false)] all: bool,
    ) -> Result<Vec<Invitation>> {
        let view = View::of(ctx)?;
        let (found, now) = (view.find(InvitationsOf(self.0.id)).await?.unwrap_or_default(), view.now());
        let wanted = found.into_iter().filter(|found| all || found.state(now) == InvitationState::Open);
        view.give(wanted.map(Invitation).collect()).await
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
