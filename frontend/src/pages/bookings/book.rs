//! Booking a time for a service that is owned: what the owner asks, the month, the day's times.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use uuid::Uuid;
use vitrine_client::Error;
use vitrine_types::{
    Code, PageQuery, Problem,
    calendar::{Answer, Answers, NewBooking, PayWith, PaymentKind},
    catalog::{Question, QuestionKind},
    entitlements::Entitlement,
};

use super::choose::{Choice, Choose};
use crate::{
    components::{Button, Checkbox, Empty, ErrorBanner, FormErrors, Load, Page, Select, TextArea, TextField, toast_ok},
    format,
    pages::admin::new_key,
    session::{load, use_session},
    texts::booking as t,
};

/// Booking a time. The address names what is owned.
#[component]
pub fn Book() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id")).and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default();
    let own = load(move |client| {
        let id = id();
        async move {
            let query = PageQuery { limit: Some(100), cursor: None };
            let owned = client.list_entitlements(&query).await?.data;
            owned.into_iter().find(|own| own.id == id).ok_or_else(missing)
        }
    });
    let title = Signal::derive(move || {
        own.with(|own| match own {
            Some(Ok(own)) => t::book(&own.product.name),
            _ => t::BOOK.to_owned(),
        })
    });
    view! {
        <Page title=title>
            <Load
                resource=own
                render=|own| {
                    if own.bookings_remaining.unwrap_or(0) < 1 {
                        return view! { <Empty title=t::NONE_LEFT words=t::NONE_LEFT_WORDS/> }.into_any();
                    }
                    view! { <Form own/> }.into_any()
                }
            />
        </Page>
    }
    .into_any()
}

/// What the API answers for what is not there.
fn missing() -> Error {
    Error::Problem(Box::new(Problem {
        kind: String::new(),
        title: Code::NotFound.title().into(),
        status: Code::NotFound.status(),
        code: Code::NotFound.as_str().into(),
        detail: None,
        instance: None,
        request_id: String::new(),
        errors: Vec::new(),
    }))
}

