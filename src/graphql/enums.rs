//! The domain's enums as clients see them. The names are the domain's; the descriptions are for the client's developer.
//!
//! The compiler keeps both sides equal: a variant added to the domain does not compile until it is described here.

mod plain;

use async_graphql::Enum;
pub use plain::{BlockerCode, EditionState, ReviewOutcome, SearchPlace, TextFormat};

use crate::domain;

/// Mirrors an enum of the domain, variant by variant.
macro_rules! mirror {
    ($($(#[$doc:meta])* $name:ident = $remote:literal { $($(#[$vdoc:meta])* $variant:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
        #[graphql(remote = $remote)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
    )*};
}

mirror! {
    /// A profession or standpoint that signs off sections.
    Discipline = "domain::role::Discipline" {
        /// Surgeons.
        Surgery,
        /// Oncologists, medical and clinical.
        Oncology,
        /// Nurses.
        Nursing,
        /// Radiologists.
        Radiology,
        /// Pathologists.
        Pathology,
        /// Geneticists.
        Genetics,
        /// Patient representatives, who also sign the document as a whole.
        PatientRepresentative,
        /// Commissioners, where a section names them.
        Commissioning,
    }

    /// What a seat is for.
    Office = "domain::role::Office" {
        /// Leads the group and publishes.
        Chair,
        /// Stands in for the chair.
        ViceChair,
        /// Signs for a discipline.
        Member,
        /// Reads drafts and advises without a vote.
        Adviser,
        /// Sits in, and reads what partners read.
        Observer,
        /// Runs the group and never decides clinically.
        Secretariat,
    }

    /// How often somebody wants letters.
    LetterFrequency = "domain::contact::LetterFrequency" {
        /// One for each thing they are told.
        Each,
        /// One each morning with what came since, if anything did.
        Daily,
        /// One each Monday morning with what came since, if anything did.
        Weekly,
        /// None. What they are told stands in `Viewer.notices` in any case.
        #[graphql(name = "NONE")]
        Never,
    }

    /// What an absence means for what the seat owes.
    Availability = "domain::absence::Availability" {
        /// The holder can finish what waits, and is reminded as ever.
        CanFinish,
        /// The holder is away: whoever stands in is asked instead.
        Away,
    }

    /// Where a ballot stands.
    BallotState = "domain::review::ballot::BallotState" {
        /// Votes can be cast.
        Open,
        /// The objection was voted down: it stands no more.
        Passed,
        /// The objection stands.
        Failed,
    }

    /// What an adviser says of a text.
    Stance = "domain::review::opinion::Stance" {
        /// The adviser supports it.
        Supports,
        /// The adviser has concerns, and says which.
        Concerns,
        /// The adviser has looked at it and has no view, or none any more.
        NoView,
    }

    /// A role given on one document. Each includes the ones before it.
    GrantRole = "domain::role::GrantRole" {
        /// May read drafts and reviews of the document.
        Reader,
        /// May also comment.
        Commenter,
        /// May also revise sections.
        Editor,
    }

    /// How an invitation stands.
    InvitationState = "domain::invitation::InvitationState" {
        /// It waits for somebody with its code.
        Open,
        /// Somebody brought the code and took the seat.
        Accepted,
        /// Nobody came in time.
        Expired,
        /// It was taken back.
        Revoked,
    }

    /// One thing that a client's access token opens. Without any it reads what everybody may.
    Scope = "domain::client::Scope" {
        /// `advice:read`: reading what is published for partners.
        AdviceRead,
        /// `drafts:read`: reading drafts and reviews of documents on which the client or its organisation was given a
        /// role.
        DraftsRead,
        /// `comments:write`: commenting on such drafts, with the role COMMENTER.
        CommentsWrite,
        /// `checklist:write`: keeping the checklist of a local service. Nothing in this API asks for it yet.
        ChecklistWrite,
        /// `events:read`: hearing of changes to what the client may read.
        EventsRead,
    }

    /// Who may read something once it is published.
    Audience = "domain::document::Audience" {
        /// The owning group, and editors of the document.
        Group,
        /// Also people and clients of partner organisations who are signed in.
        Partners,
        /// Everybody.
        Public,
    }

    /// The part of the patient's pathway that a section is about.
    Stage = "domain::document::Stage" {
        /// Risk and family history.
        RiskAssessment,
        /// Referral.
        Referral,
        /// Diagnosis.
        Diagnosis,
        /// Team meeting and plan of treatment.
        TreatmentPlanning,
        /// Surgery.
        PrimaryTreatment,
        /// Systemic treatment.
        SystemicTreatment,
        /// Radiotherapy.
        Radiotherapy,
        /// Side effects and recovery.
        Recovery,
        /// Follow-up.
        FollowUp,
        /// Local or regional recurrence.
        Recurrence,
        /// Metastatic disease.
        Metastatic,
        /// The whole pathway.
        CrossCutting,
        /// Assurance of services.
        Assurance,
        /// Governance of services.
        Governance,
    }

    /// How firmly a recommendation is meant.
    Strength = "domain::document::content::Strength" {
        /// A legal duty, or the consequence of not doing it is very serious.
        Must,
        /// Strong, for.
        Offer,
        /// Strong, against.
        DoNotOffer,
        /// Weaker or conditional, for.
        Consider,
    }

    /// How far an edit reaches.
    ChangeClass = "domain::document::revision::ChangeClass" {
        /// What the section advises may have changed.
        Clinical,
        /// Wording only. Counts as such once a second person has confirmed it.
        Editorial,
    }

    /// What an organisation is.
    OrganisationKind = "domain::directory::OrganisationKind" {
        /// One of the alliances that put the advice into practice in England.
        CancerAlliance,
        /// Their counterpart in Wales, Scotland or Northern Ireland.
        DevolvedCancerNetwork,
        /// Advises on a specialised service.
        ClinicalReferenceGroup,
        /// Steers several expert groups.
        SteeringGroup,
        /// Writes clinical advice.
        ClinicalExpertGroup,
        /// A body of a profession.
        ProfessionalBody,
        /// A charity, such as one that provides a secretariat.
        Charity,
        /// Speaks for patients.
        PatientOrganisation,
        /// Runs hospitals.
        AcuteTrust,
    }

    /// How much of the document a review examines.
    ReviewKind = "domain::review::ReviewKind" {
        /// All of it.
        Full,
        /// Chosen sections.
        Partial,
        /// Starts at once, for a reason that cannot wait.
        Exceptional,
        /// Wording only.
        Correction,
    }

    /// How a document stands to its promise of review.
    ReviewStatus = "domain::review::timetable::ReviewStatus" {
        /// The next review is further off than its lead.
        Current,
        /// The due date is nearer than the lead, and no review is open.
        DueSoon,
        /// A review is open, and the due date is not over.
        InReview,
        /// The due date is over, whether or not a review is open.
        Overdue,
    }

    /// Where a cell stands.
    CellState = "domain::review::examination::CellState" {
        /// Enough sign-offs count.
        Met,
        /// Sign-offs are missing.
        Open,
        /// Missing because the text moved on after it was signed; the holders are asked again.
        Stale,
        /// An objection stands, or a request for more time.
        Blocked,
        /// The discipline has too few seats left that can sign.
        NoEligibleSeat,
    }

    /// What a seat does in a cell. The first five are positions; the last two take one back.
    PositionAct = "domain::review::position::PositionAct" {
        /// This text is right: a sign-off.
        Approve,
        /// This text is wrong, for a written reason. Blocks the cell until lifted.
        Object,
        /// No opinion. The seat stays in the count.
        Abstain,
        /// May not take part. The seat leaves the count.
        Recuse,
        /// Not yet: asks for time until a named day, and blocks publication until that day is over.
        NeedMoreTime,
        /// Takes an objection back: one's own, or one inherited from the seat that this one succeeds.
        Lift,
        /// Takes any position back.
        Withdraw,
    }

    /// Why a position no longer counts. It is kept and shown.
    Staleness = "domain::review::position::Staleness" {
        /// The text has moved on since.
        TextChanged,
        /// The seat was not in term, or not of that discipline, when it was taken.
        SeatNotEligible,
        /// The same seat did something later in that cell, or a successor answered its objection.
        Replaced,
        /// The seat has recused itself.
        Recused,
        /// A ballot voted the objection down.
        VotedDown,
        /// Its holder takes no part in decisions on that text, because of an interest.
        Excluded,
    }

    /// What kind of interest somebody has: the categories of NHS England.
    InterestCategory = "domain::interest::InterestCategory" {
        /// They may gain or lose money.
        Financial,
        /// They may gain in their profession: standing, a career, an office elsewhere.
        NonFinancialProfessional,
        /// They may gain otherwise: a cause they stand for, a body they volunteer in.
        NonFinancialPersonal,
        /// Somebody close to them has such an interest. The other three are direct.
        Indirect,
    }

    /// What is done about an interest in a review, the strictest last.
    InterestAction = "domain::review::participation::InterestAction" {
        /// It stands in the register, and its holder takes full part.
        DeclareOnly,
        /// Its holder comments and advises; they write, sign and vote nothing.
        DiscussOnly,
        /// Its holder takes no part.
        Exclude,
    }

    /// What a notice tells.
    NoticeKind = "domain::notice::NoticeKind" {
        /// Something waits for you, at a rung of the ladder; or waits for others and has come to you too.
        Reminder,
        /// A review opened that asks for you, or that you run.
        ReviewOpened,
        /// The dates of a review were moved.
        ReviewMoved,
        /// The rules of an open review were re-opened.
        RulesReopened,
        /// A text was changed after you had taken a position on it: you are asked again.
        AskedAgain,
        /// The secretariat recorded a position for you. You can take it back.
        PositionRecorded,
        /// Somebody objected.
        ObjectionRaised,
        /// A ballot on an objection was opened in which you have a vote, or was closed.
        BallotHeld,
        /// A cell was handed to you.
        CellAssigned,
        /// It was decided what you take part in, because of an interest of yours; or what somebody does in a review that you
        /// run.
        InterestWeighed,
        /// A review ended with a new edition.
        EditionPublished,
        /// A review ended with a reaffirmation.
        DocumentReaffirmed,
        /// A review was cancelled.
        ReviewCancelled,
    }

    /// Which of the two clocks of a request.
    Deadline = "domain::review::ladder::Deadline" {
        /// To say that you will do it.
        Accept,
        /// To have done it.
        Complete,
    }

    /// A part of a review, in the order in which they follow one another.
    ReviewStage = "domain::review::stage::ReviewStage" {
        /// It is settled what the review is about.
        Scoping,
        /// Texts are written.
        Drafting,
        /// Disciplines sign.
        SignOff,
        /// Everything is signed; the last look.
        FinalWindow,
        /// The edition comes out, or the one in force is reaffirmed.
        Publication,
    }

    /// What keeps you from doing something. Without any, you can do it. Where several ways lead there, each that is closed is
    /// named, and one that opens suffices.
    Obstacle = "domain::access::Obstacle" {
        /// You have not logged in.
        NotSignedIn,
        /// It is not for you to read, such as a draft.
        NotReadable,
        /// It takes an office that you do not hold.
        OfficeMissing,
        /// It takes a seat of a discipline that the section names.
        DisciplineMissing,
        /// It takes a role on the document that you were not given.
        RoleMissing,
        /// It takes a scope that your client's token does not have.
        ScopeMissing,
        /// It is your own change, and a second person confirms it.
        OwnChange,
        /// No seat of yours can take a position there.
        SeatMissing,
        /// Your seat has recused itself. Withdraw that first.
        SeatRecused,
        /// You take no part in decisions on the text, because of an interest.
        TakesNoPart,
        /// What you declared of your interests is too old, or missing. Declare or confirm them first.
        DeclarationLapsed,
        /// It is your own interest, and others decide what is done about it.
        OwnInterest,
        /// It does not stand in a draft.
        NotInDraft,
        /// There is no editorial change that waits for confirmation.
        NothingToConfirm,
        /// The review is over.
        ReviewOver,
    }

    /// Why something waits for the viewer.
    TaskReason = "domain::review::task::TaskReason" {
        /// The text has not been signed from this seat, and the cell is not met.
        NotSigned,
        /// The text moved on after a position was taken on it from this seat, and the cell is not met.
        Stale,
        /// An objection of this seat stands. Only its holder lifts it.
        ObjectionOfMine,
        /// An objection stands that a seat before this one left when its term was over. As the successor you lift it, or
        /// confirm it by objecting yourself.
        InheritedObjection,
        /// The secretariat recorded a position for this seat on a written instruction. Its holder may take it back.
        RecordedOnInstruction,
    }

    /// What was done.
    EventKind = "domain::event::EventKind" {
        /// A document was brought in.
        DocumentImported,
        /// A section was written for the first time.
        SectionCreated,
        /// A section got a new text.
        SectionRevised,
        /// A section went to another place.
        SectionMoved,
        /// A section left the draft.
        SectionRemoved,
        /// A change was confirmed as editorial.
        EditorialConfirmed,
        /// A recommendation was stood down.
        RecommendationStoodDown,
        /// The change note of a draft was written.
        ChangeNoteWritten,
        /// A seat was granted.
        SeatGranted,
        /// A seat's term was ended.
        SeatEnded,
        /// A seat was made the lead of its discipline.
        LeadAppointed,
        /// The holder of a seat said when they are away, or the secretariat for them.
        AbsenceDeclared,
        /// An absence was ended before its time.
        AbsenceEnded,
        /// An interest was declared.
        InterestDeclared,
        /// The end of an interest was declared.
        InterestEnded,
        /// The holder of a seat said that the register of interests is true and complete.
        InterestsConfirmed,
        /// An entry of the register was withheld from the public, or published again.
        InterestWithheld,
        /// It was decided what is done about an interest in a review.
        InterestWeighed,
        /// A seat was offered to whoever brings a code.
        SeatOffered,
        /// Somebody brought the code of an offered seat and took it.
        InvitationAccepted,
        /// An offered seat was taken back.
        InvitationRevoked,
        /// A role on a document was given.
        RoleGranted,
        /// A role on a document was taken back.
        RoleRevoked,
        /// A machine client was registered.
        ClientRegistered,
        /// A machine client got another key.
        ClientKeyAdded,
        /// A key of a machine client was revoked.
        ClientKeyRevoked,
        /// A machine client was revoked.
        ClientRevoked,
        /// The next review of a document was scheduled.
        ReviewScheduled,
        /// A review opened.
        ReviewOpened,
        /// The timetable of a review was moved.
        ReviewMoved,
        /// The rules of an open review were re-opened.
        RulesReopened,
        /// A seat said that it will do what a review asks.
        RequestAccepted,
        /// A review was cancelled.
        ReviewCancelled,
        /// A position was taken, lifted or withdrawn.
        PositionTaken,
        /// An adviser said something of a section.
        OpinionGiven,
        /// A ballot on an objection was opened.
        BallotOpened,
        /// A vote was cast in a ballot.
        VoteCast,
        /// A ballot was closed.
        BallotClosed,
        /// A cell was handed to seats, or back to everybody.
        CellAssigned,
        /// The holder of a seat said how much they take on, or the secretariat for them.
        LoadLimitSet,
        /// A comment was written on a section.
        CommentWritten,
        /// A comment was settled.
        CommentSettled,
        /// An edition was published.
        EditionPublished,
        /// A review found nothing to change.
        DocumentReaffirmed,
        /// An edition was withdrawn.
        EditionWithdrawn,
    }
}
