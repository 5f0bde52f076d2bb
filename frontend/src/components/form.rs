//! What is wrong with a form, and where it is shown.

use leptos::{prelude::*, task::spawn_local};
use vitrine_client::{Error, Result};
use vitrine_types::{Code, FieldError};
use wasm_bindgen::JsCast;

use crate::texts;

/// The errors of one form. What the API says of a field (422 `errors`) lands at the field of that name; all else is
/// shown by [`ErrorBanner`]. Cheap to copy.
#[derive(Clone, Copy)]
pub struct FormErrors {
    fields: RwSignal<Vec<FieldError>>,
    banner: RwSignal<Option<String>>,
    shown: StoredValue<Vec<String>>,
    claimed: StoredValue<Vec<(Code, &'static str)>>,
    /// Whether the form is being sent.
    pub busy: RwSignal<bool>,
}

impl Default for FormErrors {
    fn default() -> Self {
        Self {
            fields: RwSignal::default(),
            banner: RwSignal::default(),
            shown: StoredValue::default(),
            claimed: StoredValue::default(),
            busy: RwSignal::new(false),
        }
    }
}

impl FormErrors {
    /// No errors yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Problems of this code, which name no field, are about `field`.
    pub fn at(self, code: Code, field: &'static str) -> Self {
        self.claimed.update_value(|claimed| claimed.push((code, field)));
        self
    }

    /// What is wrong with the field that the API calls `name`. Reactive.
    pub fn of(self, name: &str) -> Option<String> {
        self.fields.with(|errors| errors.iter().find(|error| error.field == name).map(|error| error.detail.clone()))
    }

    /// Says that the form shows what is wrong with `name` (fields of this crate say it themselves).
    pub fn shows(self, name: &str) {
        self.shown.update_value(|shown| shown.push(name.to_owned()));
    }

    /// Says of a field what is wrong before asking the server.
    pub fn set(self, name: &str, detail: impl Into<String>) {
        let error = FieldError { field: name.into(), code: "invalid".into(), detail: detail.into() };
        self.fields.update(|fields| fields.push(error));
    }

    /// Says of a field what is wrong, and brings the reader there.
    pub fn refuse(self, name: &str, detail: impl Into<String>) {
        self.set(name, detail);
        focus_first_error();
    }

    /// Nothing is wrong with `name` any more, as far as is known.
    pub fn forget(self, name: &str) {
        if self.fields.with_untracked(|fields| fields.iter().any(|error| error.field == name)) {
            self.fields.update(|fields| fields.retain(|error| error.field != name));
        }
    }

    /// Nothing is wrong any more.
    pub fn clear(self) {
        self.fields.set(Vec::new());
        self.banner.set(None);
    }

    /// Takes in what the server said.
    pub fn take(self, error: &Error) {
        let mut rest = Vec::new();
        if let Error::Problem(problem) = error {
            let shown = self.shown.get_value();
            let (mut here, elsewhere): (Vec<_>, Vec<_>) =
                problem.errors.iter().cloned().partition(|error| shown.contains(&error.field));
            rest = elsewhere.into_iter().map(|error| format!("{}: {}", error.field, error.detail)).collect();
            let claimed = self
                .claimed
                .with_value(|claimed| claimed.iter().find(|(code, _)| problem.known_code() == Some(*code)).copied());
            if let Some((code, field)) = claimed {
                here.push(FieldError { field: field.into(), code: code.as_str().into(), detail: texts::error(error) });
            }
            self.fields.set(here);
        }
        let nothing_shown = self.fields.with_untracked(Vec::is_empty) && rest.is_empty();
        self.banner.set(if nothing_shown {
            Some(texts::error(error))
        } else {
            (!rest.is_empty()).then(|| rest.join("; "))
        });
        focus_first_error();
    }

    /// Sends the form: `busy` until done, errors shown where they belong.
    pub fn submit(self, work: impl Future<Output = Result<()>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.clear();
        self.busy.set(true);
        spawn_local(async move {
            let done = work.await;
            // The page may have been left meanwhile.
            if self.busy.try_set(false).is_none()
                && let Err(error) = done
            {
                self.take(&error);
            }
        });
    }
}

/// Brings the reader to the first thing to mend, once the page shows it.
fn focus_first_error() {
    request_animation_frame(|| {
        let found = document().query_selector("[aria-invalid='true'], [data-banner]").ok().flatten();
        if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}

/// What is wrong with the form as a whole; to stand above its fields.
#[component]
pub fn ErrorBanner(errors: FormErrors) -> impl IntoView {
    move || {
        errors.banner.get().map(|text| {
            view! {
                <div
                    role="alert"
                    tabindex="-1"
                    data-banner
                    class="border-s-2 border-error bg-base-200 px-4 py-3 text-sm text-error"
                >
                    {text}
                </div>
            }
        })
    }
}
