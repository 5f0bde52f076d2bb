//! HTTP of plans and subscriptions.

mod admin;

use std::collections::HashMap;

use actix_web::{HttpResponse, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Currency, Money, Page, PageQuery, Problem,
    subscriptions::{
        AdminPlan, BillingPortal, Cancellation, Includes, Interval, NewPlan, Plan, PlanChange, PlanChangePreview,
        PlanChanged, PlanPatch, PlanStatus, Subscription, SubscriptionStatus,
    },
};

use super::{
    service,
    store::{self, PlanRecord, SubscriptionRecord},
};
use crate::{
    auth::{Admin, SignedIn},
    db::Db,
    error::{Fields, Result},
    extract::Json,
    paging,
    state::{App, State},
    tokens,
};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list_plans)
        .service(list_admin_plans)
        .service(create_plan)
        .service(update_plan)
        .service(list_subscriptions)
        .service(cancel_subscription)
        .service(resume_subscription)
        .service(change_plan)
        .service(create_billing_portal_session)
        .configure(admin::configure);
}

/// What can be subscribed to, the cheapest first.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "list_plans",
    responses((status = 200, description = "All published plans", body = Page<Plan>)),
)]
#[get("/plans")]
async fn list_plans(app: App) -> Result<HttpResponse> {
    let published = store::list_plans(&app.db, Some(PlanStatus::Published.as_str())).await?;
    let included = included(&app.db).await?;
    let data = published.into_iter().map(|record| plan(record, &included)).collect();
    Ok(HttpResponse::Ok().json(Page { data, next_cursor: None }))
}

/// All plans.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "list_admin_plans",
    responses((status = 200, description = "Drafts and archived ones too", body = Page<AdminPlan>)),
    security(("bearer" = [])),
)]
#[get("/admin/plans")]
async fn list_admin_plans(app: App, _: Admin) -> Result<HttpResponse> {
    let mut data = Vec::new();
    for record in store::list_plans(&app.db, None).await? {
        data.push(admin_plan(&app.db, record).await?);
    }
    Ok(HttpResponse::Ok().json(Page { data, next_cursor: None }))
}

/// Make a plan.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "create_plan",
    request_body = NewPlan,
    responses(
        (status = 201, description = "Made", body = AdminPlan),
        (status = 409, description = "`subscriptions.slug_taken`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/admin/plans")]
async fn create_plan(app: App, _: Admin, body: Json<NewPlan>) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    let made = service::create_plan(&mut tx, &app, body.0).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(admin_plan(&app.db, made).await?))
}

/// Change a plan, or archive it. What was granted stays; a new price is for new subscribers; what the plan includes changes
/// for all its subscribers.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "update_plan",
    params(("id" = Uuid, Path, description = "The plan")),
    request_body = PlanPatch,
    responses((status = 200, description = "As it is now", body = AdminPlan)),
    security(("bearer" = [])),
)]
#[patch("/admin/plans/{id}")]
async fn update_plan(app: App, _: Admin, id: web::Path<Uuid>, body: Json<PlanPatch>) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    let changed = service::update_plan(&mut tx, &app, *id, body.0).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(admin_plan(&app.db, changed).await?))
}

/// My subscriptions, newest first; those that ended too.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "list_subscriptions",
    params(PageQuery),
    responses((status = 200, description = "A page of them", body = Page<Subscription>)),
    security(("bearer" = [])),
)]
#[get("/subscriptions")]
async fn list_subscriptions(app: App, caller: SignedIn, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let limit = paging::limit(query.limit)?;
    let before = paging::cursor(query.cursor.as_deref())?;
    let rows = store::list_of_customer(&app.db, caller.id, before, limit + 1).await?;
    let page = paging::page(rows, limit, |row| row.id);
    let next_cursor = page.next_cursor;
    Ok(HttpResponse::Ok().json(Page { data: subscriptions(&app, page.data).await?, next_cursor }))
}

