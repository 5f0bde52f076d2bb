//! Money, dates, times and sizes as the reader writes them, by the browser's `Intl`.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use js_sys::{Array, Date, Intl, Object, Reflect};
use vitrine_types::Money;
use wasm_bindgen::{JsCast, JsValue};

fn options(pairs: &[(&str, JsValue)]) -> Object {
    let options = Object::new();
    for (name, value) in pairs {
        let _ = Reflect::set(&options, &JsValue::from_str(name), value);
    }
    options
}

/// The reader's languages.
fn locales() -> Array {
    leptos::prelude::window().navigator().languages().unchecked_into()
}

/// `$19.00` as the reader's language writes it; whole amounts keep their decimals so that columns line up.
pub fn money(money: &Money) -> String {
    let digits = money.currency.exponent();
    let options = options(&[
        ("style", "currency".into()),
        ("currency", money.currency.as_str().to_ascii_uppercase().into()),
        ("minimumFractionDigits", digits.into()),
        ("maximumFractionDigits", digits.into()),
    ]);
    let format = Intl::NumberFormat::new(&locales(), &options).format();
    // As text: a float would lose the last digits of very large amounts.
    let (sign, size) = (if money.amount < 0 { "-" } else { "" }, money.amount.unsigned_abs().to_string());
    let text = match digits as usize {
        0 => format!("{sign}{size}"),
        digits => {
            let padded = format!("{size:0>width$}", width = digits + 1);
            let (whole, part) = padded.split_at(padded.len() - digits);
            format!("{sign}{whole}.{part}")
        }
    };
    call(&format, &text.into()).unwrap_or_else(|| money.to_string())
}

/// A whole number with the reader's separators.
pub fn number(number: i64) -> String {
    let format = Intl::NumberFormat::new(&locales(), &Object::new()).format();
    call(&format, &JsValue::from_f64(number as f64)).unwrap_or_else(|| number.to_string())
}

/// `March 4, 2026`.
pub fn date(time: &DateTime<Utc>) -> String {
    date_time(time, &[("dateStyle", "long".into())])
}

/// `Mar 4, 2026`, for tables.
pub fn date_short(time: &DateTime<Utc>) -> String {
    date_time(time, &[("dateStyle", "medium".into())])
}

/// `Mar 4, 2026, 2:00 PM`.
pub fn moment(time: &DateTime<Utc>) -> String {
    date_time(time, &[("dateStyle", "medium".into()), ("timeStyle", "short".into())])
}

/// `Wednesday, March 4, 2026 at 2:00 PM Central European Standard Time`: all there is to say, the zone named.
pub fn moment_in_full(time: &DateTime<Utc>) -> String {
    date_time(time, &[("dateStyle", "full".into()), ("timeStyle", "full".into())])
}

/// The reader's time zone, such as `Europe/Berlin`.
pub fn time_zone() -> String {
    let format = Intl::DateTimeFormat::new(&locales(), &Object::new());
    let zone = Reflect::get(&format.resolved_options(), &"timeZone".into());
    zone.ok().and_then(|zone| zone.as_string()).unwrap_or_else(|| "UTC".into())
}

/// `1.2 MB`.
pub fn bytes(size: i64) -> String {
    const UNITS: [&str; 5] = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
    let (mut value, mut unit) = (size as f64, 0);
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let options = options(&[
        ("style", "unit".into()),
        ("unit", UNITS[unit].into()),
        ("unitDisplay", if unit == 0 { "long" } else { "short" }.into()),
        ("maximumFractionDigits", u32::from(value < 100.0 && unit > 0).into()),
    ]);
    let format = Intl::NumberFormat::new(&locales(), &options).format();
    call(&format, &value.into()).unwrap_or_else(|| size.to_string())
}

fn date_time(time: &DateTime<Utc>, pairs: &[(&str, JsValue)]) -> String {
    let at = Date::new(&JsValue::from_f64(time.timestamp_millis() as f64));
    let format = Intl::DateTimeFormat::new(&locales(), &options(pairs)).format();
    call(&format, &at).unwrap_or_else(|| time.to_rfc3339())
}

fn call(format: &js_sys::Function, value: &JsValue) -> Option<String> {
    format.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}

/// `2:00 PM` as the clocks show it in `zone`.
pub fn time_in(time: &DateTime<Utc>, zone: &str) -> String {
    date_time(time, &[("timeStyle", "short".into()), ("timeZone", zone.into())])
}

/// `Tue, Mar 4, 2:00 PM` as the clocks show it in `zone`.
pub fn moment_in(time: &DateTime<Utc>, zone: &str) -> String {
    let pairs = [
        ("weekday", "short".into()),
        ("month", "short".into()),
        ("day", "numeric".into()),
        ("hour", "numeric".into()),
        ("minute", "2-digit".into()),
        ("timeZone", zone.into()),
    ];
    date_time(time, &pairs)
}

/// A calendar day: `Tuesday, March 4`, or with other options what those say.
pub fn day(day: NaiveDate, pairs: &[(&str, JsValue)]) -> String {
    let mut pairs = pairs.to_vec();
    // A day is no instant: it is written as the noon of that day in UTC.
    pairs.push(("timeZone", "UTC".into()));
    match day.and_hms_opt(12, 0, 0) {
        Some(noon) => date_time(&noon.and_utc(), &pairs),
        None => day.to_string(),
    }
}

/// Today's date in `zone`.
pub fn today_in(zone: &str) -> NaiveDate {
    wall_in(&now(), zone).date()
}

/// The present.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(Date::now() as i64).unwrap_or_default()
}

/// What calendar and clock show in `zone`, to the second.
pub fn wall_in(time: &DateTime<Utc>, zone: &str) -> NaiveDateTime {
    let number = |name| (name, JsValue::from("2-digit"));
    let pairs = [
        ("timeZone", zone.into()),
        ("year", "numeric".into()),
        number("month"),
        number("day"),
        number("hour"),
        number("minute"),
        number("second"),
    ];
    // This language writes dates as ISO 8601 does.
    let format = Intl::DateTimeFormat::new(&Array::of1(&"sv-SE".into()), &options(&pairs)).format();
    let at = Date::new(&JsValue::from_f64(time.timestamp_millis() as f64));
    let text = call(&format, &at).unwrap_or_default();
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").unwrap_or_default()
}

/// When calendar and clock show `wall` in `zone`. Of a time that comes twice the first or second, of one that never comes
/// one about an hour off.
pub fn at_wall(wall: NaiveDateTime, zone: &str) -> DateTime<Utc> {
    let mut at = wall.and_utc();
    // Twice: the first step may cross a change of the clocks.
    for _ in 0..2 {
        at += wall - wall_in(&at, zone);
    }
    at
}

/// The time zones to choose from: all that the browser knows, `chosen` and UTC in any case. Old browsers know no list.
pub fn time_zones(chosen: &str) -> Vec<String> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).unwrap_or_default();
    let list =
        Reflect::get(&intl, &"supportedValuesOf".into()).ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok());
    let zones = list.and_then(|list| list.call1(&intl, &"timeZone".into()).ok()).map(|zones| Array::from(&zones));
    let mut zones: Vec<_> = zones.iter().flat_map(|zones| zones.iter()).filter_map(|zone| zone.as_string()).collect();
    for more in ["UTC", chosen] {
        if !more.is_empty() && !zones.iter().any(|zone| zone == more) {
            zones.push(more.into());
        }
    }
    zones.sort_unstable();
    zones
}
