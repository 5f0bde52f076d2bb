//! One facade over two databases: SQLite (embedded, the default) and PostgreSQL.
//!
//! ```ignore
//! let name: Option<(String,)> = sql(&mut tx, "select name from products where id = $1").bind(id).opt().await?;
//! ```
//!
//! Both run the same lower-case text with `$n` placeholders; the few statements that differ use [`sql_for`] and say why.
//! Rules that keep it sound:
//! - whatever may write begins with [`Db::begin`] (`BEGIN IMMEDIATE` on SQLite: a deferred transaction that reads first
//!   and writes later fails with SQLITE_BUSY, and no timeout helps);
//! - inside a transaction everything goes through it: SQLite has one writer, a second one would wait for the first;
//! - what must not run at once takes [`Tx::lock`] first;
//! - a statement on `&Db` that starts with `select` reads from the pool of readers, any other goes to the writer.

mod instants;
mod transfer;

use std::{str::FromStr, time::Duration};

use anyhow::Context;
use sqlx::{
    Arguments, Connection, Encode, FromRow, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Type,
    migrate::Migrator,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow},
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};
use tokio::sync::watch;

use crate::rig;

pub use instants::Instants;
pub use transfer::Table;

/// What a statement can fail with.
pub type Result<T> = std::result::Result<T, sqlx::Error>;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// A value that both databases take as a parameter.
pub trait Value: Type<Sqlite> + Type<Postgres> + for<'q> Encode<'q, Sqlite> + for<'q> Encode<'q, Postgres> {}
impl<T> Value for T where T: Type<Sqlite> + Type<Postgres> + for<'q> Encode<'q, Sqlite> + for<'q> Encode<'q, Postgres> {}

/// A row that both databases can give.
pub trait Row: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}
impl<T> Row for T where T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

/// The database. Clones share its pools.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    jobs_due: watch::Sender<()>,
}

#[derive(Clone)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

