//! What happens by itself when its time comes: sessions expire, bank debits settle, subscriptions renew.

use crate::flows::{checkout, delayed};
use crate::world::World;
use serde::{Deserialize, Serialize};

/// Something due at a time. A timer that no longer applies when it fires does nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// A Checkout Session's `expires_at`.
    ExpireSession(String),
    /// The bank's answer about a delayed payment of a session: whether it succeeds.
    SettleDelayed(String, bool),
}

impl World {
    /// Runs every timer due by now, each at its own time.
    pub(crate) fn run_due_timers(&mut self) {
        while let Some((at, _)) = self.timers.first() {
            if *at > self.now() {
                return;
            }
            if let Some((_, timer)) = self.timers.pop_first() {
                self.fire(&timer);
            }
        }
    }

    /// Moves the clock `seconds` ahead, stopping at each timer on the way.
    pub(crate) fn advance(&mut self, seconds: i64) {
        let target = self.now() + seconds.max(0);
        while let Some((at, _)) = self.timers.first() {
            if *at > target {
                break;
            }
            self.set_now(*at);
            self.run_due_timers();
        }
        self.set_now(target);
    }

    fn fire(&mut self, timer: &Timer) {
        // Each refuses when its object has moved on, and then there is nothing to do.
        let _stale = match timer {
            Timer::ExpireSession(session) => checkout::expire(self, session),
            Timer::SettleDelayed(session, succeeds) => delayed::settle(self, session, *succeeds),
        };
    }
}
