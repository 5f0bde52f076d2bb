//! What pays for an appointment: one that was bought, tokens of a plan, or money now.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_client::{Client, Result};
use vitrine_types::{
    Money, PageQuery,
    calendar::{PaidWith, PayWith, PaymentKind},
    catalog::Product,
    entitlements::{Entitlement, EntitlementStatus},
    subscriptions::Subscription,
};

use crate::{components::Radio, format, pages::tokens::BuyMore, texts::booking as t};

/// What pays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Means {
    /// What the customer has already.
    Own(PayWith),
    /// Money, before it is booked.
    Money,
}

impl Means {
    /// What will have paid when a service that costs so many tokens is booked. Money buys an appointment, and that pays.
    pub fn pays(self, cost: i64) -> PaidWith {
        match self {
            Self::Own(PayWith { kind: PaymentKind::Tokens, id }) => {
                PaidWith { kind: PaymentKind::Tokens, id, amount: cost }
            }
            Self::Own(PayWith { kind, id }) => PaidWith { kind, id, amount: 1 },
            Self::Money => PaidWith { kind: PaymentKind::Entitlement, id: Uuid::nil(), amount: 1 },
        }
    }
}

/// What a customer has to pay for a service with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Purse {
    /// Purchases of which appointments are left.
    rights: Vec<Entitlement>,
    /// Subscriptions with tokens.
    plans: Vec<Subscription>,
    /// What the service costs in tokens; 0 when it takes none.
    pub cost: i64,
    /// What it costs in money, where that can be paid.
    price: Option<Money>,
}

/// A way to pay, and what there is to say about it.
#[derive(Clone, PartialEq)]
struct Way {
    means: Means,
    label: String,
    words: String,
}

impl Purse {
    /// What a visitor has who is not signed in.
    pub fn empty(product: &Product) -> Self {
        let cost = product.service.as_ref().map_or(0, |service| i64::from(service.token_cost));
        Self { cost, ..Self::default() }
    }

    /// What the signed-in customer has.
    ///
    /// # Errors
    /// What the server answers.
    pub async fn of(client: &Client, product: &Product) -> Result<Self> {
        let empty = Self::empty(product);
        let (rights, plans) = futures_util::join!(rights(client, product), plans(client, empty.cost));
        Ok(Self { rights: rights?, plans: plans?, ..empty })
    }

    /// The same, of purchases only this one.
    ///
    /// # Errors
    /// What the server answers.
    pub async fn with(client: &Client, own: &Entitlement) -> Result<Self> {
        let empty = Self::empty(&own.product);
        let rights = Some(own).filter(|own| is_usable(own)).cloned().into_iter().collect();
        Ok(Self { rights, plans: plans(client, empty.cost).await?, ..empty })
    }

    /// Money is taken as well.
    pub fn or_money(self, price: Money) -> Self {
        Self { price: Some(price), ..self }
    }

    fn ways(&self) -> Vec<Way> {
        let own = |kind, id| Means::Own(PayWith { kind, id });
        let left = self.rights.iter().filter_map(|right| right.bookings_remaining).sum();
        // Which of several purchases is of no interest: the one that ends first.
        let right =
            self.rights.iter().min_by_key(|right| (right.expires_at.is_none(), right.expires_at, right.granted_at));
        let right = right.map(|right| Way {
            means: own(PaymentKind::Entitlement, right.id),
            label: t::BOUGHT.into(),
            words: t::left(left),
        });
        let enough = self.plans.iter().filter(|plan| plan.tokens.balance >= self.cost);
        let tokens = enough.map(|plan| Way {
            means: own(PaymentKind::Tokens, plan.id),
            label: t::with_tokens(self.cost, &plan.plan.name),
            words: t::uses(self.cost, plan.tokens.balance),
        });
        let money = self.price.iter().map(|price| Way {
            means: Means::Money,
            label: t::pay_now(&format::money(price)),
            words: t::HOLD_HINT.into(),
        });
        right.into_iter().chain(tokens).chain(money).collect()
    }

    /// What pays unless the customer chooses: tokens when they are asked for, else what was bought, tokens, money.
    pub fn first(&self, tokens: bool) -> Option<Means> {
        let ways = self.ways();
        let asked = ways
            .iter()
            .find(|way| tokens && matches!(way.means, Means::Own(PayWith { kind: PaymentKind::Tokens, .. })));
        asked.or(ways.first()).map(|way| way.means)
    }

    /// The most tokens that one plan holds, where that is not enough.
    fn too_few(&self) -> Option<i64> {
        let most = self.plans.iter().map(|plan| plan.tokens.balance).max()?;
        (most < self.cost).then_some(most)
    }
}

/// Whether an appointment can be booked with it.
fn is_usable(own: &Entitlement) -> bool {
    own.status == EntitlementStatus::Active && own.bookings_remaining.unwrap_or(0) > 0
}

/// The purchases of this service that have appointments left.
async fn rights(client: &Client, product: &Product) -> Result<Vec<Entitlement>> {
    let mut query = PageQuery { limit: Some(100), cursor: None };
    let mut rights = Vec::new();
    // A plan may open hundreds of things that are owned as well.
    loop {
        let page = client.list_entitlements(&query).await?;
        rights.extend(page.data.into_iter().filter(|own| own.product.id == product.id && is_usable(own)));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(rights);
        }
    }
}

/// The subscriptions whose tokens can pay, or could if there were more; none where a service takes no tokens.
async fn plans(client: &Client, cost: i64) -> Result<Vec<Subscription>> {
    if cost == 0 {
        return Ok(Vec::new());
    }
    let found = client.list_subscriptions(&PageQuery { limit: Some(100), cursor: None }).await?.data;
    Ok(found.into_iter().filter(|plan| plan.tokens.balance > 0 || !plan.status.is_over()).collect())
}

/// What pays: a choice when there are several ways, and what is missing for tokens.
#[component]
pub fn HowToPay(purse: Purse, means: RwSignal<Means>) -> impl IntoView {
    let ways = purse.ways();
    let too_few = purse.too_few().map(|balance| {
        view! {
            <p class="text-sm text-muted">
                {t::too_few(purse.cost, balance)} " " <a class="link-line text-base-content" href="/plans">{t::SEE_PLANS}</a>
            </p>
            <BuyMore/>
        }
    });
    let choice = match ways.as_slice() {
        [] => ().into_any(),
        // The button says the rest.
        [Way { means: Means::Money, words, .. }] => {
            view! { <p class="text-sm text-muted">{words.clone()}</p> }.into_any()
        }
        [only] => {
            view! { <p>{only.label.clone()} <span class="text-muted">" · " {only.words.clone()}</span></p> }.into_any()
        }
        _ => {
            let rows = ways.into_iter().map(|way| {
                let (own, Way { label, words, .. }) = (way.means, way);
                let chosen = Signal::derive(move || means.get() == own);
                view! { <li><Radio name="means" label words class="py-3" chosen choose=move || means.set(own)/></li> }
            });
            view! {
                <fieldset>
                    <legend class="pb-2 display text-lg">{t::HOW_TO_PAY}</legend>
                    <ul class="rows">{rows.collect_view()}</ul>
                </fieldset>
            }
            .into_any()
        }
    };
    view! { {choice} {too_few} }.into_any()
}
