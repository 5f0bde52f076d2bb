//! HTTP of catalog.

use actix_web::{HttpResponse, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use vitrine_types::{
    Page, Problem,
    catalog::{AdminProduct, NewProduct, Product, ProductQuery, ProductStatus},
};

pub use super::wire::product;
use super::{service, store, wire};
use crate::{
    auth::{Admin, Visitor},
    error::{Error, Result},
    extract::Json,
    paging,
    state::App,
};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config.service(list_products).service(get_product).service(create_product);
}

/// List products
///
/// Products for sale: newest first unless asked otherwise; filtered by kind, tag and words.
#[utoipa::path(
    tag = "catalog",
    operation_id = "list_products",
    params(ProductQuery),
    responses((status = 200, body = Page<Product>)),
    security((), ("bearer" = []))
)]
#[get("/products")]
async fn list_products(
    state: App,
    caller: Visitor,
    query: web::Query<ProductQuery>,
) -> Result<web::Json<Page<Product>>> {
    if query.status.is_some() {
        return Err(Error::field("status", "unknown_field", "Only the owner's list has this"));
    }
    let filter = service::filter(&query, caller.id(), Some(ProductStatus::Published))?;
    let rows = store::list::list_products(&state.db, &filter.one_more()).await?;
    let page = paging::page(rows, filter.limit, |row| service::cursor_after(row, filter.sort));
    Ok(web::Json(page.map(product)))
}

/// Get a product
///
/// With its description as clean HTML, and its files without their content.
#[utoipa::path(
    tag = "catalog",
    operation_id = "get_product",
    params(("slug" = String, Path, description = "Its address in the shop", example = "field-guide")),
    responses((status = 200, body = Product)),
    security((), ("bearer" = []))
)]
#[get("/products/{slug}")]
async fn get_product(state: App, caller: Visitor, slug: web::Path<String>) -> Result<web::Json<Product>> {
    let record = service::find_published(&state.db, caller.id(), &slug).await?;
    let files = service::list_files(&state.db, record.product.product.id).await?;
    Ok(web::Json(wire::detail(record, files)))
}

/// Make a product
#[utoipa::path(
    tag = "catalog",
    operation_id = "create_product",
    request_body = NewProduct,
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
    let record = service::find_product(&mut tx, id).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(wire::admin_detail(record, Vec::new())))
}
