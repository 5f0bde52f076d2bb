//! A customer's saved cards.

use super::billing;
use crate::cards::{Card, Payer};
use crate::error::{ApiError, ApiResult};
use crate::objects::payment_method;
use crate::world::{World, text};
use serde_json::{Value, json};

/// The customer saves another card: it becomes the default everywhere, and open invoices are tried at once.
///
/// # Errors
/// 402 when the card is declined.
pub fn save_card(world: &mut World, customer: &str, card: Card, payer: &Payer) -> ApiResult<Value> {
    let before = world.find("customer", customer, "customer")?;
    if let Some(decline) = card.decline() {
        let error = ApiError::invalid(decline.message).code(decline.code).status(402);
        return Err(ApiError { kind: "card_error", ..error });
    }
    let method = payment_method::create(world, card, payer, &json!(customer));
    world.emit("payment_method.attached", text(&method, "id"));
    let mut settings = before["invoice_settings"].clone();
    settings["default_payment_method"] = method["id"].clone();
    let previous = world.change(customer, json!({ "invoice_settings": settings }));
    world.emit_change("customer.updated", customer, previous);
    for subscription in live_subscriptions(world, customer) {
        let previous = world.change(&subscription, json!({ "default_payment_method": method["id"] }));
        world.emit_change("customer.subscription.updated", &subscription, previous);
    }
    billing::retry_open(world, customer);
    Ok(method)
}

/// The bank changes its mind: the customer's saved cards behave like this test card from now on. Tells nobody.
///
/// # Errors
/// When the customer does not exist.
pub fn turn_cards(world: &mut World, customer: &str, card: Card) -> ApiResult<Value> {
    let found = world.find("customer", customer, "customer")?;
    let methods: Vec<String> =
        world.of("payment_method", "customer", customer).map(|method| text(method, "id").to_owned()).collect();
    for method in methods {
        world.change(&method, json!({ "_card": card }));
    }
    Ok(found)
}

/// The subscriptions of a customer that have not ended.
pub fn live_subscriptions(world: &World, customer: &str) -> Vec<String> {
    world
        .of("subscription", "customer", customer)
        .filter(|found| found["status"] != "canceled")
        .map(|found| text(found, "id").to_owned())
        .collect()
}
