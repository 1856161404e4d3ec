//! Instants, and dates that people know only to the month (rules D8, T7).
//!
//! Nothing here asks a clock. A calendar day of this product is a day in Europe/London.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Europe::London;

/// An instant, whole milliseconds, UTC.
pub type Timestamp = DateTime<Utc>;

/// A calendar date that may be known only to the month. The unknown day is never invented (D8).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PartialDate {
    /// The first calendar day this date can mean.
    first: NaiveDate,
    precision: Precision,
}

/// How exactly a date is known. Of two dates that begin together the vaguer one comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Precision {
    Month,
    Day,
}

/// A text that is not a date of the form `2017-08` or `2017-08-31`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is not a date: write it as YYYY-MM or YYYY-MM-DD")]
pub struct NotADate(pub String);

impl PartialDate {
    /// The month that contains `day`, written `2017-08`.
    pub fn month_of(day: NaiveDate) -> Self {
        let first = day - Days::new(u64::from(day.day0()));
        Self { first, precision: Precision::Month }
    }

    /// Exactly `day`, written `2017-08-31`.
    pub fn day(day: NaiveDate) -> Self {
        Self { first: day, precision: Precision::Day }
    }

    /// The first calendar day this date can mean; used to order dates, never shown.
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// The last calendar day this date can mean. Due "2019-05" means through 31 May 2019 (D8).
    pub fn last_day(self) -> NaiveDate {
        match self.precision {
            Precision::Day => self.first,
            Precision::Month => self.first + Months::new(1) - Days::new(1),
        }
    }

    /// The instant at which this date begins in London.
    pub fn begins_at(self) -> Timestamp {
        start_of_day(self.first_day())
    }

    /// The instant at which this date is over in London: exclusive (T7).
    pub fn ends_at(self) -> Timestamp {
        start_of_day(self.last_day() + Days::new(1))
    }

    /// The same kind of date `months` later.
    pub fn plus_months(self, months: u32) -> Self {
        Self { first: self.first + Months::new(months), ..self }
    }

    /// Whether `day` may be the day meant.
    pub fn may_be(self, day: NaiveDate) -> bool {
        self.first_day() <= day && day <= self.last_day()
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.precision {
            Precision::Month => write!(f, "{}", self.first.format("%Y-%m")),
            Precision::Day => write!(f, "{}", self.first.format("%Y-%m-%d")),
        }
    }
}

impl FromStr for PartialDate {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let refused = || NotADate(text.chars().take(40).collect());
        let well_formed = text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        let day = match text.len() {
            7 if well_formed => format!("{text}-01"),
            10 if well_formed => text.to_owned(),
            _ => return Err(refused()),
        };
        let day = NaiveDate::parse_from_str(&day, "%Y-%m-%d").map_err(|_| refused())?;
        if !(1900..3000).contains(&day.year()) {
            return Err(refused());
        }
        Ok(if text.len() == 7 { Self::month_of(day) } else { Self::day(day) })
    }
}

impl serde::Serialize for PartialDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for PartialDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The calendar day in London at `at`.
pub fn london_day(at: Timestamp) -> NaiveDate {
    at.with_timezone(&London).date_naive()
}

/// The instant at which clocks in London show this: the first of two in autumn; as in winter if none does in spring.
pub fn instant_in_london(shown: NaiveDateTime) -> Timestamp {
    match London.from_local_datetime(&shown).earliest() {
        Some(at) => at.with_timezone(&Utc),
        None => Utc.from_utc_datetime(&shown),
    }
}

/// The instant at which `day` begins in London. Clocks there never change at midnight.
pub fn start_of_day(day: NaiveDate) -> Timestamp {
    instant_in_london(day.and_time(chrono::NaiveTime::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> PartialDate {
        text.parse().unwrap()
    }

    #[test]
    fn d8_a_month_stays_a_month() {
        assert_eq!(date("2017-08").to_string(), "2017-08");
        assert_eq!(date("2017-08-31").to_string(), "2017-08-31");
        assert_eq!(date("2019-05").plus_months(24).to_string(), "2021-05");
        assert_eq!(serde_json::to_string(&date("2017-08")).unwrap(), "\"2017-08\"");
    }

    #[test]
    fn d8_due_in_may_means_through_the_thirty_first_in_london() {
        assert_eq!(date("2019-05").ends_at().to_rfc3339(), "2019-05-31T23:00:00+00:00");
        assert_eq!(date("2019-12").ends_at().to_rfc3339(), "2020-01-01T00:00:00+00:00");
    }

    #[test]
    fn t7_leap_days_and_clock_changes_are_included() {
        assert_eq!(date("2020-02").last_day().to_string(), "2020-02-29");
        // The last Sunday of March 2019 has 23 hours in London, the last of October 25.
        let hours = |text: &str| (date(text).ends_at() - date(text).begins_at()).num_hours();
        assert_eq!((hours("2019-03-31"), hours("2019-10-27"), hours("2019-06-01")), (23, 25, 24));
    }

    #[test]
    fn d8_dates_are_ordered_by_their_first_day_and_a_month_comes_before_its_days() {
        let ordered = ["2017-07-31", "2017-08", "2017-08-01", "2017-08-02", "2017-09", "2018-01"].map(date);
        assert!(ordered.is_sorted_by(|one, next| one < next));
        assert_ne!(date("2017-08"), date("2017-08-01"));
    }

    #[test]
    fn d8_a_month_may_be_any_of_its_days_and_a_day_only_itself() {
        let day = |text: &str| date(text).first_day();
        for (known, of, expected) in [
            ("2020-02", "2020-01-31", false),
            ("2020-02", "2020-02-01", true),
            ("2020-02", "2020-02-29", true),
            ("2020-02", "2020-03-01", false),
            ("2020-02-28", "2020-02-28", true),
            ("2020-02-28", "2020-02-29", false),
        ] {
            assert_eq!(date(known).may_be(day(of)), expected, "{known} {of}");
        }
        assert_eq!(PartialDate::month_of(day("2020-02-29")), date("2020-02"));
    }

    #[test]
    fn t7_months_later_from_a_day_that_month_lacks_is_its_last_day() {
        assert_eq!(date("2020-02-29").plus_months(12), date("2021-02-28"));
        assert_eq!(date("2019-08-31").plus_months(6), date("2020-02-29"));
        assert_eq!(date("2019-12").plus_months(1), date("2020-01"));
    }

    #[test]
    fn t7_a_day_in_london_begins_an_hour_earlier_in_summer() {
        for (at, day) in [
            ("2019-03-31T00:59:59Z", "2019-03-31"),
            ("2019-06-30T22:59:59Z", "2019-06-30"),
            ("2019-06-30T23:00:00Z", "2019-07-01"),
            ("2019-10-27T23:59:59Z", "2019-10-27"),
            ("2019-12-31T23:59:59Z", "2019-12-31"),
        ] {
            assert_eq!(london_day(at.parse().unwrap()).to_string(), day, "{at}");
        }
        let every_day = (0..3_000).map(|days| date("2015-01-01").first_day() + Days::new(days));
        assert!(every_day.into_iter().all(|day| london_day(start_of_day(day)) == day));
    }

    #[test]
    fn what_is_not_a_date_is_refused() {
        for text in
            ["", "2017", "2017-8", "2017-13", "2017-02-30", "17-08-01", "2017/08", "0001-01", "2017-08-1x", "²017-08"]
        {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }
}
