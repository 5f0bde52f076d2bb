//! HTTP of entitlements.

pub(crate) mod delivery;

use std::collections::HashMap;

use actix_web::{HttpResponse, delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Code, Page, PageQuery, Problem,
    catalog::{ProductFile, ProductKind},
    entitlements::{DownloadLink, EmbedLink, Entitlement, EntitlementStatus, NewDownload, NewGift, Source, SourceKind},
};

use super::{
    service::{self, LINK_LIFE, Link},
    store::{self, EntitlementRecord},
};
use crate::{
    accounts,
    auth::{Admin, SignedIn},
    catalog,
    db::Db,
    error::{Error, Result},
    extract::Json,
    paging,
    state::App,
};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list_entitlements)
        .service(get_entitlement)
        .service(claim_product)
        .service(create_download)
        .service(get_embed)
        .service(create_entitlement)
        .service(delete_entitlement)
        .service(restore_entitlement)
        .service(delivery::download_file)
        .service(delivery::show_embed);
}

/// What I own, newest first; also what I no longer may use.
#[utoipa::path(
    tag = "entitlements",
    operation_id = "list_entitlements",
    params(PageQuery),
    responses((status = 200, description = "A page of what I own", body = Page<Entitlement>)),
    security(("bearer" = [])),
)]
#[get("/entitlements")]
async fn list_entitlements(app: App, caller: SignedIn, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let limit = paging::limit(query.limit)?;
    let before = paging::cursor(query.cursor.as_deref())?;
    let rows = store::list_of_customer(&app.db, caller.id, before, limit + 1).await?;
    let page = paging::page(rows, limit, |row| row.id);
    let next_cursor = page.next_cursor;
    let data = entitlements(&app.db, page.data).await?;
    Ok(HttpResponse::Ok().json(Page { data, next_cursor }))
}

/// One thing that I own, or owned.
#[utoipa::path(
    tag = "entitlements",
    operation_id = "get_entitlement",
    params(("id" = Uuid, Path, description = "What I own")),
    responses((status = 200, description = "As it is now", body = Entitlement)),
    security(("bearer" = [])),
)]
#[get("/entitlements/{id}")]
async fn get_entitlement(app: App, caller: SignedIn, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let record = service::find_of_customer(&app.db, *id, caller.id).await?;
    Ok(HttpResponse::Ok().json(entitlement(&app.db, record).await?))
}

/// Take a free product. Taking it again answers with what is owned already.
#[utoipa::path(
    tag = "entitlements",
    operation_id = "claim_product",
    params(("slug" = String, Path, description = "The product's address")),
    responses(
        (status = 201, description = "Yours now", body = Entitlement),
        (status = 409, description = "`catalog.not_free`, `catalog.out_of_stock`, `entitlements.order_instead`: tokens come with it", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/products/{slug}/claim")]
async fn claim_product(app: App, caller: SignedIn, slug: web::Path<String>) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    let record = service::claim(&mut tx, &app.clock, caller.id, &slug).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(entitlement(&app.db, record).await?))
}

/// A link to a file of something I own. It works without a session, answers `Range`, and stops when access ends.
#[utoipa::path(
    tag = "entitlements",
    operation_id = "create_download",
    params(("id" = Uuid, Path, description = "What I own")),
    request_body = NewDownload,
    responses(
        (status = 201, description = "The link, good for 15 minutes", body = DownloadLink),
        (status = 403, description = "`entitlements.inactive`: access has ended", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/entitlements/{id}/downloads")]
async fn create_download(
    app: App,
    caller: SignedIn,
    id: web::Path<Uuid>,
    body: Json<NewDownload>,
) -> Result<HttpResponse> {
    let record = service::usable(&app.db, &app.clock, *id, caller.id).await?;
    let file = catalog::service::find_file(&app.db, record.product_id, body.0.file_id).await?;
    let now = app.clock.now();
    let token = app.keys.sign(Link { ent: record.id, file: Some(file.id) }, now, LINK_LIFE)?;
    let name = file.name.bytes().fold(String::new(), |mut name, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => name.push(byte as char),
            _ => name.push_str(&format!("%{byte:02X}")),
        }
        name
    });
    let url = app.config.public(&format!("/api/v1/downloads/{token}/{name}"));
    Ok(HttpResponse::Created().json(DownloadLink { url, expires_at: now + LINK_LIFE }))
}

