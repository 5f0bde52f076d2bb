//! The sandbox's clock: real time plus the seconds it was moved ahead. The only place that asks the machine for the time.

use chrono::Utc;

/// Real time, seconds since 1970.
pub fn real_seconds() -> i64 {
    #[expect(clippy::disallowed_methods)] // This is the clock.
    Utc::now().timestamp()
}

/// Real time, milliseconds since 1970.
pub fn real_millis() -> i64 {
    #[expect(clippy::disallowed_methods)] // This is the clock.
    Utc::now().timestamp_millis()
}
