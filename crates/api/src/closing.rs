//! Deleting an account: a line per feature in which something of the customer's is still to come, then the account itself.
//!
//! `accounts` stands below the other features and may not call them, so they are called from here.

use actix_web::{HttpResponse, delete};
use utoipa_actix_web::service_config::ServiceConfig;
use vitrine_types::{Problem, accounts::PasswordConfirmation};

use crate::{
    accounts,
    auth::SignedIn,
    calendar, checkout,
    error::Result,
    extract::{ClientAddress, Json},
    state::App,
    subscriptions,
};

/// Registers the handler.
pub fn configure(config: &mut ServiceConfig) {
    config.service(delete_account);
}

/// Delete the account
///
/// Coming appointments are cancelled, subscriptions end, orders that wait for payment are closed. Name, address, picture, answers and sessions go for good; orders and past
/// appointments stay in the shop's books without them.
#[utoipa::path(
    tag = "accounts",
    operation_id = "delete_account",
    request_body = PasswordConfirmation,
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "`accounts.wrong_password`", body = Problem,
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
    Json(body): Json<PasswordConfirmation>,
) -> Result<HttpResponse> {
    let customer = accounts::service::confirm_password(&state, me.id, &body.password, from.0).await?;
    let mut tx = state.db.begin().await?;
    calendar::service::leave(&mut tx, &state, customer.id).await?;
    checkout::ending::leave(&mut tx, &state, customer.id).await?;
    subscriptions::service::leave(&mut tx, &state, customer.id).await?;
    // Last: it also forgets the mails that the lines above have written.
    accounts::service::delete_account(&mut tx, &state, &customer).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
