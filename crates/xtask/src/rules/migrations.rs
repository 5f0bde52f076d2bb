//! Migrations: the same steps for both databases, and what has shipped stays as it is.

use std::{collections::BTreeMap, fs};

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::{File, Violation};
use crate::place;

const SQLITE: &str = "migrations/sqlite/";
const POSTGRES: &str = "migrations/postgres/";

/// The shipped migrations with their hashes, as `sha256sum` writes them.
const SHIPPED: &str = "migrations/shipped.sha256";

/// Each migration exists for both databases under one name.
pub fn come_in_pairs(files: &[File]) -> Vec<Violation> {
    let exists = |path: String| files.iter().any(|file| file.path == path);
    let twin = |file: &File| {
        let twin = match file.path.strip_prefix(SQLITE) {
            Some(name) => format!("{POSTGRES}{name}"),
            None => format!("{SQLITE}{}", file.path.strip_prefix(POSTGRES)?),
        };
        (!exists(twin.clone())).then(|| file.violation(1, format!("{twin} is missing")))
    };
    files.iter().filter_map(twin).collect()
}

/// A shipped migration has run somewhere: a changed one would never run there again.
pub fn shipped_ones_never_change(files: &[File]) -> Vec<Violation> {
    let now: BTreeMap<_, _> = sums(files).collect();
    let Some(list) = files.iter().find(|file| file.path == SHIPPED) else { return Vec::new() };
    let changed = list.text.lines().enumerate().filter_map(|(number, line)| {
        let (sum, name) = line.split_once("  ")?;
        let path = format!("migrations/{name}");
        let what = match now.get(path.as_str()) {
            Some(now) if now == sum => return None,
            Some(_) => "has changed",
            None => "is gone",
        };
        Some(list.violation(number + 1, format!("{path} has shipped, but {what}: write a new migration instead")))
    });
    changed.collect()
}

fn sums(files: &[File]) -> impl Iterator<Item = (&str, String)> {
    let migrations = files.iter().filter(|file| file.path.starts_with(SQLITE) || file.path.starts_with(POSTGRES));
    migrations.map(|file| (file.path.as_str(), hex::encode(Sha256::digest(file.text.as_bytes()))))
}

/// Writes down every migration as shipped; part of making a release.
pub fn seal() -> Result<()> {
    let files = super::tree()?;
    let lines = sums(&files).map(|(path, sum)| format!("{sum}  {}\n", path.trim_start_matches("migrations/")));
    fs::write(place::root().join(SHIPPED), lines.collect::<String>())?;
    println!("{SHIPPED} lists {} migrations that must not change any more", sums(&files).count());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::file, *};

    #[test]
    fn a_migration_for_one_database_only_is_caught() {
        let files = ["sqlite/0001_a.sql", "postgres/0001_a.sql", "postgres/0002_b.sql"]
            .map(|name| file(&format!("migrations/{name}"), ""));
        let found = come_in_pairs(&files);
        assert_eq!(found, [files[2].violation(1, "migrations/sqlite/0002_b.sql is missing")]);
    }

    #[test]
    fn a_changed_or_deleted_shipped_migration_is_caught() {
        let shipped = file("migrations/sqlite/0001_a.sql", "create table a");
        let sum = hex::encode(Sha256::digest("create table a"));
        let list = format!("{sum}  sqlite/0001_a.sql\n");
        assert!(shipped_ones_never_change(&[shipped, file(SHIPPED, &list)]).is_empty());
        let changed = file("migrations/sqlite/0001_a.sql", "create table b");
        assert_eq!(shipped_ones_never_change(&[changed, file(SHIPPED, &list)]).len(), 1);
        assert_eq!(shipped_ones_never_change(&[file(SHIPPED, &list)]).len(), 1);
    }
}
