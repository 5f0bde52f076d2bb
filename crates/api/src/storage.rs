//! Where files live: a folder, or an S3-compatible store shared by several processes.
//!
//! Files and rows cannot be committed together, so their order makes sure that nothing is lost and nothing left behind.
//! First [`reserve`] queues the deletion of what will be stored, a day ahead; then the file is stored; then [`keep`] takes
//! the deletion back in the transaction that refers to the file. Wherever that breaks off, the file goes away by itself.
//! What is no longer referred to is handed to [`discard`] in the transaction that drops the reference.

use std::{io::ErrorKind, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use chrono::{DateTime, TimeDelta, Utc};
use object_store::{
    ObjectStore, ObjectStoreExt, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem, path::Path,
    prefix::PrefixStore,
};
use serde::{Deserialize, Serialize};
use url::Url;
use vitrine_types::Code;

use crate::{
    clock::Clock,
    db::Tx,
    error::{Error, Result},
    jobs::{self, Job, Kind},
    state::State,
};

/// How long storing one thing may take.
const PATIENCE: TimeDelta = TimeDelta::hours(24);

#[derive(Serialize, Deserialize)]
struct Unreferenced {
    key: String,
}

/// Announces that something will be stored at these keys.
///
/// # Errors
/// When the database does not answer.
pub async fn reserve<'a>(state: &State, keys: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let mut tx = state.db.begin().await?;
    let when = state.clock.now() + PATIENCE;
    for key in keys {
        jobs::enqueue(&mut tx, &state.clock, Kind::DeleteFile, key, &Unreferenced { key: key.into() }, when).await?;
    }
    Ok(tx.commit().await?)
}

/// Keeps what was reserved and stored at `key`.
///
/// # Errors
/// `request.timeout` when that took too long.
pub async fn keep(tx: &mut Tx, key: &str) -> Result<()> {
    // Once a worker has begun to delete, it is too late.
    match jobs::cancel(tx, Kind::DeleteFile, key).await? {
        true => Ok(()),
        false => Err(Error::new(Code::RequestTimeout).detail("Storing this took more than a day")),
    }
}

/// Deletes what is stored at `key` once the transaction is committed.
///
/// # Errors
/// When the database does not answer.
pub async fn discard(tx: &mut Tx, clock: &Clock, key: &str) -> Result<()> {
    discard_at(tx, clock, key, clock.now()).await
}

/// As [`discard`], but not before `when`; an earlier appointment of its deletion stands, unless [`keep`] took it back.
///
/// # Errors
/// When the database does not answer.
pub async fn discard_at(tx: &mut Tx, clock: &Clock, key: &str, when: DateTime<Utc>) -> Result<()> {
    jobs::enqueue(tx, clock, Kind::DeleteFile, key, &Unreferenced { key: key.into() }, when).await
}

/// Does the deletion that [`reserve`] or [`discard`] queued.
///
/// # Errors
/// When the storage does not answer.
pub async fn delete(state: &State, job: &Job) -> Result<()> {
    let Unreferenced { key } = job.payload()?;
    match state.storage.delete(&Path::from(key.as_str())).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    // A process that died while storing leaves its unfinished file beside the place.
    if let Ok(folder) = state.config.storage_url.to_file_path() {
        match tokio::fs::remove_file(folder.join(format!("{key}#1"))).await {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let mut tx = state.db.begin().await?;
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// Opens the store at `url`: `file:///folder` or `s3://bucket/prefix` (access by the usual `AWS_…` variables).
///
/// # Errors
/// When the folder cannot be made, or the address is of another kind.
pub fn open(url: &Url) -> anyhow::Result<Arc<dyn ObjectStore>> {
    match url.scheme() {
        "file" => {
            let folder = url.to_file_path().ok().context("VITRINE_STORAGE_URL: a file:// address of a folder")?;
            std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
            let store = LocalFileSystem::new_with_prefix(&folder).context("VITRINE_STORAGE_URL")?;
            Ok(Arc::new(store.with_fsync(true)))
        }
        "s3" => {
            let bucket = url.host_str().context("VITRINE_STORAGE_URL: s3://bucket/prefix")?;
            // Somebody waits for the answer: an error soon is better than one after ten tries.
            let retry =
                RetryConfig { max_retries: 2, retry_timeout: Duration::from_secs(10), ..RetryConfig::default() };
            let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry);
            let store = store.build().context("VITRINE_STORAGE_URL")?;
            Ok(Arc::new(PrefixStore::new(store, Path::from(url.path()))))
        }
        other => bail!("VITRINE_STORAGE_URL: {other}:// is not supported, use file:// or s3://"),
    }
}
