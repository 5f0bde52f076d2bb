//! Other items in the middle of a period: what is credited, what is billed, and when.

use super::{billing, renewal};
use crate::calendar::{Rhythm, day};
use crate::error::{ApiError, ApiResult};
use crate::objects::invoice::{self, Line};
use crate::objects::{price, subscription};
use crate::params::Params;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// Applies `items`, `billing_cycle_anchor`, `trial_end` and `proration_behavior` to a subscription. Answers the lines to
/// bill now, `None` when nothing is billed before the next renewal.
///
/// # Errors
/// Items or prices that do not exist or do not fit.
pub fn apply(world: &mut World, id: &str, params: &Params) -> ApiResult<Option<Vec<Value>>> {
    let before = world.find("subscription", id, "subscription")?;
    let old = subscription::items(&before);
    let new = changed_items(world, &before, &params.list("items").iter().map(group).collect::<Vec<_>>())?;
    let at = params.int("proration_date").unwrap_or(world.now());
    let trialing = before["status"] == "trialing";
    let trial = trial_end(world, params)?;
    let rhythms = (rhythm(&old), rhythm(&new));
    let anchored = params.group("billing_cycle_anchor").text("type") == Some("now");
    let restart = trial == Some(world.now()) || (!trialing && (anchored || rhythms.0 != rhythms.1));
    let behavior = params.text("proration_behavior").unwrap_or("create_prorations");
    let (start, end) = subscription::period(&before);
    let mut lines = Vec::new();
    if !trialing && behavior != "none" {
        for item in old.iter().filter(|item| restart || !new.contains(item)) {
            let amount = -share(amount_of(item), end - at, end - start);
            lines.push(prorated(world, &before, item, amount, "Unused time on", (at, end)));
        }
    }
    if restart {
        let now = world.now();
        let end = rhythms.1.map_or(now, |rhythm| rhythm.next_end(now, now));
        restart_period(world, &before, new, now, end);
        let current = world.any(id).cloned().unwrap_or_default();
        for item in subscription::items(&current) {
            lines.push(billing::item_line(world, &current, &item, (now, end)));
        }
        return Ok(Some(lines));
    }
    if !trialing && behavior != "none" {
        for item in new.iter().filter(|item| !old.contains(item)) {
            let amount = share(amount_of(item), end - at, end - start);
            lines.push(prorated(world, &before, item, amount, "Remaining time on", (at, end)));
        }
    }
    let end = trial.unwrap_or(end);
    let items = subscription::with_items(&before, subscription::with_period(new, start, end));
    world.change(id, json!({ "items": items }));
    if let Some(end) = trial {
        let trial = json!({ "trial_end": end, "billing_cycle_anchor": end, "status": "trialing" });
        world.change(id, trial);
        let current = world.any(id).cloned().unwrap_or_default();
        renewal::plan(world, &current);
    }
    if behavior == "always_invoice" {
        return Ok(Some(lines).filter(|lines| !lines.is_empty()));
    }
    let mut pending = before["_pending_lines"].as_array().cloned().unwrap_or_default();
    pending.append(&mut lines);
    world.change(id, json!({ "_pending_lines": pending }));
    Ok(None)
}

/// Credits for what is left of the current period.
pub fn unused(world: &World, subscription: &Value) -> Vec<Value> {
    let (start, end) = subscription::period(subscription);
    let at = world.now();
    let credit = |item: &Value| {
        let amount = -share(amount_of(item), end - at, end - start);
        prorated(world, subscription, item, amount, "Unused time on", (at, end))
    };
    subscription::items(subscription).iter().map(credit).collect()
}

fn group(value: &Value) -> Params {
    Params(value.as_object().cloned().unwrap_or_default())
}

fn rhythm(items: &[Value]) -> Option<Rhythm> {
    items.first().and_then(|item| Rhythm::of(&item["price"]))
}

fn amount_of(item: &Value) -> i64 {
    int(&item["price"], "unit_amount") * int(item, "quantity")
}

/// `amount × part / whole`, rounded half up, all of them at least zero.
fn share(amount: i64, part: i64, whole: i64) -> i64 {
    let (amount, part, whole) = (i128::from(amount), i128::from(part.max(0)), i128::from(whole.max(1)));
    i64::try_from((2 * amount * part + whole) / (2 * whole)).unwrap_or(i64::MAX)
}

fn trial_end(world: &World, params: &Params) -> ApiResult<Option<i64>> {
    match params.get("trial_end") {
        None => Ok(None),
        Some(Value::String(_)) => Ok(Some(world.now())),
        Some(at) => match at.as_i64().filter(|at| *at > world.now()) {
            Some(at) => Ok(Some(at)),
            None => Err(ApiError::invalid("Invalid timestamp: must be an integer Unix timestamp in the future.")
                .param("trial_end")),
        },
    }
}

