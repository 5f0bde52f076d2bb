//! Everything the shop keeps about a customer, in one document: a line per feature that keeps something.

use actix_web::{HttpResponse, get, http::header};
use serde_json::{Map, Value, json};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::Code;

use crate::{
    accounts, auth::SignedIn, calendar, cart, checkout, entitlements, error::Result, mail, state::App, subscriptions,
    tokens,
};

/// Registers the handler.
pub fn configure(config: &mut ServiceConfig) {
    config.service(export_account);
}

/// Everything about me
///
/// All that the shop keeps about the account, as one JSON document to keep.
#[utoipa::path(
    tag = "accounts",
    operation_id = "export_account",
    responses((status = 200, description = "One member per part of the shop", body = Object)),
    security(("bearer" = []))
)]
#[get("/account/export")]
pub async fn export_account(state: App, me: SignedIn) -> Result<HttpResponse> {
    let document = collect(&state, me.id).await?;
    let today = state.clock.now().format("%Y-%m-%d");
    let file = header::ContentDisposition::attachment(format!("account-{today}.json"));
    Ok(HttpResponse::Ok().insert_header(file).json(document))
}

async fn collect(state: &App, customer: Uuid) -> Result<Map<String, Value>> {
    let db = &state.db;
    let mut document = Map::new();
    let mut add = |part: &str, value: Value| drop(document.insert(part.to_owned(), value));
    let account = accounts::service::find_customer(db, customer).await?.ok_or(Code::NotFound)?;
    add("exported_at", json!(state.clock.now()));
    add("account", json!(accounts::routes::customer(&account)));
    add("sessions", json!(accounts::routes::export(state, customer).await?));
    add("mails", json!(mail::routes::export(db, &account.email).await?));
    let mut orders = Vec::new();
    for order in checkout::store::list_of_customer(db, customer, None, i64::MAX).await? {
        orders.push(checkout::views::order(state, &order).await?);
    }
    add("orders", json!(orders));
    let owned = entitlements::store::list_of_customer(db, customer, None, i64::MAX).await?;
    add("entitlements", json!(entitlements::routes::entitlements(db, owned).await?));
    let booked = calendar::store::list_bookings_of_customer(db, customer, None, i64::MAX).await?;
    add("bookings", json!(calendar::wire::bookings(state, Some(customer), booked).await?));
    let subscribed = subscriptions::store::list_of_customer(db, customer, None, i64::MAX).await?;
    let mut statements = Map::new();
    for subscription in &subscribed {
        statements.insert(subscription.id.to_string(), json!(tokens::routes::export(db, subscription.id).await?));
    }
    add("subscriptions", json!(subscriptions::routes::subscriptions(state, subscribed).await?));
    add("tokens", Value::Object(statements));
    let in_cart = cart::service::contents(db, customer).await?;
    let lines = in_cart.iter().map(|(product, line)| json!({"product": product.name, "quantity": line.quantity}));
    add("cart", lines.collect());
    Ok(document)
}
