//! Cash drawers, as their printers see them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use maitred_domain::ids::PrinterId;

use crate::views::DrawerState;

/// What is known of each drawer. A printer without one says what a closed drawer says: only one that was seen closed can
/// be open.
#[derive(Default)]
pub struct Drawers(Mutex<BTreeMap<PrinterId, Option<Timestamp>>>);

impl Drawers {
    fn inner(&self) -> MutexGuard<'_, BTreeMap<PrinterId, Option<Timestamp>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The switch of a drawer: high is closed.
    pub(super) fn note(&self, printer: PrinterId, is_high: bool, now: Timestamp) {
        let mut drawers = self.inner();
        if is_high {
            drawers.insert(printer, None);
        } else if let Some(open_since) = drawers.get_mut(&printer) {
            open_since.get_or_insert(now);
        }
    }

    pub(super) fn forget(&self, printer: PrinterId) {
        self.inner().remove(&printer);
    }

    /// How a drawer is; `None` when its printer never said.
    pub fn state(&self, printer: PrinterId) -> Option<DrawerState> {
        self.inner().get(&printer).map(|open_since| match open_since {
            Some(_) => DrawerState::Open,
            None => DrawerState::Closed,
        })
    }

    /// Since when it is open.
    pub fn open_since(&self, printer: PrinterId) -> Option<Timestamp> {
        self.inner().get(&printer).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use maitred_domain::ids::named;

    use super::*;

    #[test]
    fn only_a_drawer_that_was_closed_can_be_open_and_it_is_since_it_was_first_seen_so() {
        let (drawers, bar) = (Drawers::default(), named("bar"));
        let at = |secs| Timestamp::from_second(secs).expect("a time");
        drawers.note(bar, false, at(1));
        assert_eq!(drawers.state(bar), None);
        drawers.note(bar, true, at(2));
        assert_eq!(drawers.state(bar), Some(DrawerState::Closed));
        drawers.note(bar, false, at(3));
        drawers.note(bar, false, at(4));
        assert_eq!((drawers.state(bar), drawers.open_since(bar)), (Some(DrawerState::Open), Some(at(3))));
        drawers.note(bar, true, at(5));
        assert_eq!(drawers.open_since(bar), None);
    }
}
