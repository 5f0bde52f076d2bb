//! SQL of mailed links.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql};

/// What a mailed link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Confirm the account's address.
    VerifyEmail,
    /// Confirm another address, which then becomes the account's.
    ChangeEmail,
    /// Set a new password.
    ResetPassword,
}

impl Purpose {
    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::ResetPassword => "reset_password",
        }
    }
}

impl TryFrom<String> for Purpose {
    type Error = String;

    /// Reads [`Purpose::as_str`].
    fn try_from(text: String) -> std::result::Result<Self, String> {
        let all = [Self::VerifyEmail, Self::ChangeEmail, Self::ResetPassword];
        all.into_iter().find(|purpose| purpose.as_str() == text).ok_or(text)
    }
}

/// A link that has been mailed and not been used.
#[derive(Clone, Debug, FromRow)]
pub struct LinkRecord {
    /// Whose account.
    pub customer_id: Uuid,
    /// What for.
    #[sqlx(try_from = "String")]
    pub purpose: Purpose,
    /// The address that proves itself by the link.
    pub email: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Keeps a link by the hash of its token, in the place of an older one for the same purpose.
pub async fn upsert_link(tx: &mut Tx, hash: &str, link: &LinkRecord) -> Result<()> {
    sql(
        tx,
        "insert into one_time_tokens (customer_id, purpose, hash, email, expires_at) values ($1, $2, $3, $4, $5)
         on conflict (customer_id, purpose)
         do update set hash = excluded.hash, email = excluded.email, expires_at = excluded.expires_at",
    )
    .bind(link.customer_id)
    .bind(link.purpose.as_str())
    .bind(hash.to_owned())
    .bind(link.email.clone())
    .bind(link.expires_at)
    .exec()
    .await
    .map(drop)
}

/// The link whose token has this hash.
pub async fn find_link<'c>(cx: impl Into<Cx<'c>>, hash: &str) -> Result<Option<LinkRecord>> {
    sql(cx, "select customer_id, purpose, email, expires_at from one_time_tokens where hash = $1")
        .bind(hash.to_owned())
        .opt()
        .await
}

/// Uses up the link whose token has this hash.
pub async fn take_link(tx: &mut Tx, hash: &str) -> Result<Option<LinkRecord>> {
    sql(tx, "delete from one_time_tokens where hash = $1 returning customer_id, purpose, email, expires_at")
        .bind(hash.to_owned())
        .opt()
        .await
}

/// The addresses that the customer's links were sent to.
pub async fn list_link_addresses(tx: &mut Tx, customer: Uuid) -> Result<Vec<String>> {
    let found: Vec<(String,)> =
        sql(tx, "select email from one_time_tokens where customer_id = $1").bind(customer).all().await?;
    Ok(found.into_iter().map(|(email,)| email).collect())
}

/// Voids the customer's link for that, if there is one.
pub async fn delete_link(tx: &mut Tx, customer: Uuid, purpose: Purpose) -> Result<()> {
    sql(tx, "delete from one_time_tokens where customer_id = $1 and purpose = $2")
        .bind(customer)
        .bind(purpose.as_str())
        .exec()
        .await
        .map(drop)
}
