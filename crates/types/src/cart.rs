//! Cart: what a customer means to buy.

use serde::{Deserialize, Serialize};

use crate::{Money, catalog::Product};

/// A customer's cart, with prices of now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cart {
    /// In the order they were put in.
    pub lines: Vec<CartLine>,
    /// Sum of the lines.
    pub total: Money,
}

/// A product in a cart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartLine {
    /// What it is.
    pub product: Product,
    /// How many.
    pub quantity: u32,
    /// Price × quantity.
    pub line_total: Money,
}

/// Body of `PUT /cart/lines/{product_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartQuantity {
    /// 0 removes the line; at most 100.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100))]
    pub quantity: u32,
}
