//! Tokens that a product comes with.

use serde::{Deserialize, Serialize};

/// Tokens that come with one piece of a product, for who has a plan to spend them in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductTokens {
    /// How many, 1–10,000.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10000))]
    pub amount: u32,
    /// For how many days from the payment on, 1–3,650; without an end when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 3650))]
    pub valid_days: Option<u32>,
}
