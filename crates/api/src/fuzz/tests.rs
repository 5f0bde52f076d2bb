//! The corpus, and mutations of it: bounded by count, the same each time. `VITRINE_TEST_FUZZ_ROUNDS` and
//! `VITRINE_TEST_FUZZ_SEED` search further.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{TARGETS, Target};
use crate::rig;

/// How many mutations are tried; fewer when each takes long.
const ROUNDS: u32 = 4000;

/// And for how long at most, unless more rounds are asked for.
const PATIENCE: Duration = Duration::from_secs(10);

/// No input is longer: beyond it only the time grows.
const LONGEST: usize = 64 * 1024;

/// What readers look for, whatever they read.
const PIECES: [&[u8]; 24] = [
    b"\0",
    b"\n",
    b"\r\n",
    b"=",
    b":",
    b";",
    b",",
    b"-",
    b"..",
    b"/",
    b"\"",
    b"\\",
    b"<",
    b"&",
    b"{",
    b"[",
    b"%00",
    b"\xff",
    b"\xe2\x80\xae",
    b"18446744073709551616",
    b"-9223372036854775808",
    b"1e999",
    b"\xef\xbb\xbf",
    b"null",
];

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus")).join(name);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    // Folders have no order of their own, and every run is to be the same.
    files.sort();
    assert!(!files.is_empty(), "no corpus in {}", folder.display());
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// One change of the kinds that find most.
fn mutate(input: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut StdRng) {
    let at = random.random_range(0..=input.len());
    let end = random.random_range(at..=input.len().min(at + 64));
    match random.random_range(0..8) {
        0 if at < input.len() => input[at] ^= 1 << random.random_range(0..8),
        1 if at < input.len() => input[at] = random.random(),
        2 => drop(input.drain(at..end)),
        3 => insert(input, at, PIECES.choose(random).unwrap_or(&PIECES[0])),
        4 => {
            let again = input[at..end].repeat(random.random_range(1..40));
            insert(input, end, &again);
        }
        5 => {
            let other = corpus.choose(random).map(Vec::as_slice).unwrap_or_default();
            let from = random.random_range(0..=other.len());
            let until = random.random_range(from..=other.len());
            insert(input, at, &other[from..until]);
        }
        6 => {
            let other = corpus.choose(random).map(Vec::as_slice).unwrap_or_default();
            let from = random.random_range(0..=other.len());
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
        _ => {
            // A number a little larger, smaller, or longer.
            let digit = (at..input.len()).find(|at| input[*at].is_ascii_digit());
            if let Some(digit) = digit {
                input[digit] = b'0' + random.random_range(0..10);
                if random.random_range(0..4) == 0 {
                    insert(input, digit, b"9");
                }
            }
        }
    }
    input.truncate(LONGEST);
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    drop(input.splice(at..at, piece.iter().copied()));
}

/// Says what was being read when a reader panics.
struct Reading<'a>(&'a str, &'a str, &'a [u8]);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self(target, what, input) = self;
            let (shown, hex) = (String::from_utf8_lossy(input), hex::encode(input));
            eprintln!("\nThe reader `{target}` failed on {what}, keep it in its corpus:\n{shown}\n(hex) {hex}");
        }
    }
}

fn feed(name: &str) {
    let (_, target): &Target = TARGETS.iter().find(|(known, _)| *known == name).unwrap();
    let corpus = corpus(name);
    for (number, input) in corpus.iter().enumerate() {
        let what = format!("file {number} of its corpus");
        let _reading = Reading(name, &what, input);
        target(input);
    }
    let seed = rig::setting("VITRINE_TEST_FUZZ_SEED").unwrap_or(1_u64);
    let asked = rig::setting("VITRINE_TEST_FUZZ_ROUNDS");
    let begun = Instant::now();
    for round in 0..asked.unwrap_or(ROUNDS) {
        // Each round of its own seed: it can be repeated alone.
        let mut random = StdRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(round.into()));
        let mut input = corpus.choose(&mut random).cloned().unwrap_or_default();
        for _ in 0..random.random_range(1..6) {
            mutate(&mut input, &corpus, &mut random);
        }
        let what = format!("round {round} of seed {seed}");
        let _reading = Reading(name, &what, &input);
        target(&input);
        if asked.is_none() && begun.elapsed() > PATIENCE {
            break;
        }
    }
}

macro_rules! fed {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            feed(stringify!($name));
        })*

        #[test]
        fn every_reader_is_fed() {
            let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

fed!(cursor email event file_name ics json markdown picture range signature text token);
