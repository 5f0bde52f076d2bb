//! Which deliveries are due, held, made or given up.

use crate::clock;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How events reach the shop; the misbehaviour is all off by default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliverySettings {
    /// Keep new deliveries back until they are flushed.
    pub hold: bool,
    /// Copies of each event beyond the first.
    pub duplicates: u32,
    /// Disorder the events that belong together, in a way that follows from this seed.
    pub shuffle: Option<u64>,
    /// Types of events that are never delivered; they still exist in the API.
    pub drop: Vec<String>,
    /// Deliveries under way at once.
    pub concurrency: usize,
    /// Milliseconds before the first retry; each further one waits twice as long, at most an hour.
    pub retry_first_ms: u64,
    /// Attempts before a delivery is given up.
    pub max_attempts: u32,
    /// Milliseconds the shop has to answer.
    pub timeout_ms: u64,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            hold: false,
            duplicates: 0,
            shuffle: None,
            drop: Vec::new(),
            concurrency: 4,
            retry_first_ms: 1000,
            max_attempts: 16,
            timeout_ms: 10_000,
        }
    }
}

const LONGEST_WAIT_MS: u64 = 3_600_000;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Kept back until flushed.
    Held,
    /// Waiting for its first attempt or a retry.
    Waiting,
    /// Answered 2xx.
    Delivered,
    /// Given up.
    Abandoned,
}

/// One event on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Delivery {
    /// The event's id.
    pub event: String,
    /// The event's type.
    pub kind: String,
    /// 0 for the first copy.
    pub copy: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// What was tried.
    pub attempts: Vec<Attempt>,
}

/// One POST to the shop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// Milliseconds since 1970.
    pub at: i64,
    /// The status answered; `None` when there was no answer.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// How long it took, milliseconds.
    pub took_ms: i64,
}

impl Attempt {
    fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// The webhook endpoint, its settings and all deliveries.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Mailbox {
    /// Where events go; none are made for delivery while this is `None`.
    pub url: Option<String>,
    /// The endpoint's signing secrets: more than one while rotating.
    pub secrets: Vec<String>,
    /// How events are delivered.
    pub settings: DeliverySettings,
    deliveries: Vec<Delivery>,
    /// Due time in milliseconds, order of entry, index of the delivery.
    #[serde(skip)]
    queue: BTreeSet<(i64, u64, usize)>,
    #[serde(skip)]
    entered: u64,
    #[serde(skip)]
    under_way: usize,
}

impl Mailbox {
    /// Whether events are delivered at all.
    pub fn has_endpoint(&self) -> bool {
        self.url.is_some()
    }

    /// Every delivery so far, oldest first.
    pub fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }

    /// Nothing is due, waiting for a retry or under way; held deliveries do not count.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.under_way == 0
    }

    /// Takes in the events (id and type) of one change.
    pub fn post(&mut self, events: &[(String, String)]) {
        if !self.has_endpoint() {
            return;
        }
        let copies = 0..=self.settings.duplicates;
        let mut batch: Vec<Delivery> = events
            .iter()
            .filter(|(_, kind)| !self.settings.drop.contains(kind))
            .flat_map(|(event, kind)| {
                copies.clone().map(|copy| Delivery {
                    event: event.clone(),
                    kind: kind.clone(),
                    copy,
                    state: DeliveryState::Held,
                    attempts: Vec::new(),
                })
            })
            .collect();
        self.disorder(&mut batch);
        let first = self.deliveries.len();
        self.deliveries.append(&mut batch);
        if !self.settings.hold {
            self.release(first..self.deliveries.len());
        }
    }

    /// Releases what was held, in disorder when that is set.
    pub fn flush(&mut self) -> usize {
        let mut held: Vec<usize> =
            (0..self.deliveries.len()).filter(|index| self.deliveries[*index].state == DeliveryState::Held).collect();
        self.disorder(&mut held);
        let count = held.len();
        self.release(held);
        count
    }

    /// Puts what was waiting when the state was saved back into the queue.
    pub fn restore(&mut self) {
        let waiting =
            (0..self.deliveries.len()).filter(|index| self.deliveries[*index].state == DeliveryState::Waiting);
        self.release(waiting.collect::<Vec<_>>());
    }

    fn disorder<T>(&self, items: &mut [T]) {
        if let Some(seed) = self.settings.shuffle {
            // The count makes successive batches differ, and the whole run repeatable.
            items.shuffle(&mut StdRng::seed_from_u64(seed.wrapping_add(self.deliveries.len() as u64)));
        }
    }

    fn release(&mut self, indices: impl IntoIterator<Item = usize>) {
        for index in indices {
            self.deliveries[index].state = DeliveryState::Waiting;
            self.enqueue(index, clock::real_millis());
        }
    }

    fn enqueue(&mut self, index: usize, due: i64) {
        self.entered += 1;
        self.queue.insert((due, self.entered, index));
    }

    /// Takes the deliveries to make now, as `(index, event id)`.
    pub fn take_due(&mut self) -> Vec<(usize, String)> {
        let now = clock::real_millis();
        let mut due = Vec::new();
        while self.under_way < self.settings.concurrency.max(1) {
            let Some(entry) = self.queue.first().copied().filter(|(at, _, _)| *at <= now) else {
                break;
            };
            self.queue.remove(&entry);
            self.under_way += 1;
            due.push((entry.2, self.deliveries[entry.2].event.clone()));
        }
        due
    }

    /// Milliseconds until the next delivery is due.
    pub fn next_due_ms(&self) -> Option<u64> {
        let (at, _, _) = self.queue.first()?;
        Some(u64::try_from(at - clock::real_millis()).unwrap_or(0))
    }

    /// Notes how an attempt went, plans a retry where one is left, and answers whether it arrived.
    pub fn record(&mut self, index: usize, attempt: Attempt) -> bool {
        self.under_way = self.under_way.saturating_sub(1);
        let settings = self.settings.clone();
        let delivery = &mut self.deliveries[index];
        let succeeded = attempt.succeeded();
        delivery.attempts.push(attempt);
        let made = u32::try_from(delivery.attempts.len()).unwrap_or(u32::MAX);
        if succeeded {
            delivery.state = DeliveryState::Delivered;
        } else if made >= settings.max_attempts {
            delivery.state = DeliveryState::Abandoned;
        } else {
            let wait = settings.retry_first_ms.saturating_mul(1 << (made - 1).min(30)).min(LONGEST_WAIT_MS);
            self.enqueue(index, clock::real_millis() + i64::try_from(wait).unwrap_or(i64::MAX / 2));
        }
        succeeded
    }
}
