//! Calendar: times to book, bookings, the owner's hours.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{accounts::Customer, catalog::Product};

mod owner;

pub use owner::*;

/// Which times to list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct SlotQuery {
    /// The first day, in `time_zone`.
    pub from: NaiveDate,
    /// The last day, in `time_zone`; at most 62 days in all.
    pub to: NaiveDate,
    /// IANA name of the zone to read the days in; the owner's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(example = "Asia/Tokyo"))]
    pub time_zone: Option<String>,
    /// Times to which this booking can be moved (the caller's, or any for the owner): as if it were not there, and as long as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking_id: Option<Uuid>,
}

/// The times that can be booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Slots {
    /// The zone the days are read in.
    #[cfg_attr(feature = "openapi", schema(example = "Asia/Tokyo"))]
    pub time_zone: String,
    /// Where the owner is on the first day, or today if that is later.
    #[cfg_attr(feature = "openapi", schema(example = "America/New_York"))]
    pub owner_time_zone: String,
    /// Every day asked for, also those without a free time.
    pub days: Vec<SlotDay>,
}

/// The times of one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlotDay {
    /// In the zone of the list.
    pub date: NaiveDate,
    /// By start.
    pub slots: Vec<Slot>,
}

/// A time that can be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Slot {
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
}

/// A customer's answer to a question of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Answer {
    /// To a `checkbox`.
    Flag(bool),
    /// To any other.
    Text(String),
    /// To a `file`: what sending it answered.
    File(IntakeFile),
}

/// A file that a customer sent for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntakeFile {
    /// UUIDv7.
    pub id: Uuid,
    /// As it was called where it came from.
    pub name: String,
    /// In bytes.
    pub size: i64,
    /// By content.
    pub content_type: String,
}

/// Answers by the id of their question.
pub type Answers = BTreeMap<String, Answer>;

/// What pays for a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PaymentKind {
    /// One of the appointments that were bought; `id` is the entitlement.
    Entitlement,
    /// Tokens of a plan; `id` is the subscription.
    Tokens,
}

impl PaymentKind {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entitlement => "entitlement",
            Self::Tokens => "tokens",
        }
    }
}

/// What shall pay for a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PayWith {
    /// What kind.
    pub kind: PaymentKind,
    /// Of the entitlement or the subscription.
    pub id: Uuid,
}

/// Body of `POST /bookings`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewBooking {
    /// Which service.
    pub product_id: Uuid,
    /// One of the listed starts.
    pub start: DateTime<Utc>,
    /// The customer's, an IANA name; mails and invites use it.
    #[cfg_attr(feature = "openapi", schema(example = "Asia/Tokyo"))]
    pub time_zone: String,
    /// By question id.
    #[serde(default)]
    pub answers: Answers,
    /// What pays for it.
    pub pay_with: PayWith,
}

/// The time an order is for (`booking` of a checkout item).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BookingChoice {
    /// One of the listed starts; held until the payment page closes.
    pub start: DateTime<Utc>,
    /// The customer's, an IANA name.
    pub time_zone: String,
    /// By question id.
    #[serde(default)]
    pub answers: Answers,
}

/// What became of the time that was chosen with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OrderedTimeStatus {
    /// It waits for the money.
    Held,
    /// It was booked; what became of it since says `GET /bookings/{id}`.
    Booked,
    /// It was let go: the money did not come, or came when somebody else had the time.
    Gone,
}

/// The time that was chosen with an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderedTime {
    /// Of the booking, once it is `booked`.
    pub id: Uuid,
    /// The service's address, where another time can be chosen.
    pub slug: String,
    /// What became of it.
    pub status: OrderedTimeStatus,
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
    /// The customer's zone.
    pub time_zone: String,
}

/// Where a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum BookingStatus {
    /// It will take place, or does.
    Accepted,
    /// It will not.
    Cancelled,
    /// It took place.
    Completed,
    /// The customer did not come.
    NoShow,
}

impl BookingStatus {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
        }
    }
}

/// What paid for a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaidWith {
    /// What kind.
    pub kind: PaymentKind,
    /// Of the entitlement or the subscription.
    pub id: Uuid,
    /// How many appointments, or tokens.
    pub amount: i64,
}

impl PaidWith {
    /// How many tokens, where these paid.
    pub fn tokens(&self) -> Option<i64> {
        (self.kind == PaymentKind::Tokens).then_some(self.amount)
    }
}

/// An appointment of a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Booking {
    /// UUIDv7.
    pub id: Uuid,
    /// Which service.
    pub product: Product,
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
    /// The customer's zone.
    pub time_zone: String,
    /// Where it stands.
    pub status: BookingStatus,
    /// By question id.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, Answer>))]
    pub answers: Answers,
    /// What paid for it; null when the owner booked.
    pub paid_with: Option<PaidWith>,
    /// Until then it can be moved, and cancelled with what paid coming back; by the policy when it was made.
    pub cancel_until: DateTime<Utc>,
    /// Where it takes place.
    pub location: String,
    /// What was said when it was cancelled.
    pub cancel_reason: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Body of `POST /bookings/{id}/cancel`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BookingCancellation {
    /// Told to the owner, up to 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of `POST /bookings/{id}/reschedule`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BookingMove {
    /// One of the listed starts.
    pub start: DateTime<Utc>,
}

/// A booking, as the owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminBooking {
    /// What the customer sees.
    #[serde(flatten)]
    pub booking: Booking,
    /// Who booked.
    pub customer: Customer,
    /// For the owner's eyes.
    pub note: String,
}

/// Which bookings the owner wants to see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct AdminBookingQuery {
    /// Those that start on this day of the owner's, or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Those that start on this day of the owner's, or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// Only in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<BookingStatus>,
    /// Only of this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// How many items at most, 1–100; 20 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100, default = 20))]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Body of `POST /admin/bookings`: the owner books for a customer, nothing is charged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAdminBooking {
    /// For whom.
    pub customer_id: Uuid,
    /// Which service.
    pub product_id: Uuid,
    /// When.
    pub start: DateTime<Utc>,
    /// The customer's zone, an IANA name.
    pub time_zone: String,
    /// By question id; none is required.
    #[serde(default)]
    pub answers: Answers,
    /// Book also what the slots do not offer (hours, notice, horizon, limits), as long as no appointment is there.
    #[serde(default)]
    pub outside_hours: bool,
}

/// Body of `PATCH /admin/calendar/bookings/{id}`; absent fields stay as they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminBookingPatch {
    /// `cancelled` always gives back what paid and is final; the others can be changed at will.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<BookingStatus>,
    /// Moves it, whatever its cut-off says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<DateTime<Utc>>,
    /// Move it also to what the slots do not offer, as long as no appointment is there.
    #[serde(default)]
    pub outside_hours: bool,
    /// Told to the customer when it is cancelled or moved, up to 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// For the owner's eyes, up to 5,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
