//! Pages for people.

use actix_web::web::ServiceConfig;

/// What the pay page says about the shop.
pub struct Shop {
    /// Its name.
    pub name: String,
}

/// The pages' routes.
pub fn routes(_config: &mut ServiceConfig) {}
