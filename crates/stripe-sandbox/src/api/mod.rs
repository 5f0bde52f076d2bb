//! Stripe's API: what each call does once its parameters are judged.

mod customers;
mod expand;
mod invoices;
mod lists;
mod portal;
mod prices;
mod schedules;
mod serve;
mod sessions;
mod subscriptions;
mod versions;

pub use expand::{check_paths, expanded};
pub(crate) use serve::serve;
pub use versions::NEWEST_VERSION;

use crate::error::{ApiError, ApiResult};
use crate::flows::refunds;
use crate::objects::sent;
use crate::params::{Call, Params};
use crate::world::{World, text};
use serde_json::Value;

/// Does what a call asks and answers the object or list, not yet expanded. `id` is the path's argument.
pub fn handle(world: &mut World, call: &Call, id: &str, params: &Params) -> ApiResult<Value> {
    match call.name.as_str() {
        "checkout.sessions.create" => sessions::create(world, params),
        "checkout.sessions.update" => update(world, "checkout.session", id, params, &[], None),
        "checkout.sessions.expire" => {
            world.find("checkout.session", id, "id")?;
            crate::flows::checkout::expire(world, id)
        }
        "checkout.sessions.line_items" => sessions::line_items(world, call, id, params),
        "refunds.create" => refunds::create(world, params),
        "refunds.update" => update(world, "refund", id, params, &[], Some("refund.updated")),
        "customers.create" => customers::create(world, params),
        "customers.update" => customers::update(world, id, params),
        "customers.delete" => customers::delete(world, id),
        "customers.payment_methods" => {
            world.find("customer", id, "id")?;
            lists::list(world, call, id, params, |method| method["customer"] == id)
        }
        "products.create" => prices::create_product(world, params),
        "products.update" => prices::update_product(world, id, params),
        "prices.create" => prices::create(world, params),
        "prices.update" => prices::update(world, id, params),
        "subscriptions.update" => subscriptions::update(world, id, params),
        "subscriptions.cancel" => subscriptions::cancel(world, id, params),
        "subscriptions.pause" => subscriptions::pause(world, id),
        "subscriptions.resume" => subscriptions::resume(world, id, params),
        "invoices.lines" => invoices::lines(world, call, id, params),
        "invoices.pay" => invoices::pay(world, id, params),
        "invoices.void" => invoices::void(world, id),
        "invoices.create_preview" => invoices::preview(world, params),
        "subscription_schedules.create" => schedules::create(world, params),
        "subscription_schedules.update" => schedules::update(world, id, params),
        "subscription_schedules.release" => schedules::release(world, id),
        "subscription_schedules.cancel" => schedules::cancel(world, id),
        "billing_portal.sessions.create" => portal::create(world, params),
        "events.list" if params.has("type") && params.has("types") => {
            Err(ApiError::invalid("You may only specify one of these parameters: type, types."))
        }
        _ if call.is_list => lists::list(world, call, id, params, |_| true),
        name if name.ends_with(".retrieve") => world.find(&call.answers, id, "id"),
        name => Err(ApiError::invalid(format!("The sandbox does not play {name}.")).status(501)),
    }
}

/// Sets the given parameters and metadata on an object and tells it, when there is an event for it.
fn update(
    world: &mut World,
    kind: &str,
    id: &str,
    params: &Params,
    names: &[&str],
    event: Option<&str>,
) -> ApiResult<Value> {
    let before = world.find(kind, id, "id")?;
    let previous = world.change(id, sent(params, names, &before));
    if let Some(event) = event {
        world.emit_change(event, id, previous);
    }
    world.find(kind, id, "id")
}

/// An object another parameter refers to; a wrong id there is a 400.
fn referred(world: &World, kind: &str, id: &str, param: &str) -> ApiResult<Value> {
    let object = world.find(kind, id, param).map_err(|error| error.status(400))?;
    if object["deleted"] == true {
        return Err(ApiError::no_such(kind, text(&object, "id"), param).status(400));
    }
    Ok(object)
}

/// Refuses what is no `http(s)` URL.
fn check_url(url: &str, param: &str) -> ApiResult<()> {
    let known = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match known {
        Some(rest) if !rest.starts_with('/') && !rest.is_empty() && !rest.contains(char::is_whitespace) => Ok(()),
        _ => Err(ApiError::invalid("Not a valid URL").code("url_invalid").param(param)),
    }
}

/// Refuses what cannot be an e-mail address.
fn check_email(email: &str, param: &str) -> ApiResult<()> {
    let valid = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains('@')
    });
    if valid && !email.contains(char::is_whitespace) {
        return Ok(());
    }
    Err(ApiError::invalid(format!("Invalid email address: {email}")).code("email_invalid").param(param))
}

#[cfg(test)]
mod tests {
    use super::handle;
    use crate::params::{Params, calls};
    use crate::world::World;

    #[test]
    fn every_call_in_the_tables_is_played() {
        for call in calls() {
            let outcome = handle(&mut World::default(), call, "none", &Params::default());
            let told = outcome.err().map(|error| error.message).unwrap_or_default();
            assert_ne!(told, format!("The sandbox does not play {}.", call.name));
        }
    }
}
