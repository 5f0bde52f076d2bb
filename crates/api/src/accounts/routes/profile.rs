//! The profile.

use actix_web::{
    delete, get, patch, put,
    web::{Json as Answer, Payload},
};
use vitrine_types::{
    Code, Problem,
    accounts::{AccountPatch, Customer},
};

use super::super::{service, store};
use crate::{
    auth::SignedIn,
    error::Result,
    extract::{Json, read_bytes},
    images::{self, Crop},
    media,
    state::App,
};

/// The largest picture that is taken, in bytes.
const AVATAR_LIMIT: usize = 2 * 1024 * 1024;

/// The sides of a kept picture, in pixels.
const AVATAR_WIDTHS: &[u32] = &[320];

/// Who am I
#[utoipa::path(
    tag = "accounts",
    operation_id = "get_account",
    responses((status = 200, description = "The account that is signed in", body = Customer)),
    security(("bearer" = []))
)]
#[get("/account")]
pub async fn get_account(state: App, me: SignedIn) -> Result<Answer<Customer>> {
    let record = store::find_customer(&state.db, me.id).await?.ok_or(Code::NotFound)?;
    Ok(Answer(super::customer(&record)))
}

/// Change the profile
#[utoipa::path(
    tag = "accounts",
    operation_id = "update_account",
    request_body = AccountPatch,
    responses((status = 200, description = "As it is now", body = Customer)),
    security(("bearer" = []))
)]
#[patch("/account")]
pub async fn update_account(state: App, me: SignedIn, Json(patch): Json<AccountPatch>) -> Result<Answer<Customer>> {
    let mut tx = state.db.begin().await?;
    let record = service::update_profile(&mut tx, &state.clock, me.id, &patch).await?;
    tx.commit().await?;
    Ok(Answer(super::customer(&record)))
}

/// Set the profile picture
///
/// A PNG, JPEG or WebP of at most 2 MiB. A square is cut from its middle and kept as WebP; nothing else of the file is.
#[utoipa::path(
    tag = "accounts",
    operation_id = "set_avatar",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "As it is now", body = Customer),
        (status = 422, description = "`images.invalid`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[put("/account/avatar")]
pub async fn set_avatar(state: App, me: SignedIn, body: Payload) -> Result<Answer<Customer>> {
    let pictures = images::convert(read_bytes(body, AVATAR_LIMIT).await?, Crop::Square, AVATAR_WIDTHS).await?;
    let stored = media::store(&state, pictures).await?;
    let mut tx = state.db.begin().await?;
    let record = service::set_avatar(&mut tx, &state, me.id, stored.into_iter().next_back()).await?;
    tx.commit().await?;
    Ok(Answer(super::customer(&record)))
}

/// Take the profile picture away
#[utoipa::path(
    tag = "accounts",
    operation_id = "delete_avatar",
    responses((status = 200, description = "As it is now", body = Customer)),
    security(("bearer" = []))
)]
#[delete("/account/avatar")]
pub async fn delete_avatar(state: App, me: SignedIn) -> Result<Answer<Customer>> {
    let mut tx = state.db.begin().await?;
    let record = service::set_avatar(&mut tx, &state, me.id, None).await?;
    tx.commit().await?;
    Ok(Answer(super::customer(&record)))
}
