//! The register of interests: what the holders of seats have declared, and how long a declaration is good for. What is done
//! about an interest in a review is [`super::review::participation`].
//!
//! The categories are those of NHS England's guidance on managing conflicts of interest. Only the holder of a seat declares:
//! nobody can say for another that the register is true.

use chrono::Months;

use super::{
    access::{Permitted, act},
    document::policy::Rules,
    id::{GroupId, InterestId, PersonId, SeatId},
    role::{Seat, words},
    text::{Line, Prose},
    time::{PartialDate, Timestamp, london_day},
};

/// The most topics of one interest.
pub const TOPICS_MAX: usize = 20;
/// The most interests of one seat that are not over: a register that people can still read.
pub const INTERESTS_MAX: usize = 100;
/// How long a declaration is good for, in months.
pub const DECLARATION_MONTHS: u32 = 12;

words! {
    /// What kind of interest it is.
    InterestCategory {
        /// The holder may gain or lose money.
        Financial = "FINANCIAL",
        /// The holder may gain in their profession: standing, a career, an office elsewhere.
        NonFinancialProfessional = "NON_FINANCIAL_PROFESSIONAL",
        /// The holder may gain otherwise: a cause they stand for, a body they volunteer in.
        NonFinancialPersonal = "NON_FINANCIAL_PERSONAL",
        /// Somebody close to the holder has such an interest. The other three are direct.
        Indirect = "INDIRECT",
    }
}

impl InterestCategory {
    /// Whether the interest is the holder's own.
    pub fn is_direct(self) -> bool {
        match self {
            Self::Financial | Self::NonFinancialProfessional | Self::NonFinancialPersonal => true,
            Self::Indirect => false,
        }
    }
}

/// An entry of the register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interest {
    /// Identity.
    pub id: InterestId,
    /// Of which seat.
    pub seat: SeatId,
    /// What kind.
    pub category: InterestCategory,
    /// What it is, in the holder's words.
    pub description: Prose,
    /// What it bears on; nothing in particular if empty.
    pub topics: Vec<Line>,
    /// Since when.
    pub since: PartialDate,
    /// Until when, once that is known.
    pub until: Option<PartialDate>,
    /// When it was declared.
    pub declared_at: Timestamp,
    /// Why the public does not see it; none if it does.
    pub withheld: Option<Prose>,
}

impl Interest {
    /// Whether it is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until.ends_at() <= now)
    }
}

/// Whether what the holder of a seat last declared is good for a review that opened at `opened_at`: it was said, or said
/// again, since then, and within the last twelve months. One that lapsed keeps the seat from taking positions, not from
/// reading. Who never declared anything is kept from it only where the rules of the review ask for declarations.
pub fn has_lapsed(seat: &Seat, rules: &Rules, opened_at: Timestamp, now: Timestamp) -> bool {
    match seat.declared_at {
        None => rules.asks_declarations,
        Some(declared_at) => declared_at < opened_at || declared_at + Months::new(DECLARATION_MONTHS) <= now,
    }
}

/// Why the register cannot be changed so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InterestProblem {
    /// It would begin in the future, or end before it begins.
    #[error("an interest begins by today, and ends after it began")]
    DatesWrong,
    /// Too many topics.
    #[error("an interest has at most {TOPICS_MAX} topics")]
    TooManyTopics,
    /// The seat has as many interests as it may.
    #[error("the seat has {INTERESTS_MAX} interests, which is the most")]
    TooMany,
    /// Its end was declared before.
    #[error("the end of the interest was declared before")]
    AlreadyEnded,
    /// It is withheld, or published, for that reason already.
    #[error("nothing would change")]
    NothingChanged,
}

/// An interest to be declared.
#[derive(Clone, Debug)]
pub struct NewInterest {
    /// Its identity.
    pub id: InterestId,
    /// What kind.
    pub category: InterestCategory,
    /// What it is.
    pub description: Prose,
    /// What it bears on.
    pub topics: Vec<Line>,
    /// Since when.
    pub since: PartialDate,
    /// Until when, if that is known.
    pub until: Option<PartialDate>,
}

/// A change of the register, ready to be recorded.
#[derive(Clone, Debug)]
pub struct RegisterChanged {
    change: Change,
    seat: Seat,
    by: Option<PersonId>,
    at: Timestamp,
}

