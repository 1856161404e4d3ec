//! The only place that asks the system for the time and that makes ids.
//!
//! Everything else is handed `now` and its ids as arguments, so rules can be repeated and tests turn time by hand.
//! The domain follows a [`Clock`], which may stand elsewhere than the wall; tokens are always judged by
//! [`system_now`], because a rehearsal of next year's review must not make an expired token good.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::{ContextV7, Uuid};

use crate::domain::time::Timestamp;

/// The time the domain lives in, and the source of its ids. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
    /// Counts within a millisecond, so that ids of one process sort in the order in which they were made. Each clock
    /// counts for itself: a context never goes back, and a clock that stands in 2019 must not get ids of today.
    order: Arc<Mutex<ContextV7>>,
}

#[derive(Clone, Debug)]
enum Source {
    System,
    Running { start: Timestamp, started: Instant },
    ByHand(Hand),
}

/// Turns a clock made with [`Clock::by_hand`].
#[derive(Clone, Debug)]
pub struct Hand(Arc<AtomicI64>);

/// The system's instant, whatever any [`Clock`] says.
pub fn system_now() -> Timestamp {
    Utc::now().trunc_subsecs(3)
}

impl Clock {
    /// The clock on the wall.
    pub fn system() -> Self {
        Self::new(Source::System)
    }

    /// A clock that shows `start` now and runs on from there: for demonstrations and rehearsals.
    pub fn starting_at(start: Timestamp) -> Self {
        Self::new(Source::Running { start, started: Instant::now() })
    }

    /// A clock that stands at `start` until its hand is moved: for tests.
    pub fn by_hand(start: Timestamp) -> (Self, Hand) {
        let hand = Hand(Arc::new(AtomicI64::new(start.timestamp_millis())));
        (Self::new(Source::ByHand(hand.clone())), hand)
    }

    /// The instant it is, in whole milliseconds. Neither database keeps more than microseconds, and the API promises
    /// milliseconds: what is answered after a write must equal what is read back.
    pub fn now(&self) -> Timestamp {
        let now = match &self.source {
            Source::System => return system_now(),
            Source::Running { start, started } => {
                *start + TimeDelta::from_std(started.elapsed()).unwrap_or(TimeDelta::MAX)
            }
            Source::ByHand(hand) => hand.shows(),
        };
        now.trunc_subsecs(3)
    }

    /// A new id (UUID version 7) of this clock's time. Ids sort by the instant, then by the order of making.
    pub fn id<I: From<Uuid>>(&self) -> I {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        I::from(Uuid::new_v7(uuid::Timestamp::from_unix(&*self.order, seconds, now.timestamp_subsec_nanos())))
    }

    fn new(source: Source) -> Self {
        Self { source, order: Arc::new(Mutex::new(ContextV7::new())) }
    }
}

impl Hand {
    /// Moves the clock on by `by`, or back where `by` is negative.
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    /// Moves the clock to `at`.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.timestamp_millis(), Ordering::SeqCst);
    }

    fn shows(&self) -> Timestamp {
        let at = self.0.load(Ordering::SeqCst);
        // Out of range only after advancing past the calendar's end, where standing still is as good as anything.
        DateTime::from_timestamp_millis(at).unwrap_or(if at < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::EventId;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_by_hand_stands_until_it_is_turned() {
        let (clock, hand) = Clock::by_hand(at("2019-05-01T12:00:00.123456Z"));
        assert_eq!(clock.now(), at("2019-05-01T12:00:00.123Z"));
        let sister = clock.clone();
        hand.advance(TimeDelta::days(30));
        assert_eq!(sister.now(), at("2019-05-31T12:00:00.123Z"));
        hand.set(at("2018-01-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2018-01-01T00:00:00Z"));
    }

    #[test]
    fn a_rehearsal_starts_where_it_is_told_and_runs_on() {
        let start = at("2019-05-01T00:00:00Z");
        let clock = Clock::starting_at(start);
        let first = clock.now();
        assert!(start <= first && first < start + TimeDelta::minutes(5), "{first}");
        let deadline = Instant::now() + std::time::Duration::from_secs(10);
        while clock.now() == first {
            assert!(Instant::now() < deadline, "the clock stands still");
            std::thread::yield_now();
        }
    }

    #[test]
    fn instants_have_whole_milliseconds() {
        for clock in [Clock::system(), Clock::starting_at(at("2019-05-01T00:00:00.000999999Z"))] {
            assert_eq!(clock.now().timestamp_subsec_nanos() % 1_000_000, 0);
        }
    }

    #[test]
    fn ids_carry_the_time_of_their_clock_and_sort_in_the_order_of_making() {
        let (clock, hand) = Clock::by_hand(at("2019-05-01T00:00:00.500Z"));
        let mut ids: Vec<EventId> = (0..1000).map(|_| clock.id()).collect();
        hand.advance(TimeDelta::milliseconds(1));
        ids.push(clock.id());
        assert!(ids.is_sorted_by(|a, b| a < b));
        let (seconds, nanos) = ids[0].0.get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (at("2019-05-01T00:00:00Z").timestamp() as u64, 500_000_000));
        assert_eq!(ids[0].0.get_version_num(), 7);
    }
}
