//! Entitlements: what a customer owns and may use. The app calls them *your products*.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    catalog::{Product, ProductFile},
    tokens::BoughtTokens,
};

/// Whether something owned can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EntitlementStatus {
    /// It can.
    Active,
    /// Not while the payment is disputed.
    Suspended,
    /// No longer: refunded, dispute lost, or taken away.
    Revoked,
    /// No longer: its time is over.
    Expired,
}

impl EntitlementStatus {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

/// Where access comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SourceKind {
    /// Bought; `id` is the order.
    Order,
    /// Comes with a subscription; `id` is it.
    Subscription,
    /// A free product, claimed; `id` is the product.
    Free,
    /// Given by the owner; `id` is the entitlement.
    Gift,
}

impl SourceKind {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Subscription => "subscription",
            Self::Free => "free",
            Self::Gift => "gift",
        }
    }
}

/// Where access comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Source {
    /// What kind of source.
    pub kind: SourceKind,
    /// Of the order, subscription or product.
    pub id: Uuid,
}

/// Something a customer owns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entitlement {
    /// UUIDv7.
    pub id: Uuid,
    /// To what.
    pub product: Product,
    /// Whether it can be used now.
    pub status: EntitlementStatus,
    /// Where it comes from.
    pub source: Source,
    /// Since when.
    pub granted_at: DateTime<Utc>,
    /// Until when; null is for ever.
    pub expires_at: Option<DateTime<Utc>>,
    /// What can be downloaded.
    pub files: Vec<ProductFile>,
    /// Whether there is an embed to open.
    pub has_embed: bool,
    /// How many appointments are left; null when it is no service.
    pub bookings_remaining: Option<i64>,
    /// The tokens that came with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tokens: Option<BoughtTokens>,
}

/// Body of `POST /entitlements/{id}/downloads`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDownload {
    /// Which file of the product.
    pub file_id: Uuid,
}

/// A link that works without a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DownloadLink {
    /// Answers `Range`; stops at once when access ends.
    pub url: String,
    /// At most 15 minutes from now.
    pub expires_at: DateTime<Utc>,
}

/// How to show an embed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmbedLink {
    /// An `<iframe>` element to copy.
    pub html: String,
    /// The address of the frame.
    pub iframe_url: String,
    /// In CSS pixels.
    pub height: u32,
    /// Until when the address works; open frames stay.
    pub expires_at: DateTime<Utc>,
}

/// Body of `POST /admin/entitlements`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewGift {
    /// To whom.
    pub customer_id: Uuid,
    /// What.
    pub product_id: Uuid,
}
