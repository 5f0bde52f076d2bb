//! HTTP of carts.

use actix_web::{HttpResponse, delete, get, put, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Money, Problem,
    cart::{Cart, CartLine, CartQuantity},
};

use super::{service, store};
use crate::{auth::SignedIn, catalog, error::Result, extract::Json, state::App};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config.service(get_cart).service(set_cart_line).service(clear_cart);
}

/// What is in the cart, at today's prices.
#[utoipa::path(
    tag = "cart",
    operation_id = "get_cart",
    responses((status = 200, description = "The cart", body = Cart)),
    security(("bearer" = [])),
)]
#[get("/cart")]
async fn get_cart(app: App, caller: SignedIn) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(cart(&app, caller.id).await?))
}

/// Set how many of a product are in the cart; 0 takes it out.
#[utoipa::path(
    tag = "cart",
    operation_id = "set_cart_line",
    params(("product_id" = Uuid, Path, description = "Which product")),
    request_body = CartQuantity,
    responses(
        (status = 200, description = "The cart", body = Cart),
        (status = 409, description = "`cart.too_many_lines`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[put("/cart/lines/{product_id}")]
async fn set_cart_line(
    app: App,
    caller: SignedIn,
    product: web::Path<Uuid>,
    body: Json<CartQuantity>,
) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    service::set_quantity(&mut tx, &app.clock, caller.id, *product, body.0.quantity).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(cart(&app, caller.id).await?))
}

/// Empty the cart.
#[utoipa::path(
    tag = "cart",
    operation_id = "clear_cart",
    responses((status = 200, body = Cart)),
    security(("bearer" = [])),
)]
#[delete("/cart")]
async fn clear_cart(app: App, caller: SignedIn) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    store::delete_lines(&mut tx, caller.id).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(cart(&app, caller.id).await?))
}

async fn cart(app: &App, customer: Uuid) -> Result<Cart> {
    let currency = app.config.currency;
    let lines: Vec<CartLine> = service::contents(&app.db, customer)
        .await?
        .into_iter()
        .map(|(product, line)| CartLine {
            line_total: Money::new(product.price_amount.saturating_mul(line.quantity), currency),
            quantity: line.quantity as u32,
            product: catalog::wire::product(product),
        })
        .collect();
    let total = lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.line_total.amount));
    Ok(Cart { lines, total: Money::new(total, currency) })
}
