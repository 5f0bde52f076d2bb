//! The results, as they are printed.

use crate::load::Measured;

/// Prints results as they come, and counts what was missed.
#[derive(Default)]
pub struct Table {
    missed: usize,
}

impl Table {
    /// A heading.
    pub fn heading(&self, text: &str) {
        println!("\n{text}");
    }

    /// What a load did.
    pub fn load(&self, name: &str, measured: &Measured) {
        println!(
            "      {name:<44} {:>8.3} ms CPU {:>9.0} /s   p50 {:>7.2} ms   p99 {:>7.2} ms",
            measured.cpu,
            measured.rate,
            measured.percentile(0.5),
            measured.percentile(0.99)
        );
    }

    /// A figure with the most it may be.
    pub fn goal(&mut self, name: &str, value: f64, unit: &str, most: f64) {
        let reached = value <= most;
        self.missed += usize::from(!reached);
        let sign = if reached { "ok" } else { "MISSED" };
        println!("{sign:>6} {name:<43} {value:>8.2} {unit:<3}  (goal: at most {most} {unit})");
    }

    /// The end: how many goals were missed.
    pub fn finish(self) -> usize {
        println!(
            "\n{}",
            if self.missed == 0 { "Every goal is reached.".into() } else { format!("{} goals missed.", self.missed) }
        );
        self.missed
    }
}
