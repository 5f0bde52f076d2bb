//! HTTP of mail.

use actix_web::{
    get, post,
    web::{Json, Path, Query},
};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Page, Problem,
    mail::{Mail, MailQuery},
};

use super::{
    service,
    store::{self, MailRecord},
};
use crate::{auth::Admin, db::Db, error::Result, paging, state::App};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config.service(list_mails).service(resend_mail);
}

/// A mail on the wire.
fn mail(record: MailRecord) -> Mail {
    Mail {
        id: record.id,
        to: record.recipient,
        subject: record.subject,
        text: record.text,
        html: record.html,
        attachments: record.attachments.0,
        status: record.status,
        attempts: record.attempts,
        error: record.error,
        created_at: record.created_at,
        sent_at: record.sent_at,
    }
}

/// The mails to an address, for the export of all that is kept.
///
/// # Errors
/// When the database does not answer.
pub async fn export(db: &Db, address: &str) -> Result<Vec<Mail>> {
    let rows = store::list_mails(db, None, Some(address.to_owned()), None, i64::MAX).await?;
    // Whoever holds the export need not be the one who reads the mail: links that let in stay out.
    let rows = rows.into_iter().map(|row| match row.token.clone() {
        Some(token) if !token.is_empty() => {
            MailRecord { text: row.text.replace(&token, "…"), html: row.html.replace(&token, "…"), ..row }
        }
        _ => row,
    });
    Ok(rows.map(mail).collect())
}

/// Outbox
///
/// Mails, newest first. Without a mail server they stay `queued`, to be read here.
#[utoipa::path(
    tag = "mail",
    operation_id = "list_mails",
    params(MailQuery),
    responses((status = 200, description = "A page of mails", body = Page<Mail>)),
    security(("bearer" = []))
)]
#[get("/admin/mails")]
pub async fn list_mails(state: App, _: Admin, Query(query): Query<MailQuery>) -> Result<Json<Page<Mail>>> {
    let limit = paging::limit(query.limit)?;
    let before = paging::cursor(query.cursor.as_deref())?;
    let rows = store::list_mails(&state.db, query.status, query.to, before, limit + 1).await?;
    Ok(Json(paging::page(rows, limit, |row| row.id).map(mail)))
}

/// Send a mail again
///
/// Whatever became of it. A mail that carried a one-time link can be sent only once: the link is not kept.
#[utoipa::path(
    tag = "mail",
    operation_id = "resend_mail",
    params(("id" = Uuid, Path, description = "Which mail")),
    responses(
        (status = 200, description = "Queued", body = Mail),
        (status = 409, description = "`request.conflict`: it carried a one-time link", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/admin/mails/{id}/resend")]
pub async fn resend_mail(state: App, _: Admin, id: Path<Uuid>) -> Result<Json<Mail>> {
    let mut tx = state.db.begin().await?;
    let record = service::resend(&mut tx, &state, id.into_inner()).await?;
    tx.commit().await?;
    Ok(Json(mail(record)))
}
