//! The leaky bucket: how much a caller may spend over time.
//!
//! In memory, per process: with several replicas a caller has as many buckets. It is there to keep one app with a loop
//! from starving the rest, not to bill anybody.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::super::guard::CallerKind;

/// Size and refill of a bucket, in points of cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Points in a full bucket.
    pub capacity: u32,
    /// Points that come back every second.
    pub per_second: u32,
}

impl Allowance {
    pub const fn of(kind: CallerKind) -> Self {
        match kind {
            // A whole school behind one address signs in at 08:30: 300 sessionCreate at once, 20 more each second.
            CallerKind::Anonymous => Self { capacity: 3_300, per_second: 220 },
            CallerKind::Person => Self { capacity: 10_000, per_second: 500 },
            CallerKind::ApiClient => Self { capacity: 50_000, per_second: 2_500 },
        }
    }
}

/// Who pays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Payer {
    /// The account's or API client's id.
    Known(String),
    /// Nobody signed in: the network they come from.
    Address(IpAddr),
}

impl Payer {
    /// An IPv6 customer has a whole /64 to choose addresses from.
    pub fn address(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => Self::Address(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into()),
            v4 @ IpAddr::V4(_) => Self::Address(v4),
        }
    }
}

/// How a bucket stands after a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    pub allowance: Allowance,
    /// Points left, rounded down.
    pub available: u32,
}

/// The bucket has too little: come back after this long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Empty {
    pub retry_after: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    points: f64,
    at: Instant,
}

impl Level {
    fn full(allowance: Allowance, now: Instant) -> Self {
        Self { points: f64::from(allowance.capacity), at: now }
    }

    fn refilled(self, allowance: Allowance, now: Instant) -> Self {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * f64::from(allowance.per_second);
        Self { points: (self.points + gained).min(f64::from(allowance.capacity)), at: now }
    }

    /// An operation dearer than the whole bucket runs when the bucket is full.
    fn spent(self, cost: u64, allowance: Allowance) -> Result<Self, Empty> {
        let cost = f64::from(u32::try_from(cost).unwrap_or(u32::MAX).min(allowance.capacity));
        if self.points >= cost {
            return Ok(Self { points: self.points - cost, ..self });
        }
        let seconds = (cost - self.points) / f64::from(allowance.per_second);
        Err(Empty { retry_after: Duration::from_secs_f64(seconds.ceil().max(1.0)) })
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a u32 by construction")]
    fn standing(self, allowance: Allowance) -> Standing {
        Standing { allowance, available: self.points as u32 }
    }
}

/// All buckets of this process. A bucket that nobody used until it would be full again is forgotten.
#[derive(Debug, Clone)]
pub struct Buckets(moka::future::Cache<Payer, Arc<Mutex<Level>>>);

impl Default for Buckets {
    fn default() -> Self {
        Self(moka::future::Cache::builder().max_capacity(200_000).time_to_idle(Duration::from_mins(1)).build())
    }
}

impl Buckets {
    /// Takes `cost` points, or says when to come back. A cost of 0 asks how the bucket stands.
    pub async fn spend(&self, payer: Payer, kind: CallerKind, cost: u64, now: Instant) -> Result<Standing, Empty> {
        let allowance = Allowance::of(kind);
        let fresh = async { Arc::new(Mutex::new(Level::full(allowance, now))) };
        let bucket = self.0.get_with(payer, fresh).await;
        let mut level = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        *level = level.refilled(allowance, now);
        *level = level.spent(cost, allowance)?;
        Ok(level.standing(allowance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_bucket_is_full_again_within_the_time_it_is_kept() {
        for kind in [CallerKind::Anonymous, CallerKind::Person, CallerKind::ApiClient] {
            let Allowance { capacity, per_second } = Allowance::of(kind);
            assert!(capacity / per_second < 60);
        }
    }

    #[tokio::test]
    async fn spends_refuses_and_refills() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        let payer = || Payer::Known("account_1".to_owned());
        let spend = |cost, now| buckets.spend(payer(), CallerKind::Person, cost, now);
        assert_eq!(spend(9_999, start).await.unwrap().available, 1);
        assert_eq!(spend(1_002, start).await, Err(Empty { retry_after: SECOND * 3 }));
        assert_eq!(spend(0, start + SECOND).await.unwrap().available, 501);
        assert_eq!(spend(501, start + SECOND).await.unwrap().available, 0);
        assert_eq!(spend(0, start + SECOND * 3_600).await.unwrap().available, 10_000);
        let other = buckets.spend(Payer::Known("account_2".to_owned()), CallerKind::Person, 1, start).await;
        assert_eq!(other.unwrap().available, 9_999);
    }

    #[test]
    fn an_ipv6_network_is_one_payer() {
        let payer = |text: &str| Payer::address(text.parse().unwrap());
        assert_eq!(payer("2001:db8::1"), payer("2001:db8::ffff:2"));
        assert_ne!(payer("2001:db8::1"), payer("2001:db8:0:1::1"));
        assert_eq!(payer("::ffff:192.0.2.1"), payer("192.0.2.1"));
        assert_ne!(payer("192.0.2.1"), payer("192.0.2.2"));
    }
}
