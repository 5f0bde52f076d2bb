//! HTTP of checkout.

use actix_web::{HttpResponse, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Code, Page, PageQuery, Problem,
    checkout::{
        AdminOrder, Checkout, CheckoutResult, CheckoutStatus, NewCheckout, NewRefund, Order, OrderQuery, Refund,
    },
};

use super::{
    create, ending, refunds, settle,
    store::{self, OrderRecord},
    views,
};
use crate::{
    auth::{Admin, SignedIn},
    error::{Error, Fields, Result},
    extract::Json,
    idempotency::IdempotencyKey,
    paging,
    state::{App, State},
};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(create_checkout_session)
        .service(get_checkout_session)
        .service(list_orders)
        .service(get_order)
        .service(cancel_order)
        .service(list_admin_orders)
        .service(get_admin_order)
        .service(create_refund)
        .service(resolve_review);
}

/// Make an order and Stripe's page to pay it on.
///
/// A second request for the same things reuses the order and the page that are open. What costs nothing is complete at once.
#[utoipa::path(
    tag = "checkout",
    operation_id = "create_checkout_session",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer with the same order")),
    request_body(content = NewCheckout, examples(
        ("items" = (value = json!({"items": [{"product_id": "0191d2a0-0000-7000-8000-000000000000", "quantity": 1}]}))),
        ("cart" = (value = json!({"cart": true}))),
        ("plan" = (value = json!({"plan_id": "0191d2a0-0000-7000-8000-000000000000"}))),
    )),
    responses(
        (status = 201, description = "Send the customer to `url`, unless it is null", body = Checkout),
        (status = 409, description = "`cart.empty`, `catalog.not_available`, `catalog.out_of_stock`, `calendar.slot_taken`, `request.conflict` (too many unpaid times are held), `tokens.no_subscription`, `tokens.frozen`, `entitlements.already_owned`, `subscriptions.already_subscribed`, `subscriptions.change_plan`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`, `checkout.amount_too_small`, `idempotency.mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 502, description = "`payments.refused`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`payments.not_configured`, `payments.unavailable`: try again with the same key", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/checkout/sessions")]
async fn create_checkout_session(
    app: App,
    caller: SignedIn,
    key: IdempotencyKey,
    body: Json<NewCheckout>,
) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    let order = create::place_order(&mut tx, &app, caller.id, &body.0, &key).await?;
    tx.commit().await?;
    let order = create::open_session(&app, order).await?;
    Ok(HttpResponse::Created().json(Checkout {
        order_id: order.id,
        status: checkout_status(&order),
        url: order.stripe_url.clone().filter(|_| order.payment == "pending"),
        expires_at: create::open_until(&order, app.clock.now()),
    }))
}

/// How a checkout ended. Asks Stripe and settles, so that the page after payment never waits for the webhook.
#[utoipa::path(
    tag = "checkout",
    operation_id = "get_checkout_session",
    params(("stripe_session_id" = String, Path, description = "As in the address Stripe sends the customer back to")),
    responses(
        (status = 200, description = "Where it stands", body = CheckoutResult),
        (status = 503, description = "`payments.unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[get("/checkout/sessions/{stripe_session_id}")]
async fn get_checkout_session(app: App, caller: SignedIn, session: web::Path<String>) -> Result<HttpResponse> {
    let order = store::find_by_session(&app.db, &session).await?.filter(|order| order.customer_id == caller.id);
    let mut order = order.ok_or(Code::NotFound)?;
    if matches!(order.payment.as_str(), "pending" | "processing") {
        let session = settle::fetch(&app, &session).await?.ok_or(Code::NotFound)?;
        let mut tx = app.db.begin().await?;
        settle::apply(&mut tx, &app, &session).await?;
        order = store::find_order(&mut tx, order.id).await?.ok_or(Code::NotFound)?;
        tx.commit().await?;
    }
    let (status, order) = (checkout_status(&order), views::order(&app, &order).await?);
    Ok(HttpResponse::Ok().json(CheckoutResult { status, order }))
}

fn checkout_status(order: &OrderRecord) -> CheckoutStatus {
    match order.payment.as_str() {
        "pending" => CheckoutStatus::Open,
        "processing" => CheckoutStatus::Processing,
        "paid" => CheckoutStatus::Complete,
        "expired" => CheckoutStatus::Expired,
        _ => CheckoutStatus::Failed,
    }
}

/// My orders, newest first.
#[utoipa::path(
    tag = "checkout",
    operation_id = "list_orders",
    params(PageQuery),
    responses((status = 200, description = "A page of my orders", body = Page<Order>)),
    security(("bearer" = [])),
)]
#[get("/orders")]
async fn list_orders(app: App, caller: SignedIn, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let limit = paging::limit(query.limit)?;
    let before = paging::cursor(query.cursor.as_deref())?;
    let rows = store::list_of_customer(&app.db, caller.id, before, limit + 1).await?;
    let page = paging::page(rows, limit, |row| row.id);
    let mut data = Vec::with_capacity(page.data.len());
    for record in &page.data {
        data.push(views::order(&app, record).await?);
    }
    Ok(HttpResponse::Ok().json(Page { data, next_cursor: page.next_cursor }))
}

