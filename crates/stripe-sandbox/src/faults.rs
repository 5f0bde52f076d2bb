//! Faults of the API on purpose: errors, silence, broken connections, before or after the effect.

use serde::{Deserialize, Serialize};

/// A fault of the next matching calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Whether the call's effect happens all the same and only its answer is lost.
    #[serde(default)]
    pub after_effect: bool,
    /// How many calls are hit.
    #[serde(default = "once")]
    pub count: u32,
    /// Only this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only paths that contain this text.
    #[serde(default)]
    pub path: Option<String>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// An error with this HTTP status.
    Status(u16),
    /// No answer for this many milliseconds, then a broken connection.
    Timeout(u64),
    /// The connection breaks at once.
    Drop,
    /// The answer comes, this many milliseconds late.
    Slow(u64),
    /// A 200 that is no JSON, as from a proxy in between.
    Garbage,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// A fault of the next call.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, after_effect: false, count: 1, method: None, path: None }
    }

    /// The effect happens; the answer is lost.
    pub fn after_effect(self) -> Self {
        Self { after_effect: true, ..self }
    }

    /// Hits this many calls.
    pub fn times(self, count: u32) -> Self {
        Self { count, ..self }
    }

    /// Hits only this method and paths that contain this text.
    pub fn on(self, method: &str, path: &str) -> Self {
        Self { method: Some(method.to_owned()), path: Some(path.to_owned()), ..self }
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.count > 0
            && self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_deref().is_none_or(|wanted| path.contains(wanted))
    }
}

/// Takes the first fault that hits a call.
pub(crate) fn take(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<Fault> {
    let fault = faults.iter_mut().find(|fault| fault.matches(method, path))?;
    fault.count -= 1;
    let taken = fault.clone();
    faults.retain(|fault| fault.count > 0);
    Some(taken)
}
