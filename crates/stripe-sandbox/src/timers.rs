//! What happens by itself when its time comes: sessions expire, bank debits settle, subscriptions renew.

use crate::flows::{billing, checkout, delayed, ending, renewal, schedules};
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
    /// A subscription's `cancel_at`. Before its renewal at the same time.
    CancelSubscription(String),
    /// The end of a schedule's phase. Before the renewal at the same time, which bills the new phase.
    SchedulePhase(String),
    /// Three days before a trial ends.
    TrialWillEnd(String),
    /// The end of a subscription's period.
    RenewSubscription(String),
    /// The end of the time in which a renewal's invoice is a draft.
    CollectInvoice(String),
    /// The next attempt to collect an invoice.
    RetryInvoice(String),
    /// The end of a pause of collection.
    ResumeCollection(String),
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
        // A session that has moved on meanwhile refuses, and then there is nothing to do.
        match timer {
            Timer::ExpireSession(session) => drop(checkout::expire(self, session)),
            Timer::SettleDelayed(session, succeeds) => drop(delayed::settle(self, session, *succeeds)),
            Timer::CancelSubscription(id) => ending::end_if_due(self, id),
            Timer::SchedulePhase(id) => schedules::advance(self, id),
            Timer::TrialWillEnd(id) => renewal::announce_trial_end(self, id),
            Timer::RenewSubscription(id) => renewal::renew(self, id),
            Timer::CollectInvoice(id) => renewal::collect_if_due(self, id),
            Timer::RetryInvoice(id) => billing::retry_if_due(self, id),
            Timer::ResumeCollection(id) => renewal::resume_collection(self, id),
        }
    }
}
