//! Billing periods: months keep the day they began on, shortened where a month has fewer days.

use crate::world::{int, text};
use chrono::{DateTime, Datelike, Days, Months};
use serde_json::Value;

/// How often a price recurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rhythm {
    interval: String,
    count: i64,
}

impl Rhythm {
    /// The rhythm of a recurring price; `None` for a one-time price.
    pub fn of(price: &Value) -> Option<Self> {
        let recurring = price["recurring"].as_object()?;
        let interval = recurring.get("interval")?.as_str()?.to_owned();
        Some(Self { interval, count: int(&price["recurring"], "interval_count").max(1) })
    }

    /// The time `periods` after an anchor, seconds since 1970.
    fn after(&self, anchor: i64, periods: i64) -> i64 {
        let steps = u32::try_from(self.count * periods).unwrap_or(0);
        let Some(start) = DateTime::from_timestamp(anchor, 0) else { return anchor };
        let end = match self.interval.as_str() {
            "day" => start.checked_add_days(Days::new(steps.into())),
            "week" => start.checked_add_days(Days::new(u64::from(steps) * 7)),
            "year" => start.checked_add_months(Months::new(steps.saturating_mul(12))),
            _ => start.checked_add_months(Months::new(steps)),
        };
        end.map_or(anchor, |end| end.timestamp())
    }

    /// The first end of a period after `start`, counted from the anchor.
    pub fn next_end(&self, anchor: i64, start: i64) -> i64 {
        (1..).map(|periods| self.after(anchor, periods)).find(|end| *end > start).unwrap_or(start)
    }
}

/// The day of a time, for people: `22 Nov 2026`.
pub fn day(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map(|time| time.format("%-d %b %Y").to_string()).unwrap_or_default()
}

/// Whether a card's last month is over.
pub fn is_expired(card: &Value, now: i64) -> bool {
    let today = DateTime::from_timestamp(now, 0).map(|time| (i64::from(time.year()), i64::from(time.month())));
    today.is_some_and(|today| (int(card, "exp_year"), int(card, "exp_month")) < today)
}

/// A recurring price for people: `$9.00 / month`, `$90.00 every 3 months`.
pub fn rate(price: &Value) -> String {
    let amount = crate::money::display(int(price, "unit_amount"), text(price, "currency"));
    match Rhythm::of(price) {
        Some(rhythm) if rhythm.count > 1 => format!("{amount} every {} {}s", rhythm.count, rhythm.interval),
        Some(rhythm) => format!("{amount} / {}", rhythm.interval),
        None => amount,
    }
}

#[cfg(test)]
mod tests {
    use super::{Rhythm, day};

    #[test]
    fn months_keep_their_day() {
        let monthly = Rhythm { interval: "month".to_owned(), count: 1 };
        // 31 January 2026, noon.
        let anchor = 1_769_860_800;
        let mut ends = vec![anchor];
        for _ in 0..3 {
            ends.push(monthly.next_end(anchor, *ends.last().unwrap()));
        }
        let days: Vec<String> = ends.into_iter().map(day).collect();
        assert_eq!(days, ["31 Jan 2026", "28 Feb 2026", "31 Mar 2026", "30 Apr 2026"]);
    }

    #[test]
    fn years_and_weeks() {
        let anchor = 1_769_860_800;
        let end = |interval: &str, count| Rhythm { interval: interval.to_owned(), count }.next_end(anchor, anchor);
        assert_eq!(day(end("year", 1)), "31 Jan 2027");
        assert_eq!(day(end("month", 3)), "30 Apr 2026");
        assert_eq!(end("week", 2), anchor + 14 * 86_400);
        assert_eq!(end("day", 1), anchor + 86_400);
    }
}
