//! Deleting an account: a line per feature in which something of the customer's is still to come, then the account itself.
//!
//! `accounts` stands below the other features and may not call them, so they are called from here.

use actix_web::{HttpResponse, delete};
use utoipa_actix_web::service_config::ServiceConfig;
use vitrine_types::{Code, Problem, accounts::OwnerConfirmation};

use crate::{
    accounts,
    auth::SignedIn,
    calendar, checkout,
    error::Result,
    extract::{ClientAddress, JsonOrNothing},
    state::App,
    subscriptions,
};

/// Registers the handler.
pub fn configure(config: &mut ServiceConfig) {
    config.service(delete_account);
}

/// Delete the account
///
/// Coming appointments are cancelled, subscriptions end, orders that wait for payment are closed. Name, address, picture,
/// answers and sessions go for good; orders and past appointments stay in the shop's books without them. Only a session that
/// has just been opened can do without the password.
#[utoipa::path(
    tag = "accounts",
    operation_id = "delete_account",
    request_body = Option<OwnerConfirmation>,
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "`accounts.password_required`, `accounts.wrong_password`", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "`accounts.last_admin`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[delete("/account")]
pub async fn delete_account(
    state: App,
    me: SignedIn,
    from: ClientAddress,
    JsonOrNothing(body): JsonOrNothing<OwnerConfirmation>,
) -> Result<HttpResponse> {
    accounts::service::confirm_owner(&state, &me, body.password.as_deref(), from.0).await?;
    let mut tx = state.db.begin().await?;
    let customer = accounts::service::find_customer(&mut tx, me.id).await?.ok_or(Code::NotFound)?;
    calendar::service::leave(&mut tx, &state, customer.id).await?;
    checkout::ending::leave(&mut tx, &state, customer.id).await?;
    subscriptions::service::leave(&mut tx, &state, customer.id).await?;
    // Last: it also forgets the mails that the lines above have written.
    accounts::service::delete_account(&mut tx, &state, &customer).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
