//! The refresh cookie.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use chrono::TimeDelta;

use crate::config::Config;

/// Its name. `__Host-` makes browsers insist on TLS and on this very host.
fn name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-vitrine_refresh" } else { "vitrine_refresh" }
}

/// The cookie that keeps `token` for `life`.
pub fn keep(config: &Config, token: String, life: TimeDelta) -> Cookie<'static> {
    Cookie::build(name(config), token)
        .path("/")
        .http_only(true)
        .secure(config.is_https())
        .same_site(SameSite::Strict)
        .max_age(Duration::seconds(life.num_seconds()))
        .finish()
}
