//! The gate and its blockers: what stands between a draft and its publication, and who can clear it.

use std::sync::Arc;

use async_graphql::{Context, Interface, Object, Result, SimpleObject};

use super::{Position, Seat, Section, review::section};
use crate::{
    domain::{
        id::{PositionId, SeatId, SectionId},
        review::{cell, cell::Scope, gate},
    },
    graphql::{
        enums::{BlockerCode, Discipline},
        examined::ExaminedReview,
        loaders::ASeat,
        scalar::DateTime,
        session::View,
    },
};

/// What stands between the draft and its publication, worked out at this moment.
#[derive(SimpleObject)]
pub struct Gate {
    /// Whether nothing is in the way.
    pub ready: bool,
    /// What is in the way, in reading order.
    pub blockers: Vec<Blocker>,
    /// When the final window ends, once every cell is met.
    pub window_until: Option<DateTime>,
}

impl Gate {
    /// The domain's gate, for a viewer who sees all of the review.
    pub(super) fn new(review: &Arc<ExaminedReview>, gate: gate::Gate) -> Self {
        Self {
            ready: gate.is_ready(),
            window_until: gate.window_until.map(DateTime),
            blockers: gate.blockers.into_iter().map(|blocker| Blocker::new(review, blocker)).collect(),
        }
    }
}

/// One thing in the way of publication.
#[derive(Interface)]
#[graphql(
    field(name = "code", ty = "BlockerCode", desc = "Which kind it is, for programs."),
    field(name = "message", ty = "String", desc = "What it is, for people.")
)]
pub enum Blocker {
    /// Sign-offs are missing.
    CellNotMet(CellNotMet),
    /// An objection stands.
    ObjectionStands(ObjectionStands),
    /// Somebody asked for more time.
    TimeRequested(TimeRequested),
    /// Nobody can sign.
    NoEligibleSeat(NoEligibleSeat),
    /// The final window is not over.
    FinalWindow(FinalWindow),
    /// A correction that changes more than wording.
    ClinicalChange(ClinicalChange),
    /// A change outside of a partial review.
    OutsideReview(OutsideReview),
    /// The change note is missing.
    ChangeNoteMissing(ChangeNoteMissing),
}

impl Blocker {
    /// A blocker found in a review. Blockers of cells that the viewer does not see must not come here.
    pub fn new(review: &Arc<ExaminedReview>, blocker: gate::Blocker) -> Self {
        let place = |cell| Place { review: Arc::clone(review), cell };
        match blocker {
            gate::Blocker::CellNotMet { cell, needed, given, is_stale } => {
                Self::CellNotMet(CellNotMet { place: place(cell), needed, given, is_stale })
            }
            gate::Blocker::ObjectionStands { cell, position, lifter } => {
                Self::ObjectionStands(ObjectionStands { place: place(cell), position, lifter })
            }
            gate::Blocker::TimeRequested { cell, position, until } => {
                Self::TimeRequested(TimeRequested { place: place(cell), position, until: DateTime(until) })
            }
            gate::Blocker::NoEligibleSeat { cell } => Self::NoEligibleSeat(NoEligibleSeat { place: place(cell) }),
            gate::Blocker::FinalWindow { until } => Self::FinalWindow(FinalWindow { until: DateTime(until) }),
            gate::Blocker::ClinicalChange { section } => {
                Self::ClinicalChange(ClinicalChange { review: Arc::clone(review), section })
            }
            gate::Blocker::OutsideReview { section } => {
                Self::OutsideReview(OutsideReview { review: Arc::clone(review), section })
            }
            gate::Blocker::ChangeNoteMissing => Self::ChangeNoteMissing(ChangeNoteMissing),
        }
    }
}

/// The cell that a blocker is about.
struct Place {
    review: Arc<ExaminedReview>,
    cell: cell::Cell,
}

impl Place {
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        section(ctx, &self.review, self.cell.scope).await
    }

    fn discipline(&self) -> Discipline {
        self.cell.discipline.into()
    }
}

/// A cell that lacks sign-offs.
pub struct CellNotMet {
    place: Place,
    needed: u8,
    given: u8,
    is_stale: bool,
}

/// A discipline has not signed a text, or not enough of it. Its seats can clear this.
#[Object]
impl CellNotMet {
    /// Which kind it is, for programs.
    async fn code(&self) -> BlockerCode {
        BlockerCode::CellNotMet
    }

    /// What it is, for people.
    async fn message(&self) -> String {
        format!("{} of {} sign-offs count for {}", self.given, self.needed, self.place.cell.discipline)
    }

    /// The section, as it stands in the draft; none for the document as a whole.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        self.place.section(ctx).await
    }

    /// The discipline.
    async fn discipline(&self) -> Discipline {
        self.place.discipline()
    }

    /// Sign-offs needed.
    async fn needed(&self) -> u32 {
        self.needed.into()
    }

    /// Sign-offs that count.
    async fn given(&self) -> u32 {
        self.given.into()
    }

    /// Whether a sign-off was given and went stale when the text moved on.
    async fn is_stale(&self) -> bool {
        self.is_stale
    }
}

/// An objection in the way.
pub struct ObjectionStands {
    place: Place,
    position: PositionId,
    lifter: Option<SeatId>,
}

