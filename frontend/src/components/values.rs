//! Money and time, as the reader writes them.

use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;
use vitrine_types::Money;

use crate::{format, texts};

/// A price; nothing to pay reads "Free" when `or_free`.
#[component]
pub fn Price(money: Money, #[prop(optional)] or_free: bool) -> impl IntoView {
    let text = if or_free && money.amount == 0 { texts::FREE.into() } else { format::money(&money) };
    view! { <span class="price">{text}</span> }.into_any()
}

/// A moment: date and time, or with `date_only` the date. All of it, the zone named, on hover.
#[component]
pub fn When(time: DateTime<Utc>, #[prop(optional)] date_only: bool) -> impl IntoView {
    let text = if date_only { format::date(&time) } else { format::moment(&time) };
    let exact = time.to_rfc3339_opts(SecondsFormat::Secs, true);
    view! { <time datetime=exact title=format::moment_in_full(&time)>{text}</time> }.into_any()
}
