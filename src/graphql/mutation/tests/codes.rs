//! Every problem of the domain has a code, and every code is somebody's.

use std::collections::BTreeSet;

use async_graphql::{MaybeUndefined, resolver_utils::EnumType};

use super::super::{
    client_keys::{key_problem, url_problem},
    position::digest_missing,
    problem::{concluding, optional_key, text, whole_number},
    schedule_review::ladder,
    user_error::{Path, UserError, UserErrorCode as Code},
    wording::{Given, RecommendationInput, ReferenceInput, recommendation_number},
};
use crate::{
    domain::{
        absence::AbsenceProblem,
        appointment::AppointmentProblem,
        client::{ClientProblem, KeyProblem},
        comment::CommentProblem,
        contact::NotAnAddress,
        document::{
            change::EditProblem,
            content::{Content, Digest, RecommendationNumber, Reference},
            draft::DraftProblem,
            import::ImportProblem,
            outline::OutlineProblem,
        },
        interest::InterestProblem,
        invitation::InvitationProblem,
        review::{
            assignment::AssignmentProblem,
            ballot::BallotProblem,
            conclusion::{ConclusionProblem, WithdrawalProblem},
            opening::OpeningProblem,
            opinion::OpinionProblem,
            participation::ParticipationProblem,
            position::PositionProblem,
            request::RequestProblem,
        },
        role::{Office, PostProblem},
        text::{BODY_BYTES_MAX, Body, Line, Prose},
    },
    graphql::enums::Strength,
    identity::NotAKeySetUrl,
    manuscript::Fault,
};

fn digest() -> Digest {
    Digest::of(&())
}

fn code(error: &UserError) -> Code {
    match error {
        UserError::Plain(error) => error.code,
        UserError::SectionChanged(error) => error.code,
        UserError::BaseChanged(error) => error.code,
        UserError::PublicationBlocked(error) => error.code,
        UserError::ManuscriptFault(error) => error.code,
    }
}

fn path(error: &UserError) -> &[String] {
    match error {
        UserError::Plain(error) => &error.path,
        UserError::SectionChanged(error) => &error.path,
        UserError::BaseChanged(error) => &error.path,
        UserError::PublicationBlocked(error) => &error.path,
        UserError::ManuscriptFault(error) => &error.path,
    }
}

fn concluded(problem: ConclusionProblem) -> UserError {
    concluding(problem, |blocker| panic!("{blocker:?}"))
}

