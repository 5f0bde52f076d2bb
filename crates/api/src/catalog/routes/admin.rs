//! The owner's pages for products.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Page, Problem,
    catalog::{AdminProduct, NewProduct, ProductPatch, ProductQuery},
};

use super::super::{service, store, wire};
use crate::{auth::Admin, db::Cx, error::Result, extract::Json, paging, state::App};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list_admin_products)
        .service(create_product)
        .service(get_admin_product)
        .service(update_product)
        .service(delete_product);
}

/// A product as the owner's page shows it.
pub async fn shown(cx: impl Into<Cx<'_>>, files: Vec<service::FileRecord>, id: Uuid) -> Result<AdminProduct> {
    Ok(wire::admin_detail(service::find_product(cx, id).await?, files))
}

/// List all products
///
/// In any state, newest first unless asked otherwise; filtered by state, kind, tag and words.
#[utoipa::path(
    tag = "catalog",
    operation_id = "list_admin_products",
    params(ProductQuery),
    responses((status = 200, body = Page<AdminProduct>)),
    security(("bearer" = []))
)]
#[get("/admin/products")]
async fn list_admin_products(
    state: App,
    _: Admin,
    query: web::Query<ProductQuery>,
) -> Result<web::Json<Page<AdminProduct>>> {
    let filter = service::filter(&query, None, query.status)?;
    let rows = store::list::list_admin_products(&state.db, &filter.one_more()).await?;
    let page = paging::page(rows, filter.limit, |row| service::cursor_after(&row.product, filter.sort));
    Ok(web::Json(page.map(wire::admin_product)))
}

/// Make a product
///
/// Its address is made from the name unless given. Files and a picture are added afterwards.
#[utoipa::path(
    tag = "catalog",
    operation_id = "create_product",
    request_body(content = NewProduct, examples(
        ("A download" = (value = json!({
            "name": "Field Guide", "summary": "Forty walks, drawn.", "description": "# Inside\n- maps\n- sketches",
            "kind": "download", "price": {"amount": 1900, "currency": "usd"}, "tags": ["walking"], "published": true
        }))),
        ("An embed" = (value = json!({
            "name": "Mood board", "kind": "embed", "price": {"amount": 500, "currency": "usd"}, "published": true,
            "embed": {"url": "https://example.com/board", "height": 600}
        }))),
        ("A service" = (value = json!({
            "name": "Portfolio review", "kind": "service", "price": {"amount": 9000, "currency": "usd"},
            "published": true, "service": {
                "duration_minutes": 60, "after_buffer_minutes": 15, "minimum_notice_minutes": 720, "token_cost": 1,
                "location": "Video call; the link comes by mail",
                "questions": [{"id": "goal", "label": "What is it for?", "kind": "long_text", "required": true}]
            }
        })))
    )),
    responses(
        (status = 201, body = AdminProduct),
        (status = 409, description = "`catalog.slug_taken`", body = Problem, content_type = "application/problem+json")
    ),
    security(("bearer" = []))
)]
#[post("/admin/products")]
async fn create_product(state: App, _: Admin, Json(new): Json<NewProduct>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    let id = service::create_product(&mut tx, state.clock.now(), state.config.currency, new).await?;
    service::announce(&mut tx, &state.clock).await?;
    let product = shown(&mut tx, Vec::new(), id).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(product))
}

/// Get any product
#[utoipa::path(
    tag = "catalog",
    operation_id = "get_admin_product",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = AdminProduct)),
    security(("bearer" = []))
)]
#[get("/admin/products/{id}")]
async fn get_admin_product(state: App, _: Admin, id: web::Path<Uuid>) -> Result<web::Json<AdminProduct>> {
    let files = service::list_files(&state.db, *id).await?;
    Ok(web::Json(shown(&state.db, files, *id).await?))
}

/// Change a product
///
/// Absent fields stay as they are. `stock: null` lifts the limit. A new price counts for orders from now on.
#[utoipa::path(
    tag = "catalog",
    operation_id = "update_product",
    params(("id" = Uuid, Path)),
    request_body(content = ProductPatch, example = json!({"price": {"amount": 2400, "currency": "usd"}, "stock": null})),
    responses(
        (status = 200, body = AdminProduct),
        (status = 409, description = "`catalog.slug_taken`", body = Problem, content_type = "application/problem+json")
    ),
    security(("bearer" = []))
)]
#[patch("/admin/products/{id}")]
async fn update_product(
    state: App,
    _: Admin,
    id: web::Path<Uuid>,
    Json(patch): Json<ProductPatch>,
) -> Result<web::Json<AdminProduct>> {
    let mut tx = state.db.begin().await?;
    service::update_product(&mut tx, state.clock.now(), state.config.currency, *id, patch).await?;
    service::announce(&mut tx, &state.clock).await?;
    let files = service::list_files(&mut tx, *id).await?;
    let product = shown(&mut tx, files, *id).await?;
    tx.commit().await?;
    Ok(web::Json(product))
}

/// Delete a product
///
/// One that was ever ordered or given is archived instead: who owns it keeps it.
#[utoipa::path(
    tag = "catalog",
    operation_id = "delete_product",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted or archived")),
    security(("bearer" = []))
)]
#[delete("/admin/products/{id}")]
async fn delete_product(state: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    if !service::delete_product(&mut tx, &state.clock, *id).await? {
        drop(tx);
        tx = state.db.begin().await?;
        service::archive_product(&mut tx, state.clock.now(), *id).await?;
        service::announce(&mut tx, &state.clock).await?;
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
