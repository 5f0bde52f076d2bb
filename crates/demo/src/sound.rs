//! Sounds, computed: filtered noise goes a long way towards wind, surf and rain.

use std::f32::consts::TAU;

const RATE: u32 = 44_100;
const SECONDS: u32 = 20;

/// A mono WAV file. `name` chooses the weather.
pub fn record(name: &str) -> Vec<u8> {
    let rain = name.contains("rain");
    let swell = if name.contains("night") { 0.04 } else { 0.11 };
    let mut noise = Noise(name.bytes().fold(1, |seed, byte| seed.wrapping_mul(31) + u32::from(byte)));
    let (mut low, mut drop) = (0.0_f32, 0.0_f32);
    let total = RATE * SECONDS;
    let samples = (0..total).map(|at| {
        let seconds = at as f32 / RATE as f32;
        let wave = 0.55 + 0.45 * (TAU * swell * seconds).sin();
        low += (0.02 + 0.06 * wave) * (noise.next() - low);
        drop *= 0.995;
        if rain && noise.next() > 0.9993 {
            drop = 0.6 * noise.next().abs();
        }
        let ends = (at.min(total - at) as f32 / RATE as f32).min(1.0);
        let sample = (2.2 * low * wave + drop * noise.next()) * ends;
        (sample.clamp(-1.0, 1.0) * 30_000.0) as i16
    });
    wav(samples.collect())
}

fn wav(samples: Vec<i16>) -> Vec<u8> {
    let length = samples.len() as u32 * 2;
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    // Size of this part, PCM, one channel.
    file.extend([16, 0, 0, 0, 1, 0, 1, 0]);
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    // Bytes and bits of a sample.
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(samples.into_iter().flat_map(i16::to_le_bytes));
    file
}

/// The same noise every time.
struct Noise(u32);

impl Noise {
    /// Between -1 and 1.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_a_wav_file_that_is_not_silent() {
        let file = record("rain-on-tin");
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(file.len() as u32, 44 + 2 * RATE * SECONDS);
        let loudest = file[44..].chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs()).max();
        assert!(loudest.is_some_and(|loudest| loudest > 3_000), "{loudest:?}");
    }
}