/// What changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// An entry was added. The holder thereby says that the others still stand.
    Declared(Interest),
    /// The end of an entry was declared; likewise.
    Ended(Interest),
    /// The holder said that what stands there is true and complete.
    Confirmed,
    /// An entry is withheld from the public, or published again.
    Withheld(Interest),
}

impl RegisterChanged {
    /// What changes.
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// The group whose register it is.
    pub fn group(&self) -> GroupId {
        self.seat.group
    }

    /// Whose entries.
    pub fn seat(&self) -> SeatId {
        self.seat.id
    }

    /// Who did it.
    pub fn by(&self) -> Option<PersonId> {
        self.by
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

impl Permitted<'_, act::DeclareInterests, Seat> {
    /// Declares an interest. `standing` are those of the seat.
    pub fn declare(
        &self,
        new: NewInterest,
        standing: &[Interest],
        now: Timestamp,
    ) -> Result<RegisterChanged, InterestProblem> {
        let NewInterest { id, category, description, topics, since, until } = new;
        if topics.len() > TOPICS_MAX {
            return Err(InterestProblem::TooManyTopics);
        }
        if standing.iter().filter(|interest| !interest.is_over(now)).count() >= INTERESTS_MAX {
            return Err(InterestProblem::TooMany);
        }
        is_possible(since, until, now)?;
        let seat = self.facts().id;
        let interest =
            Interest { id, seat, category, description, topics, since, until, declared_at: now, withheld: None };
        Ok(self.changed(Change::Declared(interest), now))
    }

    /// Declares until when an interest lasts.
    pub fn end(
        &self,
        interest: &Interest,
        until: PartialDate,
        now: Timestamp,
    ) -> Result<RegisterChanged, InterestProblem> {
        if interest.seat != self.facts().id || interest.until.is_some() {
            return Err(InterestProblem::AlreadyEnded);
        }
        is_possible(interest.since, Some(until), now)?;
        Ok(self.changed(Change::Ended(Interest { until: Some(until), ..interest.clone() }), now))
    }

    /// Says that what stands in the register is true and complete: yearly, and in each review.
    pub fn confirm(&self, now: Timestamp) -> RegisterChanged {
        self.changed(Change::Confirmed, now)
    }

    fn changed(&self, change: Change, at: Timestamp) -> RegisterChanged {
        RegisterChanged { change, seat: self.facts().clone(), by: self.by(), at }
    }
}

impl Permitted<'_, act::ManageSeats, Seat> {
    /// Withholds an entry of this seat from the public, for a reason; or, without one, publishes it again.
    pub fn withhold(
        &self,
        interest: &Interest,
        reason: Option<Prose>,
        now: Timestamp,
    ) -> Result<RegisterChanged, InterestProblem> {
        if interest.seat != self.facts().id || interest.withheld == reason {
            return Err(InterestProblem::NothingChanged);
        }
        let interest = Interest { withheld: reason, ..interest.clone() };
        Ok(RegisterChanged { change: Change::Withheld(interest), seat: self.facts().clone(), by: self.by(), at: now })
    }
}

