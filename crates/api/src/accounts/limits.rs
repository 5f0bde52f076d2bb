//! Who may ask how often.

/// The limits of one process.
#[derive(Default)]
pub struct Limits {}
