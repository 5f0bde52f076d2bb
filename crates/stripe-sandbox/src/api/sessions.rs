//! Creating Checkout Sessions, with the rules between their parameters.

use super::prices::{check_amount, check_currency, product_of};
use super::{check_email, check_url, lists, referred};
use crate::error::{ApiError, ApiResult};
use crate::money::{LARGEST_AMOUNT, smallest_amount};
use crate::objects::session::{self, Totals};
use crate::objects::{line_item, price};
use crate::params::{Call, Params};
use crate::timers::Timer;
use crate::world::{World, int, text};
use serde_json::{Value, json};

const HALF_HOUR: i64 = 1800;
const DAY: i64 = 86_400;
/// The shop's clock and the way here may differ by some seconds.
const SLACK: i64 = 10;

/// `POST /v1/checkout/sessions`
pub fn create(world: &mut World, params: &Params) -> ApiResult<Value> {
    let mode = params.text("mode").ok_or_else(|| ApiError::missing("mode"))?;
    check_urls(params)?;
    check_mode(params, mode)?;
    refuse_unplayed(params)?;
    check_customer(world, params, mode)?;
    check_expiry(world.now(), params)?;
    let totals = totals(world, params, mode)?;
    let session = session::create(world, params, totals);
    let expiry = Timer::ExpireSession(text(&session, "id").to_owned());
    world.plan(int(&session, "expires_at"), expiry);
    Ok(session)
}

/// `GET /v1/checkout/sessions/{id}/line_items`
pub fn line_items(world: &World, call: &Call, id: &str, params: &Params) -> ApiResult<Value> {
    let session = world.find("checkout.session", id, "id")?;
    let rows = session["_line_items"].as_array().map(|rows| rows.iter().collect()).unwrap_or_default();
    lists::page(rows, params, &call.path.replace("{id}", id), "line_item")
}

/// Loud about what Stripe knows and the sandbox does not play: to ignore it would be to play something else.
fn refuse_unplayed(params: &Params) -> ApiResult<()> {
    const UNPLAYED: [&str; 6] = [
        "after_expiration",
        "custom_fields",
        "discounts",
        "optional_items",
        "shipping_address_collection",
        "shipping_options",
    ];
    let invoices = params.group("invoice_creation").flag("enabled") == Some(true);
    let unplayed = UNPLAYED.into_iter().find(|name| params.has(name));
    match unplayed.or(invoices.then_some("invoice_creation")) {
        // Together they are Stripe's own error, told further down.
        Some("discounts") if params.has("allow_promotion_codes") => Ok(()),
        Some(name) => {
            let message = format!("The sandbox does not play `{name}` of Checkout Sessions.");
            Err(ApiError::invalid(message).param(name).status(501))
        }
        None => Ok(()),
    }
}

fn check_urls(params: &Params) -> ApiResult<()> {
    let hosted = params.text("ui_mode").is_none_or(|mode| mode == "hosted_page");
    match (hosted, params.has("success_url")) {
        (true, false) => return Err(ApiError::missing("success_url")),
        (false, true) => {
            let message = "`success_url` can not be specified with this ui_mode; use `return_url`.";
            return Err(ApiError::invalid(message).param("success_url"));
        }
        _ => {}
    }
    for name in ["success_url", "cancel_url", "return_url"] {
        params.text(name).map_or(Ok(()), |url| check_url(url, name))?;
    }
    Ok(())
}

fn check_mode(params: &Params, mode: &str) -> ApiResult<()> {
    let only_in = [
        ("payment_intent_data", "payment"),
        ("subscription_data", "subscription"),
        ("setup_intent_data", "setup"),
        ("invoice_creation", "payment"),
    ];
    let wrong = only_in.iter().find(|(name, home)| params.has(name) && *home != mode).map(|(name, _)| *name);
    let wrong = wrong
        .or((mode == "setup" && params.has("submit_type")).then_some("submit_type"))
        .or((mode == "setup" && params.has("line_items")).then_some("line_items"))
        .or((mode == "subscription" && params.has("shipping_options")).then_some("shipping_options"));
    if let Some(name) = wrong {
        return Err(ApiError::invalid(format!("You can not pass `{name}` in `{mode}` mode.")).param(name));
    }
    if params.text("client_reference_id").is_some_and(|id| id.chars().count() > 200) {
        let message = "client_reference_id must be at most 200 characters";
        return Err(ApiError::invalid(message).param("client_reference_id"));
    }
    let data = params.group("payment_intent_data");
    for name in ["statement_descriptor", "statement_descriptor_suffix"] {
        let bad = |text: &str| text.chars().count() > 22 || text.contains(['<', '>', '\\', '\'', '"', '*']);
        if data.text(name).is_some_and(bad) {
            let message = r#"The statement descriptor must be at most 22 characters and may not contain <>\'"*"#;
            return Err(ApiError::invalid(message).param(format!("payment_intent_data[{name}]")));
        }
    }
    if params.group("subscription_data").int("trial_period_days").is_some_and(|days| days < 1) {
        let message = "The minimum number of trial period days is 1.";
        return Err(ApiError::invalid(message).param("subscription_data[trial_period_days]"));
    }
    Ok(())
}

