//! What the crash rig (`cargo xtask torture`) can do to a server: let it die at a chosen point, shorten what it would wait
//! for, and take a guard away to see that its check fails. Debug builds only: in a release build nothing here does anything.

#[cfg(debug_assertions)]
mod debug {
    use std::{
        env,
        str::FromStr,
        sync::{
            LazyLock,
            atomic::{AtomicU64, Ordering},
        },
    };

    static PASSED: AtomicU64 = AtomicU64::new(0);
    static DIE_AT: LazyLock<Option<u64>> = LazyLock::new(|| setting("VITRINE_TEST_DIE_AT"));

    /// A point at which the server may die: before each statement of a transaction, before and after each commit and each
    /// call to the outside. `VITRINE_TEST_DIE_AT` counts them; the metric `rig_points` tells how many there were.
    pub fn point() {
        let passed = PASSED.fetch_add(1, Ordering::Relaxed) + 1;
        metrics::gauge!("rig_points").set(passed as f64);
        if *DIE_AT == Some(passed) {
            // No destructor runs, nothing is flushed: as when the power goes.
            std::process::abort();
        }
    }

    /// `VITRINE_TEST_…`, if it is set.
    pub fn setting<T: FromStr>(name: &str) -> Option<T> {
        env::var(name).ok()?.parse().ok()
    }
}

#[cfg(debug_assertions)]
pub use debug::{point, setting};

/// Nothing.
#[cfg(not(debug_assertions))]
pub fn point() {}

/// Always absent.
#[cfg(not(debug_assertions))]
pub fn setting<T>(_name: &str) -> Option<T> {
    None
}
