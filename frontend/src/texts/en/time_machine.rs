//! The demo's time machine.

pub const CARDS_FAIL: &str = "Subscribers’ cards fail";
pub const DAY: &str = "+ 1 day";
pub const HOUR: &str = "+ 1 hour";
pub const MONTH: &str = "+ 1 month";
pub const MOVE_AHEAD: &str = "Move ahead";
pub const NAME: &str = "Time machine";
pub const RENEWAL: &str = "To the next renewal";
pub const WEEK: &str = "+ 1 week";

/// What time it is in the shop.
pub fn shop_time(moment: &str, days_ahead: i64) -> String {
    match days_ahead {
        0 => moment.to_owned(),
        1 => format!("{moment} · 1 day ahead"),
        days => format!("{moment} · {days} days ahead"),
    }
}