/// One list for each family: all of its problems, told.
fn families() -> Vec<Vec<UserError>> {
    let one = RecommendationNumber::FIRST;
    let outlines = [
        OutlineProblem::UnknownSection,
        OutlineProblem::NotASibling,
        OutlineProblem::UnderItself,
        OutlineProblem::TooDeep,
        OutlineProblem::TooMany,
        OutlineProblem::HasChildren,
        OutlineProblem::Twice,
    ];
    let edits = [
        EditProblem::SectionChanged { current: digest() },
        EditProblem::NothingChanged,
        EditProblem::RecommendationMissing(one),
        EditProblem::RecommendationUnknown(one),
        EditProblem::RecommendationTwice(one),
        EditProblem::RecommendationStoodDown(one),
        EditProblem::TooManyRecommendations,
        EditProblem::NothingToConfirm,
    ];
    let drafts = [
        DraftProblem::NoteChanged { current: None },
        DraftProblem::ArrangementChanged { current: digest() },
        DraftProblem::KeyTaken,
        DraftProblem::AudienceTooWide,
        DraftProblem::AudienceWouldChange,
        DraftProblem::ObjectionStands,
        DraftProblem::TakesNoPart,
        DraftProblem::RequirementsWrong,
    ];
    let drafts = drafts.into_iter().chain(edits.map(DraftProblem::Edit)).chain(outlines.map(DraftProblem::Outline));
    let imports = [
        ImportProblem::SlugTaken,
        ImportProblem::NumberTwice(one),
        ImportProblem::AudienceTooWide,
        ImportProblem::IssuedLater,
    ];
    let imports = imports.into_iter().chain(outlines.map(ImportProblem::Outline));
    let appointments = [
        AppointmentProblem::TermEmpty,
        AppointmentProblem::EndPast,
        AppointmentProblem::TermOver,
        AppointmentProblem::EndLater,
        AppointmentProblem::SeatHeld,
        AppointmentProblem::CannotSucceed,
        AppointmentProblem::SucceededAlready,
        AppointmentProblem::CannotLead,
        AppointmentProblem::LeadsAlready,
        AppointmentProblem::GrantRevoked,
        AppointmentProblem::RoleHeld,
        AppointmentProblem::RoleNotForClient,
    ];
    let clients = [
        ClientProblem::NameTaken,
        ClientProblem::TooManyClients,
        ClientProblem::ScopesMissing,
        ClientProblem::KeyIdTaken,
        ClientProblem::KeyKnown,
        ClientProblem::TooManyKeys,
        ClientProblem::ExpiryPast,
        ClientProblem::KeysPublished,
        ClientProblem::KeyUnknown,
        ClientProblem::KeyRevoked,
        ClientProblem::ClientRevoked,
    ];
    let invitations = [
        InvitationProblem::TermEmpty,
        InvitationProblem::Expiry,
        InvitationProblem::Over,
        InvitationProblem::NotValid,
        InvitationProblem::SeatHeld,
    ];
    let posts = [PostProblem::DisciplineMissing, PostProblem::OfficeDoesNotVote(Office::Observer)];
    let openings = [
        OpeningProblem::AlreadyOpen,
        OpeningProblem::NothingToReview,
        OpeningProblem::ReviewClosed,
        OpeningProblem::DatesOutOfOrder,
        OpeningProblem::DateOver,
        OpeningProblem::RulesSame,
        OpeningProblem::SectionsWrong,
        OpeningProblem::ReasonMissing,
    ];
    let positions = [
        PositionProblem::ReviewClosed,
        PositionProblem::NoSuchCell,
        PositionProblem::SectionChanged { current: digest() },
        PositionProblem::ReasonMissing,
        PositionProblem::DayOutOfRange { latest: chrono::NaiveDate::MAX },
        PositionProblem::TimeAskedBefore,
        PositionProblem::AlreadyTaken,
        PositionProblem::NothingToLift,
        PositionProblem::NothingToWithdraw,
        PositionProblem::Recused,
        PositionProblem::SeatNotInTerm,
        PositionProblem::TakesNoPart,
        PositionProblem::DeclarationLapsed,
    ];
    let absences = [
        AbsenceProblem::DatesWrong,
        AbsenceProblem::AlreadyAway,
        AbsenceProblem::StandInUnfit,
        AbsenceProblem::ChainWrong,
        AbsenceProblem::AbsenceOver,
    ];
    let assignments = [
        AssignmentProblem::ReviewClosed,
        AssignmentProblem::NoSuchCell,
        AssignmentProblem::SeatUnfit,
        AssignmentProblem::LoadLimit { limit: 1 },
        AssignmentProblem::NothingChanged,
    ];
    let interests = [
        InterestProblem::DatesWrong,
        InterestProblem::TooManyTopics,
        InterestProblem::TooMany,
        InterestProblem::AlreadyEnded,
        InterestProblem::NothingChanged,
    ];
    let participations = [
        ParticipationProblem::ReviewClosed,
        ParticipationProblem::NoSuchSection,
        ParticipationProblem::OfAnotherGroup,
        ParticipationProblem::TakesNoPart,
        ParticipationProblem::NothingChanged,
        ParticipationProblem::TooMany,
    ];
    let ballots = [
        BallotProblem::ReviewClosed,
        BallotProblem::NoSuchObjection,
        BallotProblem::BallotHeld,
        BallotProblem::NoBallot,
        BallotProblem::NoVote,
        BallotProblem::VotedAlready,
        BallotProblem::TakesNoPart,
        BallotProblem::TooEarly,
    ];
    let opinions = [
        OpinionProblem::ReviewClosed,
        OpinionProblem::SectionChanged { current: digest() },
        OpinionProblem::ReasonMissing,
        OpinionProblem::Excluded,
        OpinionProblem::AlreadyGiven,
        OpinionProblem::TooMany,
    ];
    let comments = [
        CommentProblem::ReviewClosed,
        CommentProblem::SectionChanged { current: digest() },
        CommentProblem::Excluded,
        CommentProblem::TooMany,
        CommentProblem::AlreadySettled,
    ];
    let requests = [RequestProblem::ReviewClosed, RequestProblem::NothingAsked, RequestProblem::AlreadyAccepted];
    let conclusions = [
        ConclusionProblem::ReviewClosed,
        ConclusionProblem::Blocked(vec![]),
        ConclusionProblem::NothingChanged,
        ConclusionProblem::DraftDiffers,
        ConclusionProblem::NothingToReaffirm,
        ConclusionProblem::NotExceptional,
        ConclusionProblem::InterimNotSigned,
        ConclusionProblem::TakesNoPart,
        ConclusionProblem::NotToday,
        ConclusionProblem::NextDuePast,
    ];
    let withdrawals = [WithdrawalProblem::NotPublished, WithdrawalProblem::AlreadyWithdrawn];
    vec![
        drafts.map(Into::into).collect(),
        imports.map(Into::into).collect(),
        appointments.map(Into::into).into(),
        invitations.map(Into::into).into(),
        clients.map(Into::into).into(),
        posts.map(Into::into).into(),
        openings.map(Into::into).into(),
        positions.map(Into::into).into(),
        absences.map(Into::into).into(),
        assignments.map(Into::into).into(),
        interests.map(Into::into).into(),
        participations.map(Into::into).into(),
        [NotAnAddress].map(Into::into).into(),
        ballots.map(Into::into).into(),
        opinions.map(Into::into).into(),
        comments.map(Into::into).into(),
        requests.map(Into::into).into(),
        conclusions.map(concluded).into(),
        withdrawals.map(Into::into).into(),
    ]
}

