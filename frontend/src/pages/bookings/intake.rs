//! What the owner asks before an appointment. What was typed is kept in the browser until it is booked.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::{
    calendar::{Answer, Answers},
    catalog::{Product, Question, QuestionKind},
};

use crate::{
    components::{Checkbox, FormErrors, Select, TextArea, TextField},
    texts::booking as t,
};

/// The questions of a service with what was typed. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Intake {
    product: Uuid,
    fields: StoredValue<Vec<Field>>,
}

impl Intake {
    /// The questions of `product`, answered as they were left.
    pub fn of(product: &Product) -> Self {
        let before = storage().and_then(|storage| storage.get_item(&key(product.id)).ok().flatten());
        let before: Answers = before.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let questions = product.service.iter().flat_map(|service| &service.questions);
        let fields = questions.map(|question| Field::new(question.clone(), &before)).collect();
        let intake = Self { product: product.id, fields: StoredValue::new(fields) };
        Effect::new(move || intake.keep());
        intake
    }

    /// What is answered. Reactive.
    pub fn answers(&self) -> Answers {
        self.fields.with_value(|fields| fields.iter().filter_map(Field::answer).collect())
    }

    fn keep(&self) {
        let answers = self.answers();
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&answers)) {
            let _ = storage.set_item(&key(self.product), &text);
        }
    }
}

/// The answers to a service's questions are no longer needed: it is booked.
pub fn forget_answers(product: Uuid) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(product));
    }
}

fn key(product: Uuid) -> String {
    format!("vitrine.answers.{product}")
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// The questions; nothing when there are none.
#[component]
pub fn Questions(intake: Intake, errors: FormErrors) -> impl IntoView {
    let asked = intake.fields.with_value(|fields| fields.iter().map(|field| field.view(errors)).collect::<Vec<_>>());
    (!asked.is_empty())
        .then(|| {
            view! {
                <section class="grid max-w-xl gap-6">
                    <h2 class="text-lg">{t::BEFORE_WE_MEET}</h2>
                    {asked}
                </section>
            }
        })
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
    fn new(question: Question, before: &Answers) -> Self {
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
