//! The compiled app: cargo, then cut into parts, then wasm-bindgen, wasm-opt and esbuild.
//!
//! The parts are what `part!` in `frontend/src/parts.rs` marks. wasm-split moves the code that only one of them reaches into
//! `split_NAME.wasm` (what several of them share, into a `chunk_N.wasm`) and writes the script that loads them.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    cmd::{Run, cargo},
    hash, npm, place,
};

/// The module that every visit loads.
pub const MODULE: &str = "vitrine_bg.wasm";
/// The glue between that module and the browser.
pub const GLUE: &str = "vitrine.js";
/// What loads the other modules; glue and parts find each other by relative names.
pub const LOADER: &str = "parts.js";

/// What browsers of the last years understand. `--all-features` makes a module that they refuse.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
];

/// Compiles the app. Answers a folder with [`GLUE`], [`MODULE`], [`LOADER`], the parts and perhaps `snippets/`.
pub fn compile(dev: bool) -> Result<PathBuf> {
    let profile = if dev { "dev" } else { "wasm-release" };
    let target = place::web_target();
    let mut cargo = cargo();
    cargo.args(["rustc", "--package", "vitrine-web", "--target", "wasm32-unknown-unknown", "--profile", profile]);
    cargo.arg("--target-dir").arg(&target);
    if !dev {
        // The names of this machine's folders have no place in what visitors load. Views without their types make a
        // module of half the size.
        cargo.env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            format!("--remap-path-prefix={}=/cargo --cfg erase_components", cargo_home()),
        );
    }
    // Cutting needs to know what refers to what.
    cargo.args(["--", "-Clink-arg=--emit-relocs"]);
    cargo.run()?;

    let folder = if dev { "debug" } else { profile };
    let module = target.join("wasm32-unknown-unknown").join(folder).join("vitrine-web.wasm");
    let compiled = fs::read(&module).with_context(|| format!("cargo made no {}", module.display()))?;
    let content = hash::of(&compiled);
    let out = target.join(format!("glue-{folder}"));
    let stamp = out.join("stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == content) {
        return Ok(out);
    }
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;
    let whole = out.join("vitrine.wasm");
    let parts = split(&compiled, &whole, &out)?;
    let mut bindgen = Bindgen::new();
    // The parts fill the table of functions that the linker exports.
    bindgen.web(true)?.input_path(&whole).typescript(false).keep_lld_exports(true);
    bindgen.keep_debug(dev).remove_name_section(!dev).remove_producers_section(!dev);
    bindgen.generate(&out).map_err(|problem| anyhow!("wasm-bindgen failed: {problem:#}"))?;
    fs::remove_file(&whole)?;
    if !dev {
        println!("  shrinking {} modules", parts.len() + 1);
        for module in parts.iter().chain([&out.join(MODULE)]) {
            npm::tool(&place::frontend(), "wasm-opt")
                .arg("-Oz")
                .args(FEATURES)
                .arg(module)
                .arg("-o")
                .arg(module)
                .run_quietly()?;
        }
        let glue = out.join(GLUE);
        npm::tool(&place::frontend(), "esbuild")
            .args(["--minify", "--format=esm", "--log-level=error", "--allow-overwrite"])
            .arg(format!("--outfile={}", glue.display()))
            .arg(&glue)
            .run_quietly()?;
    }
    fs::write(stamp, content)?;
    Ok(out)
}

/// Cuts the compiled app: what is needed at once into `main`, the parts into `folder`, whose paths are answered.
fn split(compiled: &[u8], main: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut options = wasm_split_cli_support::Options::new(compiled);
    options.main_out_path = main;
    options.output_dir = folder;
    let (glue, loader) = (format!("./{GLUE}"), format!("./{LOADER}"));
    options.main_module = &glue;
    options.link_name = &loader;
    let split =
        wasm_split_cli_support::transform(options).map_err(|problem| anyhow!("wasm-split failed: {problem:#}"))?;
    Ok(split.split_modules)
}

fn cargo_home() -> String {
    let default = || format!("{}/.cargo", env::var("HOME").unwrap_or_default());
    env::var("CARGO_HOME").unwrap_or_else(|_| default())
}
