//! Cookies: the refresh token, and that an account was signed in to on this device before.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
};
use chrono::TimeDelta;
use url::{Position, Url};
use uuid::Uuid;
use vitrine_types::Code;

use super::super::service::{KnownDevice, OpenedSession};
use crate::{
    config::Config,
    error::{Error, Result},
    state::State,
};

/// How long a device is remembered.
const DEVICE_LIFE: TimeDelta = TimeDelta::days(365);

/// `__Host-` makes browsers insist on TLS and on this very host.
fn refresh_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-vitrine_refresh" } else { "vitrine_refresh" }
}

fn device_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-vitrine_device" } else { "vitrine_device" }
}

fn cookie(config: &Config, name: &'static str, value: String, life: TimeDelta) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .secure(config.is_https())
        .same_site(SameSite::Strict)
        .max_age(Duration::seconds(life.num_seconds()))
        .finish()
}

/// The cookie that keeps a session.
pub fn keep(config: &Config, session: &OpenedSession) -> Cookie<'static> {
    cookie(config, refresh_name(config), session.refresh_token.clone(), session.refresh_life)
}

/// The cookie that takes it away again.
pub fn forget(config: &Config) -> Cookie<'static> {
    cookie(config, refresh_name(config), String::new(), TimeDelta::zero())
}

/// The cookie that remembers the device.
///
/// # Errors
/// Only when there is no signing key.
pub fn remember_device(state: &State, request: &HttpRequest, account: Uuid) -> Result<Cookie<'static>> {
    let known = known_device(state, request).filter(|known| known.sub == account);
    let device = known.unwrap_or_else(|| KnownDevice { sub: account, did: Uuid::now_v7() });
    let value = state.keys.sign(device, state.clock.now(), DEVICE_LIFE)?;
    Ok(cookie(&state.config, device_name(&state.config), value, DEVICE_LIFE))
}

/// Whose account was signed in to on this device before.
pub fn known_device(state: &State, request: &HttpRequest) -> Option<KnownDevice> {
    state.keys.verify(request.cookie(device_name(&state.config))?.value(), state.clock.now())
}

/// The refresh token of the request.
///
/// # Errors
/// `auth.forbidden` when another site's page sent the request: `SameSite` should have kept the cookie from it already.
pub fn refresh_token(config: &Config, request: &HttpRequest) -> Result<Option<String>> {
    let origin = request.headers().get(header::ORIGIN);
    if origin.is_some_and(|origin| !origin.to_str().is_ok_and(|origin| is_ours(config, request, origin))) {
        return Err(Error::new(Code::Forbidden).detail("Requests with this cookie must come from the shop's own pages"));
    }
    Ok(request.cookie(refresh_name(config)).map(|cookie| cookie.value().to_owned()))
}

/// Whether pages of this origin are ours: of the public address, allowed by setting, or, without TLS (at
/// home, in tests), of the host that was asked.
fn is_ours(config: &Config, request: &HttpRequest, origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    url.origin() == config.public_url.origin()
        || config.cors_origins.iter().any(|allowed| allowed == origin)
        || (!config.is_https() && host == Some(&url[Position::BeforeHost..Position::AfterPort]))
}
