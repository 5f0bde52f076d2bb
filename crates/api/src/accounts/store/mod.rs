//! SQL of accounts.

mod links;
mod muted_mails;
mod second_factor;
mod sessions;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vitrine_types::accounts::Role;

use crate::{
    db::{Cx, Result, Tx, sql},
    media::StoredImage,
};

pub use links::{LinkRecord, Purpose, delete_link, find_link, list_link_addresses, take_link, upsert_link};
pub use muted_mails::{delete_muted_mails, insert_muted_mail, list_muted_mails};
pub use second_factor::{
    SecondFactorRecord, count_recovery_codes, delete_recovery_code, delete_recovery_codes, delete_second_factor,
    find_second_factor, insert_recovery_code, list_admins_without_second_factor, update_confirmed,
    upsert_second_factor, use_step,
};
pub use sessions::{
    LiveSession, SessionRecord, delete_expired_sessions, delete_other_sessions, delete_session, find_live_session,
    find_session, find_session_of_token, insert_refresh_token, insert_session, list_sessions, update_session,
    use_refresh_token,
};

/// An account.
#[derive(Clone, Debug, FromRow)]
pub struct CustomerRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// As the customer wrote it.
    pub email: String,
    /// Trimmed and lower-cased.
    pub email_key: String,
    /// Display name.
    pub name: String,
    /// What the account may do.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Argon2id; `None` once the account is deleted.
    pub password_hash: Option<String>,
    /// When the address proved itself.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// The profile picture.
    pub avatar: Option<Json<StoredImage>>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// Whether signing in asks for a second factor.
    pub totp_enabled: bool,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// All columns, for a `select`.
macro_rules! columns {
    () => {
        "id, email, email_key, name, role, password_hash, email_verified_at, time_zone, avatar, created_at, deleted_at,
         exists (select 1 from second_factors factor where factor.customer_id = customers.id
                 and factor.confirmed_at is not null) as totp_enabled"
    };
}

/// The account of this id, deleted ones too.
pub async fn find_customer<'c>(cx: impl Into<Cx<'c>>, id: Uuid) -> Result<Option<CustomerRecord>> {
    sql(cx, concat!("select ", columns!(), " from customers where id = $1")).bind(id).opt().await
}

/// The account of this address.
pub async fn find_customer_by_email<'c>(cx: impl Into<Cx<'c>>, email_key: &str) -> Result<Option<CustomerRecord>> {
    sql(cx, concat!("select ", columns!(), " from customers where email_key = $1"))
        .bind(email_key.to_owned())
        .opt()
        .await
}

/// Whether there is an admin.
pub async fn has_admin<'c>(cx: impl Into<Cx<'c>>) -> Result<bool> {
    let admin: Option<(Uuid,)> = sql(cx, "select id from customers where role = 'admin' limit 1").opt().await?;
    Ok(admin.is_some())
}

/// Where the admins get their mail.
pub async fn list_admin_emails<'c>(cx: impl Into<Cx<'c>>) -> Result<Vec<String>> {
    let emails: Vec<(String,)> =
        sql(cx, "select email from customers where role = 'admin' and deleted_at is null order by id").all().await?;
    Ok(emails.into_iter().map(|(email,)| email).collect())
}

/// Makes an account; false when the address is taken.
pub async fn insert_customer(tx: &mut Tx, customer: &CustomerRecord) -> Result<bool> {
    sql(
        tx,
        "insert into customers (id, email, email_key, name, role, password_hash, email_verified_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (email_key) do nothing",
    )
    .bind(customer.id)
    .bind(customer.email.clone())
    .bind(customer.email_key.clone())
    .bind(customer.name.clone())
    .bind(customer.role.as_str())
    .bind(customer.password_hash.clone())
    .bind(customer.email_verified_at)
    .bind(customer.created_at)
    .exec()
    .await
    .map(|inserted| inserted == 1)
}

/// Notes that the customer was here.
pub async fn update_last_seen(tx: &mut Tx, customer: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql(tx, "update customers set last_seen_at = $2 where id = $1").bind(customer).bind(now).exec().await.map(drop)
}

/// Sets the profile's fields.
pub async fn update_profile(tx: &mut Tx, customer: Uuid, name: &str, time_zone: Option<String>) -> Result<()> {
    sql(tx, "update customers set name = $2, time_zone = $3 where id = $1")
        .bind(customer)
        .bind(name.to_owned())
        .bind(time_zone)
        .exec()
        .await
        .map(drop)
}

/// Sets the profile picture.
pub async fn update_avatar(tx: &mut Tx, customer: Uuid, avatar: Option<StoredImage>) -> Result<()> {
    sql(tx, "update customers set avatar = $2 where id = $1")
        .bind(customer)
        .bind(avatar.map(Json))
        .exec()
        .await
        .map(drop)
}

/// Sets another password; false when it is no longer the one it was.
pub async fn update_password(tx: &mut Tx, customer: Uuid, before: Option<String>, hash: &str) -> Result<bool> {
    sql(tx, "update customers set password_hash = $3 where id = $1 and password_hash = $2")
        .bind(customer)
        .bind(before)
        .bind(hash.to_owned())
        .exec()
        .await
        .map(|updated| updated == 1)
}

/// Notes that the address has proved itself.
pub async fn update_email_verified(tx: &mut Tx, customer: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql(tx, "update customers set email_verified_at = coalesce(email_verified_at, $2) where id = $1")
        .bind(customer)
        .bind(now)
        .exec()
        .await
        .map(drop)
}

/// Sets another, proven address; false when it is taken.
pub async fn update_email(tx: &mut Tx, customer: Uuid, email: &str, key: &str, now: DateTime<Utc>) -> Result<bool> {
    let updated = sql(tx, "update customers set email = $2, email_key = $3, email_verified_at = $4 where id = $1")
        .bind(customer)
        .bind(email.to_owned())
        .bind(key.to_owned())
        .bind(now)
        .exec()
        .await;
    match updated {
        Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => Ok(false),
        updated => updated.map(|_| true),
    }
}

/// Whether somebody else is admin too.
pub async fn has_other_admin(tx: &mut Tx, customer: Uuid) -> Result<bool> {
    let other: Option<(Uuid,)> =
        sql(tx, "select id from customers where role = 'admin' and id <> $1 limit 1").bind(customer).opt().await?;
    Ok(other.is_some())
}

/// Takes from an account all that names a person, and the right to sign in.
pub async fn update_deleted(tx: &mut Tx, customer: Uuid, placeholder: &str, now: DateTime<Utc>) -> Result<()> {
    sql(
        tx,
        "update customers set email = $2, email_key = $2, name = 'Deleted customer', role = 'customer',
         password_hash = null, email_verified_at = null, time_zone = null, avatar = null, last_seen_at = null,
         deleted_at = $3 where id = $1",
    )
    .bind(customer)
    .bind(placeholder.to_owned())
    .bind(now)
    .exec()
    .await
    .map(drop)
}