/// How to show an embed I own.
#[utoipa::path(
    tag = "entitlements",
    operation_id = "get_embed",
    params(("id" = Uuid, Path, description = "What I own")),
    responses(
        (status = 200, description = "A frame, and a snippet that makes it", body = EmbedLink),
        (status = 403, description = "`entitlements.inactive`: access has ended", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[get("/entitlements/{id}/embed")]
async fn get_embed(app: App, caller: SignedIn, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let record = service::usable(&app.db, &app.clock, *id, caller.id).await?;
    let embed = service::embed(&app.db, record.product_id).await?;
    let now = app.clock.now();
    let token = app.keys.sign(Link { ent: record.id, file: None }, now, LINK_LIFE)?;
    let iframe_url = app.config.public(&format!("/api/v1/embeds/{token}"));
    let html = format!(
        "<iframe src=\"{iframe_url}\" height=\"{}\" style=\"width:100%;border:0\" \
         sandbox=\"allow-scripts allow-forms allow-popups allow-presentation\" allow=\"fullscreen\" loading=\"lazy\"></iframe>",
        embed.height
    );
    Ok(HttpResponse::Ok().json(EmbedLink { html, iframe_url, height: embed.height, expires_at: now + LINK_LIFE }))
}

/// Give a product to a customer; also gives back a gift that was taken away.
#[utoipa::path(
    tag = "entitlements",
    operation_id = "create_entitlement",
    request_body = NewGift,
    responses(
        (status = 201, description = "Given", body = Entitlement),
        (status = 404, description = "`request.not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`catalog.nothing_to_deliver`: it is nothing but tokens", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/admin/entitlements")]
async fn create_entitlement(app: App, _: Admin, body: Json<NewGift>) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    accounts::service::find_customer(&mut tx, body.0.customer_id).await?.ok_or(Code::NotFound)?;
    let record = service::gift(&mut tx, &app.clock, body.0.customer_id, body.0.product_id).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(entitlement(&app.db, record).await?))
}

/// Take a product away from a customer, whatever it came from.
#[utoipa::path(
    tag = "entitlements",
    operation_id = "delete_entitlement",
    params(("id" = Uuid, Path, description = "What the customer owns")),
    responses((status = 204, description = "Taken away")),
    security(("bearer" = [])),
)]
#[delete("/admin/entitlements/{id}")]
async fn delete_entitlement(app: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    service::take_away(&mut tx, &app.clock, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Undo taking a product away: it is what its source says again.
#[utoipa::path(
    tag = "entitlements",
    operation_id = "restore_entitlement",
    params(("id" = Uuid, Path, description = "What the customer owned")),
    responses((status = 204, description = "Given back")),
    security(("bearer" = [])),
)]
#[post("/admin/entitlements/{id}/restore")]
async fn restore_entitlement(app: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    service::give_back(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Records of one customer as they leave the house, with their products and files.
pub async fn entitlements(db: &Db, records: Vec<EntitlementRecord>) -> Result<Vec<Entitlement>> {
    let customer = records.first().map(|record| record.customer_id);
    let ids: Vec<Uuid> = records.iter().map(|record| record.product_id).collect();
    let products = catalog::service::find_products(db, customer, &ids).await?;
    let mut files: HashMap<Uuid, Vec<ProductFile>> = HashMap::new();
    for file in catalog::service::list_files_of(db, &ids).await? {
        files.entry(file.product_id).or_default().push(catalog::wire::file(file));
    }
    let shown = records.into_iter().filter_map(|record| {
        let product = products.iter().find(|product| product.id == record.product_id)?.clone();
        let active = record.status == EntitlementStatus::Active.as_str();
        Some(Entitlement {
            id: record.id,
            status: status(&record.status),
            source: Source { kind: source_kind(&record.source_kind), id: record.source_id },
            granted_at: record.granted_at,
            expires_at: record.expires_at,
            files: files.get(&product.id).filter(|_| active).cloned().unwrap_or_default(),
            has_embed: product.kind == ProductKind::Embed,
            bookings_remaining: record.bookings_remaining,
            tokens: record.tokens.map(|tokens| tokens.0),
            product: catalog::wire::product(product),
        })
    });
    Ok(shown.collect())
}

/// One record as it leaves the house.
pub async fn entitlement(db: &Db, record: EntitlementRecord) -> Result<Entitlement> {
    let shown = entitlements(db, vec![record]).await?.pop();
    shown.ok_or_else(|| Error::internal(anyhow::anyhow!("an entitlement without its product")))
}

fn status(text: &str) -> EntitlementStatus {
    use EntitlementStatus::*;
    [Active, Suspended, Revoked, Expired].into_iter().find(|status| status.as_str() == text).unwrap_or(Revoked)
}

fn source_kind(text: &str) -> SourceKind {
    use SourceKind::*;
    [Order, Subscription, Free, Gift].into_iter().find(|kind| kind.as_str() == text).unwrap_or(Gift)
}
