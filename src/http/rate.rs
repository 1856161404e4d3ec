//! How much one caller may ask for in a minute: people by who they are, everybody else by address.
//!
//! What is counted is work: a request counts once, and once more for each hundred fields that it asks for. What is
//! answered without work is not counted. Each replica counts for itself.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::{InMemoryState, NotKeyed},
};
use poem::http::{HeaderMap, HeaderName, HeaderValue, header};
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::problem::Problem;
use crate::graphql::error::Code;

/// Callers that are counted at once. Whoever was not heard of for longest is forgotten first.
const CALLERS_MAX: usize = 20_000;
/// Fields for which a request counts once more.
const FIELDS_A_POINT: u64 = 100;
/// The time after which a caller who rests has everything again.
const WINDOW: Duration = Duration::from_secs(60);

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Whom a request is counted for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Caller {
    /// Somebody, by their identity.
    Known(Uuid),
    /// Somebody, by their address; by their network of version 6, of which each has as many addresses as they like.
    At(Option<IpAddr>),
}

impl Caller {
    pub(super) fn at(address: Option<IpAddr>) -> Self {
        Self::At(address.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        }))
    }
}

/// Counts what callers ask for.
#[derive(Clone)]
pub struct Rates {
    known: Option<Arc<Meter>>,
    anonymous: Option<Arc<Meter>>,
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

struct Meter {
    points: NonZeroU32,
    clock: DefaultClock,
    buckets: Cache<Caller, Arc<Bucket>>,
}

/// What a caller has left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Standing {
    points: u32,
    left: u32,
    /// How long until they have everything again.
    full_in: Duration,
    /// How long until this request would have been let through; nothing if it was.
    wait: Option<Duration>,
}

impl Rates {
    /// So many points a minute for somebody unknown and for somebody who is signed in; 0 is no limit.
    pub fn new(anonymous: u32, known: u32) -> Self {
        let meter = |points| {
            let meter = |points| Meter { points, clock: DefaultClock::default(), buckets: Cache::new(CALLERS_MAX) };
            NonZeroU32::new(points).map(|points| Arc::new(meter(points)))
        };
        Self { anonymous: meter(anonymous), known: meter(known) }
    }

    /// Counts a request that asks for so many fields; `None` if there is no limit.
    pub(super) fn count(&self, caller: Caller, fields: u64) -> Option<Standing> {
        let meter = match caller {
            Caller::Known(_) => self.known.as_deref(),
            Caller::At(_) => self.anonymous.as_deref(),
        };
        Some(meter?.count(caller, fields))
    }
}

impl Meter {
    fn count(&self, caller: Caller, fields: u64) -> Standing {
        let bucket = self.buckets.get(&caller).unwrap_or_else(|| {
            let bucket = Arc::new(self.bucket());
            self.buckets.insert(caller, Arc::clone(&bucket));
            bucket
        });
        let cost = u32::try_from(fields / FIELDS_A_POINT).unwrap_or(u32::MAX).saturating_add(1);
        // Somebody who asks for more than everything at once can have it when they have everything.
        let cost = NonZeroU32::new(cost).map_or(NonZeroU32::MIN, |cost| cost.min(self.points));
        let (left, wait) = match bucket.check_n(cost) {
            Ok(Ok(after)) => (after.remaining_burst_capacity(), None),
            Ok(Err(until)) => (0, Some(until.wait_time_from(self.clock.now()))),
            Err(_) => (0, Some(WINDOW)),
        };
        let missing = self.points.get().saturating_sub(left);
        Standing {
            points: self.points.get(),
            left,
            full_in: WINDOW.mul_f64(f64::from(missing) / f64::from(self.points.get())),
            wait,
        }
    }

    fn bucket(&self) -> Bucket {
        let quota = Quota::with_period(WINDOW / self.points.get()).unwrap_or(Quota::per_second(NonZeroU32::MIN));
        RateLimiter::direct(quota.allow_burst(self.points)).with_middleware()
    }
}

impl Standing {
    /// A refusal, if they have asked for too much.
    pub(super) fn refusal(&self) -> Option<Problem> {
        let seconds = whole_seconds(self.wait?).max(1);
        let problem = Problem::of(Code::RateLimited, format!("too much was asked for: try again in {seconds} s"));
        Some(problem.with(header::RETRY_AFTER, HeaderValue::from(seconds)))
    }

    /// Tells a caller how they stand, as draft-ietf-httpapi-ratelimit-headers has it.
    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        let policy = format!("\"minute\";q={};w={}", self.points, WINDOW.as_secs());
        let limit = format!("\"minute\";r={};t={}", self.left, whole_seconds(self.full_in));
        for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, limit)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl Default for Rates {
    /// No limit.
    fn default() -> Self {
        Self::new(0, 0)
    }
}

impl fmt::Debug for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rates")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Caller {
        Caller::at(Some(address.parse().unwrap()))
    }

    #[test]
    fn each_caller_has_their_own_points_and_work_counts_by_its_size() {
        let rates = Rates::new(10, 20);
        let known = Caller::Known(Uuid::from_u128(1));
        assert_eq!(rates.count(at("192.0.2.1"), 99).unwrap().left, 9);
        assert_eq!(rates.count(at("192.0.2.1"), 800).unwrap().left, 0);
        let refused = rates.count(at("192.0.2.1"), 1).unwrap();
        assert!(refused.refusal().is_some() && refused.wait.unwrap() <= Duration::from_secs(6));
        assert!(rates.count(at("192.0.2.2"), 1).unwrap().refusal().is_none());
        assert_eq!(rates.count(known, 100_000).unwrap().left, 0, "more than everything takes everything");
        assert!(rates.count(known, 100_000).unwrap().refusal().is_some());
    }

    #[test]
    fn a_network_of_version_6_is_one_caller_and_a_mapped_address_is_the_one_it_maps() {
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::2"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }

    #[test]
    fn however_many_callers_come_few_are_remembered() {
        let rates = Rates::new(10, 10);
        for number in 0..3 * CALLERS_MAX {
            rates.count(Caller::Known(Uuid::from_u128(number as u128)), 1);
        }
        assert!(rates.known.unwrap().buckets.len() <= CALLERS_MAX);
    }

    #[test]
    fn the_headers_are_those_of_the_draft() {
        let mut headers = HeaderMap::new();
        Rates::new(600, 0).count(at("192.0.2.1"), 950).unwrap().tell(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"minute\";q=600;w=60");
        assert_eq!(headers["ratelimit"], "\"minute\";r=590;t=1");
        assert!(Rates::new(600, 0).count(Caller::Known(Uuid::nil()), 1).is_none(), "no limit, nothing to tell");
    }
}