/// An objection stands. Its holder can clear this by lifting it; once their term is over, a successor in the seat can.
#[Object]
impl ObjectionStands {
    /// Which kind it is, for programs.
    async fn code(&self) -> BlockerCode {
        BlockerCode::ObjectionStands
    }

    /// What it is, for people.
    async fn message(&self) -> String {
        format!("an objection of {} stands until it is lifted from its seat", self.place.cell.discipline)
    }

    /// The section, as it stands in the draft; none for the document as a whole.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        self.place.section(ctx).await
    }

    /// The discipline.
    async fn discipline(&self) -> Discipline {
        self.place.discipline()
    }

    /// The objection.
    async fn position(&self) -> Option<Position> {
        Position::find(&self.place.review, self.position)
    }

    /// The seat that can lift it now. None if the term of its seat is over and nobody has succeeded in it: the secretariat
    /// then gives the seat to a successor. Shown to partners, the groups and its holder.
    async fn lifter(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        let Some(seat) = self.lifter else { return Ok(None) };
        Ok(View::of(ctx)?.find(ASeat(seat)).await?.map(Seat))
    }
}

/// A request for more time in the way.
pub struct TimeRequested {
    place: Place,
    position: PositionId,
    until: DateTime,
}

/// A seat asked for more time on a text. Time clears this, or its holder by taking another position.
#[Object]
impl TimeRequested {
    /// Which kind it is, for programs.
    async fn code(&self) -> BlockerCode {
        BlockerCode::TimeRequested
    }

    /// What it is, for people.
    async fn message(&self) -> String {
        format!("a seat of {} has asked for more time", self.place.cell.discipline)
    }

    /// The section, as it stands in the draft; none for the document as a whole.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        self.place.section(ctx).await
    }

    /// The discipline.
    async fn discipline(&self) -> Discipline {
        self.place.discipline()
    }

    /// The request.
    async fn position(&self) -> Option<Position> {
        Position::find(&self.place.review, self.position)
    }

    /// When it will be over by itself.
    async fn until(&self) -> DateTime {
        self.until
    }
}

/// A cell that nobody can sign.
pub struct NoEligibleSeat {
    place: Place,
}

/// A discipline has too few seats left that can sign, and nobody else may fill in. The secretariat can clear this by
/// filling a seat.
#[Object]
impl NoEligibleSeat {
    /// Which kind it is, for programs.
    async fn code(&self) -> BlockerCode {
        BlockerCode::NoEligibleSeat
    }

    /// What it is, for people.
    async fn message(&self) -> String {
        format!("{} has too few seats left that can sign", self.place.cell.discipline)
    }

    /// The section, as it stands in the draft; none for the document as a whole.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        self.place.section(ctx).await
    }

    /// The discipline.
    async fn discipline(&self) -> Discipline {
        self.place.discipline()
    }
}

/// The wait after the last sign-off.
pub struct FinalWindow {
    until: DateTime,
}

/// Everything is met, and the final window is not over. Time clears this.
#[Object]
impl FinalWindow {
    /// Which kind it is, for programs.
    async fn code(&self) -> BlockerCode {
        BlockerCode::FinalWindow
    }

    /// What it is, for people.
    async fn message(&self) -> &str {
        "the final window is not over"
    }

    /// When it will be over.
    async fn until(&self) -> DateTime {
        self.until
    }
}

/// A note that is not there.
pub struct ChangeNoteMissing;

/// A major number needs a note that tells followers what changed. Editors, the secretariat and the chair can write it.
#[Object]
impl ChangeNoteMissing {
    /// Which kind it is, for programs.
    async fn code(&self) -> BlockerCode {
        BlockerCode::ChangeNoteMissing
    }

    /// What it is, for people.
    async fn message(&self) -> &str {
        "a note is missing that tells followers what changed"
    }
}

/// A change that a correction cannot make.
pub struct ClinicalChange {
    review: Arc<ExaminedReview>,
    section: SectionId,
}

/// A correction changes wording only, and this section was added, removed, or changed otherwise than by editorial changes
/// that a second person confirmed. Its editors can clear this by taking the change back, or a second person by confirming it.
#[Object]
impl ClinicalChange {
    /// Which kind it is, for programs.
    async fn code(&self) -> BlockerCode {
        BlockerCode::ClinicalChange
    }

    /// What it is, for people.
    async fn message(&self) -> &str {
        "a correction changes wording only"
    }

    /// The section, as it stands in the draft; none if it has left the draft.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        section(ctx, &self.review, Scope::Section(self.section)).await
    }
}

/// A change outside of a partial review.
pub struct OutsideReview {
    review: Arc<ExaminedReview>,
    section: SectionId,
}

/// A partial review examines chosen sections, and another one was changed. Its editors can clear this by taking the change
/// back.
#[Object]
impl OutsideReview {
    /// Which kind it is, for programs.
    async fn code(&self) -> BlockerCode {
        BlockerCode::OutsideReview
    }

    /// What it is, for people.
    async fn message(&self) -> &str {
        "this review does not examine a section that was changed"
    }

    /// The section, as it stands in the draft; none if it has left the draft.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        section(ctx, &self.review, Scope::Section(self.section)).await
    }
}
