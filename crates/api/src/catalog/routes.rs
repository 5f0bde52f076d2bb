//! HTTP of catalog.

mod admin;
mod files;
pub mod receive;

use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;
use vitrine_types::{
    Page,
    catalog::{Product, ProductQuery, ProductStatus, Shop, Tag},
};

pub use super::wire::product;
use super::{service, store, wire};
use crate::{
    auth::Visitor,
    error::{Error, Result},
    paging,
    state::App,
    web::Site,
};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list_products)
        .service(get_product)
        .service(list_tags)
        .service(get_shop)
        .configure(admin::configure)
        .configure(files::configure);
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

/// List tags
///
/// Of the products for sale, the most used first.
#[utoipa::path(tag = "catalog", operation_id = "list_tags", responses((status = 200, body = Page<Tag>)))]
#[get("/tags")]
async fn list_tags(state: App) -> Result<web::Json<Page<Tag>>> {
    let tags = store::list::list_tags(&state.db).await?;
    let tag = |(name, products)| Tag { name, products };
    Ok(web::Json(Page::whole(tags.into_iter().map(tag).collect())))
}

/// Get the shop
///
/// What an app has to know before anything else.
#[utoipa::path(tag = "catalog", operation_id = "get_shop", responses((status = 200, body = Shop)))]
#[get("/shop")]
async fn get_shop(state: App, site: web::Data<Site>) -> web::Json<Shop> {
    web::Json(Shop {
        name: state.config.shop_name.clone(),
        tagline: state.config.shop_tagline.clone(),
        currency: state.config.currency.to_string(),
        payments: state.takes_payments(),
        demo: state.config.demo,
        version: site.version(),
    })
}
