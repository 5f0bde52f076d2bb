//! `cargo xtask fuzz`: libFuzzer, led by which branches are reached, against each reader of strangers' bytes.
//!
//! The tests do without: they mutate the corpus blindly, in seconds, with no further program. This searches for as long as it
//! is given, from the corpus on, and keeps the thousands of inputs that reached something new in the target folder.

use std::fs;

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    cmd::Run,
    place,
    report::bold,
    tools::{self, CARGO_FUZZ},
};

/// How long to search, and where.
#[derive(Args)]
pub struct Options {
    /// Seconds for each reader
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Readers, by their folders in crates/api/fuzz/corpus; all when none is named
    readers: Vec<String>,
}

/// Searches in one reader after the other.
pub fn run(options: &Options) -> Result<()> {
    let home = place::root().join("crates/api/fuzz");
    let (corpus, out) = (home.join("corpus"), place::target().join("fuzz"));
    let mut readers = Vec::new();
    for entry in fs::read_dir(&corpus)? {
        readers.push(entry?.file_name().to_string_lossy().into_owned());
    }
    readers.sort();
    if let Some(unknown) = options.readers.iter().find(|name| !readers.contains(name)) {
        bail!("there is no reader “{unknown}”; there are: {}", readers.join(", "));
    }
    readers.retain(|name| options.readers.is_empty() || options.readers.contains(name));
    let mut failed = Vec::new();
    for reader in &readers {
        println!("\n{}", bold(reader));
        let reached = out.join("corpus").join(reader);
        fs::create_dir_all(&reached)?;
        let mut search = tools::cargo_tool(&CARGO_FUZZ)?;
        // Without a sanitizer a stable compiler does; the code has no `unsafe` for one to watch.
        search.args(["run", "--sanitizer", "none", "--fuzz-dir"]).arg(&home);
        search.arg("--target-dir").arg(&out);
        // What is new goes into the first folder.
        search.arg("reader").arg(reached).arg(corpus.join(reader)).arg("--");
        search.arg(format!("-max_total_time={}", options.seconds)).args(["-timeout=10", "-rss_limit_mb=2048"]);
        search.arg(format!("-artifact_prefix={}/{reader}-", out.display()));
        // Long inputs find what short ones do, later; pictures need some room.
        search.args(["-max_len=65536", "-verbosity=0"]);
        if search.env("VITRINE_FUZZ_READER", reader).run().is_err() {
            failed.push(reader.as_str());
        }
    }
    if !failed.is_empty() {
        bail!("found something in: {} (see target/fuzz; keep it in the corpus)", failed.join(", "));
    }
    Ok(())
}
