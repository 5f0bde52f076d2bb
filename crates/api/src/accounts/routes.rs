//! HTTP of accounts.

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the handlers.
pub fn configure(_config: &mut ServiceConfig) {}
