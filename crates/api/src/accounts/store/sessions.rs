//! SQL of sessions and their refresh tokens.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vitrine_types::accounts::Role;

use crate::db::{Cx, Db, Result, Tx, sql};

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

/// What is asked of a session at each request.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct LiveSession {
    /// What the account may do.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Whether signing in asks for a second factor.
    pub totp_enabled: bool,
}

/// The session when it is alive.
pub async fn find_live_session(
    db: &Db,
    session: Uuid,
    customer: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<LiveSession>> {
    sql(
        db,
        "select c.role, exists (select 1 from second_factors f where f.customer_id = c.id
                                and f.confirmed_at is not null) as totp_enabled
         from sessions s join customers c on c.id = s.customer_id
         where s.id = $1 and s.customer_id = $2 and s.expires_at > $3",
    )
    .bind(session)
    .bind(customer)
    .bind(now)
    .opt()
    .await
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

/// The session of this id.
pub async fn find_session<'c>(cx: impl Into<Cx<'c>>, id: Uuid) -> Result<Option<SessionRecord>> {
    sql(cx, "select id, customer_id, user_agent, created_at, last_seen_at, expires_at from sessions where id = $1")
        .bind(id)
        .opt()
        .await
}

/// The living sessions of a customer, newest first.
pub async fn list_sessions<'c>(
    cx: impl Into<Cx<'c>>,
    customer: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<SessionRecord>> {
    sql(
        cx,
        "select id, customer_id, user_agent, created_at, last_seen_at, expires_at from sessions
         where customer_id = $1 and expires_at > $2 order by id desc",
    )
    .bind(customer)
    .bind(now)
    .all()
    .await
}

/// Notes that a session has been renewed.
pub async fn update_session(tx: &mut Tx, session: &SessionRecord) -> Result<()> {
    sql(tx, "update sessions set last_seen_at = $2, expires_at = $3 where id = $1")
        .bind(session.id)
        .bind(session.last_seen_at)
        .bind(session.expires_at)
        .exec()
        .await
        .map(drop)
}

/// Uses up a refresh token; which session it is of, unless it was used before.
pub async fn use_refresh_token(tx: &mut Tx, hash: &str, now: DateTime<Utc>) -> Result<Option<Uuid>> {
    let used: Option<(Uuid,)> =
        sql(tx, "update refresh_tokens set used_at = $2 where hash = $1 and used_at is null returning session_id")
            .bind(hash.to_owned())
            .bind(now)
            .opt()
            .await?;
    Ok(used.map(|(session,)| session))
}

/// Which session a refresh token is of, used or not.
pub async fn find_session_of_token(tx: &mut Tx, hash: &str) -> Result<Option<Uuid>> {
    let found: Option<(Uuid,)> =
        sql(tx, "select session_id from refresh_tokens where hash = $1").bind(hash.to_owned()).opt().await?;
    Ok(found.map(|(session,)| session))
}

/// Ends a session of a customer; false when there is none.
pub async fn delete_session(tx: &mut Tx, session: Uuid, customer: Uuid) -> Result<bool> {
    sql(tx, "delete from sessions where id = $1 and customer_id = $2")
        .bind(session)
        .bind(customer)
        .exec()
        .await
        .map(|deleted| deleted == 1)
}

/// Ends the customer's sessions, all but one.
pub async fn delete_other_sessions(tx: &mut Tx, customer: Uuid, but: Option<Uuid>) -> Result<()> {
    sql(tx, "delete from sessions where customer_id = $1 and ($2 is null or id <> $2)")
        .bind(customer)
        .bind(but)
        .exec()
        .await
        .map(drop)
}
