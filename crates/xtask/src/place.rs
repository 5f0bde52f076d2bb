//! Where things are.

use std::{
    env,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// The workspace's root folder. Cargo tells at run time where this crate lies.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        here.ancestors().nth(2).expect("crates/xtask is two folders below the root").to_path_buf()
    });
    &ROOT
}

/// Cargo's target folder for native code.
pub fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Cargo's target folder for WASM: apart from the native one, so that neither build waits for the other's lock.
pub fn web_target() -> PathBuf {
    let target = target();
    if target.ends_with("web") { target } else { target.join("web") }
}

/// The browser app's sources.
pub fn frontend() -> PathBuf {
    root().join("frontend")
}

/// The built browser app, as the server serves it (`VITRINE_WEB_DIR`).
pub fn web_dist() -> PathBuf {
    frontend().join("dist")
}
