//! Mail: what the shop sends, and the owner's outbox.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MailStatus {
    /// Waiting to be sent; stays so without SMTP.
    Queued,
    /// Handed to the mail server.
    Sent,
    /// Given up after many tries.
    Failed,
}

impl MailStatus {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

impl TryFrom<String> for MailStatus {
    type Error = String;

    /// Reads [`MailStatus::as_str`].
    fn try_from(text: String) -> Result<Self, String> {
        [Self::Queued, Self::Sent, Self::Failed].into_iter().find(|status| status.as_str() == text).ok_or(text)
    }
}

/// A file that comes with a mail: always text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// The name it is saved under.
    #[cfg_attr(feature = "openapi", schema(example = "invite.ics"))]
    pub name: String,
    /// Such as `text/calendar; method=REQUEST; charset=utf-8`.
    pub content_type: String,
    /// What it says.
    pub content: String,
}

/// A mail in the owner's outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mail {
    /// UUIDv7.
    pub id: Uuid,
    /// The one address it goes to.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Plain text part.
    pub text: String,
    /// HTML part.
    pub html: String,
    /// Files that come with it.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Where it stands.
    pub status: MailStatus,
    /// How often sending was tried.
    pub attempts: i64,
    /// What the mail server said last, when it refused.
    pub error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
}

/// Which mails to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct MailQuery {
    /// Only in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<MailStatus>,
    /// Only to this address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How many items at most, 1–100; 20 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100, default = 20))]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
