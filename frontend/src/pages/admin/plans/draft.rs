//! A plan as it is being edited: a signal per field, read from a plan and turned into a change.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::{
    Currency, Money,
    catalog::{AdminProduct, ProductKind, ProductStatus},
    subscriptions::{AdminPlan, Includes, Interval, NewPlan, Plan, PlanPatch, PlanStatus},
};

use crate::{
    components::FormErrors,
    pages::admin::amount,
    texts::{admin, plans as t},
};

/// A plan as it is being edited. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Draft {
    /// What it was; `None` is a new one.
    before: StoredValue<Option<AdminPlan>>,
    pub currency: Currency,
    pub name: RwSignal<String>,
    pub description: RwSignal<String>,
    pub price: RwSignal<String>,
    pub interval: RwSignal<String>,
    pub trial: RwSignal<String>,
    pub tokens: RwSignal<String>,
    pub rollover: RwSignal<String>,
    pub all_downloads: RwSignal<bool>,
    /// What else it includes.
    pub products: RwSignal<Vec<Uuid>>,
    pub benefits: RwSignal<String>,
    /// Whether only the owner sees it.
    pub hidden: RwSignal<bool>,
}

impl Draft {
    /// What is edited, from what is there.
    pub fn of(before: Option<AdminPlan>, currency: Currency) -> Self {
        let plan = before.as_ref().map(|before| &before.plan);
        let text = |read: fn(&Plan) -> String| RwSignal::new(plan.map(read).unwrap_or_default());
        let number = |read: fn(&Plan) -> i64| RwSignal::new(plan.map_or(0, read).to_string());
        Self {
            currency,
            name: text(|plan| plan.name.clone()),
            description: text(|plan| plan.description.clone()),
            price: RwSignal::new(plan.map(|plan| amount::plain(plan.price.amount, currency)).unwrap_or_default()),
            interval: RwSignal::new(plan.map_or(Interval::Month, |plan| plan.interval).as_str().to_owned()),
            trial: number(|plan| plan.trial_days.into()),
            tokens: number(|plan| plan.tokens_per_period),
            rollover: number(|plan| plan.rollover_cap),
            all_downloads: RwSignal::new(plan.is_some_and(|plan| plan.includes.all_downloads)),
            products: RwSignal::new(plan.map(|plan| plan.includes.product_ids.clone()).unwrap_or_default()),
            benefits: text(|plan| plan.benefits.join("\n")),
            hidden: RwSignal::new(before.as_ref().is_some_and(|before| before.status == PlanStatus::Draft)),
            before: StoredValue::new(before),
        }
    }

    /// Which plan it is, and where that stands; `None` is a new one.
    pub fn known(self) -> Option<(Uuid, PlanStatus)> {
        self.before.with_value(|before| before.as_ref().map(|before| (before.plan.id, before.status)))
    }

    /// How many have the plan.
    pub fn subscribers(self) -> i64 {
        self.before.with_value(|before| before.as_ref().map_or(0, |before| before.subscribers))
    }

    /// What was written, or `None` and `errors` say what is wrong.
    pub fn read(self, errors: FormErrors) -> Option<NewPlan> {
        errors.clear();
        let number = |name: &'static str, text: RwSignal<String>| {
            let number = text.with_untracked(|text| text.trim().parse::<u32>().ok());
            if number.is_none() {
                errors.set(name, t::WHOLE_NUMBER);
            }
            number
        };
        let price = amount::parse(&self.price.get_untracked(), self.currency);
        if price.is_none() {
            errors.set("price.amount", admin::PRICE_NEEDED);
        }
        let (trial, tokens) = (number("trial_days", self.trial), number("tokens_per_period", self.tokens));
        let rollover = number("rollover_cap", self.rollover);
        let yearly = self.interval.with_untracked(|interval| interval == Interval::Year.as_str());
        let benefits =
            |text: &String| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        Some(NewPlan {
            name: self.name.get_untracked(),
            slug: None,
            description: self.description.get_untracked(),
            price: Money::new(price?, self.currency),
            interval: if yearly { Interval::Year } else { Interval::Month },
            trial_days: trial?,
            tokens_per_period: tokens?.into(),
            rollover_cap: rollover?.into(),
            includes: Includes {
                all_downloads: self.all_downloads.get_untracked(),
                product_ids: self.products.get_untracked(),
            },
            benefits: self.benefits.with_untracked(benefits),
            published: !self.hidden.get_untracked(),
        })
    }

    /// What was written, as a change of the plan there is. One that nobody saw so far is offered when it no longer hides.
    pub fn patch(self, new: NewPlan) -> PlanPatch {
        let was_hidden = self.known().is_some_and(|(_, status)| status == PlanStatus::Draft);
        PlanPatch {
            name: Some(new.name),
            description: Some(new.description),
            price: Some(new.price),
            trial_days: Some(new.trial_days),
            tokens_per_period: Some(new.tokens_per_period),
            rollover_cap: Some(new.rollover_cap),
            includes: Some(new.includes),
            benefits: Some(new.benefits),
            status: (was_hidden && new.published).then_some(PlanStatus::Published),
        }
    }

    /// Whether `product` comes with it because every download does. Reactive.
    pub fn comes_anyway(self, product: &AdminProduct) -> bool {
        self.all_downloads.get() && is_for_sale(product)
    }

    /// What its subscribers would lose, in words; `products` are those that can be included. Nobody loses what nobody has.
    /// Reactive.
    pub fn lost(self, products: &[AdminProduct]) -> Vec<String> {
        if self.subscribers() == 0 {
            return Vec::new();
        }
        let before = self.before.with_value(|before| before.as_ref().map(|before| before.plan.includes.clone()));
        let Some(before) = before else { return Vec::new() };
        let downloads = before.all_downloads && !self.all_downloads.get();
        let gone = |product: &&AdminProduct| {
            let id = product.product.id;
            let was_chosen = before.product_ids.contains(&id);
            let stays = self.products.with(|now| now.contains(&id)) || self.comes_anyway(product);
            let is_named = downloads && is_for_sale(product);
            was_chosen && !stays && !is_named
        };
        let names = products.iter().filter(gone).map(|product| product.product.name.clone());
        downloads.then(|| t::UNCHOSEN_DOWNLOADS.to_owned()).into_iter().chain(names).collect()
    }
}

/// Whether `product` is among "every download".
fn is_for_sale(product: &AdminProduct) -> bool {
    product.product.kind == ProductKind::Download && product.status == ProductStatus::Published
}
