//! A product as it is being edited: a signal per field, read from a product and turned into a change.

use std::str::FromStr;

use leptos::prelude::*;
use vitrine_types::{
    Money,
    catalog::{
        AdminProduct, Embed, Product, ProductKind, ProductPatch, ProductTokens, Question, QuestionKind, ServiceSettings,
    },
};

use super::amount;
use crate::{components::FormErrors, texts::admin as t};

/// A question of the intake form, as it is being edited.
#[derive(Clone, Copy)]
pub struct QuestionDraft {
    /// Tells the rows apart.
    pub key: u32,
    /// What the customer reads.
    pub label: RwSignal<String>,
    /// What kind of answer it takes, as the API calls it.
    pub kind: RwSignal<String>,
    /// Whether it has to be answered.
    pub required: RwSignal<bool>,
    /// The choices, a line each.
    pub options: RwSignal<String>,
    /// Names the answers given before; kept.
    id: StoredValue<String>,
}

impl QuestionDraft {
    /// One that asks nothing yet.
    pub fn new(key: u32) -> Self {
        Self::of(
            key,
            &Question {
                id: format!("q{key}"),
                label: String::new(),
                kind: QuestionKind::Text,
                required: false,
                options: Vec::new(),
            },
        )
    }

    fn of(key: u32, question: &Question) -> Self {
        let kind = serde_json::to_value(question.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
        Self {
            key,
            label: RwSignal::new(question.label.clone()),
            kind: RwSignal::new(kind.unwrap_or_default()),
            required: RwSignal::new(question.required),
            options: RwSignal::new(question.options.join("\n")),
            id: StoredValue::new(question.id.clone()),
        }
    }

    fn read(&self) -> Question {
        let kind = serde_json::from_value(self.kind.get().into()).unwrap_or(QuestionKind::Text);
        let options = self
            .options
            .with(|text| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect());
        Question {
            id: self.id.get_value(),
            label: self.label.get(),
            kind,
            required: self.required.get(),
            options: if kind == QuestionKind::Select { options } else { Vec::new() },
        }
    }
}

/// A product as it is being edited. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Draft {
    product: StoredValue<AdminProduct>,
    pub name: RwSignal<String>,
    pub slug: RwSignal<String>,
    pub summary: RwSignal<String>,
    pub description: RwSignal<String>,
    pub price: RwSignal<String>,
    pub tags: RwSignal<String>,
    /// Empty is unlimited.
    pub stock: RwSignal<String>,
    pub html: RwSignal<String>,
    pub url: RwSignal<String>,
    /// Whether the embed is an address, not a snippet.
    pub by_url: RwSignal<bool>,
    pub height: RwSignal<String>,
    /// Numbers of the service, by the API's names.
    pub numbers: [(&'static str, RwSignal<String>); 12],
    pub location: RwSignal<String>,
    pub questions: RwSignal<Vec<QuestionDraft>>,
    /// How many come with it; empty is none.
    pub tokens: RwSignal<String>,
    /// For how many days; empty is for ever.
    pub token_days: RwSignal<String>,
}

impl Draft {
    /// A service with the usual settings.
    pub fn plain_service() -> ServiceSettings {
        let settings = serde_json::json!({ "duration_minutes": 60 });
        serde_json::from_value(settings).expect("the other settings have defaults")
    }

    /// What is edited, from what is there.
    pub fn of(product: &AdminProduct) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        let embed = product.embed.clone();
        let service = product.service_settings.clone().unwrap_or_else(Self::plain_service);
        let written = serde_json::to_value(&service).unwrap_or_default();
        let number = |name: &'static str| {
            (name, RwSignal::new(written.get(name).and_then(|n| n.as_u64()).map(|n| n.to_string()).unwrap_or_default()))
        };
        let questions =
            service.questions.iter().enumerate().map(|(at, question)| QuestionDraft::of(at as u32, question));
        Self {
            name: text(&product.product.name),
            slug: text(&product.product.slug),
            summary: text(&product.product.summary),
            description: text(&product.product.description),
            price: RwSignal::new(amount::plain(product.product.price.amount, product.product.price.currency)),
            tags: RwSignal::new(product.product.tags.join(", ")),
            stock: RwSignal::new(product.product.stock.map(|stock| stock.to_string()).unwrap_or_default()),
            by_url: RwSignal::new(embed.as_ref().is_some_and(|embed| embed.url.is_some())),
            html: RwSignal::new(embed.as_ref().and_then(|embed| embed.html.clone()).unwrap_or_default()),
            url: RwSignal::new(embed.as_ref().and_then(|embed| embed.url.clone()).unwrap_or_default()),
            height: RwSignal::new(embed.map_or(600, |embed| embed.height).to_string()),
            numbers: [
                "duration_minutes",
                "slot_interval_minutes",
                "before_buffer_minutes",
                "after_buffer_minutes",
                "minimum_notice_minutes",
                "horizon_days",
                "seats",
                "cancel_until_minutes",
                "limit_per_day",
                "limit_per_week",
                "limit_per_customer",
                "token_cost",
            ]
            .map(number),
            location: text(&service.location),
            questions: RwSignal::new(questions.collect()),
            tokens: number_of(product.product.tokens.map(|tokens| tokens.amount)),
            token_days: number_of(product.product.tokens.and_then(|tokens| tokens.valid_days)),
            product: StoredValue::new(product.clone()),
        }
    }

