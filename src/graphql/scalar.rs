//! Values that GraphQL has no type for, each with one written form.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{NaiveDate, SecondsFormat, SubsecRound, Utc};

use crate::domain::{
    document::{content, edition},
    time::{self, Timestamp},
};

/// An instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DateTime(pub Timestamp);

/// A calendar day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Date(pub NaiveDate);

/// A calendar date that may be known only to the month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartialDate(pub time::PartialDate);

/// What binds a signature to exactly one text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digest(pub content::Digest);

/// The number of an edition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VersionNumber(pub edition::EditionNumber);

/// An address on the web.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Url(pub String);

/// An instant in UTC with milliseconds, such as `2019-05-31T22:59:59.999Z`. In input, any offset is accepted.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        read(&value, |text| {
            let instant = chrono::DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc).trunc_subsecs(3);
            (1..10_000).contains(&chrono::Datelike::year(&instant)).then_some(Self(instant))
        })
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        self.0.to_rfc3339_opts(SecondsFormat::Millis, true).into()
    }
}

/// A calendar day in Europe/London, such as `2019-05-31`.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/local-date.html")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        // A date known to the day; the domain's reader is stricter about the form than chrono's.
        read(&value, |text| {
            let date = text.parse::<time::PartialDate>().ok()?;
            (text.len() == "YYYY-MM-DD".len()).then(|| Self(date.first_day()))
        })
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        self.0.format("%Y-%m-%d").to_string().into()
    }
}

/// A calendar date in Europe/London, known to the day (`2019-05-31`) or only to the month (`2019-05`). The unknown day is
/// never invented. Of a due date, the whole month or day is meant: due `2019-05` lasts to the end of 31 May 2019.
#[Scalar]
impl ScalarType for PartialDate {
    fn parse(value: Value) -> InputValueResult<Self> {
        read(&value, |text| text.parse().ok().map(Self))
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        self.0.to_string().into()
    }
}

/// The SHA-256 digest of a text in canonical JSON (RFC 8785), written `sha256:` and 64 hexadecimal digits. Send back the
/// one you read to say which text you mean.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc8785")]
impl ScalarType for Digest {
    fn parse(value: Value) -> InputValueResult<Self> {
        read(&value, |text| text.parse().ok().map(Self))
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        self.0.to_string().into()
    }
}

/// The number of an edition, such as `2.0`. The first part rises when what is advised changed, the second when only
/// wording did.
#[Scalar]
impl ScalarType for VersionNumber {
    fn parse(value: Value) -> InputValueResult<Self> {
        read(&value, |text| text.parse().ok().map(Self))
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        self.0.to_string().into()
    }
}

/// An address on the web that begins with `https://`.
#[Scalar(name = "URL", specified_by_url = "https://url.spec.whatwg.org/")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        read(&value, |text| text.starts_with("https://").then(|| Self(text.to_owned())))
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        self.0.as_str().into()
    }
}

fn read<T: async_graphql::InputType>(value: &Value, read: impl FnOnce(&str) -> Option<T>) -> InputValueResult<T> {
    match value {
        Value::String(text) => read(text).ok_or_else(|| InputValueError::custom("not written as this type asks")),
        Value::Null
        | Value::Number(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_)
        | Value::List(_)
        | Value::Object(_) => Err(InputValueError::expected_type(value.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: ScalarType>(text: &str) -> Option<String> {
        let parsed = <T as ScalarType>::parse(Value::String(text.to_owned())).ok()?;
        assert!(T::is_valid(&Value::String(text.to_owned())));
        match parsed.to_value() {
            Value::String(text) => Some(text),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn an_instant_is_written_in_utc_with_milliseconds() {
        for (given, written) in [
            ("2019-05-31T22:59:59.999Z", "2019-05-31T22:59:59.999Z"),
            ("2019-05-31T23:59:59+01:00", "2019-05-31T22:59:59.000Z"),
            ("2019-05-31T23:59:59.123456789Z", "2019-05-31T23:59:59.123Z"),
        ] {
            assert_eq!(round_trip::<DateTime>(given).as_deref(), Some(written));
        }
        for wrong in ["2019-05-31", "2019-05-31T23:59:59", "yesterday", "", "0000-01-01T00:00:00Z"] {
            assert_eq!(round_trip::<DateTime>(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn d8_a_date_known_to_the_month_stays_so() {
        for date in ["2017-08", "2019-05-31"] {
            assert_eq!(round_trip::<PartialDate>(date).as_deref(), Some(date));
        }
        assert_eq!(round_trip::<Date>("2019-05-31").as_deref(), Some("2019-05-31"));
        for wrong in ["2019-05", "2019-5-31", "2019-02-30", "31.05.2019", ""] {
            assert_eq!(round_trip::<Date>(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_not_written_as_its_type_asks_is_refused() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        assert_eq!(round_trip::<Digest>(&digest), Some(digest));
        assert_eq!(round_trip::<Digest>("sha256:0a"), None);
        assert_eq!(round_trip::<VersionNumber>("2.0").as_deref(), Some("2.0"));
        assert_eq!(round_trip::<VersionNumber>("2"), None);
        assert_eq!(round_trip::<Url>("https://example.org/").as_deref(), Some("https://example.org/"));
        assert_eq!(round_trip::<Url>("javascript:alert(1)"), None);
        assert!(<VersionNumber as ScalarType>::parse(Value::from(2)).is_err());
    }
}
