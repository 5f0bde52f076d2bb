//! Lines in a picture: the latency that one request in a hundred exceeds, over how many are answered per second.

use std::{fmt::Write, fs, path::Path};

use anyhow::Result;

use crate::load::Measured;

/// What one shop did, by connections.
pub type Line = (String, Vec<(usize, Measured)>);

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const EDGE: f64 = 48.0;

/// Readable on light and on dark.
const COLOURS: [&str; 3] = ["#2f6fdb", "#c2571a", "#2b8a57"];

/// Draws `lines` to `file`, as SVG. Both axes begin at zero; a dot's title says how many connections it is for.
pub fn draw(lines: &[Line], file: &Path) -> Result<()> {
    let steps = || lines.iter().flat_map(|(_, steps)| steps).map(|(_, measured)| measured);
    let most_rate = steps().map(|step| step.rate).fold(1.0, f64::max) * 1.05;
    // One step far beyond the bend must not flatten all the others.
    let most_wait = steps().map(|step| step.percentile(0.99)).fold(1.0, f64::max).min(500.0);
    let at = |step: &Measured| {
        let wait = step.percentile(0.99).min(most_wait);
        (EDGE + step.rate / most_rate * (WIDTH - 2.0 * EDGE), HEIGHT - EDGE - wait / most_wait * (HEIGHT - 2.0 * EDGE))
    };
    let (right, bottom) = (WIDTH - EDGE, HEIGHT - EDGE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\" fill=\"#777\">\n\
         <path d=\"M{EDGE} {EDGE}V{bottom}H{right}\" fill=\"none\" stroke=\"#777\"/>\n\
         <text x=\"{EDGE}\" y=\"20\">p99, ms (top: {most_wait:.0})</text>\n\
         <text x=\"{right}\" y=\"{}\" text-anchor=\"end\">requests per second (right end: {most_rate:.0})</text>\n",
        HEIGHT - 14.0
    );
    for (number, (name, steps)) in lines.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let points: Vec<String> =
            steps.iter().map(|(_, step)| at(step)).map(|(x, y)| format!("{x:.0},{y:.0}")).collect();
        writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        )?;
        for (connections, step) in steps {
            let (x, y) = at(step);
            let title = format!("{name}, {connections} connections");
            writeln!(
                svg,
                "<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"3\" fill=\"{colour}\"><title>{title}</title></circle>"
            )?;
        }
        let y = EDGE + 16.0 * number as f64;
        writeln!(svg, "<text x=\"{}\" y=\"{y}\" fill=\"{colour}\">{name}</text>", EDGE + 12.0)?;
    }
    svg += "</svg>\n";
    Ok(fs::write(file, svg)?)
}
