//! Absence: when the holder of a seat is away, and who stands in for them (T6).
//!
//! A stand-in has a seat of the same discipline in the same group, and signs in it as ever: nobody signs for another (S10).
//! What standing in changes is who is asked, and what is told of a position: both names.

use chrono::NaiveDate;

use super::{
    access::{Permitted, act},
    id::{AbsenceId, PersonId, SeatId},
    review::{ReviewFacts, position::Position},
    role::{Seat, words},
    time::{Timestamp, london_day, start_of_day},
};

/// How many stand-ins may stand in for one another in a row.
pub const CHAIN_MAX: usize = 3;
/// The longest absence, in days.
pub const DAYS_MAX: i64 = 400;

words! {
    /// What an absence means for what the seat owes.
    Availability {
        /// The holder can finish what waits, and is reminded as ever.
        CanFinish = "CAN_FINISH",
        /// The holder is away: whoever stands in is asked instead.
        Away = "AWAY",
    }
}

/// An absence of the holder of a seat: whole days in London, from the first to the day before the last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Absence {
    /// Identity.
    pub id: AbsenceId,
    /// Of which seat.
    pub seat: SeatId,
    /// The first day.
    pub from: NaiveDate,
    /// The day on which the holder is back.
    pub until: NaiveDate,
    /// What it means.
    pub availability: Availability,
    /// The seat that stands in.
    pub stand_in: Option<SeatId>,
    /// Who said so: the holder, or the secretariat.
    pub declared_by: PersonId,
    /// When.
    pub declared_at: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
}

impl Absence {
    /// Whether it lasts at an instant.
    pub fn covers(&self, at: Timestamp) -> bool {
        let (from, until) = (start_of_day(self.from), start_of_day(self.until));
        from <= at && at < self.ended_at.map_or(until, |ended| ended.min(until))
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.ended_at.is_none() && self.from < other.until && other.from < self.until
    }
}

/// The seat that stands in for another at an instant, at the end of its line; none if the other is there, or nobody stands
/// in. One who stands in and is away as well is passed over for whoever stands in for them.
pub fn stand_in(absences: &[Absence], seat: SeatId, at: Timestamp) -> Option<SeatId> {
    let next = |seat: SeatId| {
        let is_away = |absence: &&Absence| absence.seat == seat && absence.availability == Availability::Away;
        absences.iter().filter(is_away).find(|absence| absence.covers(at))?.stand_in
    };
    std::iter::successors(next(seat), |stand_in| next(*stand_in)).take(CHAIN_MAX).last()
}

/// The seats that a seat stands in for at an instant, in the order of their ids.
pub fn stood_in_for(facts: &ReviewFacts, seat: SeatId, at: Timestamp) -> Vec<SeatId> {
    let away = facts.absences.iter().map(|absence| absence.seat);
    let mut away: Vec<SeatId> = away.filter(|away| stand_in(&facts.absences, *away, at) == Some(seat)).collect();
    away.sort_unstable();
    away.dedup();
    away
}

/// The seats whose place was taken by whoever took a position: both names are told of it (T6).
pub fn in_place_of(facts: &ReviewFacts, position: &Position) -> Vec<SeatId> {
    stood_in_for(facts, position.seat, position.taken_at)
}

/// Why an absence cannot be declared or ended so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AbsenceProblem {
    /// It would be over already, end before it begins, or last for too long.
    #[error("an absence begins before it ends, ends after today, and lasts at most {DAYS_MAX} days")]
    DatesWrong,
    /// The seat is away at that time already.
    #[error("an absence of this seat is declared for a part of that time")]
    AlreadyAway,
    /// The stand-in is not another seat of the same discipline in the same group, held all that time.
    #[error("a stand-in is another seat of the same discipline in the group, in term all that time")]
    StandInUnfit,
    /// The stand-ins would stand in for one another in a circle, or in a row that is too long.
    #[error("stand-ins would stand in for one another in a circle, or more than {CHAIN_MAX} in a row")]
    ChainWrong,
    /// It is over, or was ended.
    #[error("the absence is over")]
    AbsenceOver,
}

/// An absence to be declared.
#[derive(Clone, Copy, Debug)]
pub struct NewAbsence {
    /// Its identity.
    pub id: AbsenceId,
    /// The first day.
    pub from: NaiveDate,
    /// The day on which the holder is back.
    pub until: NaiveDate,
    /// What it means.
    pub availability: Availability,
    /// The seat that stands in.
    pub stand_in: Option<SeatId>,
}

