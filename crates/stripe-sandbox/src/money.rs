//! Currencies: decimals, smallest charges, and amounts as people read them.

const ZERO_DECIMAL: [&str; 16] =
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"];
const THREE_DECIMAL: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// The largest amount of one payment, in minor units.
pub const LARGEST_AMOUNT: i64 = 99_999_999;

/// Digits after the point.
fn decimals(currency: &str) -> u32 {
    if ZERO_DECIMAL.contains(&currency) {
        0
    } else if THREE_DECIMAL.contains(&currency) {
        3
    } else {
        2
    }
}

/// The smallest amount Stripe charges, in minor units.
pub fn smallest_amount(currency: &str) -> i64 {
    match currency {
        "gbp" => 30,
        "aed" | "myr" | "pln" | "ron" => 200,
        "bgn" => 100,
        "dkk" => 250,
        "nok" | "sek" => 300,
        "hkd" => 400,
        "mxn" | "thb" => 1000,
        "czk" => 1500,
        "huf" => 17500,
        _ => 50,
    }
}

/// An amount for people: `$19.00`, `¥500`, `CHF 12.50`.
pub fn display(amount: i64, currency: &str) -> String {
    let sign = if amount < 0 { "−" } else { "" };
    let digits = decimals(currency);
    let unit = 10_u64.pow(digits);
    let (whole, part) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    let whole = grouped(whole);
    let number = if digits == 0 { whole } else { format!("{whole}.{part:0width$}", width = digits as usize) };
    match currency {
        "usd" => format!("{sign}${number}"),
        "eur" => format!("{sign}€{number}"),
        "gbp" => format!("{sign}£{number}"),
        "jpy" => format!("{sign}¥{number}"),
        _ => format!("{sign}{} {number}", currency.to_uppercase()),
    }
}

/// Minor units of an amount as people type it: `12.50`, `1,200`.
pub fn parse(text: &str, currency: &str) -> Option<i64> {
    let digits = decimals(currency) as usize;
    let plain = text.replace(',', "");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    if whole.is_empty()
        || fraction.len() > digits
        || !(whole.to_owned() + fraction).bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::{display, parse};

    #[test]
    fn amounts_have_their_currencys_decimals() {
        assert_eq!(display(1900, "usd"), "$19.00");
        assert_eq!(display(123_456_705, "eur"), "€1,234,567.05");
        assert_eq!(display(500, "jpy"), "¥500");
        assert_eq!(display(12_345, "kwd"), "KWD 12.345");
        assert_eq!(display(-5, "gbp"), "−£0.05");
    }

    #[test]
    fn typed_amounts_become_minor_units() {
        assert_eq!(parse("12.5", "usd"), Some(1250));
        assert_eq!(parse("1,200", "usd"), Some(120_000));
        assert_eq!(parse("1200", "jpy"), Some(1200));
        for wrong in ["", "1.234", "-1", "x", "1.2.3"] {
            assert_eq!(parse(wrong, "usd"), None, "{wrong}");
        }
        assert_eq!(parse("1.5", "jpy"), None);
    }
}