    /// How it will hang in the shop. Reactive.
    pub fn preview(&self) -> Product {
        let product = self.product.get_value().product;
        let currency = product.price.currency;
        let price = amount::parse(&self.price.get(), currency).unwrap_or(product.price.amount);
        Product {
            name: self.name.get(),
            summary: self.summary.get(),
            price: Money::new(price, currency),
            tokens: self.tokens(FormErrors::new()).flatten(),
            only_tokens: product.kind == ProductKind::Download && product.files.is_empty(),
            ..product
        }
    }

    /// Whether anything differs from what is saved. Reactive.
    pub fn is_changed(&self) -> bool {
        let saved = Self::of(&self.product.get_value());
        let (now, then) = (self.read(FormErrors::new()), saved.read(FormErrors::new()));
        serde_json::to_value(now).ok() != serde_json::to_value(then).ok()
    }

    /// The change to send; `None` when a number is none, which is then said at its field.
    pub fn read(&self, errors: FormErrors) -> Option<ProductPatch> {
        let product = self.product.get_value();
        let kind = product.product.kind;
        let currency = product.product.price.currency;
        let price = amount::parse(&self.price.get(), currency);
        if price.is_none() {
            errors.set("price.amount", t::PRICE_NEEDED);
        }
        let stock = whole_number(self.stock, "stock", errors);
        let embed = (kind == ProductKind::Embed).then(|| self.embed(errors));
        let service = (kind == ProductKind::Service).then(|| self.service(&product, errors));
        let tokens = self.tokens(errors);
        let tags = self.tags.get();
        let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        Some(ProductPatch {
            name: Some(self.name.get()),
            slug: Some(self.slug.get()),
            summary: Some(self.summary.get()),
            description: Some(self.description.get()),
            price: Some(Money::new(price?, currency)),
            tags: Some(tags),
            stock: Some(stock?),
            embed: embed.map(|embed| embed.ok_or(())).transpose().ok()?,
            service: service.map(|service| service.ok_or(())).transpose().ok()?,
            tokens: Some(tokens?),
            ..ProductPatch::default()
        })
    }

    fn embed(&self, errors: FormErrors) -> Option<Embed> {
        let Ok(height) = self.height.get().trim().parse() else {
            errors.set("embed.height", t::NUMBER_NEEDED);
            return None;
        };
        let by_url = self.by_url.get();
        let (html, url) = (Some(self.html.get()), Some(self.url.get()));
        Some(Embed { html: html.filter(|_| !by_url), url: url.filter(|_| by_url), height })
    }

    /// What comes with it; `None` when a number is none.
    fn tokens(&self, errors: FormErrors) -> Option<Option<ProductTokens>> {
        let amount = whole_number::<u32>(self.tokens, "tokens.amount", errors);
        let valid_days = whole_number(self.token_days, "tokens.valid_days", errors)?;
        Some(amount?.map(|amount| ProductTokens { amount, valid_days }))
    }

    fn service(&self, product: &AdminProduct, errors: FormErrors) -> Option<ServiceSettings> {
        let settings = product.service_settings.clone().unwrap_or_else(Self::plain_service);
        let mut written = serde_json::to_value(settings).ok()?;
        let mut fits = true;
        for (name, text) in &self.numbers {
            let Some(number) = whole_number::<u32>(*text, field(name), errors) else {
                fits = false;
                continue;
            };
            let fields = written.as_object_mut()?;
            match number {
                // Absent: the server takes its default, or no limit.
                None => drop(fields.remove(*name)),
                Some(number) => drop(fields.insert((*name).to_owned(), number.into())),
            }
        }
        if written.get("duration_minutes").is_none() {
            errors.set(field("duration_minutes"), t::NUMBER_NEEDED);
            return None;
        }
        let mut settings: ServiceSettings = serde_json::from_value(written).ok()?;
        settings.location = self.location.get();
        settings.questions = self.questions.get().iter().map(QuestionDraft::read).collect();
        fits.then_some(settings)
    }
}

/// What was typed: `None` when it is no number, which `errors` then say of `field`; nothing at all is no mistake.
fn whole_number<T: FromStr>(text: RwSignal<String>, field: &str, errors: FormErrors) -> Option<Option<T>> {
    let text = text.get();
    let number = match text.trim() {
        "" => Some(None),
        text => text.parse().ok().map(Some),
    };
    if number.is_none() {
        errors.set(field, t::NUMBER_NEEDED);
    }
    number
}

fn number_of(number: Option<u32>) -> RwSignal<String> {
    RwSignal::new(number.map(|number| number.to_string()).unwrap_or_default())
}

/// The path by which the API names a number of the service.
pub fn field(name: &str) -> &'static str {
    match name {
        "duration_minutes" => "service.duration_minutes",
        "slot_interval_minutes" => "service.slot_interval_minutes",
        "before_buffer_minutes" => "service.before_buffer_minutes",
        "after_buffer_minutes" => "service.after_buffer_minutes",
        "minimum_notice_minutes" => "service.minimum_notice_minutes",
        "horizon_days" => "service.horizon_days",
        "seats" => "service.seats",
        "cancel_until_minutes" => "service.cancel_until_minutes",
        "limit_per_day" => "service.limit_per_day",
        "limit_per_week" => "service.limit_per_week",
        "limit_per_customer" => "service.limit_per_customer",
        _ => "service.token_cost",
    }
}
