//! The browser app, as files.

use actix_web::web::ServiceConfig;

use crate::config::Config;

/// Serves the built app.
pub fn configure(_config: &mut ServiceConfig, _settings: &Config) {}