fn is_possible(since: PartialDate, until: Option<PartialDate>, now: Timestamp) -> Result<(), InterestProblem> {
    let begun = since.first_day() <= london_day(now);
    let ends_later = until.is_none_or(|until| since.first_day() <= until.last_day());
    if begun && ends_later { Ok(()) } else { Err(InterestProblem::DatesWrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        access::{Denied, Permit, Thing, permit},
        testing::*,
    };

    fn new(number: u128) -> NewInterest {
        NewInterest {
            id: InterestId(uuid::Uuid::from_u128(number)),
            category: InterestCategory::Financial,
            description: prose("Shares in a maker of scanners."),
            topics: vec![],
            since: date("2016-04"),
            until: None,
        }
    }

    fn may(world: &World, number: u128) -> Permit<act::DeclareInterests> {
        let seat = world.facts.seat(seat_id(number)).unwrap();
        permit(&world.actor(number), Thing::seat(seat), world.now).unwrap()
    }

    fn declared(changed: &RegisterChanged) -> Interest {
        match changed.change() {
            Change::Declared(interest) | Change::Ended(interest) | Change::Withheld(interest) => interest.clone(),
            Change::Confirmed => panic!("no entry"),
        }
    }

    #[test]
    fn interests_are_declared_by_the_holder_of_the_seat_and_by_nobody_else() {
        let world = World::new(&[&[SURGERY]]);
        let seat = world.facts.seat(seat_id(SURGEONS[0])).unwrap();
        for other in [SURGEONS[1], CHAIR, SECRETARY] {
            let refused = permit::<act::DeclareInterests>(&world.actor(other), Thing::seat(seat), world.now);
            assert_eq!(refused.err(), Some(Denied::Forbidden));
        }
        for own in [SURGEONS[0], CHAIR, SECRETARY, ADVISER] {
            may(&world, own);
        }
    }

    #[test]
    fn interests_begin_by_today_and_end_after_they_began() {
        let world = World::new(&[&[SURGERY]]);
        let (seat, permit) = (world.facts.seat(seat_id(SURGEONS[0])).unwrap(), may(&world, SURGEONS[0]));
        let permitted = permit.on(seat).unwrap();
        let future = NewInterest { since: date("2040-01"), ..new(1) };
        assert_eq!(permitted.declare(future, &[], world.now).unwrap_err(), InterestProblem::DatesWrong);
        let backwards = NewInterest { until: Some(date("2016-03-31")), ..new(1) };
        assert_eq!(permitted.declare(backwards, &[], world.now).unwrap_err(), InterestProblem::DatesWrong);
        let topics = vec![crate::domain::text::Line::new("Scanners").unwrap(); TOPICS_MAX + 1];
        let broad = NewInterest { topics, ..new(1) };
        assert_eq!(permitted.declare(broad, &[], world.now).unwrap_err(), InterestProblem::TooManyTopics);
        let interest = declared(&permitted.declare(new(1), &[], world.now).unwrap());
        let many = vec![interest.clone(); INTERESTS_MAX];
        assert_eq!(permitted.declare(new(2), &many, world.now).unwrap_err(), InterestProblem::TooMany);
        let ended = declared(&permitted.end(&interest, date("2017-08"), world.now).unwrap());
        assert!(!interest.is_over(at("2030-01-01T00:00:00Z")));
        assert!(!ended.is_over(at("2017-08-31T22:59:59Z")) && ended.is_over(at("2017-08-31T23:00:00Z")));
        let again = permitted.end(&ended, date("2017-09"), world.now);
        assert_eq!(again.unwrap_err(), InterestProblem::AlreadyEnded);
    }

    #[test]
    fn a_declaration_is_good_for_a_year_and_for_the_reviews_that_were_open_when_it_was_made() {
        let world = World::new(&[&[SURGERY]]);
        let seat = world.facts.seat(seat_id(SURGEONS[0])).unwrap();
        let opened = at("2018-11-30T00:00:00Z");
        let lapsed = |declared: Option<&str>, asks_declarations, now: &str| {
            let seat = Seat { declared_at: declared.map(at), ..seat.clone() };
            has_lapsed(&seat, &Rules { asks_declarations, ..Rules::default() }, opened, at(now))
        };
        assert!(!lapsed(None, false, "2019-03-04T09:00:00Z"), "nobody asked for any");
        assert!(lapsed(None, true, "2019-03-04T09:00:00Z"));
        for asked in [false, true] {
            assert!(!lapsed(Some("2018-12-01T09:00:00Z"), asked, "2019-12-01T08:59:59Z"));
            assert!(lapsed(Some("2018-12-01T09:00:00Z"), asked, "2019-12-01T09:00:00Z"), "a year is over");
            assert!(lapsed(Some("2018-11-29T23:59:59Z"), asked, "2018-12-01T09:00:00Z"), "said before the review");
        }
    }

    #[test]
    fn an_entry_is_withheld_for_a_stated_reason_and_published_again() {
        let world = World::new(&[&[SURGERY]]);
        let (seat, own) = (world.facts.seat(seat_id(SURGEONS[0])).unwrap(), may(&world, SURGEONS[0]));
        let interest = declared(&own.on(seat).unwrap().declare(new(1), &[], world.now).unwrap());
        let may: Permit<act::ManageSeats> = permit(&world.actor(SECRETARY), Thing::seat(seat), world.now).unwrap();
        let permitted = may.on(seat).unwrap();
        let withheld =
            declared(&permitted.withhold(&interest, Some(prose("They are threatened.")), world.now).unwrap());
        assert_eq!(withheld.withheld, Some(prose("They are threatened.")));
        let published = declared(&permitted.withhold(&withheld, None, world.now).unwrap());
        assert_eq!(published.withheld, None);
        let again = permitted.withhold(&published, None, world.now);
        assert_eq!(again.unwrap_err(), InterestProblem::NothingChanged);
    }
}
