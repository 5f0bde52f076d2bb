//! Fields: label above, help below, error beside the field in words that say how to mend it.

use leptos::prelude::*;

use super::FormErrors;
use crate::texts;

/// What all fields share: the label, the help, the error, and the ids that tie them together.
fn framed(
    errors: FormErrors,
    name: String,
    label: String,
    help: String,
    control: impl FnOnce(String, Signal<Option<String>>, Signal<String>) -> AnyView,
) -> AnyView {
    errors.shows(&name);
    let id = format!("field-{}", name.replace(['.', '[', ']'], "-"));
    let error = {
        let name = name.clone();
        Signal::derive(move || errors.of(&name))
    };
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let described = {
        let (help_id, error_id, has_help) = (help_id.clone(), error_id.clone(), !help.is_empty());
        Signal::derive(move || match (has_help, error.get().is_some()) {
            (true, true) => format!("{error_id} {help_id}"),
            (false, true) => error_id.clone(),
            (true, false) => help_id.clone(),
            (false, false) => String::new(),
        })
    };
    let help = (!help.is_empty()).then(|| view! { <p id=help_id class="text-sm text-muted">{help}</p> });
    view! {
        // What was wrong is being mended: the words would stay true of nothing.
        <div class="grid content-start gap-1.5" on:input=move |_| errors.forget(&name)>
            <label for=id.clone() class="text-sm font-medium">{label}</label>
            {control(id, error, described)}
            {move || {
                let id = error_id.clone();
                error.get().map(|text| view! { <p id=id class="text-sm text-error">{text}</p> })
            }}
            {help}
        </div>
    }
    .into_any()
}

fn invalid(error: Signal<Option<String>>) -> impl Fn() -> Option<&'static str> + Copy {
    move || error.with(Option::is_some).then_some("true")
}

fn described_by(described: Signal<String>) -> impl Fn() -> Option<String> + Copy {
    move || Some(described.get()).filter(|ids| !ids.is_empty())
}

/// One line of text. `name` is the field's path in the API, so that its errors find it.
#[component]
pub fn TextField(
    errors: FormErrors,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into, optional)] help: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] input_mode: Option<&'static str>,
    #[prop(into, optional)] placeholder: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    framed(errors, name.clone(), label, help, move |id, error, described| {
        view! {
            <input
                id=id
                class="input"
                type=kind
                name=name
                autocomplete=autocomplete
                inputmode=input_mode
                placeholder=placeholder
                autofocus=autofocus
                aria-required=required.then_some("true")
                aria-invalid=invalid(error)
                aria-describedby=described_by(described)
                bind:value=value
            />
        }
        .into_any()
    })
}

/// A password, which can be shown.
#[component]
pub fn PasswordField(
    errors: FormErrors,
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into, optional)] help: String,
    #[prop(default = "current-password")] autocomplete: &'static str,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    framed(errors, name.into(), label, help, move |id, error, described| {
        view! {
            <div class="relative">
                <input
                    id=id
                    class="input pe-16"
                    type=move || if shown.get() { "text" } else { "password" }
                    name=name
                    autocomplete=autocomplete
                    aria-required="true"
                    aria-invalid=invalid(error)
                    aria-describedby=described_by(described)
                    bind:value=value
                />
                <button
                    type="button"
                    class="absolute inset-y-0 end-0 z-10 px-3 text-sm text-muted hover:text-base-content cursor-pointer"
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    aria-label=texts::SHOW_PASSWORD
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { texts::HIDE } else { texts::SHOW }}
                </button>
            </div>
        }
        .into_any()
    })
}

/// Several lines of text.
#[component]
pub fn TextArea(
    errors: FormErrors,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into, optional)] help: String,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] monospace: bool,
) -> impl IntoView {
    framed(errors, name.clone(), label, help, move |id, error, described| {
        view! {
            <textarea
                id=id
                class=if monospace { "textarea font-mono text-sm" } else { "textarea" }
                name=name
                rows=rows
                aria-invalid=invalid(error)
                aria-describedby=described_by(described)
                bind:value=value
            ></textarea>
        }
        .into_any()
    })
}

/// One of a few: pairs of value and what the reader sees.
#[component]
pub fn Select(
    errors: FormErrors,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    options: Vec<(String, String)>,
    #[prop(into, optional)] help: String,
) -> impl IntoView {
    framed(errors, name.clone(), label, help, move |id, error, described| {
        let options = options.into_iter().map(|(key, text)| {
            let is_selected = {
                let key = key.clone();
                move || value.with(|value| *value == key)
            };
            view! { <option value=key selected=is_selected>{text}</option> }
        });
        view! {
            <select
                id=id
                class="select"
                name=name
                aria-invalid=invalid(error)
                aria-describedby=described_by(described)
                on:change=move |event| value.set(event_target_value(&event))
            >
                {options.collect_view()}
            </select>
        }
        .into_any()
    })
}

/// Yes or no.
#[component]
pub fn Checkbox(
    errors: FormErrors,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    value: RwSignal<bool>,
    #[prop(into, optional)] help: String,
) -> impl IntoView {
    errors.shows(&name);
    let id = format!("field-{}", name.replace(['.', '[', ']'], "-"));
    let about = format!("{id}-about");
    let error = Signal::derive({
        let name = name.clone();
        move || errors.of(&name)
    });
    view! {
        <div class="flex items-start gap-3">
            <input
                id=id.clone()
                class="checkbox checkbox-sm mt-0.5"
                type="checkbox"
                name=name
                aria-invalid=invalid(error)
                aria-describedby=about.clone()
                bind:checked=value
            />
            <div class="grid gap-0.5">
                <label for=id class="text-sm font-medium">{label}</label>
                <div id=about class="text-sm text-muted">
                    {help}
                    {move || error.get().map(|text| view! { <span class="block text-error">{text}</span> })}
                </div>
            </div>
        </div>
    }
    .into_any()
}
