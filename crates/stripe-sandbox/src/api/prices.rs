//! Products and prices.

use super::{referred, update as update_object};
use crate::error::{ApiError, ApiResult};
use crate::money::LARGEST_AMOUNT;
use crate::objects::{price, product};
use crate::params::Params;
use crate::world::{World, text};
use serde_json::{Value, json};

/// `POST /v1/products`
pub fn create_product(world: &mut World, params: &Params) -> ApiResult<Value> {
    let price = params.has("default_price_data").then(|| params.group("default_price_data"));
    price.as_ref().map_or(Ok(()), |price| check_amount(price, "default_price_data"))?;
    let product = product::create(world, params, params.flag("active").unwrap_or(true));
    let id = text(&product, "id");
    world.emit("product.created", id);
    if let Some(data) = price {
        let price = price::create(world, &data, &product, true);
        world.emit("price.created", text(&price, "id"));
        world.change(id, json!({ "default_price": price["id"] }));
    }
    world.find("product", id, "id")
}

/// `POST /v1/products/{id}`
pub fn update_product(world: &mut World, id: &str, params: &Params) -> ApiResult<Value> {
    const FIELDS: [&str; 11] = [
        "active",
        "default_price",
        "description",
        "images",
        "marketing_features",
        "name",
        "package_dimensions",
        "shippable",
        "statement_descriptor",
        "unit_label",
        "url",
    ];
    update_object(world, "product", id, params, &FIELDS, Some("product.updated"))
}

/// `POST /v1/prices`
pub fn create(world: &mut World, params: &Params) -> ApiResult<Value> {
    check_currency(params, "currency")?;
    check_amount(params, "")?;
    let product = product_of(world, params, "", true)?;
    if let Some(key) = params.text("lookup_key") {
        let holder = world.of("price", "lookup_key", key).next().map(|price| text(price, "id").to_owned());
        match holder {
            Some(holder) if params.flag("transfer_lookup_key") == Some(true) => {
                world.change(&holder, json!({ "lookup_key": null }));
            }
            Some(holder) => {
                let message = format!("A price (`{holder}`) already uses that lookup key.");
                return Err(ApiError::invalid(message).param("lookup_key"));
            }
            None => {}
        }
    }
    let price = price::create(world, params, &product, params.flag("active").unwrap_or(true));
    world.emit("price.created", text(&price, "id"));
    Ok(price)
}

/// `POST /v1/prices/{id}`
pub fn update(world: &mut World, id: &str, params: &Params) -> ApiResult<Value> {
    let fields = ["active", "lookup_key", "nickname", "tax_behavior"];
    update_object(world, "price", id, params, &fields, Some("price.updated"))
}

/// The product a price is for: an existing one, or one made of `product_data`.
pub fn product_of(world: &mut World, params: &Params, path: &str, active: bool) -> ApiResult<Value> {
    match (params.text("product"), params.has("product_data")) {
        (Some(product), false) => referred(world, "product", product, &nested(path, "product")),
        (None, true) => Ok(product::create(world, &params.group("product_data"), active)),
        _ => Err(ApiError::invalid("You must specify either `product` or `product_data` when creating a price.")
            .param(nested(path, "product"))),
    }
}

/// Refuses what is no currency code.
pub fn check_currency(params: &Params, path: &str) -> ApiResult<()> {
    let currency = params.text("currency").unwrap_or_default();
    if currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(());
    }
    let message = format!("Invalid currency: {currency}. Stripe currently supports these currencies: usd, eur, gbp, …");
    Err(ApiError::invalid(message).param(path))
}

/// Refuses both or neither of `unit_amount` and `unit_amount_decimal`, and amounts out of range.
pub fn check_amount(params: &Params, path: &str) -> ApiResult<()> {
    if params.has("unit_amount") == params.has("unit_amount_decimal") {
        let message = "You must specify exactly one of `unit_amount` or `unit_amount_decimal`.";
        return Err(ApiError::invalid(message).param(nested(path, "unit_amount")));
    }
    let amount = params.int("unit_amount").unwrap_or(0);
    if amount < 0 {
        let error = ApiError::invalid("This value must be greater than or equal to 0.");
        return Err(error.code("parameter_invalid_integer").param(nested(path, "unit_amount")));
    }
    if amount > LARGEST_AMOUNT {
        let error = ApiError::invalid("Amount must be no more than $999,999.99").code("amount_too_large");
        return Err(error.param(nested(path, "unit_amount")));
    }
    Ok(())
}

fn nested(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
}
