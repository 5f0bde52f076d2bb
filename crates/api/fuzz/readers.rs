//! Feeds one reader, the one that the environment's `READER` names, with what libFuzzer makes up.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static READER: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("READER").unwrap_or_default();
    let names: Vec<&str> = vitrine::fuzz::TARGETS.iter().map(|(name, _)| *name).collect();
    let found = vitrine::fuzz::TARGETS.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("READER is one of {names:?}")).1
});

fuzz_target!(|data: &[u8]| READER(data));
