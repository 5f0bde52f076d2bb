//! Programs this tool needs, fetched when they are absent.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    cmd::{Run, cargo, cmd},
    place,
};

const WASM: &str = "wasm32-unknown-unknown";

/// A subcommand of cargo's, in the version that we install ourselves; another one that is already there does as well.
pub struct CargoTool {
    name: &'static str,
    version: &'static str,
}

/// Runs the tests.
pub const NEXTEST: CargoTool = CargoTool { name: "nextest", version: "0.9.143" };

/// Searches with libFuzzer.
pub const CARGO_FUZZ: CargoTool = CargoTool { name: "fuzz", version: "0.13.2" };

/// Makes sure that Rust can compile for the browser.
pub fn wasm_target() -> Result<()> {
    let libraries = cmd("rustc").args(["--print", "target-libdir", "--target", WASM]).read()?;
    if Path::new(libraries.trim()).is_dir() {
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

/// `cargo nextest` and the like, compiled into the target folder when this machine has none.
pub fn cargo_tool(tool: &CargoTool) -> Result<Command> {
    let CargoTool { name, version } = tool;
    let program = format!("cargo-{name}");
    let tools = place::target().join("tools");
    let path = env::join_paths(
        std::iter::once(tools.join("bin")).chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
    )?;
    if !in_path(&path, &program) {
        println!("  installing {program} {version} into {} (some minutes, once)", tools.display());
        let mut install = cargo();
        install.args(["install", &program, "--version", version, "--locked", "--debug", "--quiet", "--root"]);
        // Without debug information and apart from our own artefacts, which it must not invalidate.
        install.arg(&tools).env("CARGO_PROFILE_DEV_DEBUG", "0").env_remove("CARGO_TARGET_DIR").run()?;
    }
    let mut command = cargo();
    command.env("PATH", path).arg(name);
    Ok(command)
}

/// The browser for the browser tests.
pub fn chromium() -> Result<PathBuf> {
    let find = || ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].map(PathBuf::from);
    if let Some(given) = env::var_os("CHROMIUM") {
        return Ok(given.into());
    }
    if !find().iter().any(|path| path.exists()) {
        apt_install("Chromium", "chromium")?;
    }
    find().into_iter().find(|path| path.exists()).context("Chromium was installed, but is not in /usr/bin")
}

/// A package of PyPI's, with which tests look at our work from outside.
pub struct PythonPackage {
    name: &'static str,
    version: &'static str,
}

/// Reads the calendars that we write.
pub const ICALENDAR: PythonPackage = PythonPackage { name: "icalendar", version: "7.3.2" };

/// Makes requests out of the API's document, and compares the answers with it.
pub const SCHEMATHESIS: PythonPackage = PythonPackage { name: "schemathesis", version: "4.32.5" };

/// A Python with this package, in an environment of its own in the target folder. When it is absent it is installed if
/// `install` says so.
///
/// # Errors
/// Why there is none, in words for the summary.
pub fn python(package: &PythonPackage, install: bool) -> Result<PathBuf, String> {
    let PythonPackage { name, version } = package;
    let home = place::target().join("tools").join(format!("{name}-{version}"));
    let python = home.join("bin/python");
    let works = || cmd(&python).args(["-c", &format!("import {name}")]).run_quietly().is_ok();
    if python.exists() && works() {
        return Ok(python);
    }
    if !exists("python3") {
        return Err("python3 is not here".into());
    }
    if !install {
        return Err(format!("Python's {name} is not installed yet; `cargo xtask test` does"));
    }
    println!("  installing Python's {name} {version} into {}", home.display());
    let package = format!("{name}=={version}");
    let made = cmd("python3").args(["-m", "venv"]).arg(&home).run_quietly().and_then(|()| {
        cmd(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &package]).run_quietly()
    });
    match made {
        Ok(()) if works() => Ok(python),
        Ok(()) => Err(format!("Python's {name} was installed, but does not load")),
        Err(problem) => Err(format!("Python's {name} could not be installed: {problem:#}")),
    }
}

/// Installs a Debian package, as root or by a `sudo` that asks nothing.
pub fn apt_install(name: &str, package: &str) -> Result<()> {
    let by_hand = format!("{name} is needed. Install it by hand: `sudo apt-get install {package}`");
    let root = nix::unistd::geteuid().is_root();
    if !root && cmd("sudo").args(["-n", "true"]).run_quietly().is_err() {
        bail!("{by_hand}");
    }
    println!("  installing {name} (apt-get install {package})");
    let apt = |arguments: &[&str]| {
        let mut command = if root { cmd("env") } else { cmd("sudo") };
        if !root {
            command.args(["-n", "env"]);
        }
        command.arg("DEBIAN_FRONTEND=noninteractive").arg("apt-get").args(arguments).run_quietly()
    };
    apt(&["-q", "update"])
        .and_then(|()| apt(&["-q", "install", "-y", "--no-install-recommends", package]))
        .context(by_hand)
}

/// Whether `program` can be run by its name alone.
pub fn exists(program: &str) -> bool {
    in_path(&env::var_os("PATH").unwrap_or_default(), program)
}

fn in_path(path: &std::ffi::OsStr, program: &str) -> bool {
    env::split_paths(path).any(|folder| folder.join(program).is_file())
}