fn prorated(world: &World, subscription: &Value, item: &Value, amount: i64, what: &str, period: (i64, i64)) -> Value {
    let (price, quantity) = (&item["price"], int(item, "quantity"));
    let name = billing::product_name(world, price);
    let description = format!("{what} {quantity} × {name} after {}", day(period.0));
    invoice::line(
        subscription,
        &Line { item: Some(item), price, quantity, amount, description, period, proration: true },
    )
}

/// A new period begins now, and the anchor with it.
fn restart_period(world: &mut World, before: &Value, items: Vec<Value>, start: i64, end: i64) {
    let id = text(before, "id");
    let items = subscription::with_items(before, subscription::with_period(items, start, end));
    world.change(id, json!({ "items": items, "billing_cycle_anchor": start }));
    if before["status"] == "trialing" {
        world.change(id, json!({ "status": "active", "trial_end": start }));
    }
    let current = world.any(id).cloned().unwrap_or_default();
    renewal::plan(world, &current);
}

/// The items after the changes sent: by `id` an item is changed or deleted, without one it is added.
fn changed_items(world: &mut World, before: &Value, sent: &[Params]) -> ApiResult<Vec<Value>> {
    let mut items = subscription::items(before);
    let (start, end) = subscription::period(before);
    for (index, change) in sent.iter().enumerate() {
        let path = format!("items[{index}]");
        let place = match change.text("id") {
            Some(id) => Some(
                items
                    .iter()
                    .position(|item| item["id"] == id)
                    .ok_or_else(|| ApiError::no_such("subscription_item", id, &format!("{path}[id]")).status(400))?,
            ),
            None => None,
        };
        if let (Some(place), Some(true)) = (place, change.flag("deleted")) {
            items.remove(place);
            continue;
        }
        let price = price_of(world, change, &path, &before["currency"])?;
        let quantity = change.int("quantity");
        match (place, price) {
            (Some(place), price) => {
                let item = &mut items[place];
                if let Some(price) = price {
                    item["plan"] = subscription::plan(&price);
                    item["price"] = price;
                }
                if let Some(quantity) = quantity {
                    item["quantity"] = json!(quantity);
                }
                if change.has("metadata") {
                    item["metadata"] = crate::objects::merged_metadata(&item["metadata"], change);
                }
            }
            (None, Some(price)) => {
                let metadata = crate::objects::metadata(change);
                let id = text(before, "id");
                items.push(subscription::item(world, id, &price, quantity.unwrap_or(1), start, end, metadata));
            }
            (None, None) => return Err(ApiError::missing(&format!("{path}[price]"))),
        }
    }
    if items.is_empty() {
        return Err(ApiError::invalid("A subscription must have at least one active plan.").param("items"));
    }
    if items.iter().any(|item| rhythm(std::slice::from_ref(item)) != rhythm(&items)) {
        let message = "All prices on a subscription must have the same `recurring.interval` and \
                       `recurring.interval_count`. If you meant to update an existing subscription item instead of \
                       creating a new one, make sure to include the subscription item ID in your request.";
        return Err(ApiError::invalid(message).param("items"));
    }
    Ok(items)
}

/// The recurring price a change names: by id, or made of `price_data`.
pub fn price_of(world: &mut World, change: &Params, path: &str, currency: &Value) -> ApiResult<Option<Value>> {
    let (price, param) = match (change.text("price").or(change.text("plan")), change.has("price_data")) {
        (Some(_), true) => {
            let message = "You may only specify one of these parameters: price, price_data.";
            return Err(ApiError::invalid(message).param(format!("{path}[price]")));
        }
        (Some(id), false) => {
            let param = format!("{path}[price]");
            (world.find("price", id, &param).map_err(|error| error.status(400))?, param)
        }
        (None, true) => {
            let data = change.group("price_data");
            let param = format!("{path}[price_data][product]");
            let product = data.text("product").unwrap_or_default();
            let product = world.find("product", product, &param).map_err(|error| error.status(400))?;
            (price::create(world, &data, &product, false), param)
        }
        (None, false) => return Ok(None),
    };
    if price["recurring"].is_null() {
        let message = "The price specified is set to `type=one_time` but this field only accepts prices with \
                       `type=recurring`.";
        return Err(ApiError::invalid(message).param(param));
    }
    if price["currency"] != *currency {
        return Err(ApiError::invalid("The price's currency differs from the subscription's.").param(param));
    }
    Ok(Some(price))
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_round_half_up() {
        assert_eq!(share(1000, 1, 2), 500);
        assert_eq!(share(1000, 1, 3), 333);
        assert_eq!(share(1, 1, 2), 1);
        assert_eq!(share(1000, 0, 3), 0);
        assert_eq!(share(99_999_999, 2_678_399, 2_678_400), 99_999_962);
    }
}
