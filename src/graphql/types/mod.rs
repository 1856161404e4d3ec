//! Object types. Each wraps a domain value; what it says of it is the domain's word.

mod absence;
mod ballot;
mod blocker;
mod cell;
mod client;
mod comment;
mod comparison;
mod contact;
mod document;
mod edition;
mod event;
mod grant;
mod group;
mod interest;
mod invitation;
mod node;
mod notice;
mod opinion;
mod organisation;
mod person;
mod position;
mod progress;
mod recommendation;
mod request;
mod review;
mod seat;
mod section;
mod signed_text;
mod since_signed;
mod task;
mod text;
mod viewer;

pub use absence::Absence;
pub use ballot::{Ballot, BallotVote, MinorityView};
pub use blocker::{
    Blocker, CellNotMet, ChangeNoteMissing, ClinicalChange, FinalWindow, Gate, NoEligibleSeat, ObjectionStands,
    OutsideReview, TimeRequested,
};
pub use cell::Cell;
pub use client::{Client, ClientKey};
pub use comment::Comment;
pub use comparison::{
    ComparisonSummary, EditionComparison, RecommendationComparison, RecommendationDifference, ReferenceComparison,
    SectionComparison, SectionDifference, TextChange, TextSpan,
};
pub use contact::Contact;
pub use document::{Currency, Document, ReviewPolicy, ReviewRules};
pub use edition::Edition;
pub use event::Event;
pub use grant::Grant;
pub use group::Group;
pub use interest::{Interest, InterestDecision, NonParticipant};
pub use invitation::Invitation;
pub use node::Node;
pub use notice::{LateSeat, Notice, NoticeEscalation, NoticeReminder};
pub use opinion::Opinion;
pub use organisation::Organisation;
pub use person::Person;
pub use position::Position;
pub use progress::{DisciplineProgress, SeatProgress};
pub use recommendation::Recommendation;
pub use request::ReviewRequest;
pub use review::{Review, StageStanding, Timetable};
pub use seat::Seat;
pub use section::{Reference, Requirement, Section};
pub use signed_text::SignedText;
pub use since_signed::{RecommendationSinceSigned, SinceSigned};
pub use task::Task;
pub use viewer::Viewer;
