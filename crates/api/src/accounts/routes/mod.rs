//! HTTP of accounts.

mod auth;
mod cookie;
mod profile;

use utoipa_actix_web::service_config::ServiceConfig;
use vitrine_types::accounts::Customer;

use super::store::CustomerRecord;
use crate::config::Config;

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config.service(auth::register).service(auth::login).service(profile::get_account);
}

/// An account on the wire.
pub fn customer(config: &Config, record: &CustomerRecord) -> Customer {
    Customer {
        id: record.id,
        email: record.email.clone(),
        name: record.name.clone(),
        role: record.role,
        avatar_url: record.avatar_id.map(|id| config.public(&format!("/api/v1/avatars/{id}"))),
        email_verified: record.email_verified_at.is_some(),
        time_zone: record.time_zone.clone(),
        created_at: record.created_at,
    }
}
