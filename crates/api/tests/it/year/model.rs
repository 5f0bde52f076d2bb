//! What the rules in `docs/tokens.md` mean, written once more and without the shop: plain sums over plain lists.

use std::collections::HashMap;

use chrono::{DateTime, Months, TimeDelta, Utc};
use uuid::Uuid;

type Time = DateTime<Utc>;

/// A plan as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    pub tokens: i64,
    pub cap: i64,
    pub months: u32,
    pub price: i64,
}

/// What came in together.
#[derive(Clone, Debug)]
struct Lot {
    left: i64,
    ends: Option<Time>,
    /// Of the plan: it is carried over at a renewal.
    of_plan: bool,
    /// Carried over already.
    closed: bool,
}

/// Where the payments stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Trial,
    Paid,
    /// Since when the renewal is not paid.
    Failing(Time),
    Over,
}

/// One subscription.
#[derive(Clone, Debug)]
pub struct Model {
    pub terms: Terms,
    /// The plan from the next period on.
    pub next: Option<Terms>,
    pub state: State,
    /// To end with the period.
    pub ending: bool,
    /// Whether the card pays.
    pub card: bool,
    /// The current period.
    pub period: (Time, Time),
    anchor: Time,
    passed: u32,
    lots: Vec<Lot>,
    /// What each booking took from which lot.
    spent: HashMap<Uuid, Vec<(usize, i64)>>,
    /// When the last paid period ended.
    paid_until: Time,
    /// When the invoice of the current period is collected, and for what.
    draft: Option<(Time, Terms)>,
}

const GRACE: TimeDelta = TimeDelta::days(7);
const RETURNED_LAST: TimeDelta = TimeDelta::days(30);
/// When Stripe tries again, from the first failure on; after the last time it ends the subscription.
const RETRIES: [i64; 3] = [3, 8, 15];
/// So long an invoice stays a draft.
const DRAFT: TimeDelta = TimeDelta::hours(1);

impl Model {
    /// Begins at `at`, with a trial of so many days or paid at once.
    pub fn begin(terms: Terms, at: Time, trial_days: i64) -> Self {
        let end = match trial_days {
            0 => at + Months::new(terms.months),
            days => at + TimeDelta::days(days),
        };
        let first = Lot { left: terms.tokens, ends: Some(end), of_plan: true, closed: false };
        Self {
            terms,
            next: None,
            state: if trial_days > 0 { State::Trial } else { State::Paid },
            ending: false,
            card: true,
            period: (at, end),
            anchor: if trial_days > 0 { end } else { at },
            passed: u32::from(trial_days == 0),
            lots: vec![first],
            spent: HashMap::new(),
            paid_until: end,
            draft: None,
        }
    }

    fn alive(&self, lot: &Lot, now: Time) -> bool {
        !lot.closed && lot.ends.is_none_or(|end| now < end || lot.of_plan && self.waits(end, now))
    }

    /// Whether tokens of a period that ended then wait for a payment.
    fn waits(&self, end: Time, now: Time) -> bool {
        self.is_open(now) && (self.period.0..=self.period.1).contains(&end) && !(self.ending && end == self.period.1)
    }

    /// Whether the current period is still to be collected.
    pub fn is_draft(&self) -> bool {
        self.draft.is_some()
    }

    pub fn balance(&self, now: Time) -> i64 {
        self.lots.iter().filter(|lot| self.alive(lot, now)).map(|lot| lot.left).sum()
    }

    /// Whether what the plan includes is open.
    pub fn is_open(&self, now: Time) -> bool {
        match self.state {
            State::Trial | State::Paid => true,
            State::Failing(since) => now < since + GRACE,
            State::Over => false,
        }
    }

