//! Making plans and changing them.

use sqlx::types::Json;
use uuid::Uuid;
use vitrine_types::{
    Code, Currency, Money,
    subscriptions::{Includes, NewPlan, PlanPatch, PlanStatus},
};

use super::{follow, store, store::PlanRecord};
use crate::{
    catalog::text,
    db::{Cx, Tx},
    error::{Error, Fields, Result},
    state::State,
};

/// What tokens and caps can be at most.
const MOST_TOKENS: i64 = 1_000_000;
/// Stripe's limit for trials.
const LONGEST_TRIAL: i64 = 730;

/// A plan that can be subscribed to.
///
/// # Errors
/// `request.invalid` about `plan_id`.
pub async fn find_for_sale(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<PlanRecord> {
    let plan = store::find_plan(cx, id).await?.filter(|plan| plan.status == PlanStatus::Published.as_str());
    plan.ok_or_else(|| Error::field("plan_id", "not_available", "There is no such plan"))
}

/// Makes a plan.
///
/// # Errors
/// `request.invalid`, `subscriptions.slug_taken`.
pub async fn create_plan(tx: &mut Tx, state: &State, new: NewPlan) -> Result<PlanRecord> {
    let now = state.clock.now();
    let mut plan = PlanRecord {
        id: Uuid::now_v7(),
        slug: new.slug.clone().unwrap_or_else(|| text::slug(&new.name)),
        name: new.name.trim().to_owned(),
        description: new.description.trim().to_owned(),
        price_amount: new.price.amount,
        currency: new.price.currency.to_string(),
        every: new.interval.as_str().into(),
        trial_days: new.trial_days.into(),
        tokens_per_period: new.tokens_per_period,
        rollover_cap: new.rollover_cap,
        all_downloads: new.includes.all_downloads,
        benefits: Json(new.benefits),
        status: if new.published { PlanStatus::Published } else { PlanStatus::Draft }.as_str().into(),
        stripe_price_id: None,
        price_version: 1,
        created_at: now,
    };
    let asked = new.slug.is_some();
    check(tx, state, &plan, new.price, &new.includes, asked).await?;
    tx.lock("plans.slug").await?;
    let base = if plan.slug.is_empty() { "plan".to_owned() } else { plan.slug.clone() };
    plan.slug = base.clone();
    let mut number = 1;
    while store::has_slug(&mut *tx, &plan.slug).await? {
        if asked {
            return Err(Code::PlanSlugTaken.into());
        }
        number += 1;
        plan.slug = format!("{base}-{number}");
    }
    store::insert_plan(tx, &plan).await?;
    store::replace_plan_products(tx, plan.id, &new.includes.product_ids).await?;
    Ok(plan)
}

/// Changes the fields that are there. What was granted stays, and so does what subscribers pay; what the plan includes
/// changes for all of them at once.
///
/// # Errors
/// `request.not_found`, `request.invalid`.
pub async fn update_plan(tx: &mut Tx, state: &State, id: Uuid, patch: PlanPatch) -> Result<PlanRecord> {
    tx.lock(&format!("plan:{id}")).await?;
    let before = store::find_plan(&mut *tx, id).await?.ok_or(Code::NotFound)?;
    let currency = Currency::parse(&before.currency).unwrap_or(state.config.currency);
    let price = patch.price.unwrap_or(Money::new(before.price_amount, currency));
    let products = store::list_plan_products(&mut *tx).await?.into_iter();
    let product_ids = products.filter(|(plan, _)| *plan == id).map(|(_, product)| product).collect();
    let includes = patch.includes.unwrap_or(Includes { all_downloads: before.all_downloads, product_ids });
    let mut plan = PlanRecord {
        name: patch.name.map_or(before.name.clone(), |name| name.trim().to_owned()),
        description: patch.description.map_or(before.description.clone(), |text| text.trim().to_owned()),
        price_amount: price.amount,
        trial_days: patch.trial_days.map_or(before.trial_days, i64::from),
        tokens_per_period: patch.tokens_per_period.unwrap_or(before.tokens_per_period),
        rollover_cap: patch.rollover_cap.unwrap_or(before.rollover_cap),
        all_downloads: includes.all_downloads,
        benefits: patch.benefits.map_or(before.benefits.clone(), Json),
        status: patch.status.map_or(before.status.clone(), |status| status.as_str().into()),
        ..before.clone()
    };
    check(tx, state, &plan, price, &includes, false).await?;
    if (plan.price_amount, &plan.name) != (before.price_amount, &before.name) {
        // Prices at Stripe do not change: who subscribes from now on gets another one.
        plan.stripe_price_id = None;
        plan.price_version += 1;
    }
    store::update_plan(tx, &plan, state.clock.now()).await?;
    store::replace_plan_products(tx, id, &includes.product_ids).await?;
    follow::benefits_of_all(tx, state).await?;
    Ok(plan)
}

async fn check(
    tx: &mut Tx,
    state: &State,
    plan: &PlanRecord,
    price: Money,
    includes: &Includes,
    with_slug: bool,
) -> Result<()> {
    let mut fields = Fields::default();
    fields.text(&plan.name, "name", 1, 120);
    fields.text(&plan.description, "description", 0, 2000);
    let fine = !with_slug || text::is_slug(&plan.slug);
    fields.check(fine, "slug", "invalid", "Lower-case letters, digits and single hyphens, at most 80");
    let in_range = |value: i64, most: i64| (0..=most).contains(&value);
    fields.check(price.amount > 0 && price.amount < 100_000_000, "price.amount", "out_of_range", "More than nothing");
    let same = price.currency == state.config.currency;
    fields.check(same, "price.currency", "invalid", format!("The shop sells in {}", state.config.currency));
    let days = format!("At most {LONGEST_TRIAL}");
    fields.check(in_range(plan.trial_days, LONGEST_TRIAL), "trial_days", "out_of_range", days);
    let tokens = format!("Between 0 and {MOST_TOKENS}");
    fields.check(in_range(plan.tokens_per_period, MOST_TOKENS), "tokens_per_period", "out_of_range", tokens.clone());
    fields.check(in_range(plan.rollover_cap, MOST_TOKENS), "rollover_cap", "out_of_range", tokens);
    fields.check(plan.benefits.len() <= 20, "benefits", "too_many", "At most 20");
    for (position, benefit) in plan.benefits.iter().enumerate() {
        fields.text(benefit, &format!("benefits[{position}]"), 1, 200);
    }
    fields.check(includes.product_ids.len() <= 200, "includes.product_ids", "too_many", "At most 200");
    for (position, product) in includes.product_ids.iter().take(200).enumerate() {
        let field = format!("includes.product_ids[{position}]");
        let fine = store::is_includable(&mut *tx, *product).await?;
        fields.check(fine, &field, "invalid", "A download or an embed of this shop");
    }
    fields.done()
}
