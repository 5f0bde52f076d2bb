//! What the owner asks before an appointment. What the customer typed is kept in the browser until it is booked.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::{
    calendar::{Answer, Answers, IntakeFile},
    catalog::{Product, Question, QuestionKind},
};

use super::drafts;
use crate::{
    components::{Button, ButtonKind, Checkbox, FileDrop, FormErrors, Select, TextArea, TextField, Upload},
    format,
    session::use_session,
    texts::booking as t,
};

/// The questions of a service with what was typed. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Intake {
    slug: StoredValue<String>,
    fields: StoredValue<Vec<Field>>,
}

impl Intake {
    /// The questions of `product`, answered as the customer left them.
    pub fn of(product: &Product) -> Self {
        let me = use_session().me;
        let who = Memo::new(move |_| me.with(|me| me.as_ref().map(|me| me.id)));
        let id = product.id;
        let intake = Self::asking(product, |_| true, &drafts::read(id, who.get_untracked()));
        Effect::new(move |before: Option<Option<Uuid>>| {
            let now = who.get();
            if before.flatten().is_some_and(|before| now != Some(before)) {
                // Whoever sits here now did not type this.
                intake.fill(&drafts::read(id, now));
            }
            drafts::keep(id, now, &intake.answers());
            now
        });
        intake
    }

    /// As [`Intake::of`] without files, which only the customer can send. Nothing is kept: it is about somebody else.
    pub fn by_owner(product: &Product) -> Self {
        Self::asking(product, |question| question.kind != QuestionKind::File, &Answers::new())
    }

    fn asking(product: &Product, which: fn(&&Question) -> bool, before: &Answers) -> Self {
        let questions = product.service.iter().flat_map(|service| &service.questions).filter(which);
        let fields = questions.map(|question| Field::new(question.clone(), before)).collect();
        let slug = StoredValue::new(product.slug.clone());
        Self { slug, fields: StoredValue::new(fields) }
    }

    /// What is answered. Reactive.
    pub fn answers(&self) -> Answers {
        self.fields.with_value(|fields| fields.iter().filter_map(Field::answer).collect())
    }

    /// Other answers instead.
    fn fill(&self, answers: &Answers) {
        self.fields.with_value(|fields| fields.iter().for_each(|field| field.fill(answers)));
    }
}

/// The questions; nothing when there are none.
#[component]
pub fn Questions(intake: Intake, errors: FormErrors) -> impl IntoView {
    let slug = intake.slug.get_value();
    let asked =
        intake.fields.with_value(|fields| fields.iter().map(|field| field.view(&slug, errors)).collect::<Vec<_>>());
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
    file: RwSignal<Option<IntakeFile>>,
}

impl Field {
    fn new(question: Question, before: &Answers) -> Self {
        let (text, flag, file) = (RwSignal::default(), RwSignal::default(), RwSignal::default());
        let field = Self { question, text, flag, file };
        field.fill(before);
        field
    }

    fn fill(&self, answers: &Answers) {
        let (mut text, mut flag, mut file) = (String::new(), false, None);
        match answers.get(&self.question.id) {
            Some(Answer::Text(answer)) => text.clone_from(answer),
            Some(Answer::Flag(answer)) => flag = *answer,
            Some(Answer::File(answer)) => file = Some(answer.clone()),
            None => {}
        }
        self.text.set(text);
        self.flag.set(flag);
        self.file.set(file);
    }

    /// The answer, when there is one. Reactive.
    fn answer(&self) -> Option<(String, Answer)> {
        let answer = match self.question.kind {
            QuestionKind::Checkbox => Some(Answer::Flag(self.flag.get())),
            QuestionKind::File => self.file.get().map(Answer::File),
            _ => Some(self.text.get()).filter(|text| !text.trim().is_empty()).map(Answer::Text),
        };
        answer.map(|answer| (self.question.id.clone(), answer))
    }

    fn view(&self, slug: &str, errors: FormErrors) -> AnyView {
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
            QuestionKind::File => {
                let path = format!("/services/{}/files", js_sys::encode_uri_component(slug));
                view! { <FileField errors name label path file=self.file/> }.into_any()
            }
            QuestionKind::Url => view! { <TextField errors name label value=self.text kind="url"/> }.into_any(),
        }
    }
}

/// A file: a place to drop one, and then its name.
#[component]
fn FileField(
    errors: FormErrors,
    name: String,
    label: String,
    path: String,
    file: RwSignal<Option<IntakeFile>>,
) -> impl IntoView {
    errors.shows(&name);
    let session = use_session();
    let done = Callback::new(move |text: String| {
        if let Ok(sent) = serde_json::from_str(&text) {
            file.set(Some(sent));
        }
    });
    let legend = label.clone();
    let shown = move || {
        match file.get() {
        Some(sent) => view! {
            <div class="flex flex-wrap items-center justify-between gap-4 border border-line p-4 text-sm">
                <span class="break-all">{format!("{} · {}", sent.name, format::bytes(sent.size))}</span>
                <Button kind=ButtonKind::Quiet small=true on_press=Callback::new(move |()| file.set(None))>{t::OTHER_FILE}</Button>
            </div>
        }
        .into_any(),
        None if !session.is_signed_in() => view! { <p class="text-sm text-muted">{t::SIGN_IN_FOR_FILES}</p> }.into_any(),
        None => view! {
            <FileDrop path=path.clone() upload=Upload::Multipart label=t::CHOOSE_FILE help=t::FILE_HELP on_done=done/>
        }
        .into_any(),
    }
    };
    view! {
        <fieldset class="grid gap-1.5">
            <legend class="pb-1.5 text-sm font-medium">{legend}</legend>
            <div aria-live="polite">{shown}</div>
            {move || errors.of(&name).map(|text| view! { <p class="text-sm text-error">{text}</p> })}
        </fieldset>
    }
    .into_any()
}
