//! Calendars as other programs read them: RFC 5545. An entry keeps its name (`UID`) while its days move.

use chrono::{Days, TimeDelta};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use crate::domain::calendar::{Entry, EntryKind};

/// How often programs should look again.
const LOOK_AGAIN_HOURS: i64 = 4;

/// A calendar with these entries, under a name for people.
pub fn calendar(name: &str, entries: &[Entry]) -> String {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Consilium//Consilium//EN"))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .append_property(Property::new("METHOD", "PUBLISH"))
        .name(name)
        .ttl(&TimeDelta::hours(LOOK_AGAIN_HOURS));
    for entry in entries {
        calendar.push(event(entry));
    }
    calendar.to_string()
}

fn event(entry: &Entry) -> Event {
    let mut event = Event::new();
    event
        .uid(&format!("{}-{}@consilium", entry.of, entry.kind))
        .sequence(entry.revision.times)
        .timestamp(entry.revision.at)
        .last_modified(entry.revision.at)
        .summary(&format!("{}: {}", what(entry.kind), entry.title.as_str()))
        .starts(entry.from)
        // The day after the last one.
        .ends(entry.until + Days::new(1))
        .status(if entry.is_cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed })
        // Nobody is busy because a window is open.
        .add_property("TRANSP", "TRANSPARENT");
    if let Some(waiting) = entry.waiting {
        event.description(&format!("{waiting} of your tasks wait."));
    }
    event.done()
}

fn what(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Drafting => "Drafting",
        EntryKind::SignOff => "Sign-off",
        EntryKind::FinalWindow => "Final window",
        EntryKind::Publication => "Publication",
        EntryKind::Accept => "Say whether you take part",
        EntryKind::Complete => "Last day to sign off",
        EntryKind::Due => "Full review due",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{calendar::Revised, testing::*, text::Line};

    #[test]
    fn text_is_escaped_folded_and_ends_its_lines_as_the_rfc_says() {
        let title = format!("Pathways; one, two\\three {}", "é".repeat(80));
        let entry = Entry {
            of: uuid::Uuid::from_u128(7),
            kind: EntryKind::SignOff,
            title: Line::new(title).unwrap(),
            from: date("2019-01-05").first_day(),
            until: date("2019-02-28").first_day(),
            waiting: None,
            is_cancelled: true,
            revision: Revised { times: 3, at: at("2018-12-01T10:00:00Z") },
        };
        let text = calendar("A name", &[entry]);
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
        let unfolded = text.replace("\r\n ", "");
        assert!(!unfolded.replace("\r\n", "").contains(['\r', '\n']));
        for line in [
            "UID:00000000-0000-0000-0000-000000000007-sign-off@consilium",
            "SEQUENCE:3",
            "DTSTAMP:20181201T100000Z",
            "DTSTART;VALUE=DATE:20190105",
            "DTEND;VALUE=DATE:20190301",
            "STATUS:CANCELLED",
        ] {
            assert!(unfolded.contains(&format!("\r\n{line}\r\n")), "{line}: {unfolded}");
        }
        assert!(unfolded.contains("SUMMARY:Sign-off: Pathways\\; one\\, two\\\\three"), "{unfolded}");
    }
}
