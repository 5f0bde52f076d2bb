//! All rows of a database as text, and back: what a backup is made of.
//!
//! Both databases write the same text, so that what was written by one can be read into the other. A row is a JSON array
//! of texts and nulls: ids as hexadecimal digits, times as RFC 3339 in UTC, JSON as it stands, truth as 0 and 1. Which
//! tables and columns there are the database itself tells, so that a new one needs no line here.

use std::borrow::Cow;

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, migrate::Migrator};

use super::{Db, POSTGRES_MIGRATIONS, Pools, Result, SQLITE_MIGRATIONS, Tx, TxInner, sql, sql_for};

/// A table and those of its columns that are stored, not generated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Their names, in the order of a row's values.
    pub columns: Vec<String>,
}

impl Db {
    /// Begins a transaction that only reads, and sees everything as it is at its first statement.
    pub async fn begin_snapshot(&self) -> Result<Tx> {
        let inner = match &self.pools {
            Pools::Sqlite { read, .. } => TxInner::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => {
                TxInner::Postgres(pool.begin_with("begin isolation level repeatable read, read only").await?)
            }
        };
        Ok(self.tx(inner))
    }

    /// The versions of all migrations this binary knows.
    pub fn known_migrations() -> Vec<i64> {
        SQLITE_MIGRATIONS.iter().map(|migration| migration.version).collect()
    }
}

impl Tx {
    /// All tables with rows of the shop, each after those it refers to.
    pub async fn tables(&mut self) -> Result<Vec<Table>> {
        let names: Vec<(String,)> = sql_for(
            &mut *self,
            "select name from pragma_table_list where schema = 'main' and type = 'table'
             and name not like 'sqlite%' and name <> '_sqlx_migrations' order by name",
            "select table_name::text from information_schema.tables where table_schema = current_schema()
             and table_type = 'BASE TABLE' and table_name <> '_sqlx_migrations' order by 1",
        )
        .all()
        .await?;
        let mut waiting = Vec::new();
        for (name,) in names {
            let references: Vec<(String,)> = sql_for(
                &mut *self,
                "select distinct \"table\" from pragma_foreign_key_list($1) where \"table\" <> $1",
                "select distinct confrelid::regclass::text from pg_constraint
                 where contype = 'f' and conrelid = $1::regclass and confrelid <> conrelid",
            )
            .bind(name.clone())
            .all()
            .await?;
            let columns = self.columns(&name).await?.into_iter().map(|(name, _)| name).collect();
            waiting.push((Table { name, columns }, references));
        }
        let mut sorted: Vec<Table> = Vec::new();
        while !waiting.is_empty() {
            let before = sorted.len();
            waiting.retain(|(table, references)| {
                let is_ready = references.iter().all(|(name,)| sorted.iter().any(|table| table.name == *name));
                if is_ready {
                    sorted.push(table.clone());
                }
                !is_ready
            });
            if sorted.len() == before {
                return Err(sqlx::Error::Protocol("tables refer to each other in a circle".into()));
            }
        }
        Ok(sorted)
    }

    /// The stored columns of a table with their types, as the database names them.
    async fn columns(&mut self, table: &str) -> Result<Vec<(String, String)>> {
        sql_for(
            self,
            "select name, lower(type) from pragma_table_xinfo($1) where hidden = 0 order by cid",
            "select column_name::text, data_type::text from information_schema.columns
             where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER'
             order by ordinal_position",
        )
        .bind(table.to_owned())
        .all()
        .await
    }

