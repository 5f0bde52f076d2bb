//! Recovery codes, shown once: to be copied, saved or printed.

use leptos::prelude::*;

use crate::{
    components::{Button, ButtonKind, Copy, save_as},
    session::use_session,
    texts::account as t,
};

/// The codes, and ways to keep them.
#[component]
pub fn RecoveryCodes(codes: Vec<String>, #[prop(into)] kept: Callback<()>) -> impl IntoView {
    let shop = use_session().shop.with_untracked(|shop| shop.as_ref().map(|shop| shop.name.clone()));
    let shop = shop.unwrap_or_default();
    let text = StoredValue::new(codes.join("\n"));
    let file = format!("{}\n\n{}\n", t::recovery_codes_of(&shop), text.get_value());
    let save = move || save_as("recovery-codes.txt", "text/plain", &file);
    let rows = codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view();
    view! {
        <section class="grid max-w-prose justify-items-start gap-4">
            <h2>{t::RECOVERY_CODES}</h2>
            <p>{t::RECOVERY_CODES_WORDS}</p>
            <ol class="grid gap-1 border-y border-line py-4 font-mono text-sm" aria-label=t::RECOVERY_CODES>{rows}</ol>
            <div class="flex flex-wrap gap-3 print:hidden">
                <Copy text=Signal::derive(move || text.get_value()) label=t::COPY_CODES/>
                <Button kind=ButtonKind::Quiet small=true on_press=save>{t::SAVE_CODES}</Button>
                <Button kind=ButtonKind::Quiet small=true on_press=move || drop(window().print())>{t::PRINT_CODES}</Button>
            </div>
            <div class="pt-2 print:hidden">
                <Button on_press=move || kept.run(())>{t::CODES_KEPT}</Button>
            </div>
        </section>
    }
    .into_any()
}
