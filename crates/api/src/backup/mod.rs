//! One file with everything a shop is: `vitrine backup FILE`, `vitrine restore FILE`.
//!
//! - A backup is made while the shop runs. The rows are those of one moment. Files are copied before that moment and
//!   those new since after it: a file is stored before the row that refers to it is committed and deleted after the
//!   row has gone, so that whatever the rows refer to is there.
//! - A backup is complete or absent: it gets its name last.
//! - It can be restored by the same or a newer version, into SQLite or PostgreSQL, whichever it was made from.
//! - A restore checks the whole file first, and fills only a database that holds no tables yet. All rows come in one
//!   transaction: it happens wholly or not at all.
//! - A restore does no harm. What the shop may have done since is not done again: mails that waited are held back for
//!   the owner to look at ([`store::update_waiting_mails`]), reminders whose time has passed are forgotten, and Stripe
//!   is asked before money goes back ([`crate::checkout::refunds::send`]). What happened meanwhile is learnt from Stripe
//!   by the reconciliation that runs when the shop opens.

mod archive;
mod store;

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart, path::Path as Key};

use crate::{
    clock::Clock,
    config::{self, Config},
    db::{Db, Table},
    state::State,
    storage,
};
use archive::{CHUNK, Manifest, Progress, Reader, Writer};

const FILES: &str = "files/";
const JWT_SECRET: &str = "keys/jwt-secret";

/// Rows written by one statement.
const ROWS_AT_ONCE: usize = 500;

fn rows_of(table: &Table) -> String {
    format!("database/{}.jsonl", table.name)
}

/// Writes everything to a new file at `path`.
///
/// # Errors
/// When there is no shop, `path` exists already, or database, storage or disk refuse; nothing is left at `path` then.
pub async fn write(state: &State, path: &Path) -> anyhow::Result<()> {
    let mut writer = Writer::create(path)?;
    let mut copied = HashSet::new();
    copy_files(state, &mut writer, &mut copied).await?;

    let mut tx = state.db.begin_snapshot().await?;
    let tables = tx.tables().await?;
    ensure!(!tables.is_empty(), "there is no shop in this database");
    let migrations = tx.applied_migrations().await?;
    let database = if state.db.is_shared() { "postgres" } else { "sqlite" };
    let made_at = state.clock.now();
    for table in &tables {
        writer.begin(&rows_of(table), true)?;
        let mut rows = tx.rows(table).await?;
        while let Some(row) = rows.try_next().await? {
            writer.write(row.as_bytes())?;
            writer.write(b"\n")?;
        }
    }
    drop(tx);

    copy_files(state, &mut writer, &mut copied).await?;
    if let Ok(secret) = std::fs::read(config::jwt_secret_file(&state.config.data_dir)) {
        writer.begin(JWT_SECRET, false)?;
        writer.write(&secret)?;
    }
    writer.finish(Manifest::new(made_at, database, migrations, tables))
}

/// Copies the files that are not copied yet.
async fn copy_files(state: &State, writer: &mut Writer, copied: &mut HashSet<Key>) -> anyhow::Result<()> {
    let listed: Vec<_> = state.storage.list(None).try_collect().await.context("list the files")?;
    for file in listed {
        if copied.contains(&file.location) {
            continue;
        }
        let found = match state.storage.get(&file.location).await {
            // Deleted since it was listed: nobody refers to it any more.
            Err(object_store::Error::NotFound { .. }) => continue,
            found => found.with_context(|| format!("read {}", file.location))?,
        };
        writer.begin(&format!("{FILES}{}", file.location), false)?;
        let mut content = found.into_stream();
        while let Some(piece) = content.try_next().await.with_context(|| format!("read {}", file.location))? {
            writer.write(&piece)?;
        }
        copied.insert(file.location);
    }
    Ok(())
}

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    /// From when the shop is now.
    pub made_at: DateTime<Utc>,
    /// Rows written.
    pub rows: u64,
    /// Files written.
    pub files: u64,
    /// Mails that were waiting, and are held back.
    pub held_back: u64,
}

/// Fills an empty database, the storage and the keys from the backup at `path`.
///
/// # Errors
/// When the backup is incomplete, damaged or of a newer version, the database holds tables, or anything refuses. The
/// database is unchanged then.
pub async fn restore(config: &Config, clock: &Clock, path: &Path) -> anyhow::Result<Restored> {
    let mut backup = Reader::open(path)?;
    let known = Db::known_migrations();
    let is_known = backup.manifest.migrations.iter().all(|version| known.contains(version));
    ensure!(is_known, "the backup was made by a newer version ({}): update Vitrine first", backup.manifest.version);

    let db = Db::open(&config.database_url, 2).await?;
    let mut tx = db.begin().await?;
    ensure!(
        tx.tables().await?.is_empty(),
        "this database holds a shop already, and a restore never replaces one: name an empty database in \
         DATABASE_URL, or move the file of this one away"
    );
    // Files first: what is there without a row harms nobody, a row without its file would.
    let files = put_files(config, &mut backup).await?;
    if let Ok(mut secret) = backup.entry(JWT_SECRET) {
        let mut text = String::new();
        secret.read_to_string(&mut text)?;
        // Reading the settings made one; nobody was given anything signed with it.
        let file = config::jwt_secret_file(&config.data_dir);
        std::fs::remove_file(&file).or_else(|error| if file.exists() { Err(error) } else { Ok(()) })?;
        config::write_secret(&file, &text)?;
    }

    let Manifest { made_at, migrations, tables, .. } = &backup.manifest;
    let (made_at, tables) = (*made_at, tables.clone());
    tx.migrate(|version| migrations.contains(&version)).await.context("make the tables")?;
    for table in tables.iter().rev() {
        tx.empty(table).await?;
    }
    let mut rows = 0;
    let mut progress = Progress::new("of rows restored");
    for table in &tables {
        let name = rows_of(table);
        let mut lines = BufReader::new(backup.entry(&name)?).lines();
        loop {
            let batch: Vec<String> = lines.by_ref().take(ROWS_AT_ONCE).collect::<Result<_, _>>()?;
            if batch.is_empty() {
                break;
            }
            rows += batch.len() as u64;
            let batch = format!("[{}]", batch.join(","));
            progress.add(batch.len());
            tx.put_rows(table, batch).await.with_context(|| format!("restore the rows of {}", table.name))?;
        }
    }
    tx.migrate(|_| true).await.context("bring the tables up to date")?;
    let held_back = store::update_waiting_mails(&mut tx).await?;
    store::delete_past_letters(&mut tx, clock.now()).await?;
    store::delete_sessions(&mut tx).await?;
    tx.commit().await?;
    db.close().await;
    Ok(Restored { made_at, rows, files, held_back })
}

async fn put_files(config: &Config, backup: &mut Reader) -> anyhow::Result<u64> {
    let storage = storage::open(&config.storage_url)?;
    let names: Vec<String> = backup.manifest.names(FILES).map(str::to_owned).collect();
    let mut progress = Progress::new("of files restored");
    for name in &names {
        let upload = storage.put_multipart(&Key::from(name.as_str())).await.with_context(|| format!("store {name}"))?;
        let mut upload = WriteMultipart::new(upload);
        let mut content = backup.entry(&format!("{FILES}{name}"))?;
        let mut piece = vec![0; CHUNK];
        loop {
            let read = content.read(&mut piece)?;
            if read == 0 {
                break;
            }
            upload.write(&piece[..read]);
            progress.add(read);
            upload.wait_for_capacity(4).await?;
        }
        upload.finish().await.with_context(|| format!("store {name}"))?;
    }
    Ok(names.len() as u64)
}
