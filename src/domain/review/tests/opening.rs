//! How a review opens, and how its dates are moved (D3, D6, S14, T2, T3).

use uuid::Uuid;

use crate::domain::{
    access::{Actor, Denied, Exposure, Permit, Thing, act, permit},
    document::{
        Audience, Document, ReviewPolicy,
        edition::{Edition, EditionState, Publication},
    },
    id::{EditionId, ReviewId},
    review::{
        ReviewKind, ReviewState,
        cell::Scope,
        opening::{Ground, Opened, Opening, OpeningProblem, is_draft, open, reschedule, schedule},
        timetable::Timetable,
    },
    testing::*,
    time::Timestamp,
};

const IDS: (ReviewId, EditionId) = (ReviewId(Uuid::from_u128(70)), EditionId(Uuid::from_u128(71)));

fn in_force(number: &str) -> Edition {
    let publication = Publication { issued: date("2017-08"), published_at: at("2017-08-01T00:00:00Z") };
    edition(number, EditionState::Published(publication))
}

fn ground(in_force: &Edition) -> Ground<'_> {
    Ground { latest: Some(in_force), draft: None, is_in_review: false, highest: Some(in_force.number) }
}

fn by_system(now: Timestamp) -> Permit<act::RunReview> {
    let thing = Thing::document(GROUP, DOCUMENT, Exposure::Published(Audience::Public));
    permit(&Actor::System, thing, now).unwrap()
}

fn by_secretary() -> Permit<act::RunReview> {
    let world = World::new(&[]);
    world.permit(SECRETARY, world.thing(Scope::Whole)).unwrap()
}

fn opened(ground: Ground<'_>, kind: ReviewKind) -> Result<Opened, OpeningProblem> {
    let now = at("2018-11-30T00:00:00Z");
    let sections = if kind == ReviewKind::Partial { vec![section(0)] } else { vec![] };
    open(&by_system(now).on(&document()).unwrap(), ground, Opening { kind, sections, ..Opening::default() }, IDS, now)
}

#[test]
fn t2_the_system_opens_a_full_review_on_a_draft_made_from_the_edition_in_force() {
    let edition = in_force("1.0");
    let opened = opened(ground(&edition), ReviewKind::Full).unwrap();
    let review = opened.review();
    assert_eq!((review.id, review.draft, review.base), (IDS.0, Some(IDS.1), Some(edition.id)));
    assert_eq!(opened.new_draft(), Some("2.0".parse().unwrap()));
    assert_eq!((review.due, review.opened_by, opened.by()), (date("2019-05"), None, None));
    assert_eq!(review.state, ReviewState::Open);
    let planned = Timetable::plan(review.opened_at, review.due, &ReviewPolicy::default());
    assert_eq!(review.timetable, planned);
}

#[test]
fn s14_the_final_window_is_frozen_when_the_review_opens() {
    let edition = in_force("1.0");
    let now = at("2019-01-07T00:00:00Z");
    let policy = ReviewPolicy { final_window_days: 3, ..ReviewPolicy::default() };
    let document = Document { policy, ..document() };
    let permit = by_system(now);
    let permitted = permit.on(&document).unwrap();
    let opened = open(&permitted, ground(&edition), Opening::default(), IDS, now).unwrap();
    assert_eq!(opened.review().final_window_days, 3);
}

#[test]
fn d6_the_number_a_draft_is_meant_for_is_above_every_number_used() {
    let edition = in_force("1.0");
    let ground = Ground { highest: Some("2.3".parse().unwrap()), ..ground(&edition) };
    for (kind, expected) in [
        (ReviewKind::Full, "3.0"),
        (ReviewKind::Partial, "3.0"),
        (ReviewKind::Exceptional, "3.0"),
        (ReviewKind::Correction, "2.4"),
    ] {
        assert_eq!(opened(ground, kind).unwrap().new_draft(), Some(expected.parse().unwrap()), "{kind}");
    }
}

#[test]
fn d3_a_draft_that_is_there_already_is_the_one_under_review() {
    let (edition, draft) = (in_force("1.0"), edition("2.0", EditionState::Draft));
    let with_draft = Ground { draft: Some(&draft), ..ground(&edition) };
    let result = opened(with_draft, ReviewKind::Full).unwrap();
    assert_eq!((result.review().draft, result.new_draft()), (Some(draft.id), None));
    // A document that was never published has a draft only.
    let first = Ground { latest: None, highest: None, ..with_draft };
    assert_eq!(opened(first, ReviewKind::Full).unwrap().review().base, None);
}

