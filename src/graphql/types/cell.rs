//! A cell of a review.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use super::{Position, Review, Seat, Section, review::section};
use crate::{
    domain::{
        access::{self, Act, Exposure, Thing},
        review::{
            cell::{self, Scope},
            position::is_recused,
        },
        role,
    },
    graphql::{
        enums::{CellState, Discipline, Obstacle},
        examined::{ExaminedCell, ExaminedReview},
        loaders::ASeat,
        scalar::{DateTime, Digest},
        session::View,
    },
};

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    review: Arc<ExaminedReview>,
    at: usize,
}

/// What one discipline owes to one section, or to the document as a whole: the smallest thing that can be met or missing.
#[Object]
impl Cell {
    /// The section, as it stands in the draft; none for the document as a whole.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        section(ctx, &self.review, self.examined().cell.scope).await
    }

    /// The discipline.
    async fn discipline(&self) -> Discipline {
        self.examined().cell.discipline.into()
    }

    /// How many sign-offs it needs.
    async fn needed(&self) -> u32 {
        self.examined().needed.into()
    }

    /// How many people have given what suffices: fewer than signed off if its author is the only one, who needs another
    /// beside them.
    async fn given(&self) -> usize {
        self.examined().given.into()
    }

    /// Where it stands.
    async fn state(&self) -> CellState {
        self.examined().state.into()
    }

    /// The digest of the text to be signed now. Name it when you sign, to say which text you read.
    async fn digest(&self) -> Option<Digest> {
        self.review.facts().current_digest(self.examined().cell.scope).map(Digest)
    }

    /// Since when it has been met, if it is.
    async fn met_at(&self) -> Option<DateTime> {
        self.examined().met_at.map(DateTime)
    }

    /// The sign-offs that count.
    async fn sign_offs(&self, ctx: &Context<'_>) -> Result<Vec<Position>> {
        View::of(ctx)?.give(self.positions(&self.examined().sign_offs)).await
    }

    /// The objections that stand.
    async fn objections(&self, ctx: &Context<'_>) -> Result<Vec<Position>> {
        View::of(ctx)?.give(self.positions(&self.examined().objections)).await
    }

    /// The seats that can sign now. Shown to partners and the groups only.
    async fn eligible_seats(&self, ctx: &Context<'_>) -> Result<Vec<Seat>> {
        let seats = self.examined().eligible.iter().map(|seat| ASeat(*seat)).collect();
        let view = View::of(ctx)?;
        view.give(view.list(seats).await?.into_iter().map(Seat).collect()).await
    }

    /// The seats that it was handed to. Empty if everybody of the discipline is asked. Shown to partners and the groups only.
    async fn assigned_seats(&self, ctx: &Context<'_>) -> Result<Vec<Seat>> {
        let cell = self.examined().cell;
        let own = self.review.facts().assignments.iter().filter(|assignment| assignment.cell == cell);
        let view = View::of(ctx)?;
        let seats = view.list(own.map(|assignment| ASeat(assignment.seat)).collect()).await?;
        view.give(seats.into_iter().map(Seat).collect()).await
    }

    /// The review it is a cell of.
    async fn review(&self) -> Review {
        Review(Arc::clone(&self.review))
    }

    /// The seat you could take a position from.
    async fn viewer_seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        Ok(self.own_seat(&*View::of(ctx)?).map(Seat))
    }

    /// Whether you may take a position here.
    async fn viewer_can_sign(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(&*View::of(ctx)?).is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_sign_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        Ok(self.obstacles(&*View::of(ctx)?))
    }
}

impl Cell {
    /// The cells of a review that the viewer sees, in reading order: all, or those of one text or one discipline.
    pub fn list(review: &Arc<ExaminedReview>, scope: Option<Scope>, discipline: Option<Discipline>) -> Vec<Self> {
        let is_wanted = |cell: cell::Cell| {
            scope.is_none_or(|scope| cell.scope == scope)
                && discipline.is_none_or(|discipline| cell.discipline == discipline.into())
        };
        let cells = review.cells().iter().enumerate().filter(|(_, examined)| is_wanted(examined.cell));
        cells.map(|(at, _)| Self { review: Arc::clone(review), at }).collect()
    }

    /// The cell with an address, if the viewer sees it.
    pub fn find(review: &Arc<ExaminedReview>, cell: cell::Cell) -> Option<Self> {
        let at = review.cells().iter().position(|examined| examined.cell == cell)?;
        Some(Self { review: Arc::clone(review), at })
    }

    fn examined(&self) -> &ExaminedCell {
        &self.review.cells()[self.at]
    }

    fn positions(&self, places: &[usize]) -> Vec<Position> {
        places.iter().map(|at| Position::new(&self.review, *at)).collect()
    }

    fn own_seat(&self, view: &View) -> Option<role::Seat> {
        let mut own = view.actor().seats(view.now()).filter(|seat| self.examined().eligible.contains(&seat.id));
        own.find(|seat| view.can(Act::TakePosition, &self.thing(seat))).cloned()
    }

    /// The rulebook is asked for each seat of the viewer's that votes for the discipline; one that may act suffices.
    fn obstacles(&self, view: &View) -> Vec<Obstacle> {
        let (facts, cell) = (self.review.facts(), self.examined().cell);
        let over = facts.obstacle();
        let seat = match self.own_seat(view) {
            Some(seat) if facts.declaration_has_lapsed(&seat, view.now()) => Some(access::Obstacle::DeclarationLapsed),
            Some(_) => None,
            None if view.actor().person().is_none() => Some(access::Obstacle::NotSignedIn),
            None => {
                let mut own = view.actor().seats(view.now());
                let is_recused = own.any(|seat| is_recused(facts, cell, seat.id));
                let is_barred = view.actor().person().is_some_and(|person| !facts.takes_part(person, cell.scope));
                Some(match (is_barred, is_recused) {
                    (true, _) => access::Obstacle::TakesNoPart,
                    (false, true) => access::Obstacle::SeatRecused,
                    (false, false) => access::Obstacle::SeatMissing,
                })
            }
        };
        over.into_iter().chain(seat).map(Into::into).collect()
    }

    /// The cell as the rulebook sees it.
    fn thing(&self, seat: &role::Seat) -> Thing {
        let document = &self.review.seen().document;
        let cell = self.examined().cell;
        let outline = &self.review.facts().text.outline;
        let audience = match cell.scope {
            Scope::Whole => document.audience,
            Scope::Section(section) => outline.audience(section, document.audience),
        };
        Thing {
            section: cell.scope.section(),
            disciplines: vec![cell.discipline],
            seat: Some(seat.clone()),
            ..Thing::document(document.group, document.id, Exposure::Draft(audience))
        }
    }
}
