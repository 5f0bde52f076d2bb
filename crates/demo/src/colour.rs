//! Colour tables (`.cube`), computed: what photo and film programs load as a look.

use std::fmt::Write as _;

const STEPS: usize = 17;

/// A look. `name` chooses it.
pub fn table(name: &str) -> Vec<u8> {
    // How far shadows and lights move in red, green and blue, and how much colour stays.
    let (shadows, lights, colour): ([f32; 3], [f32; 3], f32) = match name {
        "nordlys-green-hour" => ([-0.02, 0.03, 0.05], [0.0, 0.04, -0.02], 0.95),
        "nordlys-blue-frost" => ([0.0, 0.02, 0.08], [-0.03, 0.0, 0.04], 0.8),
        "nordlys-ember" => ([0.04, 0.0, -0.02], [0.06, 0.02, -0.05], 1.05),
        _ => ([0.03, 0.03, 0.04], [-0.02, -0.02, -0.03], 0.35),
    };
    let mut text = format!("TITLE \"{name}\"\nLUT_3D_SIZE {STEPS}\n");
    let level = |step: usize| step as f32 / (STEPS - 1) as f32;
    for blue in 0..STEPS {
        for green in 0..STEPS {
            for red in 0..STEPS {
                let pixel = [level(red), level(green), level(blue)];
                let grey = 0.2126 * pixel[0] + 0.7152 * pixel[1] + 0.0722 * pixel[2];
                let [r, g, b] = [0, 1, 2].map(|channel| {
                    let moved = shadows[channel] * (1.0 - grey) + lights[channel] * grey;
                    (grey + (pixel[channel] - grey) * colour + moved).clamp(0.0, 1.0)
                });
                let _ = writeln!(text, "{r:.5} {g:.5} {b:.5}");
            }
        }
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_line_for_every_colour() {
        let text = String::from_utf8(table("nordlys-ember")).unwrap();
        assert_eq!(text.lines().count(), 2 + STEPS.pow(3));
    }
}
