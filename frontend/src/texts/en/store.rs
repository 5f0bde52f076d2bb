//! The storefront: front page, products, cart, checkout; header and footer.

pub const ALL_PRODUCTS: &str = "Everything";
pub const CART: &str = "Cart";
pub const HOME: &str = "Front page";
pub const MAIN_NAVIGATION: &str = "Shop";
pub const PRODUCTS: &str = "Products";
pub const SEARCH: &str = "Search";
pub const SHOP_WINDOW: &str = "To the shop";
pub const SIGN_IN: &str = "Sign in";
pub const THEME: &str = "Colours";
pub const THEME_DARK: &str = "Dark";
pub const THEME_LIGHT: &str = "Light";
pub const THEME_SYSTEM: &str = "As my device";
pub const ORDER_CANCELLED: &str = "Not paid";
pub const ORDER_DONE: &str = "Your order";

/// The cart, for who cannot see the number.
pub fn cart_with(count: u32) -> String {
    match count {
        0 => "Cart, empty".into(),
        1 => "Cart, 1 item".into(),
        count => format!("Cart, {count} items"),
    }
}