fn check_customer(world: &World, params: &Params, mode: &str) -> ApiResult<()> {
    for [one, other] in
        [["customer", "customer_email"], ["customer_creation", "customer"], ["allow_promotion_codes", "discounts"]]
    {
        if params.has(one) && params.has(other) {
            let message = format!("You may only specify one of these parameters: {one}, {other}.");
            return Err(ApiError::invalid(message).param(one));
        }
    }
    if params.has("customer_creation") && mode == "subscription" {
        let message = "`customer_creation` can only be used in `payment` and `setup` mode.";
        return Err(ApiError::invalid(message).param("customer_creation"));
    }
    if params.has("customer_update") && !params.has("customer") {
        let message = "`customer_update` can only be used with `customer`.";
        return Err(ApiError::invalid(message).param("customer_update"));
    }
    if let Some(customer) = params.text("customer") {
        referred(world, "customer", customer, "customer")?;
    }
    params.text("customer_email").map_or(Ok(()), |email| check_email(email, "customer_email"))
}

fn check_expiry(now: i64, params: &Params) -> ApiResult<()> {
    let bounds = now + HALF_HOUR - SLACK..=now + DAY + SLACK;
    match params.int("expires_at") {
        Some(at) if !bounds.contains(&at) => {
            let message =
                "The `expires_at` timestamp must be between 30 minutes and 24 hours after Checkout Session creation.";
            Err(ApiError::invalid(message).param("expires_at"))
        }
        _ => Ok(()),
    }
}

/// The lines with their prices, and what they come to.
fn totals(world: &mut World, params: &Params, mode: &str) -> ApiResult<Totals> {
    let currency = params.text("currency").map(str::to_lowercase);
    let items = params.list("line_items");
    if mode == "setup" {
        return Ok(Totals { currency, amount: None, lines: Vec::new() });
    }
    if items.is_empty() {
        return Err(ApiError::missing("line_items"));
    }
    if items.len() > 100 {
        return Err(ApiError::invalid("You may only specify up to 100 line items").param("line_items"));
    }
    let mut lines = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let item = Params(item.as_object().cloned().unwrap_or_default());
        lines.push(line(world, &item, &format!("line_items[{index}]"), mode)?);
    }
    let first = text(&lines[0], "currency").to_owned();
    if let Some(other) = lines.iter().find(|line| line["currency"] != first) {
        let message = format!("All prices must have the same currency: {first} and {}", text(other, "currency"));
        return Err(ApiError::invalid(message).param("line_items"));
    }
    if mode == "subscription" && lines.iter().all(|line| line["price"]["recurring"].is_null()) {
        let message = "You must provide at least one recurring price in `subscription` mode when using prices.";
        return Err(ApiError::invalid(message).param("line_items"));
    }
    let data = params.group("subscription_data");
    if data.has("trial_period_days") || data.has("trial_end") {
        // What recurs costs nothing in a trial.
        for line in lines.iter_mut().filter(|line| !line["price"]["recurring"].is_null()) {
            line["amount_subtotal"] = json!(0);
            line["amount_total"] = json!(0);
        }
    }
    let amount: i64 = lines.iter().map(|line| int(line, "amount_total")).sum();
    let smallest = smallest_amount(&first);
    if mode == "payment" && (1..smallest).contains(&amount) {
        let message = format!("The Checkout Session's total amount due must add up to at least {smallest} {first}");
        return Err(ApiError::invalid(message).code("amount_too_small"));
    }
    if amount > LARGEST_AMOUNT {
        return Err(ApiError::invalid("Amount must be no more than $999,999.99").code("amount_too_large"));
    }
    Ok(Totals { currency: Some(first), amount: Some(amount), lines })
}

fn line(world: &mut World, item: &Params, path: &str, mode: &str) -> ApiResult<Value> {
    let price = match (item.text("price"), item.has("price_data")) {
        (Some(id), false) => referred(world, "price", id, &format!("{path}[price]"))?,
        (None, true) => inline_price(world, &item.group("price_data"), &format!("{path}[price_data]"))?,
        _ => {
            let message = "You must specify either `price` or `price_data` when creating a line item.";
            return Err(ApiError::invalid(message).param(path));
        }
    };
    if item.has("price") && price["active"] != true {
        let message = "The price specified is inactive. This field only accepts active prices.";
        return Err(ApiError::invalid(message).param(format!("{path}[price]")));
    }
    if mode == "payment" && !price["recurring"].is_null() {
        let message = "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode \
                       or use only one-time prices.";
        return Err(ApiError::invalid(message).param("line_items"));
    }
    let quantity = item.int("quantity").ok_or_else(|| ApiError::missing(&format!("{path}[quantity]")))?;
    if quantity < 1 {
        let error = ApiError::invalid("This value must be greater than or equal to 1.");
        return Err(error.code("parameter_invalid_integer").param(format!("{path}[quantity]")));
    }
    if int(&price, "unit_amount").checked_mul(quantity).is_none_or(|amount| amount > LARGEST_AMOUNT) {
        let error = ApiError::invalid("Amount must be no more than $999,999.99").code("amount_too_large");
        return Err(error.param(format!("{path}[quantity]")));
    }
    let product = world.follow(&price, "product");
    Ok(line_item::new(item, &price, text(&product, "name"), quantity))
}

/// A price made for one session: inactive, as Stripe makes it.
fn inline_price(world: &mut World, data: &Params, path: &str) -> ApiResult<Value> {
    check_currency(data, &format!("{path}[currency]"))?;
    check_amount(data, path)?;
    let images = format!("{path}[product_data][images]");
    let product_data = data.group("product_data");
    if product_data.list("images").len() > 8 {
        return Err(ApiError::invalid("You may only specify up to 8 images").param(images));
    }
    for image in product_data.list("images") {
        check_url(image.as_str().unwrap_or_default(), &images)?;
    }
    let product = product_of(world, data, path, false)?;
    Ok(price::create(world, data, &product, false))
}
