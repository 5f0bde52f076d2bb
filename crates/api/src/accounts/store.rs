//! SQL of accounts.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vitrine_types::accounts::Role;

use crate::db::{Cx, Db, Result, Tx, sql};

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
    /// Which picture.
    pub avatar_id: Option<Uuid>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A place where an account is signed in.
#[derive(Clone, Debug, FromRow)]
pub struct SessionRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Whose.
    pub customer_id: Uuid,
    /// The browser's own description of itself.
    pub user_agent: Option<String>,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it last renewed itself.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// The account of this id, deleted ones too.
pub async fn find_customer<'c>(cx: impl Into<Cx<'c>>, id: Uuid) -> Result<Option<CustomerRecord>> {
    sql(
        cx,
        "select id, email, email_key, name, role, password_hash, email_verified_at, time_zone, avatar_id, created_at,
         deleted_at from customers where id = $1",
    )
    .bind(id)
    .opt()
    .await
}

/// The account of this address.
pub async fn find_customer_by_email<'c>(cx: impl Into<Cx<'c>>, email_key: &str) -> Result<Option<CustomerRecord>> {
    sql(
        cx,
        "select id, email, email_key, name, role, password_hash, email_verified_at, time_zone, avatar_id, created_at,
         deleted_at from customers where email_key = $1",
    )
    .bind(email_key.to_owned())
    .opt()
    .await
}

/// Whether there is an admin.
pub async fn has_admin<'c>(cx: impl Into<Cx<'c>>) -> Result<bool> {
    let admin: Option<(Uuid,)> = sql(cx, "select id from customers where role = 'admin' limit 1").opt().await?;
    Ok(admin.is_some())
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

/// The role of the account when the session is alive.
pub async fn find_live_role(db: &Db, session: Uuid, customer: Uuid, now: DateTime<Utc>) -> Result<Option<Role>> {
    #[derive(FromRow)]
    struct Found {
        #[sqlx(try_from = "String")]
        role: Role,
    }
    let found: Option<Found> = sql(
        db,
        "select c.role from sessions s join customers c on c.id = s.customer_id
         where s.id = $1 and s.customer_id = $2 and s.expires_at > $3",
    )
    .bind(session)
    .bind(customer)
    .bind(now)
    .opt()
    .await?;
    Ok(found.map(|found| found.role))
}

/// Makes a session.
pub async fn insert_session(tx: &mut Tx, session: &SessionRecord) -> Result<()> {
    sql(
        tx,
        "insert into sessions (id, customer_id, user_agent, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(session.id)
    .bind(session.customer_id)
    .bind(session.user_agent.clone())
    .bind(session.created_at)
    .bind(session.last_seen_at)
    .bind(session.expires_at)
    .exec()
    .await
    .map(drop)
}

/// Gives a session another refresh token.
pub async fn insert_refresh_token(tx: &mut Tx, hash: &str, session: Uuid) -> Result<()> {
    sql(tx, "insert into refresh_tokens (hash, session_id) values ($1, $2)")
        .bind(hash.to_owned())
        .bind(session)
        .exec()
        .await
        .map(drop)
}

/// Forgets the customer's sessions that have run out.
pub async fn delete_expired_sessions(tx: &mut Tx, customer: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql(tx, "delete from sessions where customer_id = $1 and expires_at <= $2")
        .bind(customer)
        .bind(now)
        .exec()
        .await
        .map(drop)
}

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

/// Keeps a one-time token, in the place of an older one for the same purpose.
pub async fn upsert_one_time_token(
    tx: &mut Tx,
    customer: Uuid,
    purpose: Purpose,
    hash: &str,
    email: &str,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sql(
        tx,
        "insert into one_time_tokens (customer_id, purpose, hash, email, expires_at) values ($1, $2, $3, $4, $5)
         on conflict (customer_id, purpose)
         do update set hash = excluded.hash, email = excluded.email, expires_at = excluded.expires_at",
    )
    .bind(customer)
    .bind(purpose.as_str())
    .bind(hash.to_owned())
    .bind(email.to_owned())
    .bind(expires_at)
    .exec()
    .await
    .map(drop)
}