fn mistake<T>(checked: Result<T, UserError>) -> UserError {
    checked.err().expect("a mistake")
}

/// Mistakes in single values of the input.
fn mistakes() -> Vec<UserError> {
    let place = || Path::field("reason");
    let given = Given { heading: Some("Imaging".to_owned()), ..nothing_given() };
    let plain_http = Given { references: Some(vec![reference("http://example.org")]), ..given.clone() };
    let many = (0..201).map(|_| reference("https://example.org")).collect();
    let too_many = Given { references: Some(many), ..given };
    let mut found = vec![
        mistake(text::<Line>(" ".to_owned(), place())),
        mistake(text::<Body>("x".repeat(BODY_BYTES_MAX + 1), place())),
        mistake(text::<Prose>("a\0".to_owned(), place())),
        mistake(text::<Prose>(":::".to_owned(), place())),
        mistake(optional_key(Some("Not a key".to_owned()), place())),
        mistake(whole_number(Some(-1), 0..=90, place())),
        mistake(recommendation_number(0, place())),
        digest_missing(),
        mistake(ladder(Some(vec!["P1Y".to_owned()]))),
        url_problem(NotAKeySetUrl, place()),
        key_problem(&KeyProblem::NotASet("it is not JSON"), place()),
        key_problem(&KeyProblem::Private, place()),
        key_problem(&KeyProblem::NotAllowed("its kty is neither RSA nor EC"), place()),
        UserError::manuscript_fault(Fault { line: 1, message: "no title".to_owned() }),
    ];
    found.extend(plain_http.over(None).unwrap_err());
    found.extend(too_many.over(None).unwrap_err());
    found
}

#[test]
fn every_code_is_the_code_of_something() {
    let told: BTreeSet<Code> = families().iter().flatten().chain(&mistakes()).map(code).collect();
    let never: Vec<Code> = Code::items().iter().map(|item| item.value).filter(|code| !told.contains(code)).collect();
    assert_eq!(never, []);
}

#[test]
fn no_two_problems_of_one_act_share_a_code() {
    for family in families().iter().chain([&mistakes()]) {
        let codes: BTreeSet<Code> = family.iter().map(code).collect();
        assert_eq!(codes.len(), family.len(), "{codes:?}");
    }
}

#[test]
fn every_place_to_mend_begins_at_the_input() {
    for error in families().iter().flatten().chain(&mistakes()) {
        assert_eq!(path(error).first().map(String::as_str), Some("input"));
    }
}

fn reference(url: &str) -> ReferenceInput {
    ReferenceInput { text: "A paper".to_owned(), url: Some(url.to_owned()) }
}

fn before() -> Content {
    Content {
        heading: Line::new("Imaging").unwrap(),
        body: Body::new("Text.").unwrap(),
        summary: Some(Prose::new("Plainly.").unwrap()),
        recommendations: vec![],
        references: vec![Reference { text: Line::new("A paper").unwrap(), url: None }],
    }
}

fn nothing_given() -> Given {
    Given { heading: None, body: None, summary: MaybeUndefined::Undefined, recommendations: None, references: None }
}

#[test]
fn what_is_omitted_stays_and_null_clears_the_summary() {
    let before = before();
    let same = nothing_given().over(Some(&before)).ok().expect("no mistakes");
    assert_eq!(
        (same.heading, same.body, same.summary),
        (before.heading.clone(), before.body.clone(), before.summary.clone())
    );
    assert_eq!(same.references, before.references);
    let cleared =
        Given { summary: MaybeUndefined::Null, ..nothing_given() }.over(Some(&before)).ok().expect("no mistakes");
    assert_eq!((cleared.summary, cleared.body), (None, before.body.clone()));
}

#[test]
fn every_mistake_in_a_text_is_told_at_once_with_its_place() {
    let recommendation = RecommendationInput {
        number: Some(0),
        strength: Strength::Offer,
        text: " ".to_owned(),
        summary: MaybeUndefined::Undefined,
    };
    let given = Given {
        heading: Some(String::new()),
        recommendations: Some(vec![recommendation]),
        references: Some(vec![reference("ftp://example.org")]),
        ..nothing_given()
    };
    let mistakes = given.over(Some(&before())).unwrap_err();
    let told: Vec<(Code, String)> = mistakes.iter().map(|error| (code(error), path(error).join("."))).collect();
    assert_eq!(
        told,
        [
            (Code::TextBlank, "input.heading".to_owned()),
            (Code::NumberInvalid, "input.recommendations.0.number".to_owned()),
            (Code::TextBlank, "input.recommendations.0.text".to_owned()),
            (Code::UrlNotHttps, "input.references.0.url".to_owned()),
        ]
    );
}
