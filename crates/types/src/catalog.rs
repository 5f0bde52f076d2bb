//! Catalog: the products, as customers and as the owner see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Money;

mod service;
mod tokens;

pub use service::{Question, QuestionKind, Service, ServiceSettings};
pub use tokens::ProductTokens;

/// How a product is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProductKind {
    /// Files to download.
    Download,
    /// A page or snippet shown inside the shop.
    Embed,
    /// An appointment in the owner's calendar.
    Service,
}

impl ProductKind {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Embed => "embed",
            Self::Service => "service",
        }
    }
}

impl TryFrom<String> for ProductKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        [Self::Download, Self::Embed, Self::Service].into_iter().find(|kind| kind.as_str() == text).ok_or(text)
    }
}

/// What the caller may do with a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Access {
    /// Has to buy it.
    None,
    /// Bought it, or was given it.
    Owned,
    /// Comes with the caller's subscription.
    Included,
    /// Costs nothing: claim it.
    Free,
}

/// Where a product stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProductStatus {
    /// Only the owner sees it.
    Draft,
    /// For sale.
    Published,
    /// No longer for sale; who owns it keeps it.
    Archived,
}

impl ProductStatus {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }
}

impl TryFrom<String> for ProductStatus {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        [Self::Draft, Self::Published, Self::Archived].into_iter().find(|status| status.as_str() == text).ok_or(text)
    }
}

/// The order of a list of products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProductSort {
    /// Newest first.
    #[default]
    #[serde(rename = "newest")]
    Newest,
    /// Cheapest first.
    #[serde(rename = "price")]
    Price,
    /// Dearest first.
    #[serde(rename = "-price")]
    PriceDescending,
    /// By name.
    #[serde(rename = "name")]
    Name,
}

/// One size of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageSize {
    /// Address of the WebP file.
    pub url: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A product, as the storefront shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Product {
    /// UUIDv7.
    pub id: Uuid,
    /// Its address in the shop.
    #[cfg_attr(feature = "openapi", schema(example = "field-guide"))]
    pub slug: String,
    /// Its name.
    pub name: String,
    /// One or two sentences.
    pub summary: String,
    /// Markdown, as the owner wrote it.
    pub description: String,
    /// The description as sanitised HTML; only when one product is asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description_html: Option<String>,
    /// How it is delivered.
    pub kind: ProductKind,
    /// What it costs.
    pub price: Money,
    /// The largest picture.
    pub image_url: Option<String>,
    /// The picture in all its sizes, smallest first.
    #[serde(default)]
    pub images: Vec<ImageSize>,
    /// Words to filter by.
    pub tags: Vec<String>,
    /// How many are left; null is unlimited.
    pub stock: Option<i64>,
    /// What the caller may do with it.
    pub access: Access,
    /// The files a buyer gets, without their content; only when one product is asked for.
    #[serde(default)]
    pub files: Vec<ProductFile>,
    /// For services.
    pub service: Option<Service>,
    /// The tokens that come with it.
    #[serde(default)]
    pub tokens: Option<ProductTokens>,
    /// Whether it is nothing but tokens: of the kind `download`, without a file.
    #[serde(default)]
    pub only_tokens: bool,
}

/// A file that belongs to a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductFile {
    /// UUIDv7.
    pub id: Uuid,
    /// The name it is saved under.
    pub name: String,
    /// In bytes.
    pub size: i64,
    /// By content, not by name.
    pub content_type: String,
    /// Hexadecimal SHA-256 of the content.
    pub sha256: String,
}

/// A product, as the owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminProduct {
    /// What customers see.
    #[serde(flatten)]
    pub product: Product,
    /// Where it stands.
    pub status: ProductStatus,
    /// Whether it is for sale (`status` is `published`).
    pub published: bool,
    /// What an embed shows.
    pub embed: Option<Embed>,
    /// All settings of a service.
    pub service_settings: Option<ServiceSettings>,
    /// How many were sold and not refunded.
    pub sold: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an embed shows: exactly one of `html` and `url`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Embed {
    /// A snippet, shown in a sandboxed frame.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub html: Option<String>,
    /// An `https` page, shown in a sandboxed frame.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// Height of the frame in CSS pixels, 100–4000.
    pub height: u32,
}

/// Body of `POST /admin/products`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewProduct {
    /// 1 to 120 characters.
    pub name: String,
    /// Made from the name when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub slug: Option<String>,
    /// Up to 300 characters.
    #[serde(default)]
    pub summary: String,
    /// Markdown, up to 50,000 characters.
    #[serde(default)]
    pub description: String,
    /// How it is delivered; cannot be changed later.
    pub kind: ProductKind,
    /// In the shop's currency; 0 is free.
    pub price: Money,
    /// Up to 10 words.
    #[serde(default)]
    pub tags: Vec<String>,
    /// How many can be sold; null is unlimited.
    #[serde(default)]
    pub stock: Option<i64>,
    /// Whether it is for sale at once.
    #[serde(default)]
    pub published: bool,
    /// For embeds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub embed: Option<Embed>,
    /// For services.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub service: Option<ServiceSettings>,
    /// The tokens that come with it, whatever its kind. A `download` may be nothing else.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tokens: Option<ProductTokens>,
}

/// Body of `PATCH /admin/products/{id}`; absent fields stay as they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductPatch {
    /// 1 to 120 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Its address in the shop; the old one stops working.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub slug: Option<String>,
    /// Up to 300 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub summary: Option<String>,
    /// Markdown, up to 50,000 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// For orders from now on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub price: Option<Money>,
    /// Replaces all tags.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tags: Option<Vec<String>>,
    /// How many are left; null lifts the limit.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub stock: Option<Option<i64>>,
    /// Shorthand for `status`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub published: Option<bool>,
    /// Where it shall stand.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<ProductStatus>,
    /// For embeds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub embed: Option<Embed>,
    /// For services.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub service: Option<ServiceSettings>,
    /// The tokens that come with it, for orders from now on; null takes them away.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ProductTokens>))]
    pub tokens: Option<Option<ProductTokens>>,
}

/// Tells `null` (lift the limit, take it away) from an absent field (leave it).
fn present<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Which products to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ProductQuery {
    /// Only this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ProductKind>,
    /// Only with this tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Words to find in name, summary, description and tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only those that come with tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<bool>,
    /// The order; newest first when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<ProductSort>,
    /// Only in this state; for the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ProductStatus>,
    /// How many items at most, 1–100; 20 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100, default = 20))]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A tag with how many published products carry it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tag {
    /// The word.
    pub name: String,
    /// How many published products carry it.
    pub products: i64,
}

/// What the app has to know of the shop before anything else (`GET /shop`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shop {
    /// The shop's name.
    pub name: String,
    /// One sentence below the name.
    pub tagline: String,
    /// ISO 4217, lower case.
    pub currency: String,
    /// Whether orders that cost something can be paid.
    pub payments: bool,
    /// Whether this is a demo, whose clock can be moved.
    pub demo: bool,
    /// The server's build; changes with each upgrade.
    pub version: String,
}