#[component]
fn Form(own: Entitlement) -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let (choice, errors) = (Choice::new(), FormErrors::new());
    let product = own.product.clone();
    let service = product.service.clone();
    let questions = service.as_ref().map(|service| service.questions.clone()).unwrap_or_default();
    let kept = format!("vitrine.answers.{}", product.id);
    let fields: Vec<Field> = questions.into_iter().map(|question| Field::new(question, &kept)).collect();
    let fields = StoredValue::new(fields);
    let keep = {
        let kept = kept.clone();
        move || fields.with_value(|fields| remember(&kept, fields))
    };
    Effect::new(keep);
    let key = StoredValue::new(new_key());
    let (id, product_id) = (own.id, product.id);
    let press = Callback::new(move |()| {
        let Some(slot) = choice.slot.get_untracked() else { return };
        let new = NewBooking {
            product_id,
            start: slot.start,
            time_zone: choice.zone.get_untracked(),
            answers: fields.with_value(|fields| fields.iter().filter_map(Field::answer).collect::<Answers>()),
            pay_with: PayWith { kind: PaymentKind::Entitlement, id },
        };
        let (navigate, kept) = (navigate.clone(), kept.clone());
        errors.submit(async move {
            let booked = session.client().create_booking(&new, Some(&key.get_value())).await;
            if let Err(error) = &booked {
                // Another try is another intention: the time or the answers will differ.
                key.set_value(new_key());
                if matches!(error.code(), Some(Code::SlotTaken | Code::SlotUnavailable)) {
                    choice.refresh();
                }
            }
            let booking = booked?;
            forget(&kept);
            toast_ok(t::booked(&format::moment_in(&booking.start, &booking.time_zone)));
            navigate("/dashboard/bookings", Default::default());
            Ok(())
        });
    });
    let asked = fields.with_value(|fields| fields.iter().map(|field| field.view(errors)).collect_view());
    let has_questions = fields.with_value(|fields| !fields.is_empty());
    let policy = service.as_ref().map(|service| {
        let minutes = i64::from(service.cancel_until_minutes);
        move || {
            choice.slot.get().map(|slot| {
                let until = slot.start - chrono::TimeDelta::minutes(minutes);
                t::free_to_cancel(&format::moment_in(&until, &choice.zone.get()))
            })
        }
    });
    let label = move || match choice.slot.get() {
        Some(slot) => t::book(&format::moment_in(&slot.start, &choice.zone.get())),
        None => t::CHOOSE_A_TIME.to_owned(),
    };
    let facts = service.map(|service| t::about(service.duration_minutes, &service.location));
    view! {
        <p class="-mt-4 pb-8 text-muted">{facts}</p>
        <div class="grid gap-10">
            <ErrorBanner errors/>
            {has_questions.then(|| view! {
                <section class="grid max-w-xl gap-6">
                    <h2 class="text-lg">{t::BEFORE_WE_MEET}</h2>
                    {asked}
                </section>
            })}
            <Choose slug=product.slug choice/>
            <div class="sticky bottom-0 grid gap-2 border-t border-line bg-base-100 py-4">
                <p class="text-sm text-muted" aria-live="polite">{policy.map(|policy| view! { {policy} })}</p>
                <div>
                    <Button busy=errors.busy disabled=Signal::derive(move || choice.slot.with(Option::is_none)) on_press=press>{label}</Button>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// A question and what was typed.
#[derive(Clone)]
struct Field {
    question: Question,
    text: RwSignal<String>,
    flag: RwSignal<bool>,
}

impl Field {
    fn new(question: Question, kept: &str) -> Self {
        let before = storage().and_then(|storage| storage.get_item(kept).ok().flatten());
        let before: Answers = before.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let (mut text, mut flag) = (String::new(), false);
        match before.get(&question.id) {
            Some(Answer::Text(answer)) => text.clone_from(answer),
            Some(Answer::Flag(answer)) => flag = *answer,
            None => {}
        }
        Self { question, text: RwSignal::new(text), flag: RwSignal::new(flag) }
    }

    /// The answer, when there is one. Reactive.
    fn answer(&self) -> Option<(String, Answer)> {
        let answer = match self.question.kind {
            QuestionKind::Checkbox => Some(Answer::Flag(self.flag.get())),
            _ => Some(self.text.get()).filter(|text| !text.trim().is_empty()).map(Answer::Text),
        };
        answer.map(|answer| (self.question.id.clone(), answer))
    }

    fn view(&self, errors: FormErrors) -> AnyView {
        let Question { id, label, kind, required, options } = self.question.clone();
        let name = format!("answers.{id}");
        let label = if required { label } else { t::optional(&label) };
        match kind {
            QuestionKind::Checkbox => view! { <Checkbox errors name label value=self.flag/> }.into_any(),
            QuestionKind::LongText => view! { <TextArea errors name label value=self.text/> }.into_any(),
            QuestionKind::Select => {
                let empty = (String::new(), t::PLEASE_CHOOSE.to_owned());
                let options = std::iter::once(empty).chain(options.into_iter().map(|option| (option.clone(), option)));
                view! { <Select errors name label value=self.text options=options.collect()/> }.into_any()
            }
            QuestionKind::Text => view! { <TextField errors name label value=self.text/> }.into_any(),
            QuestionKind::Email => {
                view! { <TextField errors name label value=self.text kind="email" autocomplete="email"/> }.into_any()
            }
            QuestionKind::Url => view! { <TextField errors name label value=self.text kind="url"/> }.into_any(),
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps what was typed for when the customer comes back.
fn remember(kept: &str, fields: &[Field]) {
    let answers: Answers = fields.iter().filter_map(Field::answer).collect();
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&answers)) {
        let _ = storage.set_item(kept, &text);
    }
}

fn forget(kept: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(kept);
    }
}
