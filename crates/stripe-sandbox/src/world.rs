//! Everything this Stripe knows: objects, events, deliveries, timers, and what was answered under which idempotency key.

use crate::clock;
use crate::error::{ApiError, ApiResult};
use crate::flows::billing::DunningEnd;
use crate::idempotency::Answers;
use crate::ids;
use crate::timers::Timer;
use crate::webhooks::Mailbox;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};

const WITHOUT_LIVEMODE: [&str; 3] = ["balance_transaction", "refund", "subscription_item"];

/// The state of one sandbox. Changed only under its lock, by flows that leave it whole.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct World {
    /// Seconds the clock is ahead of real time.
    clock_offset: i64,
    objects: HashMap<String, Value>,
    /// Ids by kind, oldest first.
    order: HashMap<String, Vec<String>>,
    pub(crate) timers: BTreeSet<(i64, Timer)>,
    /// What follows the last failed attempt to collect an invoice.
    #[serde(default)]
    pub(crate) dunning_end: DunningEnd,
    /// Answers kept under idempotency keys.
    pub(crate) answers: Answers,
    /// Webhook settings and deliveries.
    pub(crate) mailbox: Mailbox,
    /// The API request being served: its id and idempotency key go into the events it causes.
    #[serde(skip)]
    pub(crate) request: Option<(String, Option<String>)>,
    /// Events of the change at hand, not yet handed to the mailbox.
    #[serde(skip)]
    pub(crate) batch: Vec<String>,
    /// Where sessions' pages live.
    #[serde(skip)]
    pub(crate) public_url: String,
    /// The shop's name, as on invoices.
    #[serde(skip)]
    pub(crate) shop_name: String,
    /// The API version written on events.
    #[serde(skip)]
    pub(crate) api_version: String,
    /// Seconds after which a delayed payment settles by itself.
    #[serde(skip)]
    pub(crate) settle_after: Option<i64>,
}

impl World {
    /// The sandbox's time, seconds since 1970.
    pub fn now(&self) -> i64 {
        clock::real_seconds() + self.clock_offset
    }

    /// Moves the clock so that `now()` is `at`; never backwards.
    pub(crate) fn set_now(&mut self, at: i64) {
        self.clock_offset = self.clock_offset.max(at - clock::real_seconds());
    }

    /// Seconds the clock is ahead of real time.
    pub fn clock_offset(&self) -> i64 {
        self.clock_offset
    }

    /// The object with this id, of whatever kind.
    pub fn any(&self, id: &str) -> Option<&Value> {
        self.objects.get(id)
    }

    /// The object of a kind with this id.
    pub fn get(&self, kind: &str, id: &str) -> Option<&Value> {
        self.objects.get(id).filter(|object| object["object"] == kind)
    }

    /// Like [`World::get`] for an id that came with a request.
    ///
    /// # Errors
    /// 404 `resource_missing`.
    pub fn find(&self, kind: &str, id: &str, param: &str) -> ApiResult<Value> {
        self.get(kind, id).cloned().ok_or_else(|| ApiError::no_such(kind, id, param))
    }

    /// The object another one refers to in `field`; `null` when it refers to none.
    pub fn follow(&self, object: &Value, field: &str) -> Value {
        object[field].as_str().and_then(|id| self.any(id)).cloned().unwrap_or_default()
    }

    /// All objects of a kind, newest first.
    pub fn all(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.order.get(kind).into_iter().flatten().rev().filter_map(|id| self.objects.get(id))
    }

