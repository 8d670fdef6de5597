//! Papers that came out of another printer: nothing waits, and yet somebody must look.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use maitred_domain::ids::PrinterId;

/// What a printer that is down did not print, and another did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedPapers {
    /// How many.
    pub count: u32,
    /// Who got the last of them.
    pub to: PrinterId,
    /// When the first was moved.
    pub since: Timestamp,
}

/// Each printer that is down, from its first paper that was moved until it prints again.
#[derive(Default)]
pub struct Moved(Mutex<BTreeMap<PrinterId, MovedPapers>>);

impl Moved {
    fn inner(&self) -> MutexGuard<'_, BTreeMap<PrinterId, MovedPapers>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, from: PrinterId, to: PrinterId, now: Timestamp) {
        let mut inner = self.inner();
        let papers = inner.entry(from).or_insert(MovedPapers { count: 0, to, since: now });
        (papers.count, papers.to) = (papers.count.saturating_add(1), to);
    }

    pub(super) fn forget(&self, printer: PrinterId) {
        self.inner().remove(&printer);
    }

    /// Those of one printer.
    pub fn of(&self, printer: PrinterId) -> Option<MovedPapers> {
        self.inner().get(&printer).copied()
    }
}
