//! HTTP of tokens.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Code, PageQuery, Problem,
    tokens::{TokenAdjustment, TokenEntry, TokenEntryKind, TokenLot, TokenSource, TokenStatement, TokenTotals},
};

use super::{
    service,
    store::{self, EntryRecord, LotRecord},
};
use crate::{
    auth::{Admin, SignedIn},
    db::Db,
    error::Result,
    extract::Json,
    idempotency::IdempotencyKey,
    paging,
    state::App,
};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config.service(get_tokens).service(get_admin_tokens).service(adjust_tokens).service(get_token_totals);
}

/// The tokens of a subscription: what is left, what it is made of, and a page of all that happened to it.
#[utoipa::path(
    tag = "tokens",
    operation_id = "get_tokens",
    params(("id" = Uuid, Path, description = "The subscription"), PageQuery),
    responses((status = 200, description = "Balance, lots, and a page of entries", body = TokenStatement)),
    security(("bearer" = [])),
)]
#[get("/subscriptions/{id}/tokens")]
async fn get_tokens(
    app: App,
    caller: SignedIn,
    id: web::Path<Uuid>,
    query: web::Query<PageQuery>,
) -> Result<web::Json<TokenStatement>> {
    service::find_of_customer(&app.db, *id, caller.id).await?;
    statement(&app, *id, &query).await
}

/// The tokens of anybody's subscription, as its customer sees them.
#[utoipa::path(
    tag = "tokens",
    operation_id = "get_admin_tokens",
    params(("id" = Uuid, Path, description = "The subscription"), PageQuery),
    responses((status = 200, description = "Balance, lots, and a page of entries", body = TokenStatement)),
    security(("bearer" = [])),
)]
#[get("/admin/subscriptions/{id}/tokens")]
async fn get_admin_tokens(
    app: App,
    _: Admin,
    id: web::Path<Uuid>,
    query: web::Query<PageQuery>,
) -> Result<web::Json<TokenStatement>> {
    store::find_account(&app.db, *id).await?.ok_or(Code::NotFound)?;
    statement(&app, *id, &query).await
}

/// Give tokens to a customer, or take some; the reason stands in the customer's statement.
#[utoipa::path(
    tag = "tokens",
    operation_id = "adjust_tokens",
    params(
        ("id" = Uuid, Path, description = "The subscription"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer with the same entry"),
    ),
    request_body = TokenAdjustment,
    responses(
        (status = 201, description = "The entry in the statement", body = TokenEntry),
        (status = 409, description = "`tokens.insufficient`: there are fewer to take", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`, `idempotency.mismatch`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/admin/subscriptions/{id}/tokens")]
async fn adjust_tokens(
    app: App,
    admin: Admin,
    id: web::Path<Uuid>,
    key: IdempotencyKey,
    Json(body): Json<TokenAdjustment>,
) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    let entry = service::adjust(&mut tx, &app.clock, *id, &body, admin.0.id, &key).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(wire_entry(entry)))
}

/// The tokens of all subscriptions together, and whether ledger, lots and balances agree.
#[utoipa::path(
    tag = "tokens",
    operation_id = "get_token_totals",
    responses((status = 200, description = "Sums since the shop began", body = TokenTotals)),
    security(("bearer" = [])),
)]
#[get("/admin/tokens")]
async fn get_token_totals(app: App, _: Admin) -> Result<web::Json<TokenTotals>> {
    Ok(web::Json(service::totals(&app.db, app.clock.now()).await?))
}

async fn statement(app: &App, account: Uuid, query: &PageQuery) -> Result<web::Json<TokenStatement>> {
    let limit = paging::limit(query.limit)?;
    let before = paging::cursor(query.cursor.as_deref())?;
    let now = app.clock.now();
    let service::Purse { spendable: lots, waiting } = service::purse(&app.db, account, now).await?;
    let summary = service::summary(&app.db, account, now).await?;
    let rows = store::list_entries(&app.db, account, before, limit + 1).await?;
    let page = paging::page(rows, limit, |row| row.id).map(wire_entry);
    Ok(web::Json(TokenStatement {
        balance: lots.iter().map(|lot| lot.remaining).sum(),
        waiting,
        allotted: summary.allotted,
        spent: summary.spent,
        lots: lots.into_iter().map(|lot| wire_lot(lot, now)).collect(),
        entries: page.data,
        next_cursor: page.next_cursor,
    }))
}

/// Every line of a subscription's statement, newest first.
pub async fn export(db: &Db, account: Uuid) -> Result<Vec<TokenEntry>> {
    Ok(store::list_entries(db, account, None, i64::MAX).await?.into_iter().map(wire_entry).collect())
}

fn wire_lot(lot: LotRecord, now: DateTime<Utc>) -> TokenLot {
    TokenLot {
        id: lot.id,
        source: source(&lot.source).unwrap_or(TokenSource::Adjustment),
        amount: lot.amount,
        remaining: lot.remaining,
        expires_at: lot.expires_at,
        awaits_renewal: lot.held && lot.expires_at.is_some_and(|end| end <= now),
        created_at: lot.created_at,
    }
}

fn wire_entry(entry: EntryRecord) -> TokenEntry {
    use TokenEntryKind::*;
    let kind = [Grant, Spend, Return, Expire, Adjust].into_iter().find(|kind| kind.as_str() == entry.kind);
    let source = entry.source.as_deref().and_then(source);
    TokenEntry {
        id: entry.id,
        kind: kind.unwrap_or(Adjust),
        amount: entry.amount,
        booking_id: entry.booking_id,
        source,
        // What a rollover refers to is of no use to anybody outside.
        source_ref: entry.source_ref.filter(|_| source != Some(TokenSource::Rollover)),
        reason: entry.reason,
        created_at: entry.created_at,
    }
}

fn source(text: &str) -> Option<TokenSource> {
    use TokenSource::*;
    [Period, Rollover, TopUp, Adjustment, Return].into_iter().find(|source| source.as_str() == text)
}
