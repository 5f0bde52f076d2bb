//! libFuzzer looks for bytes that lead into new branches of the reader that `VITRINE_FUZZ_READER` names.
#![no_main]

use std::{env, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use vitrine::fuzz::TARGETS;

static READER: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = env::var("VITRINE_FUZZ_READER").expect("VITRINE_FUZZ_READER names a reader");
    TARGETS.iter().find(|(known, _)| *known == name).expect("one of the readers in `vitrine::fuzz`").1
});

fuzz_target!(|data: &[u8]| READER(data));