/// End a subscription: at the end of its period, which can be undone until then, or now.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "cancel_subscription",
    params(("id" = Uuid, Path, description = "The subscription")),
    request_body = Cancellation,
    responses(
        (status = 200, description = "As it is now", body = Subscription),
        (status = 409, description = "`subscriptions.over`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`payments.unavailable`: try again", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/subscriptions/{id}/cancel")]
async fn cancel_subscription(
    app: App,
    caller: SignedIn,
    id: web::Path<Uuid>,
    body: Json<Cancellation>,
) -> Result<HttpResponse> {
    let how = how_to_end(body.0)?;
    let record = service::cancel(&app, caller.id, *id, how.at_period_end, how.reason).await?;
    Ok(HttpResponse::Ok().json(subscription(&app, record).await?))
}

/// Refuses a reason that is too long; an empty one is none.
fn how_to_end(asked: Cancellation) -> Result<Cancellation> {
    let reason = asked.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let mut fields = Fields::default();
    fields.text(reason.as_deref().unwrap_or(""), "reason", 0, 500);
    fields.done()?;
    Ok(Cancellation { reason, ..asked })
}

/// Take the end of a subscription back, until it has ended.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "resume_subscription",
    params(("id" = Uuid, Path, description = "The subscription")),
    responses(
        (status = 200, description = "As it is now", body = Subscription),
        (status = 409, description = "`subscriptions.over`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`payments.unavailable`: try again", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/subscriptions/{id}/resume")]
async fn resume_subscription(app: App, caller: SignedIn, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let record = service::resume(&app, caller.id, *id).await?;
    Ok(HttpResponse::Ok().json(subscription(&app, record).await?))
}

/// Change the plan: a better one at once, with the difference paid now; another at the end of the period. A planned end is
/// taken back.
///
/// With `preview` nothing is changed, and the answer says what it would cost.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "change_plan",
    params(("id" = Uuid, Path, description = "The subscription")),
    request_body = PlanChange,
    responses(
        (status = 200, description = "The subscription as it is now; with `preview` the cost", body = PlanChanged),
        (status = 402, description = "`payments.card_declined`: nothing was changed", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`subscriptions.already_subscribed`, `subscriptions.over`, `subscriptions.unpaid`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: there is no such plan", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`payments.unavailable`: try again", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/subscriptions/{id}/change-plan")]
async fn change_plan(app: App, caller: SignedIn, id: web::Path<Uuid>, body: Json<PlanChange>) -> Result<HttpResponse> {
    if body.0.preview == Some(true) {
        let shown = service::preview(&app, caller.id, *id, body.0.plan_id).await?;
        return Ok(HttpResponse::Ok().json(PlanChanged::Preview(PlanChangePreview {
            due_now: money(shown.due_now, &shown.currency),
            next_invoice: money(shown.next_invoice, &shown.currency),
            next_invoice_at: shown.next_invoice_at,
            effective_at: shown.effective_at,
        })));
    }
    let record = service::change(&app, caller.id, *id, body.0.plan_id).await?;
    Ok(HttpResponse::Ok().json(PlanChanged::Done(Box::new(subscription(&app, record).await?))))
}

/// Stripe's page for my cards and invoices.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "create_billing_portal_session",
    responses(
        (status = 201, description = "Good for a few minutes", body = BillingPortal),
        (status = 404, description = "`request.not_found`: for who never subscribed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`payments.not_configured`, `payments.unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/billing-portal/sessions")]
async fn create_billing_portal_session(app: App, caller: SignedIn) -> Result<HttpResponse> {
    let url = service::billing_portal(&app, caller.id).await?;
    Ok(HttpResponse::Created().json(BillingPortal { url }))
}

fn money(amount: i64, currency: &str) -> Money {
    Money::new(amount, Currency::parse(currency).unwrap_or(Currency::USD))
}

fn interval(text: &str) -> Interval {
    if text == Interval::Year.as_str() { Interval::Year } else { Interval::Month }
}

/// Which products each plan includes by name.
async fn included(db: &Db) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let mut included: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (plan, product) in store::list_plan_products(db).await? {
        included.entry(plan).or_default().push(product);
    }
    Ok(included)
}

fn plan(record: PlanRecord, included: &HashMap<Uuid, Vec<Uuid>>) -> Plan {
    Plan {
        id: record.id,
        price: money(record.price_amount, &record.currency),
        interval: interval(&record.every),
        trial_days: record.trial_days as u32,
        tokens_per_period: record.tokens_per_period,
        rollover_cap: record.rollover_cap,
        includes: Includes {
            all_downloads: record.all_downloads,
            product_ids: included.get(&record.id).cloned().unwrap_or_default(),
        },
        slug: record.slug,
        name: record.name,
        description: record.description,
        benefits: record.benefits.0,
    }
}

async fn admin_plan(db: &Db, record: PlanRecord) -> Result<AdminPlan> {
    use PlanStatus::{Archived, Draft, Published};
    let subscribers = store::count_subscribers(db).await?.into_iter().find(|(plan, _)| *plan == record.id);
    let status = [Draft, Published, Archived].into_iter().find(|status| status.as_str() == record.status);
    Ok(AdminPlan {
        status: status.unwrap_or(Draft),
        subscribers: subscribers.map_or(0, |(_, count)| count),
        created_at: record.created_at,
        plan: plan(record, &included(db).await?),
    })
}

/// Subscriptions as they leave the house, with their plans and tokens.
pub async fn subscriptions(state: &State, records: Vec<SubscriptionRecord>) -> Result<Vec<Subscription>> {
    let now = state.clock.now();
    let accounts: Vec<Uuid> = records.iter().map(|record| record.id).collect();
    let mut tokens = tokens::service::summaries(&state.db, &accounts, now).await?;
    let included = included(&state.db).await?;
    let plans = store::list_plans(&state.db, None).await?;
    let find = |id: Uuid| plans.iter().find(|record| record.id == id).cloned().map(|record| plan(record, &included));
    let shown = records.into_iter().filter_map(|record| {
        let status = SubscriptionStatus::ALL.into_iter().find(|status| status.as_str() == record.status);
        Some(Subscription {
            id: record.id,
            plan: find(record.plan_id)?,
            status: status.unwrap_or(SubscriptionStatus::Incomplete),
            price: money(record.price_amount, &record.currency),
            current_period_start: record.current_period_start,
            current_period_end: record.current_period_end,
            cancel_at_period_end: record.cancel_at.is_some(),
            cancel_at: record.cancel_at,
            trial_end: record.trial_end,
            ended_at: record.ended_at,
            disputed: record.disputed,
            has_benefits: record.has_benefits && !record.disputed && record.benefits_until.is_none_or(|end| now < end),
            benefits_until: record.benefits_until,
            next_plan: record.next_plan_id.and_then(find),
            tokens: tokens.remove(&record.id).unwrap_or_default(),
            created_at: record.created_at,
        })
    });
    Ok(shown.collect())
}

async fn subscription(state: &State, record: SubscriptionRecord) -> Result<Subscription> {
    let shown = subscriptions(state, vec![record]).await?.pop();
    shown.ok_or_else(|| crate::error::Error::internal(anyhow::anyhow!("a subscription without its plan")))
}
