//! The cart.

use uuid::Uuid;
use vitrine_types::cart::{Cart, CartQuantity};

use crate::{Client, Method, Result};

impl Client {
    /// What is in the cart.
    pub async fn get_cart(&self) -> Result<Cart> {
        self.get("/cart").await
    }

    /// Sets how many of a product are in the cart; 0 removes it.
    pub async fn set_cart_line(&self, product: Uuid, quantity: u32) -> Result<Cart> {
        self.call(Method::Put, &format!("/cart/lines/{product}"), Some(&CartQuantity { quantity })).await
    }

    /// Empties the cart.
    pub async fn clear_cart(&self) -> Result<Cart> {
        self.call(Method::Delete, "/cart", None::<&()>).await
    }
}
