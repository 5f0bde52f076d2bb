//! What a product of the kind `service` is made of.

use serde::{Deserialize, Serialize};

/// What a service promises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Service {
    /// Length of one appointment.
    pub duration_minutes: u32,
    /// What one appointment costs in tokens; 0 when tokens are not taken.
    pub token_cost: u32,
    /// Until how many minutes before the start a customer may cancel and get back what paid for it.
    pub cancel_until_minutes: u32,
    /// Where it takes place.
    pub location: String,
    /// What the customer is asked when booking.
    pub questions: Vec<Question>,
}

/// What kind of answer a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum QuestionKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// One of `options`.
    Select,
    /// Yes or no.
    Checkbox,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A picture or a document, sent before by `POST /services/{slug}/files`.
    File,
}

/// A question of a service's intake form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Question {
    /// Names the answer; unique within the service.
    pub id: String,
    /// What the customer reads.
    pub label: String,
    /// What kind of answer it takes.
    pub kind: QuestionKind,
    /// Whether it has to be answered.
    pub required: bool,
    /// The choices of a `select`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// All settings of a service; what is absent takes its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceSettings {
    /// Length of one appointment, 5–1440.
    pub duration_minutes: u32,
    /// Distance between offered starts; the duration when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot_interval_minutes: Option<u32>,
    /// Kept free before each appointment.
    #[serde(default)]
    pub before_buffer_minutes: u32,
    /// Kept free after each appointment.
    #[serde(default)]
    pub after_buffer_minutes: u32,
    /// How long before the start a booking must be made.
    #[serde(default)]
    pub minimum_notice_minutes: u32,
    /// How many days ahead can be booked, 1–730.
    #[serde(default = "ServiceSettings::default_horizon_days")]
    pub horizon_days: u32,
    /// How many customers may book the same slot.
    #[serde(default = "ServiceSettings::default_seats")]
    pub seats: u32,
    /// Tokens one appointment costs; 0 when tokens are not taken.
    #[serde(default)]
    pub token_cost: u32,
    /// Until how many minutes before the start cancelling gives back what paid.
    #[serde(default = "ServiceSettings::default_cancel_until")]
    pub cancel_until_minutes: u32,
    /// Where it takes place: an address, a phone number, a video link.
    #[serde(default)]
    pub location: String,
    /// At most so many appointments of this service a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_per_day: Option<u32>,
    /// At most so many appointments of this service a week (Monday to Sunday).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_per_week: Option<u32>,
    /// At most so many coming appointments per customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_per_customer: Option<u32>,
    /// What the customer is asked when booking.
    #[serde(default)]
    pub questions: Vec<Question>,
}

impl ServiceSettings {
    /// Appointments of this length, with every other setting at its default.
    pub fn of(duration_minutes: u32) -> Self {
        Self {
            duration_minutes,
            slot_interval_minutes: None,
            before_buffer_minutes: 0,
            after_buffer_minutes: 0,
            minimum_notice_minutes: 0,
            horizon_days: Self::default_horizon_days(),
            seats: Self::default_seats(),
            token_cost: 0,
            cancel_until_minutes: Self::default_cancel_until(),
            location: String::new(),
            limit_per_day: None,
            limit_per_week: None,
            limit_per_customer: None,
            questions: Vec::new(),
        }
    }

    fn default_horizon_days() -> u32 {
        60
    }
    fn default_seats() -> u32 {
        1
    }
    fn default_cancel_until() -> u32 {
        1440
    }
}