    /// Every row of a table.
    pub async fn rows(&mut self, table: &Table) -> Result<BoxStream<'_, Result<String>>> {
        let is_shared = matches!(self.inner, TxInner::Postgres(_));
        let written: Vec<String> = self
            .columns(&table.name)
            .await?
            .into_iter()
            .map(|(name, kind)| if is_shared { postgres_text(&name, &kind) } else { sqlite_text(&name, &kind) })
            .collect();
        let build = if is_shared { "json_build_array" } else { "json_array" };
        // By the first column: rows that refer to others of their table come after them, ids being in order of time.
        let select = format!(
            "select cast({build}({}) as text) from \"{}\" order by \"{}\"",
            written.join(", "),
            table.name,
            table.columns[0]
        );
        Ok(match &mut self.inner {
            TxInner::Sqlite(tx) => sqlx::query_as(AssertSqlSafe(select)).fetch(&mut **tx).map_ok(first).boxed(),
            TxInner::Postgres(tx) => sqlx::query_as(AssertSqlSafe(select)).fetch(&mut **tx).map_ok(first).boxed(),
        })
    }

    /// Writes rows, given as one JSON array of them.
    ///
    /// # Errors
    /// Also when the database has no such table or column, or a constraint refuses a row.
    pub async fn put_rows(&mut self, table: &Table, rows: String) -> Result<()> {
        let is_shared = matches!(self.inner, TxInner::Postgres(_));
        let kinds = self.columns(&table.name).await?;
        let kind = |column: &str| kinds.iter().find(|(name, _)| name == column).map_or("", |(_, kind)| kind);
        let read: Vec<String> = table
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| match (is_shared, kind(column)) {
                (true, "bytea") => format!("decode(value ->> {at}, 'hex')"),
                (true, kind) => format!("cast(value ->> {at} as {kind})"),
                (false, "blob") => format!("unhex(value ->> {at})"),
                (false, kind) => format!("cast(value ->> {at} as {kind})"),
            })
            .collect();
        let columns: Vec<String> = table.columns.iter().map(|name| format!("\"{name}\"")).collect();
        let from = if is_shared { "json_array_elements(cast($1 as json))" } else { "json_each($1)" };
        let insert =
            format!("insert into \"{}\" ({}) select {} from {from}", table.name, columns.join(", "), read.join(", "));
        let insert = AssertSqlSafe(insert);
        match &mut self.inner {
            TxInner::Sqlite(tx) => sqlx::query(insert).bind(rows).execute(&mut **tx).await.map(drop),
            TxInner::Postgres(tx) => sqlx::query(insert).bind(rows).execute(&mut **tx).await.map(drop),
        }
    }

    /// Takes away the rows that migrations themselves have written.
    pub async fn empty(&mut self, table: &Table) -> Result<()> {
        // An append-only table refuses the statement itself, whether or not there is a row.
        let any = AssertSqlSafe(format!("select 1 from \"{}\" limit 1", table.name));
        let is_empty = match &mut self.inner {
            TxInner::Sqlite(tx) => sqlx::query(any).fetch_optional(&mut **tx).await?.is_none(),
            TxInner::Postgres(tx) => sqlx::query(any).fetch_optional(&mut **tx).await?.is_none(),
        };
        if is_empty {
            return Ok(());
        }
        let delete = AssertSqlSafe(format!("delete from \"{}\"", table.name));
        match &mut self.inner {
            TxInner::Sqlite(tx) => sqlx::query(delete).execute(&mut **tx).await.map(drop),
            TxInner::Postgres(tx) => sqlx::query(delete).execute(&mut **tx).await.map(drop),
        }
    }

    /// The versions of the migrations that have run.
    pub async fn applied_migrations(&mut self) -> Result<Vec<i64>> {
        let rows: Vec<(i64,)> =
            sql(self, "select version from _sqlx_migrations where success order by version").all().await?;
        Ok(rows.into_iter().map(|(version,)| version).collect())
    }

    /// Runs those of the known migrations that are `wanted`, as part of this transaction.
    ///
    /// # Errors
    /// When one fails, or one that already ran is not the one this binary knows.
    pub async fn migrate(&mut self, wanted: impl Fn(i64) -> bool) -> anyhow::Result<()> {
        match &mut self.inner {
            TxInner::Sqlite(tx) => only(&SQLITE_MIGRATIONS, wanted).run_direct(None, &mut **tx, false).await?,
            TxInner::Postgres(tx) => only(&POSTGRES_MIGRATIONS, wanted).run_direct(None, &mut **tx, false).await?,
        }
        Ok(())
    }
}

fn only(all: &Migrator, wanted: impl Fn(i64) -> bool) -> Migrator {
    let migrations = all.iter().filter(|migration| wanted(migration.version)).cloned().collect();
    Migrator { migrations: Cow::Owned(migrations), ..Migrator::DEFAULT }
}

/// All of them, on a schema that may have more.
pub(super) fn all_known(all: &Migrator) -> Migrator {
    Migrator { ignore_missing: true, ..only(all, |_| true) }
}

fn first((row,): (String,)) -> String {
    row
}

fn sqlite_text(name: &str, kind: &str) -> String {
    match kind {
        "blob" => format!("iif(\"{name}\" is null, null, lower(hex(\"{name}\")))"),
        _ => format!("cast(\"{name}\" as text)"),
    }
}

fn postgres_text(name: &str, kind: &str) -> String {
    match kind {
        "uuid" => format!("replace(\"{name}\"::text, '-', '')"),
        "bytea" => format!("encode(\"{name}\", 'hex')"),
        "boolean" => format!("\"{name}\"::int::text"),
        "date" => format!("to_char(\"{name}\", 'YYYY-MM-DD')"),
        // As SQLite's rows have it: no fraction when there is none, for there text is compared.
        "timestamp with time zone" => format!(
            "replace(to_char(\"{name}\" at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '') || '+00:00'"
        ),
        _ => format!("\"{name}\"::text"),
    }
}