    pub fn status(&self) -> &'static str {
        match self.state {
            State::Trial => "trialing",
            State::Paid => "active",
            State::Failing(_) => "past_due",
            State::Over => "canceled",
        }
    }

    /// The next moment at which something happens by itself, up to `now`.
    fn due(&self, now: Time, last_try: Time) -> Option<Time> {
        let next = match self.state {
            State::Over => return None,
            State::Failing(since) => {
                RETRIES.map(|days| since + DRAFT + TimeDelta::days(days)).into_iter().find(|at| *at > last_try)?
            }
            State::Trial | State::Paid => self.draft.map_or(self.period.1, |(at, _)| at),
        };
        (next <= now).then_some(next)
    }

    /// Time goes by from `before` to `now`.
    pub fn pass(&mut self, before: Time, now: Time) {
        let mut at = before;
        while let Some(next) = self.due(now, at) {
            at = next;
            match self.state {
                State::Failing(_) if self.card => self.paid(self.terms),
                State::Failing(since) if at - since >= TimeDelta::days(RETRIES[2]) => self.state = State::Over,
                State::Failing(_) | State::Over => {}
                State::Trial | State::Paid => self.renew(at),
            }
        }
    }

    fn renew(&mut self, now: Time) {
        if let Some((_, terms)) = self.draft.take() {
            match self.card {
                true => self.paid(terms),
                false => self.state = State::Failing(self.period.0),
            }
            return;
        }
        let end = self.period.1;
        if self.ending {
            self.state = State::Over;
            return;
        }
        if let Some(next) = self.next.take() {
            if next.months != self.terms.months {
                (self.anchor, self.passed) = (end, 0);
            }
            self.terms = next;
        }
        self.passed += 1;
        self.period = (end, self.anchor + Months::new(self.terms.months * self.passed));
        self.state = State::Paid;
        self.draft = Some((now + DRAFT, self.terms));
    }

    fn paid(&mut self, terms: Terms) {
        self.state = State::Paid;
        let mut left = 0;
        for lot in self.lots.iter_mut().filter(|lot| lot.of_plan && lot.ends == Some(self.paid_until)) {
            left += lot.left;
            lot.closed = true;
        }
        for left in [left.min(terms.cap), terms.tokens] {
            self.lots.push(Lot { left, ends: Some(self.period.1), of_plan: true, closed: false });
        }
        self.paid_until = self.period.1;
    }

    /// Another card is saved: what is open is paid with it.
    pub fn new_card(&mut self) {
        self.card = true;
        if let State::Failing(_) = self.state {
            self.paid(self.terms);
        }
    }

    /// A better plan, at once.
    pub fn better(&mut self, to: Terms, now: Time) {
        self.next = None;
        if to.months == self.terms.months {
            let more = (to.tokens - self.terms.tokens).max(0);
            self.lots.push(Lot { left: more, ends: Some(self.period.1), of_plan: true, closed: false });
            self.terms = to;
            return;
        }
        // Another rhythm: the old period ends this moment.
        let end = self.period.1;
        for lot in self.lots.iter_mut().filter(|lot| lot.of_plan && lot.ends == Some(end)) {
            lot.ends = Some(now);
        }
        self.paid_until = now;
        self.terms = to;
        (self.anchor, self.passed) = (now, 1);
        self.period = (now, now + Months::new(to.months));
        self.paid(to);
    }

    /// Takes from what ends first; false when there is too little.
    fn take(&mut self, amount: i64, now: Time) -> Option<Vec<(usize, i64)>> {
        if self.balance(now) < amount {
            return None;
        }
        let mut order: Vec<usize> = (0..self.lots.len()).filter(|&lot| self.alive(&self.lots[lot], now)).collect();
        order.sort_by_key(|&lot| (self.lots[lot].ends.is_none(), self.lots[lot].ends, lot));
        let mut missing = amount;
        let mut taken = Vec::new();
        for lot in order {
            let part = missing.min(self.lots[lot].left);
            self.lots[lot].left -= part;
            missing -= part;
            taken.push((lot, part));
        }
        Some(taken)
    }

    pub fn book(&mut self, booking: Uuid, amount: i64, now: Time) -> bool {
        let taken = self.take(amount, now);
        let done = taken.is_some();
        self.spent.extend(taken.map(|taken| (booking, taken)));
        done
    }

    /// Cancelled in time.
    pub fn give_back(&mut self, booking: Uuid, now: Time) {
        let mut homeless = 0;
        for (lot, part) in self.spent.remove(&booking).unwrap_or_default() {
            match self.alive(&self.lots[lot], now) {
                true => self.lots[lot].left += part,
                false => homeless += part,
            }
        }
        self.lots.push(Lot { left: homeless, ends: Some(now + RETURNED_LAST), of_plan: false, closed: false });
    }

    /// The owner gives or takes; false when there is too little to take.
    pub fn adjust(&mut self, amount: i64, now: Time) -> bool {
        if amount < 0 {
            return self.take(-amount, now).is_some();
        }
        self.lots.push(Lot { left: amount, ends: None, of_plan: false, closed: false });
        true
    }
}
