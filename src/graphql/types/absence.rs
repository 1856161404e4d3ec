//! When the holder of a seat is away.

use async_graphql::{Context, ID, Object, Result};

use super::{Person, Seat};
use crate::{
    domain::absence,
    graphql::{
        enums::Availability,
        id::GlobalId,
        loaders::{APerson, ASeat},
        scalar::{Date, DateTime},
        session::View,
    },
};

/// The absence.
#[derive(Clone, Debug)]
pub struct Absence(pub absence::Absence);

/// When the holder of a seat is away: whole days in London.
#[Object]
impl Absence {
    /// Opaque id. `endAbsence` takes it.
    async fn id(&self) -> ID {
        GlobalId::Absence(self.0.id).encode()
    }

    /// The first day.
    async fn from(&self) -> Date {
        Date(self.0.from)
    }

    /// The day on which the holder is back.
    async fn until(&self) -> Date {
        Date(self.0.until)
    }

    /// What it means for what the seat owes.
    async fn availability(&self) -> Availability {
        self.0.availability.into()
    }

    /// The seat that stands in.
    async fn stand_in(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        let Some(stand_in) = self.0.stand_in else { return Ok(None) };
        Ok(View::of(ctx)?.find(ASeat(stand_in)).await?.map(Seat))
    }

    /// Who said so: the holder, or the secretariat.
    async fn declared_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(View::of(ctx)?.find(APerson(self.0.declared_by)).await?.map(Person))
    }

    /// When.
    async fn declared_at(&self) -> DateTime {
        DateTime(self.0.declared_at)
    }

    /// When it was ended before its time.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }
}