impl Db {
    /// Opens `url` (`sqlite://…` or `postgres://…`) with at most `connections` of them, making an SQLite file if needed.
    ///
    /// # Errors
    /// When the address cannot be read or the database does not answer.
    pub async fn open(url: &str, connections: u32) -> anyhow::Result<Self> {
        // Waiting longer than this for a connection means being overloaded: better to say so (503) than to pile up.
        let patience = Duration::from_secs(5);
        let pools = if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)
                .context("DATABASE_URL")?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL, not NORMAL: an answered webhook must survive a power cut, for Stripe does not send it again.
                .synchronous(rig::setting("VITRINE_TEST_SYNCHRONOUS").unwrap_or(SqliteSynchronous::Full))
                .foreign_keys(true)
                .busy_timeout(patience)
                // A month of bookings at once: a thread that waits for room in between costs more than the rows.
                .row_buffer_size(4096)
                .statement_cache_capacity(512);
            let pool = || SqlitePoolOptions::new().acquire_timeout(patience).test_before_acquire(false);
            let write = pool().max_connections(1).before_acquire(|writer, _| Box::pin(is_free(writer)));
            let write = write.connect_with(options.clone()).await.context("open the database")?;
            let read = pool().max_connections(connections.min(8)).connect_lazy_with(options.read_only(true));
            Pools::Sqlite { read, write }
        } else {
            let options = PgConnectOptions::from_str(url).context("DATABASE_URL")?.statement_cache_capacity(512);
            let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(patience);
            Pools::Postgres(pool.connect_with(options).await.context("reach the database")?)
        };
        Ok(Self { pools, jobs_due: watch::Sender::default() })
    }

    /// Brings the schema up to date.
    ///
    /// On PostgreSQL it may be newer than this binary: while the processes of a shop are replaced by newer ones, an old one
    /// that dies starts again. An SQLite file has one process: an older one has no business there.
    ///
    /// # Errors
    /// When a migration fails, one that already ran is not the one this binary knows, or an SQLite file is of a newer one.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        match &self.pools {
            Pools::Sqlite { write, .. } => SQLITE_MIGRATIONS.run(write).await,
            Pools::Postgres(pool) => transfer::all_known(&POSTGRES_MIGRATIONS).run(pool).await,
        }
        .context("migrate the database")
    }

    /// Whether the database answers and has all migrations that this binary knows. It may have more: while the processes of
    /// a shop are replaced by newer ones, the old go on.
    pub async fn ready(&self) -> Result<bool> {
        let newest = SQLITE_MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
        let (applied,): (i64,) =
            sql(self, "select coalesce(max(version), 0) from _sqlx_migrations where success").one().await?;
        Ok(applied >= newest)
    }

    /// Begins a transaction that may write. Dropping it unfinished rolls back.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = match &self.pools {
            Pools::Sqlite { write, .. } => TxInner::Sqlite(write.begin_with("begin immediate").await?),
            Pools::Postgres(pool) => TxInner::Postgres(pool.begin().await?),
        };
        Ok(self.tx(inner))
    }

    fn tx(&self, inner: TxInner) -> Tx {
        Tx { inner, jobs_due: self.jobs_due.clone(), wakes_jobs: false, locks: Vec::new() }
    }

    /// Whether this is PostgreSQL, which other processes may share.
    pub fn is_shared(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Changes when a transaction of this process has queued a job.
    pub fn jobs_queued(&self) -> watch::Receiver<()> {
        self.jobs_due.subscribe()
    }

    /// Closes all connections; on SQLite this also folds the log into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Whether the writer's last transaction is over. SQLite ends one by itself when the disk is full, which sqlx does not
/// notice: no other could begin then, and the pool has to open another connection.
async fn is_free(writer: &mut SqliteConnection) -> Result<bool> {
    if writer.is_in_transaction() {
        // It may be rolling back at this moment.
        writer.ping().await?;
    }
    Ok(!writer.is_in_transaction())
}

/// An open transaction.
pub struct Tx {
    inner: TxInner,
    jobs_due: watch::Sender<()>,
    wakes_jobs: bool,
    /// The keys it holds.
    locks: Vec<String>,
}

enum TxInner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Tx {
    /// Makes it last. When this returns, it is on disk.
    pub async fn commit(self) -> Result<()> {
        rig::point();
        match self.inner {
            TxInner::Sqlite(tx) => tx.commit().await,
            TxInner::Postgres(tx) => tx.commit().await,
        }?;
        rig::point();
        if self.wakes_jobs {
            self.jobs_due.send_replace(());
        }
        Ok(())
    }

    /// Waits until no other transaction holds `key`, and holds it to the end of this one. Held already, it asks nobody.
    ///
    /// On SQLite nothing is to do: its one writer is exclusive already.
    pub async fn lock(&mut self, key: &str) -> Result<()> {
        let TxInner::Postgres(tx) = &mut self.inner else { return Ok(()) };
        if self.locks.iter().any(|held| held == key) {
            return Ok(());
        }
        sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(key.to_owned())
            .execute(&mut **tx)
            .await?;
        self.locks.push(key.to_owned());
        Ok(())
    }

    /// Wakes this process's job runner once the transaction has been committed.
    pub fn wake_jobs(&mut self) {
        self.wakes_jobs = true;
    }
}

/// Where a statement runs: on a pool, or in a transaction.
pub enum Cx<'c> {
    /// Reader and writer of an SQLite file.
    SqlitePools(&'c SqlitePool, &'c SqlitePool),
    /// An SQLite transaction.
    Sqlite(&'c mut SqliteConnection),
    /// A PostgreSQL pool.
    PostgresPool(&'c PgPool),
    /// A PostgreSQL transaction.
    Postgres(&'c mut PgConnection),
}

impl Cx<'_> {
    /// The same for one more statement.
    pub fn again(&mut self) -> Cx<'_> {
        match self {
            Self::SqlitePools(read, write) => Cx::SqlitePools(read, write),
            Self::Sqlite(connection) => Cx::Sqlite(connection),
            Self::PostgresPool(pool) => Cx::PostgresPool(pool),
            Self::Postgres(connection) => Cx::Postgres(connection),
        }
    }
}

impl<'c> From<&'c Db> for Cx<'c> {
    fn from(db: &'c Db) -> Self {
        match &db.pools {
            Pools::Sqlite { read, write } => Self::SqlitePools(read, write),
            Pools::Postgres(pool) => Self::PostgresPool(pool),
        }
    }
}

impl<'c> From<&'c mut Tx> for Cx<'c> {
    fn from(tx: &'c mut Tx) -> Self {
        match &mut tx.inner {
            TxInner::Sqlite(tx) => Self::Sqlite(tx),
            TxInner::Postgres(tx) => Self::Postgres(tx),
        }
    }
}

/// One statement for both databases.
pub fn sql<'c>(cx: impl Into<Cx<'c>>, text: &'static str) -> Sql<'c> {
    sql_for(cx, text, text)
}

