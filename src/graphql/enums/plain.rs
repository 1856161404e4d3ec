//! Enums that mirror no list of words of the domain: what stands behind each has more to say, or is the API's own.

use async_graphql::Enum;

use crate::domain;

/// Where an edition stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum EditionState {
    /// Being written. A document has at most one draft.
    Draft,
    /// In force.
    Published,
    /// Replaced by a later edition.
    Superseded,
    /// No longer to be followed. The text stays readable under an explanation.
    Withdrawn,
}

impl From<&domain::document::edition::EditionState> for EditionState {
    fn from(state: &domain::document::edition::EditionState) -> Self {
        use domain::document::edition::EditionState as State;
        match state {
            State::Draft => Self::Draft,
            State::Published(_) => Self::Published,
            State::Superseded { .. } => Self::Superseded,
            State::Withdrawn { .. } => Self::Withdrawn,
        }
    }
}

/// How a review ended.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReviewOutcome {
    /// A new edition was published.
    Published,
    /// Nothing had to change. The edition in force stays, with a statement of currency.
    Reaffirmed,
    /// Stopped without a result.
    Cancelled,
}

impl From<&domain::review::Outcome> for ReviewOutcome {
    fn from(outcome: &domain::review::Outcome) -> Self {
        use domain::review::Outcome;
        match outcome {
            Outcome::Published => Self::Published,
            Outcome::Reaffirmed { .. } => Self::Reaffirmed,
            Outcome::Cancelled { .. } => Self::Cancelled,
        }
    }
}

/// What stands between a draft and its publication, by kind.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockerCode {
    /// A discipline has not signed a text, or not enough of it. See `CellNotMet`.
    CellNotMet,
    /// An objection stands until its holder, or a successor in the seat, lifts it. See `ObjectionStands`.
    ObjectionStands,
    /// A seat asked for more time, until a day that is not over. See `TimeRequested`.
    TimeRequested,
    /// A discipline has too few seats left that can sign, and nobody else may fill in. See `NoEligibleSeat`.
    NoEligibleSeat,
    /// Everything is met, and the final window is not over. See `FinalWindow`.
    FinalWindow,
    /// A correction changes wording only, and a section was changed otherwise. See `ClinicalChange`.
    ClinicalChange,
    /// A partial review changes what it examines, and another section was changed. See `OutsideReview`.
    OutsideReview,
    /// A major number needs a note that tells followers what changed. See `ChangeNoteMissing`.
    ChangeNoteMissing,
}

/// The form in which a text is answered.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum TextFormat {
    /// As it was written.
    #[default]
    Markdown,
    /// Sanitised HTML, safe to put into a page. Headings begin below the section's own level.
    Html,
    /// Plain words, for screens without markup and for reading aloud.
    Text,
}

/// Which editions to search.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum SearchPlace {
    /// Editions in force.
    #[default]
    InForce,
    /// Drafts that the viewer may read.
    Drafts,
}

impl From<SearchPlace> for crate::store::SearchPlace {
    fn from(place: SearchPlace) -> Self {
        match place {
            SearchPlace::InForce => Self::InForce,
            SearchPlace::Drafts => Self::Drafts,
        }
    }
}
