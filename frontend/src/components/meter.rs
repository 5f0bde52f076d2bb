//! How much of a plan's tokens is spent.

use leptos::prelude::*;
use vitrine_types::tokens::TokenSummary;

use crate::texts::tokens as t;

/// What can be spent, and how much of the plan's tokens of this period was; one per page.
#[component]
pub fn TokenMeter(tokens: TokenSummary) -> impl IntoView {
    let TokenSummary { allotted, spent, balance } = tokens;
    let words = t::spent(spent, allotted);
    // The words say all that the meter shows; a meter of its own colours would say "bad" of what is merely used.
    let meter = (allotted > 0).then(|| {
        view! {
            <progress class="progress progress-primary" max=allotted.to_string() value=spent.to_string() aria-labelledby="tokens-spent">{words.clone()}</progress>
            <p id="tokens-spent" class="text-sm text-muted">{words}</p>
        }
    });
    view! {
        <div class="grid gap-2">
            <p class="display text-lg">{t::to_spend(balance)}</p>
            {meter}
        </div>
    }
    .into_any()
}
