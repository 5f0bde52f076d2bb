//! Headings, elapsed times, and a summary that ends on what a reader of a log looks for.

use std::{fmt::Write as _, time::Instant};

use anyhow::{Result, bail};

use crate::cmd;

/// How one step ended, when it did not fail.
pub enum Outcome {
    /// All is well.
    Done,
    /// All is well, and these are the numbers.
    Counted(String),
    /// Not done, for this reason.
    Skipped(String),
}

/// Runs named steps one after another and remembers how each ended.
pub struct Report {
    total: usize,
    started: Instant,
    lines: Vec<String>,
    failed: Vec<String>,
}

impl Report {
    /// A report of `total` steps.
    pub fn new(total: usize) -> Self {
        Self { total, started: Instant::now(), lines: Vec::new(), failed: Vec::new() }
    }

    /// Runs one step. If it fails the next ones run all the same; [`Report::finish`] then fails.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome>) {
        if cmd::interrupted() {
            self.failed = vec!["interrupted".into()];
            return;
        }
        println!("\n{} {}", bold(&format!("[{}/{}]", self.lines.len() + 1, self.total)), bold(name));
        let begun = Instant::now();
        let result = work();
        let seconds = begun.elapsed().as_secs_f32();
        let (sign, note) = match result {
            Ok(Outcome::Done) => ("ok", String::new()),
            Ok(Outcome::Counted(numbers)) => ("ok", numbers),
            Ok(Outcome::Skipped(reason)) => ("--", format!("skipped: {reason}")),
            Err(problem) => {
                println!("{name} failed: {problem:#}");
                self.failed.push(name.to_owned());
                ("FAILED", problem.to_string().lines().next().unwrap_or_default().to_owned())
            }
        };
        let mut line = String::new();
        let _ = write!(line, "{sign:>6}  {name:<28} {seconds:>7.1} s  {note}");
        println!("{}", line.trim());
        self.lines.push(line.trim_end().to_owned());
    }

    /// Prints the summary; an error if a step failed.
    pub fn finish(self) -> Result<()> {
        println!("\n{}", bold("Summary"));
        for line in &self.lines {
            println!("{line}");
        }
        let seconds = self.started.elapsed().as_secs();
        println!("{:>6}  in {}:{:02} min", "", seconds / 60, seconds % 60);
        if !self.failed.is_empty() {
            bail!("failed: {}", self.failed.join(", "));
        }
        Ok(())
    }
}

/// Bold on a terminal, plain in a file.
pub fn bold(text: &str) -> String {
    if std::io::IsTerminal::is_terminal(&std::io::stdout()) { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.into() }
}
