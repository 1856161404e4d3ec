//! Numbers, what was in force when, and what an edition's digest is about (D2, D3, D7, D8).

use crate::domain::{
    document::edition::{Edition, EditionNumber, EditionState, Publication, in_force_on},
    testing::*,
};

fn publication(issued: &str) -> Publication {
    Publication { issued: date(issued), published_at: date(issued).begins_at() }
}

fn superseded(number: &str, issued: &str) -> Edition {
    let superseded_at = at("2019-06-01T00:00:00Z");
    edition(number, EditionState::Superseded { publication: publication(issued), superseded_at })
}

fn published(number: &str, issued: &str) -> Edition {
    edition(number, EditionState::Published(publication(issued)))
}

fn withdrawn(number: &str, issued: &str, withdrawn_at: &str) -> Edition {
    let (publication, withdrawn_at) = (publication(issued), at(withdrawn_at));
    edition(number, EditionState::Withdrawn { publication, withdrawn_at, explanation: prose("Unsafe.") })
}

fn in_force(editions: &[Edition], day: &str) -> Option<String> {
    in_force_on(editions, date(day).first_day()).map(|edition| edition.number.to_string())
}

#[test]
fn d3_the_edition_in_force_on_a_day_is_the_latest_issued_by_then() {
    let editions = [
        superseded("1.0", "2017-08"),
        superseded("1.1", "2018-03-15"),
        published("2.0", "2019-05-31"),
        edition("3.0", EditionState::Draft),
    ];
    for (day, expected) in [
        ("2017-07-31", None),
        ("2017-08-01", Some("1.0")),
        ("2018-03-14", Some("1.0")),
        ("2018-03-15", Some("1.1")),
        ("2019-05-30", Some("1.1")),
        ("2019-05-31", Some("2.0")),
        ("2999-12-31", Some("2.0")),
    ] {
        assert_eq!(in_force(&editions, day).as_deref(), expected, "{day}");
    }
}

#[test]
fn d7_after_a_withdrawal_nothing_is_in_force_until_the_next_publication() {
    // 23:30 in UTC on 30 June is 1 July in London.
    let editions = [superseded("1.0", "2017-08"), withdrawn("2.0", "2019-05", "2019-06-30T23:30:00Z")];
    for (day, expected) in [("2019-04-30", Some("1.0")), ("2019-06-30", Some("2.0")), ("2019-07-01", None)] {
        assert_eq!(in_force(&editions, day).as_deref(), expected, "{day}");
    }
    let [first, second] = editions;
    let editions = [first, second, published("2.1", "2019-08")];
    assert_eq!(in_force(&editions, "2019-07-31"), None);
    assert_eq!(in_force(&editions, "2019-08-01").as_deref(), Some("2.1"));
}

#[test]
fn d8_an_edition_known_to_the_month_follows_one_issued_on_a_day_of_that_month() {
    let editions = [superseded("1.1", "2019-05-20"), published("2.0", "2019-05")];
    assert_eq!(in_force(&editions, "2019-05-31").as_deref(), Some("2.0"));
    let editions = [withdrawn("1.1", "2019-05-20", "2019-05-22T00:00:00Z"), published("2.0", "2019-05")];
    assert_eq!(in_force(&editions, "2019-05-31").as_deref(), Some("2.0"));
}

#[test]
fn d6_edition_numbers_are_read_as_written_and_compared_as_numbers() {
    for text in ["1.0", "2.10", "99999.99999"] {
        assert_eq!(text.parse::<EditionNumber>().unwrap().to_string(), text);
    }
    for text in ["", "1", "1.", ".1", "1.0.0", "+1.0", "1.-1", "100000.0", "1.x", " 1.0"] {
        assert!(text.parse::<EditionNumber>().is_err(), "{text}");
    }
    let number = |text: &str| text.parse::<EditionNumber>().unwrap();
    assert!(number("1.9") < number("1.10") && number("1.10") < number("2.0"));
    assert!(number("2.0").is_major() && !number("2.1").is_major());
}