/// An absence as it was declared or ended, ready to be recorded.
#[derive(Clone, Debug)]
pub struct AbsenceNoted {
    absence: Absence,
    seat: Seat,
    by: PersonId,
    at: Timestamp,
}

impl AbsenceNoted {
    /// The absence as it is from now on.
    pub fn absence(&self) -> &Absence {
        &self.absence
    }

    /// The seat.
    pub fn seat(&self) -> &Seat {
        &self.seat
    }

    /// Who did it.
    pub fn by(&self) -> PersonId {
        self.by
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Declares an absence of the seat that the permit is for. `seats` and `absences` are those of its group.
pub fn declare(
    permitted: &Permitted<'_, act::DeclareAbsence, Seat>,
    new: NewAbsence,
    seats: &[Seat],
    absences: &[Absence],
    now: Timestamp,
) -> Result<AbsenceNoted, AbsenceProblem> {
    let (seat, by) = (permitted.facts(), permitted.by().ok_or(AbsenceProblem::DatesWrong)?);
    let NewAbsence { id, from, until, availability, stand_in } = new;
    let days = (until - from).num_days();
    if !(1..=DAYS_MAX).contains(&days) || until <= london_day(now) {
        return Err(AbsenceProblem::DatesWrong);
    }
    let absence = Absence {
        id,
        seat: seat.id,
        from,
        until,
        availability,
        stand_in,
        declared_by: by,
        declared_at: now,
        ended_at: None,
    };
    if absences.iter().any(|other| other.seat == seat.id && other.overlaps(&absence)) {
        return Err(AbsenceProblem::AlreadyAway);
    }
    if let Some(stand_in) = stand_in {
        let fits = seats.iter().find(|other| other.id == stand_in).is_some_and(|other| fits(seat, other, &absence));
        if !fits {
            return Err(AbsenceProblem::StandInUnfit);
        }
        if !ends(&absence, absences) {
            return Err(AbsenceProblem::ChainWrong);
        }
    }
    Ok(AbsenceNoted { absence, seat: seat.clone(), by, at: now })
}

/// Whether another seat can stand in.
fn fits(seat: &Seat, other: &Seat, absence: &Absence) -> bool {
    let is_in_term = |day| other.term.covers(start_of_day(day));
    other.id != seat.id
        && other.group == seat.group
        && other.post.discipline().is_some()
        && other.post.discipline() == seat.post.discipline()
        && is_in_term(absence.from)
        && absence.until.pred_opt().is_some_and(is_in_term)
}

/// Whether every line of stand-ins ends soon once this absence is there: those that lead to its seat and on from there,
/// whenever they overlap.
fn ends(absence: &Absence, absences: &[Absence]) -> bool {
    let all: Vec<&Absence> = absences.iter().filter(|other| other.overlaps(absence)).chain([absence]).collect();
    let next = |seat: SeatId| all.iter().filter(move |other| other.seat == seat).filter_map(|other| other.stand_in);
    let mut line: Vec<SeatId> = all.iter().map(|other| other.seat).collect();
    for _ in 0..CHAIN_MAX {
        line = line.into_iter().flat_map(next).collect();
    }
    // Whoever is left now has more than so many before them; a circle never gets shorter.
    line.into_iter().flat_map(next).next().is_none()
}

/// Ends an absence of the seat that the permit is for before its time.
pub fn end(
    permitted: &Permitted<'_, act::DeclareAbsence, Seat>,
    absence: &Absence,
    now: Timestamp,
) -> Result<AbsenceNoted, AbsenceProblem> {
    let by = permitted.by().ok_or(AbsenceProblem::AbsenceOver)?;
    if absence.seat != permitted.facts().id || absence.ended_at.is_some() || start_of_day(absence.until) <= now {
        return Err(AbsenceProblem::AbsenceOver);
    }
    let ended = Absence { ended_at: Some(now), ..absence.clone() };
    Ok(AbsenceNoted { absence: ended, seat: permitted.facts().clone(), by, at: now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        access::{Permit, Thing, permit},
        testing::*,
    };

    fn absence(seat: u128, stand_in: Option<u128>) -> Absence {
        Absence {
            id: AbsenceId(uuid::Uuid::from_u128(seat)),
            seat: seat_id(seat),
            from: date("2019-03-01").first_day(),
            until: date("2019-03-15").first_day(),
            availability: Availability::Away,
            stand_in: stand_in.map(seat_id),
            declared_by: person(seat),
            declared_at: at("2019-02-01T10:00:00Z"),
            ended_at: None,
        }
    }

    fn new(stand_in: Option<u128>) -> NewAbsence {
        let Absence { id, from, until, availability, .. } = absence(9, None);
        NewAbsence { id, from, until, availability, stand_in: stand_in.map(seat_id) }
    }

    /// What comes of a surgeon's declaring an absence.
    fn try_to(new: NewAbsence, absences: &[Absence]) -> Result<Absence, AbsenceProblem> {
        let world = World::new(&[&[SURGERY]]);
        let seat = world.facts.seat(seat_id(SURGEONS[0])).unwrap();
        let disciplines = seat.post.discipline().into_iter().collect();
        let thing = Thing { disciplines, ..Thing::seat(seat) };
        let may: Permit<act::DeclareAbsence> = permit(&world.actor(SURGEONS[0]), thing, world.now).unwrap();
        let now = at("2019-02-20T10:00:00Z");
        declare(&may.on(seat).unwrap(), new, &world.facts.seats, absences, now).map(|noted| noted.absence().clone())
    }

    #[test]
    fn t6_an_absence_is_half_open_and_ends_when_it_is_ended() {
        let absence = absence(1, None);
        assert!(!absence.covers(at("2019-02-28T23:59:59Z")));
        assert!(absence.covers(at("2019-03-01T00:00:00Z")));
        assert!(absence.covers(at("2019-03-14T23:59:59Z")));
        assert!(!absence.covers(at("2019-03-15T00:00:00Z")));
        let ended = Absence { ended_at: Some(at("2019-03-04T12:00:00Z")), ..absence };
        assert!(ended.covers(at("2019-03-04T11:59:59Z")) && !ended.covers(at("2019-03-04T12:00:00Z")));
    }

    #[test]
    fn t6_a_stand_in_who_is_away_is_passed_over_and_one_who_can_finish_is_not() {
        let during = at("2019-03-05T10:00:00Z");
        let line = [absence(1, Some(2)), absence(2, Some(3))];
        assert_eq!(stand_in(&line, seat_id(1), during), Some(seat_id(3)));
        assert_eq!(stand_in(&line, seat_id(3), during), None);
        assert_eq!(stand_in(&line, seat_id(1), at("2019-03-20T10:00:00Z")), None);
        let can_finish = Absence { availability: Availability::CanFinish, ..absence(1, Some(2)) };
        assert_eq!(stand_in(&[can_finish], seat_id(1), during), None);
    }

    #[test]
    fn t6_a_stand_in_is_another_seat_of_the_same_discipline() {
        assert!(try_to(new(Some(SURGEONS[1])), &[]).is_ok());
        assert!(try_to(new(None), &[]).is_ok());
        for other in [SURGEONS[0], CHAIR, ADVISER, 999] {
            assert_eq!(try_to(new(Some(other)), &[]), Err(AbsenceProblem::StandInUnfit), "{other}");
        }
    }

    #[test]
    fn t6_stand_ins_never_stand_in_for_one_another_in_a_circle_or_in_a_long_row() {
        let back = absence(SURGEONS[1], Some(SURGEONS[0]));
        assert_eq!(try_to(new(Some(SURGEONS[1])), &[back]), Err(AbsenceProblem::ChainWrong));
        let row = |length: u128| -> Vec<Absence> {
            let first = absence(SURGEONS[1], Some(1_000));
            (0..length.saturating_sub(1)).map(|at| absence(1_000 + at, Some(1_001 + at))).chain([first]).collect()
        };
        assert!(try_to(new(Some(SURGEONS[1])), &row(2)).is_ok(), "three in a row");
        assert_eq!(try_to(new(Some(SURGEONS[1])), &row(3)), Err(AbsenceProblem::ChainWrong));
    }

    #[test]
    fn t6_an_absence_has_dates_that_can_be_and_is_the_only_one_at_its_time() {
        let day = |text: &str| date(text).first_day();
        for (from, until) in [
            ("2019-03-02", "2019-03-02"),
            ("2019-03-02", "2019-03-01"),
            ("2019-02-01", "2019-02-20"),
            ("2019-03-01", "2020-06-01"),
        ] {
            let wrong = NewAbsence { from: day(from), until: day(until), ..new(None) };
            assert_eq!(try_to(wrong, &[]), Err(AbsenceProblem::DatesWrong), "{from} {until}");
        }
        let other = absence(SURGEONS[0], None);
        assert_eq!(try_to(new(None), std::slice::from_ref(&other)), Err(AbsenceProblem::AlreadyAway));
        let ended = Absence { ended_at: Some(at("2019-02-10T10:00:00Z")), ..other };
        assert!(try_to(new(None), &[ended]).is_ok());
    }
}