    /// Objects of a kind whose `field` is `id`, newest first.
    pub fn of<'a>(&'a self, kind: &str, field: &'a str, id: &'a str) -> impl Iterator<Item = &'a Value> {
        self.all(kind).filter(move |object| object[field] == id)
    }

    /// Completes a new object with id, kind, time and `livemode`, keeps it, and answers it.
    pub fn create(&mut self, prefix: &str, kind: &str, fields: Value) -> Value {
        let mut object = Map::from_iter([
            ("id".to_owned(), json!(ids::object_id(prefix))),
            ("object".to_owned(), json!(kind)),
            ("created".to_owned(), json!(self.now())),
        ]);
        if !WITHOUT_LIVEMODE.contains(&kind) {
            object.insert("livemode".to_owned(), json!(false));
        }
        if let Value::Object(fields) = fields {
            object.extend(fields);
        }
        self.put(Value::Object(object))
    }

    /// Keeps an object under its id and answers it.
    pub fn put(&mut self, object: Value) -> Value {
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        let kind = object["object"].as_str().unwrap_or_default().to_owned();
        if self.objects.insert(id.clone(), object.clone()).is_none() {
            self.order.entry(kind).or_default().push(id);
        }
        object
    }

    /// Sets fields of an object and answers what they were where they changed: an event's `previous_attributes`.
    pub fn change(&mut self, id: &str, fields: Value) -> Value {
        let mut previous = Map::new();
        if let (Some(Value::Object(object)), Value::Object(fields)) = (self.objects.get_mut(id), fields) {
            for (name, value) in fields {
                let old = object.insert(name.clone(), value.clone()).unwrap_or_default();
                if old != value {
                    previous.insert(name, old);
                }
            }
        }
        Value::Object(previous)
    }

    /// Takes a field away that an object has only at times.
    pub fn drop_field(&mut self, id: &str, field: &str) {
        if let Some(Value::Object(object)) = self.objects.get_mut(id) {
            object.remove(field);
        }
    }

    /// Records that something happened to an object; delivery follows when the change at hand is whole.
    pub fn emit(&mut self, kind: &str, object_id: &str) {
        self.record(kind, object_id, None);
    }

    /// [`World::emit`] with what the changed fields were before; silent when nothing changed.
    pub fn emit_change(&mut self, kind: &str, object_id: &str, previous: Value) {
        if previous.as_object().is_some_and(|fields| !fields.is_empty()) {
            self.record(kind, object_id, Some(previous));
        }
    }

    /// [`World::emit`] with what differs from the object as it was `before`; silent when nothing does.
    pub fn emit_since(&mut self, kind: &str, before: &Value) {
        let id = text(before, "id");
        let now = self.any(id).map(visible).unwrap_or_default();
        let differing = now.as_object().into_iter().flatten().filter(|(name, value)| before.get(*name) != Some(*value));
        let previous = differing.map(|(name, _)| (name.clone(), before[name].clone())).collect();
        self.emit_change(kind, id, Value::Object(previous));
    }

    fn record(&mut self, kind: &str, object_id: &str, previous: Option<Value>) {
        let mut data = json!({ "object": self.any(object_id).map(visible) });
        if let Some(previous) = previous {
            data["previous_attributes"] = visible(&previous);
        }
        let (request, key) = self.request.clone().map_or((None, None), |(id, key)| (Some(id), key));
        let event = json!({
            "id": ids::random("evt_1", 23),
            "object": "event",
            "api_version": self.api_version,
            "created": self.now(),
            "data": data,
            "livemode": false,
            "pending_webhooks": i32::from(self.mailbox.has_endpoint()),
            "request": { "id": request, "idempotency_key": key },
            "type": kind,
        });
        let event = self.put(event);
        self.batch.push(text(&event, "id").to_owned());
    }

    /// Plans a timer.
    pub(crate) fn plan(&mut self, at: i64, timer: Timer) {
        self.timers.insert((at, timer));
    }
}

/// An object as the API shows it: without the fields that begin with an underscore.
pub fn visible(object: &Value) -> Value {
    match object {
        Value::Object(fields) => {
            let shown = fields.iter().filter(|(name, _)| !name.starts_with('_'));
            Value::Object(shown.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        other => other.clone(),
    }
}

/// A string field, empty when it is null or absent.
pub fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().unwrap_or_default()
}

/// An integer field, zero when it is null or absent.
pub fn int(object: &Value, field: &str) -> i64 {
    object[field].as_i64().unwrap_or_default()
}
