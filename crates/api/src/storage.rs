//! Where files live: a folder, or an S3-compatible store shared by several processes.

use std::sync::Arc;

use anyhow::{Context, bail};
use object_store::{ObjectStore, aws::AmazonS3Builder, local::LocalFileSystem, path::Path, prefix::PrefixStore};
use url::Url;

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
            let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build().context("VITRINE_STORAGE_URL")?;
            Ok(Arc::new(PrefixStore::new(store, Path::from(url.path()))))
        }
        other => bail!("VITRINE_STORAGE_URL: {other}:// is not supported, use file:// or s3://"),
    }
}
