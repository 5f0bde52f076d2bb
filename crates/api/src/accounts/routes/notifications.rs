//! Which mails a customer wants.

use actix_web::{get, put, web::Json as Answer};
use vitrine_types::accounts::Notifications;

use super::super::service;
use crate::{auth::SignedIn, error::Result, extract::Json, state::App};

/// Which optional mails do I get
///
/// Only those that can be done without. Receipts, links, changes of appointments and what concerns the account's safety are
/// sent in any case.
#[utoipa::path(
    tag = "accounts",
    operation_id = "get_notifications",
    responses((status = 200, description = "All are wanted until somebody says no", body = Notifications)),
    security(("bearer" = []))
)]
#[get("/account/notifications")]
pub async fn get_notifications(state: App, me: SignedIn) -> Result<Answer<Notifications>> {
    Ok(Answer(service::notifications(&state.db, me.id).await?))
}

/// Choose optional mails
#[utoipa::path(
    tag = "accounts",
    operation_id = "set_notifications",
    request_body = Notifications,
    responses((status = 200, description = "As it is now", body = Notifications)),
    security(("bearer" = []))
)]
#[put("/account/notifications")]
pub async fn set_notifications(
    state: App,
    me: SignedIn,
    Json(wanted): Json<Notifications>,
) -> Result<Answer<Notifications>> {
    let mut tx = state.db.begin().await?;
    service::set_notifications(&mut tx, me.id, wanted).await?;
    tx.commit().await?;
    Ok(Answer(wanted))
}
