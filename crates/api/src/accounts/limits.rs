//! Who may ask how often, per process and in real time.
//!
//! Guessing passwords is slow per account and per address; only failures count. Registering and mails that anybody can
//! cause are limited too. What was not asked for lately is forgotten, so that memory does not grow.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    nanos::Nanos,
    state::{
        StateStore,
        keyed::{DashMapStateStore, ShrinkableKeyedStateStore},
    },
};
use uuid::Uuid;
use vitrine_types::Code;

use crate::error::{Error, Result};

/// After so many questions a limit forgets whom it need not remember.
const SWEEP_EVERY: u64 = 1024;

/// The limits of one process.
pub struct Limits {
    failures_by_account: Limit<String>,
    failures_by_address: Limit<IpAddr>,
    registrations: Limit<IpAddr>,
    mails: Limit<String>,
    mails_by_address: Limit<IpAddr>,
    intake_files: Limit<Uuid>,
}

impl Default for Limits {
    fn default() -> Self {
        let minute = Duration::from_secs(60);
        Self {
            // Ten in a row, then one a minute: ten in any minute.
            failures_by_account: Limit::new(10, minute),
            failures_by_address: Limit::new(60, minute / 10),
            registrations: Limit::new(200, minute / 60),
            mails: Limit::new(5, minute * 60),
            mails_by_address: Limit::new(100, minute / 6),
            intake_files: Limit::new(20, minute * 30),
        }
    }
}

impl Limits {
    /// Counts a try to guess a password, of `account` from `from`. When it was the right one, [`Attempt::forgive`] it.
    ///
    /// # Errors
    /// `request.rate_limited`.
    pub fn count_attempt(&self, account: &str, from: IpAddr) -> Result<Attempt<'_>> {
        let attempt = Attempt { limits: self, account: account.to_owned(), from: network(from) };
        self.failures_by_address.count(&attempt.from)?;
        // The other count stays: an address that hammers a blocked account is to be blocked too.
        self.failures_by_account.count(&attempt.account)?;
        Ok(attempt)
    }

    /// Whether [`Limits::count_attempt`] would say no: to refuse before waiting for a turn to hash.
    ///
    /// # Errors
    /// `request.rate_limited`.
    pub fn check_attempt(&self, account: &str, from: IpAddr) -> Result<()> {
        self.failures_by_address.check(&network(from))?;
        self.failures_by_account.check(&account.to_owned())
    }

    /// Counts a new account from `from`.
    ///
    /// # Errors
    /// `request.rate_limited`.
    pub fn count_registration(&self, from: IpAddr) -> Result<()> {
        self.registrations.count(&network(from))
    }

    /// Counts a mail to `recipient` that somebody at `from` asked for.
    ///
    /// # Errors
    /// `request.rate_limited`.
    pub fn count_mail(&self, recipient: &str, from: IpAddr) -> Result<()> {
        self.mails_by_address.count(&network(from))?;
        self.mails.count(&recipient.to_owned())
    }

    /// Counts a file that `customer` sends before booking.
    ///
    /// # Errors
    /// `request.rate_limited`.
    pub fn count_intake_file(&self, customer: Uuid) -> Result<()> {
        self.intake_files.count(&customer)
    }
}

/// A counted try to guess a password.
pub struct Attempt<'l> {
    limits: &'l Limits,
    account: String,
    from: IpAddr,
}

impl Attempt<'_> {
    /// It was no guess: it does not count.
    pub fn forgive(self) {
        self.limits.failures_by_account.give_back(&self.account);
        self.limits.failures_by_address.give_back(&self.from);
    }
}

/// Whom an address stands for: of IPv6, everybody has at least a /64 to choose from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6([a, b, c, d, 0, 0, 0, 0].into())
        }
        v4 => v4,
    }
}

