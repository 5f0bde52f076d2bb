//! The one source of time.
//!
//! Everything that asks "now?" asks a [`Clock`], so that tests and the demo can move it. Nothing else in the server
//! reads the system's time; a lint and a test see to that.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// The time, shifted by an offset that is zero outside tests and the demo. Clones share the offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_seconds: Arc<AtomicI64>,
}

impl Clock {
    /// The present instant, to the microsecond: what PostgreSQL keeps of it.
    pub fn now(&self) -> DateTime<Utc> {
        #[allow(clippy::disallowed_methods)] // This is the clock.
        let now = Utc::now();
        now.trunc_subsecs(6) + self.ahead()
    }

    /// How far the clock is ahead of real time.
    pub fn ahead(&self) -> TimeDelta {
        TimeDelta::seconds(self.offset_seconds.load(Ordering::Relaxed))
    }

    /// Sets how far the clock is ahead of real time, to the second.
    pub fn set_ahead(&self, ahead: TimeDelta) {
        self.offset_seconds.store(ahead.num_seconds(), Ordering::Relaxed);
    }

    /// Moves the clock forward (or back) by `by`, to the second.
    pub fn advance(&self, by: TimeDelta) {
        self.offset_seconds.fetch_add(by.num_seconds(), Ordering::Relaxed);
    }
}
