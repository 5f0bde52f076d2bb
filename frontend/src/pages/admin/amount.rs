//! Amounts as the owner types them, and keys for requests that must not happen twice.

use vitrine_types::Currency;

/// Minor units of what was typed, such as `19`, `19.5` or `19,50`; `None` when it is no amount of this currency.
pub fn parse(text: &str, currency: Currency) -> Option<i64> {
    let digits = currency.exponent() as usize;
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let numbers = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !numbers(whole) || !numbers(part) || part.len() > digits {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
}

/// The other way round, without the currency: `19.50`.
pub fn plain(amount: i64, currency: Currency) -> String {
    let digits = currency.exponent() as usize;
    let padded = format!("{amount:0>width$}", width = digits + 1);
    let (whole, part) = padded.split_at(padded.len() - digits);
    if digits == 0 { whole.to_owned() } else { format!("{whole}.{part}") }
}
