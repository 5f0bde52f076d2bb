//! The file itself: a ZIP that any tool opens, whose last entry, `manifest.json`, lists all others with their SHA-256.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::db::Table;

/// The form of backups that this version writes, and the only one it reads.
const FORMAT: u32 = 1;

const MANIFEST: &str = "manifest.json";

/// How much is copied at once.
pub const CHUNK: usize = 256 * 1024;

/// What a backup says of itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Vitrine's version that made it.
    pub version: String,
    /// `sqlite` or `postgres`: what it was made from; it can be restored into either.
    pub database: String,
    /// The migrations that had run.
    pub migrations: Vec<i64>,
    /// The tables, each after those it refers to.
    pub tables: Vec<Table>,
    entries: Vec<Entry>,
}

impl Manifest {
    /// One without entries: those are added while writing.
    pub fn new(made_at: DateTime<Utc>, database: &str, migrations: Vec<i64>, tables: Vec<Table>) -> Self {
        let version = env!("CARGO_PKG_VERSION").into();
        Self { format: FORMAT, made_at, version, database: database.into(), migrations, tables, entries: Vec::new() }
    }

    /// The names of the entries that begin with `folder`, without it.
    pub fn names<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.entries.iter().filter_map(move |entry| entry.name.strip_prefix(folder))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    name: String,
    size: u64,
    sha256: String,
}

/// The unfinished file. It goes when this is dropped, unless it has got its name.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A backup in the making. It gets its name only when it is complete and on disk.
pub struct Writer {
    zip: ZipWriter<BufWriter<File>>,
    path: PathBuf,
    part: Part,
    entries: Vec<Entry>,
    hash: Sha256,
    progress: Progress,
}

impl Writer {
    /// Begins one at `path`, readable by nobody else: it holds what customers told the shop, and its keys.
    ///
    /// # Errors
    /// When there is a file of that name, or none can be made there.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        ensure!(!path.exists(), "{} exists already: choose another name", path.display());
        let part = PathBuf::from(format!("{}.part", path.display()));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part).with_context(|| format!("write {}", part.display()))?;
        Ok(Self {
            zip: ZipWriter::new(BufWriter::with_capacity(CHUNK, file)),
            path: path.to_owned(),
            part: Part(part),
            entries: Vec::new(),
            hash: Sha256::new(),
            progress: Progress::new("written"),
        })
    }

    /// Begins an entry; what is written next belongs to it. `packed` for what shrinks: files for sale rarely do.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn begin(&mut self, name: &str, packed: bool) -> anyhow::Result<()> {
        self.end();
        let method = if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        // The size is not known yet, and may be more than 4 GiB.
        let options = SimpleFileOptions::default().compression_method(method).large_file(true).unix_permissions(0o600);
        self.zip.start_file(name, options).with_context(|| format!("write {name}"))?;
        self.entries.push(Entry { name: name.into(), size: 0, sha256: String::new() });
        Ok(())
    }

    /// Adds to the entry.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.zip.write_all(bytes).with_context(|| format!("write {}", self.part.0.display()))?;
        self.hash.update(bytes);
        if let Some(entry) = self.entries.last_mut() {
            entry.size += bytes.len() as u64;
        }
        self.progress.add(bytes.len());
        Ok(())
    }

    fn end(&mut self) {
        if let Some(entry) = self.entries.last_mut() {
            entry.sha256 = hex::encode(self.hash.finalize_reset());
        }
    }

    /// Writes the manifest and gives the file its name.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self, mut manifest: Manifest) -> anyhow::Result<()> {
        self.end();
        manifest.entries = std::mem::take(&mut self.entries);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.zip.start_file(MANIFEST, options)?;
        self.zip.write_all(&serde_json::to_vec_pretty(&manifest)?)?;
        let file = self.zip.finish()?.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        fs::rename(&self.part.0, &self.path)?;
        // The name, too, must survive a power cut.
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

/// A complete backup, whole and unchanged.
pub struct Reader {
    zip: ZipArchive<BufReader<File>>,
    /// What it says of itself.
    pub manifest: Manifest,
}

impl Reader {
    /// Opens a backup and compares every byte of it with its manifest.
    ///
    /// # Errors
    /// When it is none, incomplete, damaged, or of a newer form.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("read {}", path.display()))?;
        let damaged =
            || format!("{} is no complete backup: it is cut short, damaged, or something else", path.display());
        let mut zip = ZipArchive::new(BufReader::with_capacity(CHUNK, file)).with_context(damaged)?;
        let mut text = String::new();
        zip.by_name(MANIFEST).with_context(damaged)?.read_to_string(&mut text).with_context(damaged)?;
        let manifest: Manifest = serde_json::from_str(&text).with_context(damaged)?;
        ensure!(manifest.format == FORMAT, "this backup is of a form that this version does not read");
        ensure!(zip.len() == manifest.entries.len() + 1, damaged());
        let mut progress = Progress::new("checked");
        for entry in &manifest.entries {
            let mut hash = Sha256::new();
            let mut size = 0;
            let mut content = zip.by_name(&entry.name).with_context(damaged)?;
            let mut piece = vec![0; CHUNK];
            loop {
                let read = content.read(&mut piece).with_context(damaged)?;
                if read == 0 {
                    break;
                }
                hash.update(&piece[..read]);
                size += read as u64;
                progress.add(read);
            }
            if size != entry.size || hex::encode(hash.finalize()) != entry.sha256 {
                bail!("{}: {} is not what was written", damaged(), entry.name);
            }
        }
        Ok(Self { zip, manifest })
    }

    /// The content of an entry.
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn entry(&mut self, name: &str) -> anyhow::Result<impl Read + '_> {
        self.zip.by_name(name).with_context(|| format!("the backup has no {name}"))
    }
}

/// Says every few seconds how far a long work is.
pub struct Progress {
    what: &'static str,
    bytes: u64,
    said: Instant,
}

impl Progress {
    /// `what` is done with the bytes.
    pub fn new(what: &'static str) -> Self {
        Self { what, bytes: 0, said: Instant::now() }
    }

    /// So many more.
    pub fn add(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        if self.said.elapsed() > Duration::from_secs(3) {
            self.said = Instant::now();
            tracing::info!("{} MB {}", self.bytes / 1_000_000, self.what);
        }
    }
}
