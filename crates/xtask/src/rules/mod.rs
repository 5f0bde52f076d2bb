//! House rules that a machine can check. Taste is not among them.
//!
//! Each rule is a function from the tree's files to its violations, and has a test that shows it catching one.

mod code;
mod migrations;
mod settings;
mod slices;
mod text;

use std::{fmt, fs};

use anyhow::{Result, bail};

use crate::{hash, place, report::Outcome};

pub use migrations::seal;

/// A text file of the tree.
pub struct File {
    /// Its path from the root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl File {
    /// Whether its name ends so.
    fn is(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// A violation in its line `line`, counted from 1.
    fn violation(&self, line: usize, what: impl Into<String>) -> Violation {
        Violation { path: self.path.clone(), line, what: what.into() }
    }
}

/// A place where a rule is broken.
#[derive(Debug, PartialEq)]
pub struct Violation {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

type Rule = fn(&[File]) -> Vec<Violation>;

const RULES: [Rule; 12] = [
    slices::calls_go_down,
    slices::every_slice_is_in_the_table,
    slices::only_routes_speak_http,
    slices::only_stores_speak_sql,
    slices::only_the_clock_tells_the_time,
    migrations::come_in_pairs,
    migrations::shipped_ones_never_change,
    settings::are_explained,
    text::files_are_short,
    text::files_say_what_they_are,
    text::nothing_is_left_to_do,
    text::nothing_private,
];

/// Checks the whole tree against every rule.
pub fn check() -> Result<Outcome> {
    let files = tree()?;
    let violations: Vec<_> = RULES.iter().flat_map(|rule| rule(&files)).collect();
    for violation in &violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        bail!("house rules broken in {} places", violations.len());
    }
    Ok(Outcome::Counted(format!("{} rules on {} files", RULES.len(), files.len())))
}

/// Every text file of the tree: what is built, installed or private to this machine left out.
fn tree() -> Result<Vec<File>> {
    let root = place::root();
    let ignored = ["data", ".env", ".git", "e2e/test-results", "e2e/playwright-report", "e2e/screenshots"];
    let mut files = Vec::new();
    for path in hash::files_below(&[root.to_path_buf()])? {
        let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
        let is_ignored = ignored
            .iter()
            .any(|ignored| name.strip_prefix(ignored).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
        if !is_ignored && let Ok(text) = String::from_utf8(fs::read(&path)?) {
            files.push(File { path: name, text });
        }
    }
    Ok(files)
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File { path: path.into(), text: text.into() }
}

/// The lines a rule finds fault with, for its test.
#[cfg(test)]
fn lines(rule: Rule, path: &str, text: &str) -> Vec<usize> {
    rule(&[file(path, text)]).iter().map(|violation| violation.line).collect()
}
