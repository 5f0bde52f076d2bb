//! Settings that only embeds or only services have, and the tokens that come with any product.

use leptos::prelude::*;
use vitrine_types::catalog::ProductKind;

use super::draft::{Draft, QuestionDraft, field};
use crate::{
    components::{Button, ButtonKind, FormErrors, Radio, Select, TextArea, TextField},
    texts::admin as t,
};

/// What an embed shows.
#[component]
pub fn EmbedFields(draft: Draft, errors: FormErrors) -> impl IntoView {
    let choice = move |by_url: bool, label: &'static str| {
        let chosen = Signal::derive(move || draft.by_url.get() == by_url);
        view! { <Radio name="embed" label class="text-sm" chosen choose=move || draft.by_url.set(by_url)/> }
    };
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::EMBED}</h2>
            <fieldset class="flex gap-6">
                <legend class="sr-only">{t::EMBED}</legend>
                {choice(false, t::SNIPPET)}
                {choice(true, t::ADDRESS)}
            </fieldset>
            <div hidden=move || draft.by_url.get()>
                <TextArea errors name="embed.html" label=t::SNIPPET value=draft.html rows=8 monospace=true help=t::SNIPPET_HELP/>
            </div>
            <div hidden=move || !draft.by_url.get()>
                <TextField errors name="embed.url" label=t::ADDRESS value=draft.url kind="url" placeholder="https://" help=t::ADDRESS_HELP/>
            </div>
            <TextField errors name="embed.height" label=t::HEIGHT value=draft.height input_mode="numeric"/>
        </section>
    }
    .into_any()
}

/// The tokens that come with it.
#[component]
pub fn TokenFields(draft: Draft, errors: FormErrors, kind: ProductKind) -> impl IntoView {
    let alone = (kind == ProductKind::Download).then(|| format!(" {}", t::TOKENS_ALONE_HELP));
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::TOKENS}</h2>
            <p class="text-sm text-muted">{t::TOKENS_HELP} {alone}</p>
            <div class="grid gap-6 sm:grid-cols-2">
                <TextField errors name="tokens.amount" label=t::TOKENS_AMOUNT value=draft.tokens input_mode="numeric" help=t::TOKENS_AMOUNT_HELP/>
                <TextField errors name="tokens.valid_days" label=t::TOKENS_DAYS value=draft.token_days input_mode="numeric" help=t::TOKENS_DAYS_HELP/>
            </div>
        </section>
    }
    .into_any()
}

/// What a service promises, and asks.
#[component]
pub fn ServiceFields(draft: Draft, errors: FormErrors) -> impl IntoView {
    let numbers = draft.numbers.map(|(name, value)| {
        let (label, help) = t::service_number(name);
        view! { <TextField errors name=field(name) label value help input_mode="numeric"/> }
    });
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::APPOINTMENT}</h2>
            <TextField errors name="service.location" label=t::LOCATION value=draft.location help=t::LOCATION_HELP/>
            <div class="grid gap-6 sm:grid-cols-2">{numbers.into_iter().collect_view()}</div>
        </section>
        <Questions draft errors/>
    }
    .into_any()
}

#[component]
fn Questions(draft: Draft, errors: FormErrors) -> impl IntoView {
    let questions = draft.questions;
    let add = Callback::new(move |()| {
        questions.update(|questions| {
            let key = questions.iter().map(|question| question.key + 1).max().unwrap_or(0);
            questions.push(QuestionDraft::new(key));
        });
    });
    let place = move |key: u32| questions.with_untracked(|all| all.iter().position(|question| question.key == key));
    let up = move |key: u32| {
        if let Some(at) = place(key).filter(|at| *at > 0) {
            questions.update(|questions| questions.swap(at - 1, at));
        }
    };
    let numbered = move || questions.get().into_iter().enumerate().collect::<Vec<_>>();
    let remove = move |key: u32| questions.update(|questions| questions.retain(|question| question.key != key));
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::QUESTIONS}</h2>
            <p class="text-sm text-muted">{t::QUESTIONS_HELP}</p>
            <For each=numbered key=|(at, question)| (*at, question.key) let((at, question))>
                <fieldset class="grid gap-4 border-t border-line pt-4">
                    <legend class="sr-only">{t::QUESTION}</legend>
                    <div class="grid gap-4 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
                        <TextField errors name=format!("service.questions[{at}].label") label=t::QUESTION value=question.label/>
                        <Select errors name=format!("service.questions[{at}].kind") label=t::ANSWER value=question.kind options=t::question_kinds()/>
                    </div>
                    <Show when=move || question.kind.with(|kind| kind == "select")>
                        <TextArea errors name=format!("service.questions[{at}].options") label=t::CHOICES value=question.options rows=3 help=t::CHOICES_HELP/>
                    </Show>
                    <div class="flex flex-wrap items-center justify-between gap-3">
                        <label class="flex items-center gap-2 text-sm">
                            <input type="checkbox" class="checkbox checkbox-sm" bind:checked=question.required/>
                            {t::MUST_BE_ANSWERED}
                        </label>
                        <span class="flex gap-2">
                            <Button kind=ButtonKind::Quiet small=true on_press=Callback::new(move |()| up(question.key))>{t::MOVE_UP}</Button>
                            <Button kind=ButtonKind::Quiet small=true on_press=Callback::new(move |()| remove(question.key))>{t::REMOVE}</Button>
                        </span>
                    </div>
                </fieldset>
            </For>
            <div><Button kind=ButtonKind::Secondary on_press=add>{t::ADD_QUESTION}</Button></div>
        </section>
    }
    .into_any()
}
