//! HTTP of the owner's desk.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Code, Money, Page,
    accounts::Customer,
    admin::{AdminCustomer, AdminCustomerDetail, CustomerQuery, DailyRevenue, Health, Overview},
    checkout::AdminOrder,
};

use super::{
    health,
    store::{self, CustomerSums},
};
use crate::{accounts, auth::Admin, checkout, entitlements, error::Result, paging, state::App};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config.service(get_overview).service(get_health).service(list_customers).service(get_customer);
}

/// What happened lately, and what needs a look.
#[utoipa::path(
    tag = "admin",
    operation_id = "get_overview",
    responses((status = 200, description = "The last 30 days beside the 30 before", body = Overview)),
    security(("bearer" = [])),
)]
#[get("/admin/overview")]
async fn get_overview(app: App, _: Admin) -> Result<HttpResponse> {
    const DAYS: i64 = 30;
    let now = app.clock.now();
    let month = TimeDelta::days(DAYS);
    let (revenue, orders, customers) = store::sums(&app.db, now - month, now + TimeDelta::days(1)).await?;
    let (revenue_before, orders_before, customers_before) =
        store::sums(&app.db, now - month - month, now - month).await?;
    let worries = store::worries(&app.db).await?;
    let first_day = (now - TimeDelta::days(DAYS - 1)).date_naive();
    let start = first_day.and_time(chrono::NaiveTime::MIN).and_utc();
    let by_day: HashMap<NaiveDate, i64> = store::daily(&app.db, start).await?.into_iter().collect();
    let money = |amount| Money::new(amount, app.config.currency);
    let daily = first_day
        .iter_days()
        .take(DAYS as usize)
        .map(|date| DailyRevenue { date, amount: money(by_day.get(&date).copied().unwrap_or(0)) })
        .collect();
    Ok(HttpResponse::Ok().json(Overview {
        revenue: money(revenue),
        revenue_before: money(revenue_before),
        orders,
        orders_before,
        customers,
        customers_before,
        daily,
        needs_review: worries.needs_review,
        disputed_orders: worries.disputed_orders,
        disputed_subscriptions: worries.disputed_subscriptions,
        failed_events: worries.failed_events,
        failed_mails: worries.failed_mails,
        recent_orders: recent_orders(&app, None, 8).await?,
    }))
}

/// What `vitrine doctor` says.
#[utoipa::path(
    tag = "admin",
    operation_id = "get_health",
    responses((status = 200, description = "Each thing that was looked at", body = Health)),
    security(("bearer" = [])),
)]
#[get("/admin/health")]
async fn get_health(app: App, _: Admin) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(health::examine(&app).await?))
}

/// The customers, newest first.
#[utoipa::path(
    tag = "admin",
    operation_id = "list_customers",
    params(CustomerQuery),
    responses((status = 200, description = "A page of customers", body = Page<AdminCustomer>)),
    security(("bearer" = [])),
)]
#[get("/admin/customers")]
async fn list_customers(app: App, _: Admin, query: web::Query<CustomerQuery>) -> Result<HttpResponse> {
    let limit = paging::limit(query.limit)?;
    let before = paging::cursor(query.cursor.as_deref())?;
    let words = query.q.as_deref().map(|words| words.trim().to_lowercase()).filter(|words| !words.is_empty());
    let rows = store::list_customers(&app.db, words.as_deref(), None, before, limit + 1).await?;
    let page = paging::page(rows, limit, |row| row.id);
    let mut data = Vec::with_capacity(page.data.len());
    for sums in page.data {
        if let Some(customer) = customer(&app, sums).await? {
            data.push(customer);
        }
    }
    Ok(HttpResponse::Ok().json(Page { data, next_cursor: page.next_cursor }))
}

/// One customer, with orders and what they own.
#[utoipa::path(
    tag = "admin",
    operation_id = "get_customer",
    params(("id" = Uuid, Path, description = "The customer")),
    responses((status = 200, description = "The customer", body = AdminCustomerDetail)),
    security(("bearer" = [])),
)]
#[get("/admin/customers/{id}")]
async fn get_customer(app: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let sums = store::list_customers(&app.db, None, Some(*id), None, 1).await?.pop().ok_or(Code::NotFound)?;
    let summary = customer(&app, sums).await?.ok_or(Code::NotFound)?;
    let records = entitlements::store::list_of_customer(&app.db, *id, None, 500).await?;
    let orders = recent_orders(&app, Some(*id), 20).await?;
    Ok(HttpResponse::Ok().json(AdminCustomerDetail {
        summary,
        recent_orders: orders.into_iter().map(|order| order.order).collect(),
        entitlements: entitlements::routes::entitlements(&app.db, records).await?,
    }))
}

async fn customer(app: &App, sums: CustomerSums) -> Result<Option<AdminCustomer>> {
    let record = accounts::service::find_customer(&app.db, sums.id).await?;
    let seen: Option<DateTime<Utc>> = sums.last_seen_at;
    Ok(record.map(|record| -> AdminCustomer {
        let customer: Customer = accounts::routes::customer(&record);
        let spent = Money::new(sums.spent, app.config.currency);
        AdminCustomer { customer, orders: sums.orders, spent, last_seen_at: seen }
    }))
}

async fn recent_orders(app: &App, customer: Option<Uuid>, limit: i64) -> Result<Vec<AdminOrder>> {
    let mut shown = Vec::new();
    for record in checkout::store::list_all(&app.db, None, customer, None, None, limit).await? {
        shown.push(checkout::views::admin_order(app, record).await?);
    }
    Ok(shown)
}
