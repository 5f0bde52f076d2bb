//! SQL of mails.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vitrine_types::mail::{Attachment, MailStatus};

use crate::db::{Cx, Result, Tx, sql, sql_for};

/// A mail in the outbox.
#[derive(Clone, Debug, FromRow)]
pub struct MailRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// The one address it goes to.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Plain text part.
    pub text: String,
    /// HTML part.
    pub html: String,
    /// Files that come with it.
    pub attachments: Json<Vec<Attachment>>,
    /// The one-time token in the text; empty once it was blanked out.
    pub token: Option<String>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub status: MailStatus,
    /// How often sending was tried.
    pub attempts: i64,
    /// What the mail server said last, when it refused.
    pub error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
}

/// Writes a mail; false when one with this key exists.
pub async fn insert_mail(tx: &mut Tx, key: &str, mail: &MailRecord) -> Result<bool> {
    sql(
        tx,
        "insert into mails (id, key, recipient, subject, text, html, token, status, created_at, attachments)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (key) do nothing",
    )
    .bind(mail.id)
    .bind(key.to_owned())
    .bind(mail.recipient.clone())
    .bind(mail.subject.clone())
    .bind(mail.text.clone())
    .bind(mail.html.clone())
    .bind(mail.token.clone())
    .bind(mail.status.as_str())
    .bind(mail.created_at)
    .bind(mail.attachments.clone())
    .exec()
    .await
    .map(|inserted| inserted == 1)
}

/// Those of `keys` under which a mail was written.
pub async fn list_known_keys(tx: &mut Tx, keys: Vec<String>) -> Result<Vec<String>> {
    // The databases have different functions for "one of these".
    let known: Vec<(String,)> = sql_for(
        tx,
        "select key from mails where key in (select value from json_each($1))",
        "select key from mails where key in (select value from jsonb_array_elements_text($1) as t (value))",
    )
    .bind(Json(keys))
    .all()
    .await?;
    Ok(known.into_iter().map(|(key,)| key).collect())
}

/// One mail.
pub async fn find_mail<'c>(cx: impl Into<Cx<'c>>, id: Uuid) -> Result<Option<MailRecord>> {
    sql(
        cx,
        "select id, recipient, subject, text, html, attachments, token, status, attempts, error, created_at, sent_at
         from mails where id = $1",
    )
    .bind(id)
    .opt()
    .await
}

/// Mails, newest first; `before` is the last one of the page before.
pub async fn list_mails<'c>(
    cx: impl Into<Cx<'c>>,
    status: Option<MailStatus>,
    to: Option<String>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<MailRecord>> {
    sql(
        cx,
        "select id, recipient, subject, text, html, attachments, token, status, attempts, error, created_at, sent_at from mails
         where ($1 is null or status = $1) and ($2 is null or lower(recipient) = $2) and ($3 is null or id < $3)
         order by id desc limit $4",
    )
    .bind(status.map(MailStatus::as_str))
    .bind(to.map(|to| to.trim().to_ascii_lowercase()))
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// Notes that the mail server took it, and blanks out the one-time token.
pub async fn update_sent(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql(
        tx,
        "update mails set status = 'sent', sent_at = $2, attempts = attempts + 1, error = null,
         text = replace(text, coalesce(token, ''), '…'), html = replace(html, coalesce(token, ''), '…'),
         token = case when token is null then null else '' end
         where id = $1",
    )
    .bind(id)
    .bind(now)
    .exec()
    .await
    .map(drop)
}

/// Notes that the mail server refused it, for good or for now.
pub async fn update_refused(tx: &mut Tx, id: Uuid, error: &str, status: MailStatus) -> Result<()> {
    sql(tx, "update mails set status = $2, error = $3, attempts = attempts + 1 where id = $1")
        .bind(id)
        .bind(status.as_str())
        .bind(error.to_owned())
        .exec()
        .await
        .map(drop)
}

/// Puts it back among those to send.
pub async fn update_queued(tx: &mut Tx, id: Uuid) -> Result<()> {
    sql(tx, "update mails set status = 'queued' where id = $1").bind(id).exec().await.map(drop)
}

/// Takes away all mails to an address.
pub async fn delete_mails_to(tx: &mut Tx, recipient: &str) -> Result<()> {
    sql(tx, "delete from mails where lower(recipient) = $1").bind(recipient.to_ascii_lowercase()).exec().await.map(drop)
}
