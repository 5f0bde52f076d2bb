//! Where an account is signed in.

use actix_web::{
    HttpResponse, delete, get,
    web::{Json, Path},
};
use uuid::Uuid;
use vitrine_types::{Page, accounts::DeviceSession};

use super::super::{service, store};
use crate::{auth::SignedIn, error::Result, state::App};

/// Where am I signed in
#[utoipa::path(
    tag = "accounts",
    operation_id = "list_sessions",
    responses((status = 200, description = "All living sessions, newest first", body = Page<DeviceSession>)),
    security(("bearer" = []))
)]
#[get("/account/sessions")]
pub async fn list_sessions(state: App, me: SignedIn) -> Result<Json<Page<DeviceSession>>> {
    let rows = store::list_sessions(&state.db, me.id, state.clock.now()).await?;
    Ok(Json(Page::whole(rows).map(|row| super::session(row, me.session_id))))
}

/// Sign out elsewhere
///
/// Its access token stops working at once.
#[utoipa::path(
    tag = "accounts",
    operation_id = "end_session",
    params(("id" = Uuid, Path, description = "Which session")),
    responses((status = 204, description = "Ended")),
    security(("bearer" = []))
)]
#[delete("/account/sessions/{id}")]
pub async fn end_session(state: App, me: SignedIn, id: Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    service::end_session(&mut tx, me.id, id.into_inner()).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
