//! `cargo xtask web`: from the sources in `frontend/` to the folder the server serves.
//!
//! Compile to WASM, make the glue, shrink, compile the style sheet, give every file a name that carries its content's
//! hash, compress. Each part is skipped when its inputs have not changed.

mod bundle;
mod wasm;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    cmd::{Run, cmd},
    hash, npm, place, tools,
};

/// What a first visit may transfer, in brotli-compressed bytes.
const FIRST_LOAD_LIMIT: u64 = 250_000;

/// How to build the browser app.
#[derive(Args, Default)]
pub struct Options {
    /// Unoptimised: larger and slower to load, but built in a fraction of the time
    #[arg(long)]
    pub dev: bool,
}

/// Builds the browser app unless nothing has changed, and answers the folder it lies in.
pub fn build(options: &Options) -> Result<PathBuf> {
    let dist = place::web_dist();
    fs::create_dir_all(place::web_target())?;
    let lock = fs::File::create(place::web_target().join("xtask.lock"))?;
    lock.lock().context("cannot lock the WASM target folder")?;

    let inputs = inputs(options)?;
    let stamp = place::frontend().join(".dist-stamp");
    if dist.join("index.html").exists() && fs::read_to_string(&stamp).is_ok_and(|found| found == inputs) {
        println!("  the browser app is up to date: {}", dist.display());
        return Ok(dist);
    }

    let started = Instant::now();
    tools::wasm_target()?;
    npm::install(&place::frontend())?;
    let wasm = wasm::compile(options.dev)?;
    let css = style_sheet()?;
    let next = place::frontend().join(".dist-next");
    bundle::assemble(&next, &wasm, &css)?;
    if !options.dev {
        compress(&next)?;
        let load = first_load(&next)?;
        println!("  first load, compressed: {load}");
        if load.total() > FIRST_LOAD_LIMIT {
            bail!("the first load is over {} kB: see docs/performance.md for the ways down", FIRST_LOAD_LIMIT / 1000);
        }
    }
    let _ = fs::remove_file(&stamp);
    if dist.exists() {
        fs::remove_dir_all(&dist)?;
    }
    fs::rename(&next, &dist).context("cannot put the new browser app in place")?;
    fs::write(&stamp, inputs)?;
    println!("  built the browser app in {:.0?}: {}", started.elapsed(), dist.display());
    Ok(dist)
}

/// One hash over everything that goes into the browser app, and over the way it is built.
fn inputs(options: &Options) -> Result<String> {
    let root = place::root();
    let paths = ["Cargo.toml", "Cargo.lock", "frontend", "crates/types", "crates/client", "crates/xtask/src/web"];
    let content = hash::of_files(&paths.map(|path| root.join(path)))?;
    Ok(format!("{content} {}", if options.dev { "dev" } else { "release" }))
}

/// Compiles `style/main.css` with the classes that the Rust sources use.
fn style_sheet() -> Result<String> {
    let out = place::web_target().join("main.css");
    npm::tool(&place::frontend(), "tailwindcss")
        .args(["--minify", "--input", "style/main.css", "--output"])
        .arg(&out)
        .run_quietly()?;
    fs::read_to_string(&out).context("Tailwind wrote no style sheet")
}

/// Puts a `.br` and a `.gz` beside each file that becomes smaller by it.
fn compress(folder: &Path) -> Result<()> {
    cmd("node").arg("crates/xtask/src/web/compress.mjs").arg(folder).run_quietly()
}

/// What a browser's first visit transfers, in brotli-compressed bytes.
pub struct FirstLoad {
    /// The compiled app.
    pub wasm: u64,
    /// The glue between the app and the browser.
    pub script: u64,
    /// The style sheet.
    pub style: u64,
    /// The page itself.
    pub page: u64,
}

impl FirstLoad {
    /// All together.
    pub fn total(&self) -> u64 {
        self.wasm + self.script + self.style + self.page
    }
}

impl std::fmt::Display for FirstLoad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kilo = |bytes: u64| format!("{:.1} kB", bytes as f64 / 1000.0);
        let Self { wasm, script, style, page } = *self;
        write!(
            f,
            "{} (WASM {}, glue {}, style {}, page {})",
            kilo(self.total()),
            kilo(wasm),
            kilo(script),
            kilo(style),
            kilo(page)
        )
    }
}

/// Measures the built app in `dist`: what its page names, but for fonts and pictures, which come after it.
pub fn first_load(dist: &Path) -> Result<FirstLoad> {
    let page = fs::read_to_string(dist.join("index.html"))?;
    let packed = |file: &str| -> Result<u64> {
        let packed = fs::metadata(dist.join(format!("{file}.br"))).or_else(|_| fs::metadata(dist.join(file)));
        Ok(packed.with_context(|| format!("the page names {file}, which is not there"))?.len())
    };
    let mut load = FirstLoad { wasm: 0, script: 0, style: 0, page: packed("index.html")? };
    for file in page.split('"').filter_map(|text| text.strip_prefix("/assets/")) {
        let total = match file.rsplit_once('.').map(|(_, ending)| ending) {
            Some("wasm") => &mut load.wasm,
            Some("js") => &mut load.script,
            Some("css") => &mut load.style,
            _ => continue,
        };
        *total += packed(&format!("assets/{file}"))?;
    }
    Ok(load)
}