/// `burst` at once, then one per `period`.
struct Limit<K: Hash + Eq + Clone> {
    states: States<K>,
    limiter: RateLimiter<K, States<K>, DefaultClock>,
    peek: RateLimiter<K, Peek<K>, DefaultClock>,
    clock: DefaultClock,
    period: Duration,
    asked: AtomicU64,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(burst: u32, period: Duration) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(period).unwrap_or(Quota::per_second(burst)).allow_burst(burst);
        let clock = DefaultClock::default();
        let states = States(Arc::default());
        Self {
            limiter: RateLimiter::new(quota, states.clone(), clock.clone()),
            peek: RateLimiter::new(quota, Peek(states.clone()), clock.clone()),
            states,
            clock,
            period,
            asked: AtomicU64::new(0),
        }
    }

    fn count(&self, key: &K) -> Result<()> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(key).map_err(|refusal| self.refused(refusal.wait_time_from(self.clock.now())))
    }

    fn check(&self, key: &K) -> Result<()> {
        self.peek.check_key(key).map_err(|refusal| self.refused(refusal.wait_time_from(self.clock.now())))
    }

    /// Undoes one count.
    fn give_back(&self, key: &K) {
        let period = Nanos::from(self.period).as_u64();
        let earlier = |state: Option<Nanos>| match state {
            Some(state) => Ok(((), Nanos::new(state.as_u64().saturating_sub(period)))),
            None => Err(()),
        };
        // Nothing to undo when it was swept away meanwhile.
        self.states.measure_and_replace(key, earlier).ok();
    }

    fn refused(&self, wait: Duration) -> Error {
        Error::new(Code::RateLimited).retry_after(wait.as_secs() + 1)
    }
}

/// What a limit remembers. Clones share it.
#[derive(Clone)]
struct States<K: Hash + Eq + Clone>(Arc<DashMapStateStore<K>>);

impl<K: Hash + Eq + Clone> StateStore for States<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> std::result::Result<T, E>
    where
        F: Fn(Option<Nanos>) -> std::result::Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(key, f)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for States<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        self.0.retain_recent(drop_below);
    }

    fn shrink_to_fit(&self) {
        self.0.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The same, changing nothing: for asking what a limit would say.
struct Peek<K: Hash + Eq + Clone>(States<K>);

impl<K: Hash + Eq + Clone> StateStore for Peek<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> std::result::Result<T, E>
    where
        F: Fn(Option<Nanos>) -> std::result::Result<(T, Nanos), E>,
    {
        // A store changes nothing when the closure fails, so the answer travels as the error.
        let answer = self.0.measure_and_replace(key, |state| Err::<((), Nanos), _>(f(state).map(|(answer, _)| answer)));
        match answer {
            Err(answer) => answer,
            Ok(()) => unreachable!("the closure always fails"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(mut ask: impl FnMut() -> Result<()>) -> usize {
        (0..1000).take_while(|_| ask().is_ok()).count()
    }

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn only_failures_count() {
        let limits = Limits::default();
        assert_eq!(allowed(|| limits.count_attempt("ada", HERE).map(Attempt::forgive)), 1000);
        assert_eq!(allowed(|| limits.count_attempt("ada", HERE).map(drop)), 10);
        assert!(limits.check_attempt("ada", HERE).is_err());
        assert_eq!(allowed(|| limits.check_attempt("bob", HERE)), 1000, "looking costs nothing");
    }

    #[test]
    fn an_address_is_limited_over_all_accounts() {
        let limits = Limits::default();
        let mut account = 0;
        let guess = || {
            account += 1;
            limits.count_attempt(&account.to_string(), HERE).map(drop)
        };
        assert_eq!(allowed(guess), 60);
        let error = limits.check_attempt("ada", HERE).err().unwrap();
        assert_eq!(error.code(), Code::RateLimited);
    }

    #[test]
    fn neighbours_in_an_ipv6_network_are_one() {
        let address = |text: &str| network(text.parse().unwrap());
        assert_eq!(address("2001:db8:1:2:3::4"), address("2001:db8:1:2:ffff::1"));
        assert_ne!(address("2001:db8:1:2::"), address("2001:db8:1:3::"));
        assert_eq!(address("::ffff:192.0.2.1"), HERE);
    }

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let limit = Limit::<u64>::new(1, Duration::from_nanos(1));
        (0..SWEEP_EVERY * 4).for_each(|key| drop(limit.count(&key)));
        assert!(limit.states.0.len() as u64 <= SWEEP_EVERY, "{}", limit.states.0.len());
    }
}
