//! Webhook: events that Stripe delivered, and what comparing with Stripe found.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The answer to a delivered event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Received {
    /// Always true: the event is on disk.
    pub received: bool,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WebhookEventStatus {
    /// On disk, waiting to be handled.
    Received,
    /// Handled.
    Processed,
    /// Nothing of ours, or nothing to do.
    Ignored,
    /// Could not be handled; can be replayed.
    Failed,
}

impl WebhookEventStatus {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Processed => "processed",
            Self::Ignored => "ignored",
            Self::Failed => "failed",
        }
    }
}

/// A delivered event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookEvent {
    /// UUIDv7, ours.
    pub id: Uuid,
    /// `evt_…`
    pub stripe_event_id: String,
    /// Such as `checkout.session.completed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The layout its body has.
    pub api_version: Option<String>,
    /// Where it stands.
    pub status: WebhookEventStatus,
    /// What was done, or why nothing was.
    pub note: Option<String>,
    /// How often handling was tried.
    pub attempts: i64,
    /// When Stripe made it.
    pub created_at: DateTime<Utc>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// When it was handled.
    pub processed_at: Option<DateTime<Utc>>,
}

/// Which events to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct WebhookEventQuery {
    /// Only in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<WebhookEventStatus>,
    /// How many items at most, 1–100; 20 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100, default = 20))]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// What comparing our books with Stripe's found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reconciliation {
    /// When it last ran to the end; null when it never did.
    pub finished_at: Option<DateTime<Utc>>,
    /// How many orders were compared.
    pub compared: i64,
    /// How many were mended.
    pub repaired: i64,
    /// What the owner has to look at.
    pub findings: Vec<Finding>,
}

/// A difference that was not safe to mend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// The order it is about.
    pub order_id: Option<Uuid>,
    /// What people call the order.
    pub order_number: Option<String>,
    /// What differs, in words.
    pub detail: String,
    /// When it was found.
    pub found_at: DateTime<Utc>,
}
