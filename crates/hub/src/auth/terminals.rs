//! When each terminal was heard of.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use maitred_domain::ids::TerminalId;

/// When this hub heard of each terminal last, since it was started: what the venue knows of them is in its settings.
#[derive(Default)]
pub struct Terminals(Mutex<BTreeMap<TerminalId, Timestamp>>);

impl Terminals {
    /// A terminal asked for something.
    pub fn seen(&self, id: TerminalId, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, now);
    }

    /// When it did last.
    pub fn last_seen(&self, id: TerminalId) -> Option<Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }
}
