//! The time that is held while its payment page is open, remembered for whoever comes back without having paid.

use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitrine_types::checkout::{Checkout, NewCheckout};

use crate::{components::ButtonLink, format, texts::checkout as t};

const KEY: &str = "vitrine.held";

/// A time that is held for this visitor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    product: Uuid,
    start: DateTime<Utc>,
    time_zone: String,
    until: DateTime<Utc>,
    /// Where it is paid.
    url: String,
}

impl Held {
    /// Remembers what a checkout holds, if it holds anything.
    pub fn remember(new: &NewCheckout, checkout: &Checkout) {
        let chosen = new.items.iter().flatten().find_map(|item| Some((item.product_id, item.booking.clone()?)));
        let (Some((product, booking)), Some(until), Some(url)) = (chosen, checkout.expires_at, &checkout.url) else {
            return;
        };
        let held = Self { product, start: booking.start, time_zone: booking.time_zone, until, url: url.clone() };
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&held)) {
            let _ = storage.set_item(KEY, &text);
        }
    }

    /// What is held; also what was held, until [`Held::forget`].
    pub fn find() -> Option<Self> {
        let text = storage()?.get_item(KEY).ok().flatten()?;
        serde_json::from_str(&text).ok()
    }

    /// It is paid, or came to nothing.
    pub fn forget() {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(KEY);
        }
    }
}

/// Of this tab: it goes to pay, and comes back.
fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// Says which time is held until when, and leads back to its payment; nothing when none is, or (with `product`) it is one
/// of something else.
#[component]
pub fn HeldNote(#[prop(optional)] product: Option<Uuid>) -> impl IntoView {
    let held = Held::find().filter(|held| product.is_none_or(|product| held.product == product));
    let held = held.map(|held| {
        let left = (held.until - format::now()).num_milliseconds();
        let open = RwSignal::new(left > 0);
        if left <= 0 {
            // Said once is enough.
            Held::forget();
        }
        if let Ok(left) = u64::try_from(left) {
            set_timeout(move || _ = open.try_set(false), Duration::from_millis(left));
        }
        let when = format::moment_in(&held.start, &held.time_zone);
        let until = format::time_in(&held.until, &held.time_zone);
        let words = move || if open.get() { t::held(&when, &until) } else { t::no_longer_held(&when) };
        view! {
            <div class="mb-8 grid justify-items-start gap-3 border-s-2 border-primary bg-base-200 px-4 py-3" role="status">
                <p>{words}</p>
                <Show when=move || open.get()>
                    <ButtonLink href=held.url.clone() small=true>{t::GO_ON_PAYING}</ButtonLink>
                </Show>
            </div>
        }
    });
    held.into_any()
}
