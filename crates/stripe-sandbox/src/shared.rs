//! The world behind its lock, and the signals around it.

use crate::faults::Fault;
use crate::requests::RequestRecord;
use crate::world::{World, text};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What the server, the control handle and the background tasks share.
pub(crate) struct Shared {
    world: Mutex<World>,
    /// API faults still to come.
    pub(crate) faults: Mutex<Vec<Fault>>,
    /// API requests served.
    pub(crate) requests: Mutex<VecDeque<RequestRecord>>,
    /// There may be something to deliver.
    pub(crate) mail: Notify,
    changed: AtomicBool,
}

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world: Mutex::new(world),
            faults: Mutex::default(),
            requests: Mutex::default(),
            mail: Notify::new(),
            changed: AtomicBool::new(false),
        }
    }

    /// Runs a change: due timers first, then `change`, then its events go to the mailbox together.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = locked(&self.world);
        world.run_due_timers();
        Self::commit(&mut world);
        let answer = change(&mut world);
        Self::commit(&mut world);
        drop(world);
        self.changed.store(true, Ordering::Relaxed);
        self.mail.notify_one();
        answer
    }

    /// Notes something without firing timers or waking the postman.
    pub(crate) fn quietly<T>(&self, note: impl FnOnce(&mut World) -> T) -> T {
        let answer = note(&mut locked(&self.world));
        self.changed.store(true, Ordering::Relaxed);
        answer
    }

    /// Reads.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&locked(&self.world))
    }

    /// Whether a timer is due.
    pub(crate) fn is_timer_due(&self) -> bool {
        self.read(|world| world.timers.first().is_some_and(|(at, _)| *at <= world.now()))
    }

    /// Whether something may have changed since this was last asked.
    pub(crate) fn take_changed(&self) -> bool {
        self.changed.swap(false, Ordering::Relaxed)
    }

    fn commit(world: &mut World) {
        let events: Vec<(String, String)> = std::mem::take(&mut world.batch)
            .into_iter()
            .map(|id| {
                let kind = world.any(&id).map(|event| text(event, "type").to_owned()).unwrap_or_default();
                (id, kind)
            })
            .collect();
        world.mailbox.post(&events);
    }
}

/// Locks; a panic elsewhere does not make the sandbox unusable.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