#[test]
fn t3_only_one_review_of_a_document_is_open_at_a_time() {
    let edition = in_force("1.0");
    let busy = Ground { is_in_review: true, ..ground(&edition) };
    assert_eq!(opened(busy, ReviewKind::Exceptional).unwrap_err(), OpeningProblem::AlreadyOpen);
}

#[test]
fn t2_there_must_be_something_to_review() {
    let nothing = Ground { latest: None, draft: None, is_in_review: false, highest: None };
    assert_eq!(opened(nothing, ReviewKind::Full).unwrap_err(), OpeningProblem::NothingToReview);
    let withdrawn = Ground { highest: Some("1.0".parse().unwrap()), ..nothing };
    assert_eq!(opened(withdrawn, ReviewKind::Full).unwrap_err(), OpeningProblem::NothingToReview);
}

#[test]
fn t2_opening_earlier_than_the_lead_needs_a_reason() {
    let edition = in_force("1.0");
    let attempt = |now: &str, reason| {
        let opening = Opening { reason, ..Opening::default() };
        open(&by_secretary().on(&document()).unwrap(), ground(&edition), opening, IDS, at(now))
    };
    let early = attempt("2018-11-29T23:59:59Z", None);
    assert_eq!(early.unwrap_err(), OpeningProblem::ReasonMissing);
    let early = attempt("2018-11-29T23:59:59Z", Some(prose("New evidence."))).unwrap();
    assert_eq!((early.reason(), early.by()), (Some(&prose("New evidence.")), Some(person(SECRETARY))));
    assert!(attempt("2018-11-30T00:00:00Z", None).is_ok(), "it is time");
}

#[test]
fn t2_dates_of_an_open_review_are_moved_with_a_reason_in_order_and_not_once_it_is_over() {
    let mut world = World::new(&[&[]]);
    let day = |text: &str| date(text).first_day();
    let moved = |world: &World, [drafting, sign_off, publication]: [&str; 3]| {
        let timetable = Timetable::new(day(drafting), day(drafting), day(sign_off), day(publication))?;
        reschedule(&by_secretary().on(&world.facts).unwrap(), timetable, prose("Late evidence."))
    };
    let in_order = ["2019-02-01", "2019-03-01", "2019-04-01"];
    let decided = moved(&world, in_order).unwrap();
    assert_eq!((decided.review, decided.by), (world.facts.review.id, Some(person(SECRETARY))));
    assert_eq!((decided.timetable.publication_on, decided.reason), (day("2019-04-01"), prose("Late evidence.")));
    let disorder = moved(&world, ["2019-04-01", "2019-03-01", "2019-02-01"]);
    assert_eq!(disorder.unwrap_err(), OpeningProblem::DatesOutOfOrder);
    world.cancel().unwrap();
    assert_eq!(moved(&world, in_order).unwrap_err(), OpeningProblem::ReviewClosed);
}

#[test]
fn t1_a_review_is_not_promised_for_a_date_that_is_over() {
    let promise =
        |due: &str, now: &str| schedule(&by_secretary().on(&document()).unwrap(), date(due), prose("Agreed."), at(now));
    let scheduled = promise("2019-05", "2019-05-31T22:59:59Z").unwrap();
    assert_eq!((scheduled.document.review_due, scheduled.by), (date("2019-05"), Some(person(SECRETARY))));
    assert_eq!(promise("2019-05", "2019-05-31T23:00:00Z").unwrap_err(), OpeningProblem::DateOver);
}

#[test]
fn t2_only_secretariat_chair_and_vice_chair_run_reviews() {
    let world = World::new(&[&[SURGERY]]);
    for (number, may) in [
        (SECRETARY, true),
        (CHAIR, true),
        (VICE_CHAIR, true),
        (SURGEONS[0], false),
        (ADVISER, false),
        (EDITORS[0], false),
    ] {
        let permit = world.permit::<act::RunReview>(number, world.thing(Scope::Whole));
        assert_eq!(permit.err(), (!may).then_some(Denied::Forbidden), "{number}");
    }
}

#[test]
fn d1_only_a_draft_can_still_be_written() {
    assert!(is_draft(&edition("2.0", EditionState::Draft)));
    assert!(!is_draft(&in_force("1.0")));
}
