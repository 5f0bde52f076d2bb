//! HTTP of everybody's subscriptions, for the owner.

use actix_web::{HttpResponse, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Code, Money, Page, Problem,
    checkout::Dispute,
    subscriptions::{AdminSubscription, Cancellation, SubscriptionQuery},
};

use super::{
    super::{
        service,
        store::{self, SubscriptionRecord, Wanted},
    },
    how_to_end, subscriptions,
};
use crate::{
    accounts,
    auth::Admin,
    error::{Error, Result},
    extract::Json,
    paging,
    state::{App, State},
};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config.service(list_admin_subscriptions).service(get_admin_subscription).service(cancel_admin_subscription);
}

/// Everybody's subscriptions, newest first; those that ended too.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "list_admin_subscriptions",
    params(SubscriptionQuery),
    responses((status = 200, description = "A page of subscriptions", body = Page<AdminSubscription>)),
    security(("bearer" = [])),
)]
#[get("/admin/subscriptions")]
async fn list_admin_subscriptions(app: App, _: Admin, query: web::Query<SubscriptionQuery>) -> Result<HttpResponse> {
    let limit = paging::limit(query.limit)?;
    let before = paging::cursor(query.cursor.as_deref())?;
    let words = query.q.as_deref().map(|words| words.trim().to_lowercase()).filter(|words| !words.is_empty());
    let wanted = Wanted {
        status: query.status.map(|status| status.as_str()),
        words: words.as_deref(),
        disputed: query.disputed,
        plan: query.plan_id,
        customer: query.customer_id,
    };
    let rows = store::list_all(&app.db, wanted, before, limit + 1).await?;
    let page = paging::page(rows, limit, |row| row.id);
    let next_cursor = page.next_cursor;
    Ok(HttpResponse::Ok().json(Page { data: admin_subscriptions(&app, page.data).await?, next_cursor }))
}

/// Anybody's subscription.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "get_admin_subscription",
    params(("id" = Uuid, Path, description = "The subscription")),
    responses((status = 200, description = "The subscription", body = AdminSubscription)),
    security(("bearer" = [])),
)]
#[get("/admin/subscriptions/{id}")]
async fn get_admin_subscription(app: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let record = store::find_subscription(&app.db, *id).await?.ok_or(Code::NotFound)?;
    Ok(HttpResponse::Ok().json(admin_subscription(&app, record).await?))
}

/// End anybody's subscription: at the end of its period, or now. No money goes back.
#[utoipa::path(
    tag = "subscriptions",
    operation_id = "cancel_admin_subscription",
    params(("id" = Uuid, Path, description = "The subscription")),
    request_body = Cancellation,
    responses(
        (status = 200, description = "As it is now", body = AdminSubscription),
        (status = 409, description = "`subscriptions.over`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`payments.unavailable`: try again", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/admin/subscriptions/{id}/cancel")]
async fn cancel_admin_subscription(
    app: App,
    admin: Admin,
    id: web::Path<Uuid>,
    body: Json<Cancellation>,
) -> Result<HttpResponse> {
    let how = how_to_end(body.0)?;
    let record = store::find_subscription(&app.db, *id).await?.ok_or(Code::NotFound)?;
    let record = service::cancel(&app, record.customer_id, record.id, how.at_period_end, how.reason).await?;
    tracing::info!(subscription = %record.id, by = %admin.0.id, how.at_period_end, "the owner ended a subscription");
    Ok(HttpResponse::Ok().json(admin_subscription(&app, record).await?))
}

async fn admin_subscription(state: &State, record: SubscriptionRecord) -> Result<AdminSubscription> {
    let shown = admin_subscriptions(state, vec![record]).await?.pop();
    shown.ok_or_else(|| Error::internal(anyhow::anyhow!("a subscription without its plan")))
}

/// As the owner sees them.
async fn admin_subscriptions(state: &State, records: Vec<SubscriptionRecord>) -> Result<Vec<AdminSubscription>> {
    let shown = subscriptions(state, records.clone()).await?;
    let ids: Vec<Uuid> = records.iter().map(|record| record.id).collect();
    let disputes = store::list_disputes(&state.db, &ids).await?;
    let mut all = Vec::with_capacity(shown.len());
    for subscription in shown {
        let Some(record) = records.iter().find(|record| record.id == subscription.id) else { continue };
        let customer = accounts::service::find_customer(&state.db, record.customer_id).await?;
        let customer =
            customer.ok_or_else(|| Error::internal(anyhow::anyhow!("a subscription without its customer")))?;
        let own = disputes.iter().filter(|dispute| dispute.subscription_id == record.id).map(|dispute| Dispute {
            amount: Money { amount: dispute.amount, ..subscription.price },
            stripe_dispute_id: dispute.stripe_dispute_id.clone(),
            status: dispute.status.clone(),
            reason: dispute.reason.clone(),
            evidence_due_by: dispute.evidence_due_by,
        });
        all.push(AdminSubscription {
            disputes: own.collect(),
            customer: accounts::routes::customer(&customer),
            stripe_subscription_id: record.stripe_subscription_id.clone(),
            surplus: record.surplus,
            subscription,
        });
    }
    Ok(all)
}
