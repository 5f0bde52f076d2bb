//! The compiled app: cargo, then wasm-bindgen, then wasm-opt.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    cmd::{Run, cargo},
    hash, npm, place,
};

/// The glue's and the module's name before hashing.
pub const NAME: &str = "vitrine";

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

/// Compiles the app. Answers a folder with `vitrine.js`, `vitrine_bg.wasm` and perhaps `snippets/`.
pub fn compile(dev: bool) -> Result<PathBuf> {
    let profile = if dev { "dev" } else { "wasm-release" };
    let target = place::web_target();
    let mut cargo = cargo();
    cargo.args(["build", "--package", "vitrine-web", "--target", "wasm32-unknown-unknown", "--profile", profile]);
    cargo.arg("--target-dir").arg(&target);
    if !dev {
        // The names of this machine's folders have no place in what visitors load. Views without their types make a
        // module of half the size.
        cargo.env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            format!("--remap-path-prefix={}=/cargo --cfg erase_components", cargo_home()),
        );
    }
    cargo.run()?;

    let folder = if dev { "debug" } else { profile };
    let module = target.join("wasm32-unknown-unknown").join(folder).join("vitrine-web.wasm");
    let content = hash::of(&fs::read(&module).with_context(|| format!("cargo made no {}", module.display()))?);
    let out = target.join(format!("glue-{folder}"));
    let stamp = out.join("stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == content) {
        return Ok(out);
    }
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.input_path(&module).out_name(NAME).typescript(false).omit_default_module_path(true);
    bindgen.keep_debug(dev).remove_name_section(!dev).remove_producers_section(!dev);
    bindgen.generate(&out).map_err(|problem| anyhow!("wasm-bindgen failed: {problem:#}"))?;
    if !dev {
        println!("  shrinking the module");
        let wasm = out.join(format!("{NAME}_bg.wasm"));
        npm::tool(&place::frontend(), "wasm-opt")
            .arg("-Oz")
            .args(FEATURES)
            .arg(&wasm)
            .arg("-o")
            .arg(&wasm)
            .run_quietly()?;
    }
    fs::write(stamp, content)?;
    Ok(out)
}

fn cargo_home() -> String {
    let default = || format!("{}/.cargo", env::var("HOME").unwrap_or_default());
    env::var("CARGO_HOME").unwrap_or_else(|_| default())
}
