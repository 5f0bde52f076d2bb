//! Programs this tool needs, fetched when they are absent.

use anyhow::{Context, Result};

use crate::cmd::{Run, cmd};

const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that Rust can compile for the browser.
pub fn wasm_target() -> Result<()> {
    let libraries = cmd("rustc")
        .args(["--print", "target-libdir", "--target", WASM])
        .read()?;
    if std::path::Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    println!("  adding the {WASM} target");
    cmd("rustup").args(["target", "add", WASM]).run_quietly().context(
        "Rust's WebAssembly target is not installed and rustup could not fetch it. \
         Try `rustup target add wasm32-unknown-unknown` by hand. On Debian 12 without rustup: \
         `apt-get install rustc-web cargo-web rust-web-src rust-web-llvm lld-22`, then run cargo with \
         `RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_UNSTABLE_BUILD_STD=std,panic_abort`.",
    )
}
