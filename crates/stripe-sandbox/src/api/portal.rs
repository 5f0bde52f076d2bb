//! Sessions of the customer portal.

use super::{check_url, referred};
use crate::error::{ApiError, ApiResult};
use crate::objects::portal;
use crate::params::Params;
use crate::world::{World, text};
use serde_json::Value;

/// `POST /v1/billing_portal/sessions`
pub fn create(world: &mut World, params: &Params) -> ApiResult<Value> {
    let customer = params.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    referred(world, "customer", customer, "customer")?;
    params.text("return_url").map_or(Ok(()), |url| check_url(url, "return_url"))?;
    let flow = params.group("flow_data");
    if let Some(kind) = flow.text("type").filter(|kind| kind.starts_with("subscription_")) {
        let param = format!("flow_data[{kind}][subscription]");
        let group = flow.group(kind);
        let subscription = group.text("subscription").ok_or_else(|| ApiError::missing(&param))?;
        if referred(world, "subscription", subscription, &param)?["customer"] != customer {
            return Err(ApiError::no_such("subscription", subscription, &param).status(400));
        }
    }
    let session = portal::create(world, params);
    world.emit("billing_portal.session.created", text(&session, "id"));
    Ok(session)
}
