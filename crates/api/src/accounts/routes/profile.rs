//! The profile.

use actix_web::{get, web::Json};
use vitrine_types::{Code, accounts::Customer};

use super::super::store;
use crate::{auth::SignedIn, error::Result, state::App};

/// Who am I
#[utoipa::path(
    tag = "accounts",
    operation_id = "get_account",
    responses((status = 200, description = "The account that is signed in", body = Customer)),
    security(("bearer" = []))
)]
#[get("/account")]
pub async fn get_account(state: App, me: SignedIn) -> Result<Json<Customer>> {
    let record = store::find_customer(&state.db, me.id).await?.ok_or(Code::NotFound)?;
    Ok(Json(super::customer(&state.config, &record)))
}
