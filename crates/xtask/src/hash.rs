//! Content hashes: for names of built files, and to know whether anything has changed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Sixteen hex digits that stand for these bytes.
pub fn of(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}

/// One hash over the names and contents of all `files`, and of the files below them where they are folders.
pub fn of_files(files: &[PathBuf]) -> Result<String> {
    let mut sum = Sha256::new();
    for file in files_below(files)? {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        sum.update(file.strip_prefix(crate::place::root()).unwrap_or(&file).as_os_str().as_encoded_bytes());
        sum.update((bytes.len() as u64).to_le_bytes());
        sum.update(bytes);
    }
    Ok(hex::encode(&sum.finalize()[..8]))
}

/// All files in `paths`, folders walked through, in a fixed order. Built and installed things are left out.
pub fn files_below(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut inside = Vec::new();
            for entry in fs::read_dir(path)? {
                let entry = entry?.path();
                if !is_product(&entry) {
                    inside.push(entry);
                }
            }
            inside.sort();
            files.extend(files_below(&inside)?);
        } else if path.exists() {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn is_product(path: &Path) -> bool {
    let product = |name: &str| ["node_modules", "dist", "target"].contains(&name) || name.starts_with(".dist-");
    path.file_name().and_then(|name| name.to_str()).is_some_and(product)
}
