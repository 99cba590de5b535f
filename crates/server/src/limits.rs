//! How often somebody may knock at the door: token buckets per caller's address and per account.

use crate::problem::Fault;
use safetalk_accounts::AddressMark;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// So many buckets are kept at most; full ones are let go first.
const MOST_BUCKETS: usize = 100_000;

/// So many at once, then one after each pause.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// At once.
    pub burst: u32,
    /// Until one more.
    pub every: Duration,
}

/// The limits at the door.
pub struct Limits {
    addresses: Buckets<IpAddr>,
    accounts: Buckets<AddressMark>,
    logins: Buckets<Uuid>,
}

impl Limits {
    pub fn new(per_address: Rate, per_account: Rate) -> Self {
        Self {
            addresses: Buckets::new(per_address),
            accounts: Buckets::new(per_account),
            logins: Buckets::new(per_account),
        }
    }

    /// Counts a knock from this address.
    pub fn address(&self, from: Option<IpAddr>) -> Result<(), Fault> {
        // An IPv6 caller owns a whole /64.
        let from = match from {
            Some(IpAddr::V6(ip)) => IpAddr::V6((u128::from(ip) & !u128::from(u64::MAX)).into()),
            Some(ip) => ip,
            None => IpAddr::from([0, 0, 0, 0]),
        };
        self.addresses.take(from)
    }

    /// Counts an attempt at this account.
    pub fn account(&self, mark: AddressMark) -> Result<(), Fault> {
        self.accounts.take(mark)
    }

    /// Counts a code that somebody who is signed in tries.
    pub fn login(&self, login: Uuid) -> Result<(), Fault> {
        self.logins.take(login)
    }

    /// An attempt that succeeded does not count: people who sign in are no attackers.
    pub fn account_was_right(&self, mark: AddressMark) {
        self.accounts.give_back(mark);
    }
}

struct Buckets<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl<K: Eq + Hash> Buckets<K> {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            buckets: Mutex::default(),
        }
    }

    fn take(&self, key: K) -> Result<(), Fault> {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_BUCKETS {
            buckets.retain(|_, bucket| self.filled(bucket, now) < f64::from(self.rate.burst));
        }
        if buckets.len() >= MOST_BUCKETS && !buckets.contains_key(&key) {
            return Err(Fault::too_often(60));
        }
        let bucket = buckets.entry(key).or_insert(Bucket {
            left: f64::from(self.rate.burst),
            at: now,
        });
        bucket.left = self.filled(bucket, now);
        bucket.at = now;
        if bucket.left < 1.0 {
            let seconds = self.rate.every.as_secs_f64() * (1.0 - bucket.left);
            return Err(Fault::too_often(seconds.ceil().clamp(1.0, 86_400.0) as u32));
        }
        bucket.left -= 1.0;
        Ok(())
    }

    fn give_back(&self, key: K) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(&key) {
            bucket.left = (bucket.left + 1.0).min(f64::from(self.rate.burst));
        }
    }

    fn filled(&self, bucket: &Bucket, now: Instant) -> f64 {
        let gained = now.duration_since(bucket.at).as_secs_f64() / self.rate.every.as_secs_f64();
        (bucket.left + gained).min(f64::from(self.rate.burst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_knocks_too_often_waits_and_nobody_else() {
        let buckets = Buckets::new(Rate {
            burst: 3,
            every: Duration::from_secs(3_600),
        });
        for _ in 0..3 {
            buckets.take("mallory").unwrap();
        }
        buckets.take("mallory").unwrap_err();
        buckets.take("ann").unwrap();
        buckets.give_back("mallory");
        buckets.take("mallory").unwrap();
    }
}