/// One of my orders.
#[utoipa::path(
    tag = "checkout",
    operation_id = "get_order",
    params(("id" = Uuid, Path, description = "The order")),
    responses((status = 200, description = "The order", body = Order)),
    security(("bearer" = [])),
)]
#[get("/orders/{id}")]
async fn get_order(app: App, caller: SignedIn, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let order = store::find_order(&app.db, *id).await?.filter(|order| order.customer_id == caller.id);
    let order = order.ok_or(Code::NotFound)?;
    Ok(HttpResponse::Ok().json(views::order(&app, &order).await?))
}

/// Give an order up that is not paid: what it holds is free again, and its page at Stripe closes.
///
/// It is then `expired`. An order that has ended unpaid stays as it is.
#[utoipa::path(
    tag = "checkout",
    operation_id = "cancel_order",
    params(("id" = Uuid, Path, description = "The order")),
    responses(
        (status = 200, description = "The order", body = Order),
        (status = 409, description = "`request.conflict`: it is paid, or its payment is on its way", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/orders/{id}/cancel")]
async fn cancel_order(app: App, caller: SignedIn, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    let order = ending::cancel(&mut tx, &app, caller.id, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(views::order(&app, &order).await?))
}

/// All orders, newest first.
#[utoipa::path(
    tag = "checkout",
    operation_id = "list_admin_orders",
    params(OrderQuery),
    responses((status = 200, description = "A page of orders", body = Page<AdminOrder>)),
    security(("bearer" = [])),
)]
#[get("/admin/orders")]
async fn list_admin_orders(app: App, _: Admin, query: web::Query<OrderQuery>) -> Result<HttpResponse> {
    let limit = paging::limit(query.limit)?;
    let before = paging::cursor(query.cursor.as_deref())?;
    let status = query.status.map(|status| status.as_str());
    let words = query.q.as_deref().map(|words| words.trim().trim_start_matches('#').to_lowercase());
    let words = words.filter(|words| !words.is_empty());
    let rows = store::list_all(&app.db, status, query.customer_id, words.as_deref(), before, limit + 1).await?;
    let page = paging::page(rows, limit, |row| row.id);
    let mut data = Vec::with_capacity(page.data.len());
    for record in page.data {
        data.push(views::admin_order(&app, record).await?);
    }
    Ok(HttpResponse::Ok().json(Page { data, next_cursor: page.next_cursor }))
}

/// One order, with customer, refunds, disputes and Stripe's ids.
#[utoipa::path(
    tag = "checkout",
    operation_id = "get_admin_order",
    params(("id" = Uuid, Path, description = "The order")),
    responses((status = 200, description = "The order", body = AdminOrder)),
    security(("bearer" = [])),
)]
#[get("/admin/orders/{id}")]
async fn get_admin_order(app: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let order = store::find_order(&app.db, *id).await?.ok_or(Code::NotFound)?;
    Ok(HttpResponse::Ok().json(views::admin_order(&app, order).await?))
}

/// Send money back: all that is left, an amount, or whole lines. Access to what is refunded whole ends at once.
#[utoipa::path(
    tag = "checkout",
    operation_id = "create_refund",
    params(
        ("id" = Uuid, Path, description = "The order"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer with the same refund"),
    ),
    request_body = NewRefund,
    responses(
        (status = 201, description = "On its way; `pending` until Stripe confirms", body = Refund),
        (status = 409, description = "`checkout.not_refundable`, `checkout.refund_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`, `idempotency.mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 502, description = "`payments.refused`: the refund has failed", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/admin/orders/{id}/refunds")]
async fn create_refund(
    app: App,
    admin: Admin,
    id: web::Path<Uuid>,
    key: IdempotencyKey,
    body: Json<NewRefund>,
) -> Result<HttpResponse> {
    let mut fields = Fields::default();
    fields.text(body.0.reason.as_deref().unwrap_or(""), "reason", 0, 500);
    fields.done()?;
    app.stripe()?;
    let mut tx = app.db.begin().await?;
    let refund = refunds::ask(&mut tx, &app, admin.0.id, *id, &body.0, &key).await?;
    tx.commit().await?;
    let refund = match refunds::send(&app, refund.id).await {
        Ok(refund) => refund,
        // Written down and queued: it will be sent with the same key.
        Err(error) if error.code() == Code::PaymentsUnavailable => refund,
        Err(error) => return Err(error),
    };
    let order = store::find_order(&app.db, refund.order_id).await?.ok_or(Code::NotFound)?;
    let lines = store::list_refund_lines(&app.db, order.id).await?;
    let lines = lines.into_iter().filter(|(of, _)| *of == refund.id).map(|(_, line)| line).collect();
    Ok(HttpResponse::Created().json(views::refund(&refund, &order.currency, lines)))
}

/// Say that a flagged order has been looked at: the flag goes, the order is what its money says.
#[utoipa::path(
    tag = "checkout",
    operation_id = "resolve_review",
    params(("id" = Uuid, Path, description = "The order")),
    responses((status = 200, description = "The order", body = AdminOrder)),
    security(("bearer" = [])),
)]
#[post("/admin/orders/{id}/resolve-review")]
async fn resolve_review(app: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let order = look_at(&app, *id).await?;
    Ok(HttpResponse::Ok().json(views::admin_order(&app, order).await?))
}

async fn look_at(state: &State, id: Uuid) -> Result<OrderRecord> {
    let mut tx = state.db.begin().await?;
    tx.lock(&format!("order:{id}")).await?;
    if store::update_review(&mut tx, id, None).await? == 0 {
        return Err(Error::new(Code::NotFound));
    }
    let order = super::service::follow_money(&mut tx, state, id).await?;
    tx.commit().await?;
    Ok(order)
}
