//! `cargo xtask test`: all that continuous integration runs, or a part of it for daily work.

use std::{fs, process::Command};

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::{
    cmd::{Run, cargo},
    e2e, licences, native, place,
    postgres::{Cluster, Durability},
    report::{Outcome, Report},
    rules, schemathesis, tools, torture, web,
};

/// What to test.
#[derive(Args)]
pub struct Options {
    /// SQLite only, and no browser
    #[arg(long)]
    fast: bool,
    /// Databases for the integration and browser tests [default: both; with --fast or words: sqlite]
    #[arg(long)]
    database: Option<Database>,
    /// Only the unit and integration tests that fit each word: `it` (integration), a package, a part of a test's name
    words: Vec<String>,
}

/// What the tests store their data in.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Database {
    /// A file per test
    Sqlite,
    /// A private cluster, started for the run
    Postgres,
    /// One after the other
    Both,
}

impl Database {
    /// Whether SQLite is among them.
    pub fn sqlite(self) -> bool {
        self != Self::Postgres
    }

    /// Whether PostgreSQL is among them.
    pub fn postgres(self) -> bool {
        self != Self::Sqlite
    }
}

/// Runs what `options` ask for, and fails if any of it failed.
pub fn run(options: &Options) -> Result<()> {
    let part = options.fast || !options.words.is_empty();
    let database = options.database.unwrap_or(if part { Database::Sqlite } else { Database::Both });
    let cluster = if database.postgres() { Some(Cluster::start(Durability::None)?) } else { None };

    let checks = if options.words.is_empty() { 4 } else { 0 };
    let rest = if part { 0 } else { 5 };
    let on_databases = usize::from(database.sqlite()) + usize::from(database.postgres());
    let browser = if part { 0 } else { on_databases };
    let reader = usize::from(!part);
    let mut report = Report::new(checks + reader + on_databases + rest + browser);
    if options.words.is_empty() {
        report.step("formatting", || cargo().args(["fmt", "--all", "--check"]).run().map(|()| Outcome::Done));
        report.step("house rules", rules::check);
        report.step("clippy, native", || clippy(cargo().arg("clippy").args(native::EVERYTHING).arg("--all-targets")));
        report.step("clippy, WASM", clippy_wasm);
    }
    if !part {
        // Without it one test is skipped, and the summary says so.
        report.step("Python's icalendar", || {
            Ok(tools::python(&tools::ICALENDAR, true).map_or_else(Outcome::Skipped, |_| Outcome::Done))
        });
    }
    let only = selection(&options.words);
    if database.sqlite() {
        report.step("tests on SQLite", || nextest(None, only.as_deref()));
    }
    if let Some(cluster) = &cluster {
        let server = only.as_ref().map_or("binary(it)".into(), |only| format!("binary(it) & {only}"));
        let only = if database.sqlite() { Some(server) } else { only };
        report.step("tests on PostgreSQL", || nextest(Some(cluster), only.as_deref()));
    }
    if !part {
        report.step("crash rig, short", || torture::briefly(cluster.as_ref(), database));
        report.step("schemathesis, short", schemathesis::briefly);
        report.step("browser app", || web::build(&web::Options::default()).map(|_| Outcome::Done));
        if database.sqlite() {
            report.step("browser tests on SQLite", || e2e::test(None, &[]));
        }
        if let Some(cluster) = &cluster {
            report.step("browser tests on PostgreSQL", || e2e::test(Some(cluster), &[]));
        }
        report.step("licences", licences::check);
        report.step("advisories", licences::check_advisories);
    }
    report.finish()
}

fn clippy(command: &mut Command) -> Result<Outcome> {
    command.args(["--quiet", "--", "-D", "warnings"]).run().map(|()| Outcome::Done)
}

fn clippy_wasm() -> Result<Outcome> {
    tools::wasm_target()?;
    let mut command = cargo();
    command.args(["clippy", "--package", "vitrine-web", "--target", "wasm32-unknown-unknown", "--target-dir"]);
    clippy(command.arg(place::web_target()))
}

fn nextest(cluster: Option<&Cluster>, only: Option<&str>) -> Result<Outcome> {
    // What failing tests leave lying goes with this folder.
    let scratch = tempfile::Builder::new().prefix("vitrine-test-").tempdir()?;
    let mut command = tools::cargo_tool(&tools::NEXTEST)?;
    command.arg("run").args(native::EVERYTHING).env("TMPDIR", scratch.path());
    match tools::python(&tools::ICALENDAR, false) {
        Ok(python) => command.env("ICALENDAR_PYTHON", python),
        Err(_) => command.env_remove("ICALENDAR_PYTHON"),
    };
    match cluster {
        Some(cluster) => command.env("TEST_DATABASE_URL", cluster.url()),
        None => command.env_remove("TEST_DATABASE_URL"),
    };
    if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        command.args(["--color", "always"]);
    }
    if let Some(only) = only {
        command.args(["--filterset", only]);
    }
    command.run_counted(|line| line.contains("tests run:"))
}

/// nextest's filter for tests that fit each of `words`: `it` means the integration tests, a package's name its tests, and
/// any other word is part of a test's name.
fn selection(words: &[String]) -> Option<String> {
    let fits = words.iter().map(|word| match word.as_str() {
        "it" => "binary(it)".to_owned(),
        word if is_package(word) => format!("package({word})"),
        word => format!("test({word})"),
    });
    fits.reduce(|all, next| format!("{all} & {next}"))
}

fn is_package(word: &str) -> bool {
    let manifests = fs::read_dir(place::root().join("crates")).into_iter().flatten().flatten();
    let name = format!("name = \"{word}\"");
    let mut texts = manifests.filter_map(|folder| fs::read_to_string(folder.path().join("Cargo.toml")).ok());
    texts.any(|manifest| manifest.lines().nth(1) == Some(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_narrow_the_selection() {
        assert_eq!(selection(&[]), None);
        let words = ["it", "vitrine", "calendar"].map(str::to_owned);
        assert_eq!(selection(&words).as_deref(), Some("binary(it) & package(vitrine) & test(calendar)"));
    }
}
