//! When each terminal was heard of, and how.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use maitred_domain::ids::TerminalId;

/// When this hub heard of each terminal last, since it was started: what the venue knows of them is in its settings.
#[derive(Default)]
pub struct Terminals(Mutex<BTreeMap<TerminalId, Seen>>);

/// A terminal asked for something.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// Nobody else could read it.
    pub is_encrypted: bool,
}

impl Terminals {
    /// A terminal asked for something.
    pub fn seen(&self, id: TerminalId, seen: Seen) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, seen);
    }

    /// When it did last.
    pub fn last_seen(&self, id: TerminalId) -> Option<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }
}