/// A statement that has to differ. Say why at the place of use.
pub fn sql_for<'c>(cx: impl Into<Cx<'c>>, sqlite: &'static str, postgres: &'static str) -> Sql<'c> {
    let cx = cx.into();
    let args = match &cx {
        Cx::SqlitePools(..) | Cx::Sqlite(_) => Args::Sqlite(sqlite, SqliteArguments::default()),
        Cx::PostgresPool(_) | Cx::Postgres(_) => Args::Postgres(postgres, PgArguments::default()),
    };
    Sql { cx, args, unencodable: None, prepared: true }
}

/// A statement with its parameters.
pub struct Sql<'c> {
    cx: Cx<'c>,
    args: Args,
    unencodable: Option<sqlx::error::BoxDynError>,
    prepared: bool,
}

enum Args {
    Sqlite(&'static str, SqliteArguments),
    Postgres(&'static str, PgArguments),
}

/// Runs `$method` of sqlx's `query_as_with` on whichever database the statement is for.
macro_rules! run {
    ($self:ident, $method:ident, $build:path) => {{
        if let Some(error) = $self.unencodable {
            return Err(sqlx::Error::Encode(error));
        }
        match ($self.cx, $self.args) {
            (Cx::SqlitePools(read, write), Args::Sqlite(text, args)) => {
                let pool = if text.trim_start().starts_with("select") { read } else { write };
                $build(text, args).$method(pool).await
            }
            (Cx::Sqlite(connection), Args::Sqlite(text, args)) => {
                rig::point();
                $build(text, args).$method(connection).await
            }
            (Cx::PostgresPool(pool), Args::Postgres(text, args)) => {
                $build(text, args).persistent($self.prepared).$method(pool).await
            }
            (Cx::Postgres(connection), Args::Postgres(text, args)) => {
                rig::point();
                $build(text, args).persistent($self.prepared).$method(connection).await
            }
            _ => unreachable!("sql_for chooses the arguments by the context"),
        }
    }};
}

impl Sql<'_> {
    /// The next parameter.
    pub fn bind<T: Value>(mut self, value: T) -> Self {
        let added = match &mut self.args {
            Args::Sqlite(_, args) => args.add(value),
            Args::Postgres(_, args) => args.add(value),
        };
        self.unencodable = self.unencodable.or(added.err());
        self
    }

    /// Has PostgreSQL plan it for these very parameters: worth it where the best way depends on how rare they are.
    pub fn planned_anew(mut self) -> Self {
        self.prepared = false;
        self
    }

    /// The one row there is.
    pub async fn one<T: Row>(self) -> Result<T> {
        run!(self, fetch_one, sqlx::query_as_with)
    }

    /// The row, if there is one.
    pub async fn opt<T: Row>(self) -> Result<Option<T>> {
        run!(self, fetch_optional, sqlx::query_as_with)
    }

    /// All rows.
    pub async fn all<T: Row>(self) -> Result<Vec<T>> {
        run!(self, fetch_all, sqlx::query_as_with)
    }

    /// Runs it; how many rows it touched.
    pub async fn exec(self) -> Result<u64> {
        if let Some(error) = self.unencodable {
            return Err(sqlx::Error::Encode(error));
        }
        Ok(match (self.cx, self.args) {
            (Cx::SqlitePools(_, write), Args::Sqlite(text, args)) => {
                sqlx::query_with(text, args).execute(write).await?.rows_affected()
            }
            (Cx::Sqlite(connection), Args::Sqlite(text, args)) => {
                rig::point();
                sqlx::query_with(text, args).execute(connection).await?.rows_affected()
            }
            (Cx::PostgresPool(pool), Args::Postgres(text, args)) => {
                sqlx::query_with(text, args).execute(pool).await?.rows_affected()
            }
            (Cx::Postgres(connection), Args::Postgres(text, args)) => {
                rig::point();
                sqlx::query_with(text, args).execute(connection).await?.rows_affected()
            }
            _ => unreachable!("sql_for chooses the arguments by the context"),
        })
    }
}

/// Whether a statement failed on the constraint (or trigger message) called `name`.
///
/// SQLite does not report the names of unique indexes; there use `on conflict do nothing returning` instead.
pub fn violates(error: &sqlx::Error, name: &str) -> bool {
    let Some(database) = error.as_database_error() else { return false };
    database.constraint() == Some(name) || database.message().ends_with(name)
}
