//! An invitation to a seat.

use async_graphql::{Context, ID, Object, Result};

use super::{Person, Seat};
use crate::{
    domain::invitation::{self, InvitationEnd},
    graphql::{
        enums::{Discipline, InvitationState, Office},
        id::GlobalId,
        loaders::{APerson, ASeat},
        scalar::DateTime,
        session::View,
    },
};

/// An invitation.
#[derive(Clone, Debug)]
pub struct Invitation(pub invitation::Invitation);

/// A seat offered to whoever brings its code. The code itself is told once, to whoever made the invitation.
#[Object]
impl Invitation {
    /// Opaque id, by which the invitation is taken back.
    pub async fn id(&self) -> ID {
        GlobalId::Invitation(self.0.id).encode()
    }

    /// Who is meant.
    async fn name(&self) -> &str {
        self.0.offer.name.as_str()
    }

    /// The only issuer whose log-ins will do; null if any trusted issuer's will.
    async fn issuer(&self) -> Option<&str> {
        self.0.offer.issuer.as_deref()
    }

    /// What the seat is for.
    async fn office(&self) -> Office {
        self.0.offer.post.office().into()
    }

    /// The discipline it votes for, if it votes.
    async fn discipline(&self) -> Option<Discipline> {
        self.0.offer.post.discipline().map(Into::into)
    }

    /// First instant of the term; null if it begins when somebody accepts.
    async fn from(&self) -> Option<DateTime> {
        self.0.offer.from.map(DateTime)
    }

    /// First instant after the term, if an end is known.
    async fn until(&self) -> Option<DateTime> {
        self.0.offer.until.map(DateTime)
    }

    /// How it stands.
    async fn state(&self, ctx: &Context<'_>) -> Result<InvitationState> {
        Ok(self.0.state(View::of(ctx)?.now()).into())
    }

    /// Who made it; null if an operator did.
    async fn invited_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(person) = self.0.invited_by else { return Ok(None) };
        Ok(View::of(ctx)?.find(APerson(person)).await?.map(Person))
    }

    /// When it was made.
    async fn invited_at(&self) -> DateTime {
        DateTime(self.0.invited_at)
    }

    /// First instant at which it does not stand any more.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// The seat that it became; null unless somebody accepted.
    async fn seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        match self.0.end {
            Some(InvitationEnd::Accepted { seat, .. }) => Ok(View::of(ctx)?.find(ASeat(seat)).await?.map(Seat)),
            Some(InvitationEnd::Revoked { .. }) | None => Ok(None),
        }
    }
}
