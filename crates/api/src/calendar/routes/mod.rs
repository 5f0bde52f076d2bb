//! HTTP of the calendar.

mod bookings;
mod by_link;
mod files;
mod owner;
mod setup;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    // Before `/bookings/{id}/…`, which would take `by-link` for an id.
    by_link::configure(config);
    bookings::configure(config);
    files::configure(config);
    owner::configure(config);
    setup::configure(config);
}

/// The type of iCalendar files.
const ICS: &str = "text/calendar; charset=utf-8";
