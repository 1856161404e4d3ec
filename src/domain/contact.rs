//! How a person wants to hear by letter of what they are told (`notice`): at which address, and how often.
//!
//! It is theirs alone: nobody else reads or sets it, and no rule of a review depends on it. What they are told stands in
//! their notices in any case.

use std::{fmt, str::FromStr};

use chrono::{Datelike, Days, NaiveTime, Weekday};

use super::{
    access::{Actor, Denied},
    id::PersonId,
    invitation::Code,
    role::words,
    time::{Timestamp, instant_in_london, london_day},
};

/// The most bytes of an address (RFC 5321, 4.5.3.1.3, without its brackets).
pub const ADDRESS_BYTES_MAX: usize = 254;
/// When letters that gather go out, London time.
const MORNING_HOUR: u32 = 7;
/// On which day those of a week go out.
const GATHERING_DAY: Weekday = Weekday::Mon;

words! {
    /// How often somebody wants letters.
    LetterFrequency {
        /// One for each thing they are told.
        Each = "EACH",
        /// One each morning with what came since, if anything did.
        Daily = "DAILY",
        /// One each Monday morning with what came since, if anything did.
        Weekly = "WEEKLY",
        /// None.
        Never = "NONE",
    }
}

/// An address for e-mail, as somebody wrote it, in the form of RFC 5321. Whether anybody reads there is not known.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// Something that is not an address for e-mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an address for e-mail")]
pub struct NotAnAddress;

impl EmailAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        let is_one = text.len() <= ADDRESS_BYTES_MAX
            && !text.chars().any(char::is_control)
            && email_address::EmailAddress::is_valid(text)
            && !text.ends_with('>');
        if is_one { Ok(Self(text.to_owned())) } else { Err(NotAnAddress) }
    }
}

/// Not for logs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

/// How somebody is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    /// Where; without an address there are no letters.
    pub address: Option<EmailAddress>,
    /// How often.
    pub frequency: LetterFrequency,
}

impl Contact {
    /// Of somebody who has said nothing.
    pub const UNKNOWN: Self = Self { address: None, frequency: LetterFrequency::Each };

    /// When what was told at an instant goes out; never, if they want no letters or have no address.
    pub fn goes_out(&self, told_at: Timestamp) -> Option<Timestamp> {
        self.address.as_ref()?;
        let at_hour = NaiveTime::from_hms_opt(MORNING_HOUR, 0, 0).unwrap_or(NaiveTime::MIN);
        let morning = |days: u64| instant_in_london((london_day(told_at) + Days::new(days)).and_time(at_hour));
        let first_after = |step: u64| (0..=step).map(morning).find(|morning| *morning > told_at);
        match self.frequency {
            LetterFrequency::Each => Some(told_at),
            LetterFrequency::Daily => first_after(1),
            LetterFrequency::Weekly => {
                let is_gathering_day = |morning: &Timestamp| london_day(*morning).weekday() == GATHERING_DAY;
                (0..=7).map(morning).filter(is_gathering_day).find(|morning| *morning > told_at)
            }
            LetterFrequency::Never => None,
        }
    }

    /// Whether several things come in one letter.
    pub fn gathers(&self) -> bool {
        self.frequency != LetterFrequency::Each
    }
}

/// How somebody is reached from now on, ready to be recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContactSet {
    person: PersonId,
    contact: Contact,
    stop_code: Code,
    at: Timestamp,
}

impl ContactSet {
    /// Who.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// How.
    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    /// What stands in each letter from now on and stops them; if they have one already, that one stays.
    pub fn stop_code(&self) -> &Code {
        &self.stop_code
    }

    /// When they said so.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Says how one is reached oneself. It concerns nobody else, so whoever is known here may.
pub fn set(actor: &Actor, contact: Contact, stop_code: Code, now: Timestamp) -> Result<ContactSet, Denied> {
    let person = actor.person().ok_or(Denied::Hidden)?;
    Ok(ContactSet { person, contact, stop_code, at: now })
}

/// No more letters, as whoever brings the code from one asks: the code is the permission.
pub fn stop(person: PersonId, contact: Contact, brought: Code, now: Timestamp) -> ContactSet {
    let contact = Contact { frequency: LetterFrequency::Never, ..contact };
    ContactSet { person, contact, stop_code: brought, at: now }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::at;

    fn contact(frequency: LetterFrequency) -> Contact {
        Contact { address: Some("nurse@example.org".parse().unwrap()), frequency }
    }

    #[test]
    fn letters_that_gather_go_out_on_the_next_morning_or_monday_in_london() {
        let goes_out = |frequency, told: &str| contact(frequency).goes_out(at(told)).unwrap();
        // The clocks change on Sunday 31 March 2019: Monday's seven o'clock is six o'clock UTC.
        for (frequency, told, expected) in [
            (LetterFrequency::Each, "2019-03-30T09:00:00Z", "2019-03-30T09:00:00Z"),
            (LetterFrequency::Daily, "2019-03-30T06:59:59Z", "2019-03-30T07:00:00Z"),
            (LetterFrequency::Daily, "2019-03-30T07:00:00Z", "2019-03-31T06:00:00Z"),
            (LetterFrequency::Weekly, "2019-03-30T09:00:00Z", "2019-04-01T06:00:00Z"),
            (LetterFrequency::Weekly, "2019-04-01T05:59:00Z", "2019-04-01T06:00:00Z"),
            (LetterFrequency::Weekly, "2019-04-01T06:00:00Z", "2019-04-08T06:00:00Z"),
        ] {
            assert_eq!(goes_out(frequency, told), at(expected), "{frequency:?} {told}");
        }
    }

    #[test]
    fn who_wants_no_letters_or_has_no_address_gets_none() {
        let now = at("2019-03-30T09:00:00Z");
        assert_eq!(contact(LetterFrequency::Never).goes_out(now), None);
        assert_eq!(Contact::UNKNOWN.goes_out(now), None);
    }

    #[test]
    fn an_address_is_one_mailbox_and_nothing_else() {
        for good in ["a@example.org", " ann.o'neil+review@nhs.example ", "\"a b\"@example.org"] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(300));
        let split = "a@example.org\r\nBcc: b@example.org";
        for bad in ["", "a", "a@", "@b", "a@b@c", "Ann <a@example.org>", "a@example.org, b@example.org", split, &long] {
            assert_eq!(bad.parse::<EmailAddress>(), Err(NotAnAddress), "{bad}");
        }
    }
}
