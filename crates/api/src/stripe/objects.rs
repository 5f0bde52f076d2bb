//! What we read of Stripe's objects: no more than we use, each field optional unless nothing can be done without it.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::billing::Billing;

/// A list.
#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    /// This page.
    pub data: Vec<T>,
    /// Whether there is a further page.
    #[serde(default)]
    pub has_more: bool,
}

/// A Checkout Session.
#[derive(Clone, Debug, Deserialize)]
pub struct CheckoutSession {
    /// `cs_…`
    pub id: String,
    /// Where to pay; null once it is over.
    pub url: Option<String>,
    /// `open`, `complete` or `expired`.
    pub status: Option<String>,
    /// `paid`, `unpaid` or `no_payment_required`.
    pub payment_status: Option<String>,
    /// `payment`, `subscription` or `setup`.
    pub mode: Option<String>,
    /// Minor units.
    pub amount_total: Option<i64>,
    /// Lower case.
    pub currency: Option<String>,
    /// Our order.
    pub client_reference_id: Option<String>,
    /// What we attached.
    #[serde(default)]
    pub metadata: Option<HashMap<String, String>>,
    /// Null until paid.
    pub payment_intent: Option<PaymentIntent>,
    /// The subscription it began.
    pub subscription: Option<Reference>,
    /// That subscription, when it was asked for.
    #[serde(skip)]
    pub billing: Option<Box<Billing>>,
    /// Seconds since 1970.
    pub expires_at: Option<i64>,
    /// Whether real money is meant.
    #[serde(default)]
    pub livemode: bool,
}

/// Another object: its id alone, or the object when it was asked to be expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Such as `sub_…`.
    pub id: String,
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Id(String),
            Object { id: String },
        }
        Either::deserialize(deserializer).map(|either| match either {
            Either::Id(id) | Either::Object { id } => Self { id },
        })
    }
}

/// A payment: its id alone, or the object when it was asked to be expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentIntent {
    /// `pi_…`
    pub id: String,
    /// `succeeded`, `processing`, `requires_payment_method`, `canceled` …; only when expanded.
    pub status: Option<String>,
}

impl<'de> Deserialize<'de> for PaymentIntent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Id(String),
            Object { id: String, status: Option<String> },
        }
        Either::deserialize(deserializer).map(|either| match either {
            Either::Id(id) => Self { id, status: None },
            Either::Object { id, status } => Self { id, status },
        })
    }
}

/// A refund.
#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    /// `re_…`
    pub id: String,
    /// Minor units.
    pub amount: i64,
    /// Lower case.
    pub currency: Option<String>,
    /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`.
    pub status: Option<String>,
    /// The payment.
    pub payment_intent: Option<PaymentIntent>,
    /// What we attached; absent for refunds made in the Dashboard.
    #[serde(default)]
    pub metadata: Option<HashMap<String, String>>,
    /// Seconds since 1970.
    pub created: Option<i64>,
}

/// A dispute.
#[derive(Clone, Debug, Deserialize)]
pub struct Dispute {
    /// `dp_…`
    pub id: String,
    /// Minor units.
    pub amount: i64,
    /// Lower case.
    pub currency: Option<String>,
    /// `needs_response`, `under_review`, `won`, `lost`, `warning_…`.
    pub status: String,
    /// Such as `fraudulent`.
    pub reason: Option<String>,
    /// The payment.
    pub payment_intent: Option<PaymentIntent>,
    /// Until when evidence counts.
    pub evidence_details: Option<EvidenceDetails>,
}

/// What a dispute's status means for who paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeStand {
    /// Not decided yet, or only an inquiry that took nothing.
    Open,
    /// The money stays here.
    Kept,
    /// It does not.
    Lost,
}

impl DisputeStand {
    /// By Stripe's word.
    pub fn of(status: &str) -> Self {
        match status {
            "won" | "warning_closed" | "prevented" => Self::Kept,
            "lost" => Self::Lost,
            _ => Self::Open,
        }
    }
}

/// Whether a dispute can have come from one status to another: what was asked earlier may be answered later.
pub fn dispute_goes_on(from: &str, to: &str) -> bool {
    let progress = |status: &str| match status {
        "warning_needs_response" => 0,
        "warning_under_review" => 1,
        "needs_response" => 2,
        "under_review" => 3,
        _ => 4,
    };
    progress(from) <= progress(to)
}

/// What was looked for stands in none of the places where any version of the API has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLayout;

/// The subscription that an invoice is for; `None` when it is for something else.
///
/// # Errors
/// [`UnknownLayout`]: it moved within the invoice on 2025-03-31, and is not guessed at.
pub fn subscription_of_invoice(invoice: &Value) -> Result<Option<String>, UnknownLayout> {
    let new = invoice.get("parent").map(|parent| parent.get("subscription_details").unwrap_or(parent));
    let new = new.map(|details| details.get("subscription").unwrap_or(&Value::Null));
    match (new.and_then(id_of), invoice.get("subscription")) {
        (Some(found), _) => Ok(Some(found)),
        (None, Some(old)) => Ok(id_of(old)),
        // An invoice for something else says so by naming nothing.
        (None, None) if new.is_some() => Ok(None),
        (None, None) => Err(UnknownLayout),
    }
}

/// The id that stands there: itself, or within the object where the endpoint has it expanded.
pub fn id_of(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value.get("id")?.as_str()).map(str::to_owned)
}

/// Deadlines of a dispute.
#[derive(Clone, Debug, Deserialize)]
pub struct EvidenceDetails {
    /// Seconds since 1970.
    pub due_by: Option<i64>,
}

/// An event as it is delivered: the envelope is the same in every API version.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// `evt_…`
    pub id: String,
    /// Such as `checkout.session.completed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The layout of `data.object`.
    pub api_version: Option<String>,
    /// Seconds since 1970.
    pub created: i64,
    /// Whether real money is meant.
    pub livemode: bool,
    /// The connected account it is about, if it is not our own.
    pub account: Option<String>,
    /// What it is about.
    pub data: EventData,
}

/// What an event is about.
#[derive(Clone, Debug, Deserialize)]
pub struct EventData {
    /// The object, in the layout of `api_version`.
    pub object: Value,
}
