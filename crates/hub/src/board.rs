//! Checks whose tickets the kitchen may have on its screens: open ones, and those that were paid or merged before
//! their food was made.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use maitred_domain::check::{Check, CheckState, TicketState};
use maitred_domain::ids::CheckId;
use maitred_store::{CheckFilter, Committed, ReadError, Store};

use crate::limits::CHECKS_MAX;

/// Remembers checks that are not open and may still have open tickets.
#[derive(Default)]
pub struct Board {
    touched: Mutex<BTreeSet<CheckId>>,
}

impl Board {
    /// Remembers the checks of the open trading day that are no longer open.
    pub fn fill(&self, store: &Store) -> Result<(), ReadError> {
        let today = CheckFilter { business_date: Some(store.business_date()), ..CheckFilter::default() };
        let checks = store.checks(&today, CHECKS_MAX)?;
        self.lock().extend(checks.iter().map(|check| check.id));
        Ok(())
    }

    /// Remembers what an entry changed. Called on the writer thread: it does not block.
    pub fn note(&self, entry: &Committed) {
        self.lock().extend(&entry.checks);
    }

    /// Checks that may have tickets on a screen, in the order they were opened. Forgets those that have none.
    pub fn checks(&self, store: &Store) -> Result<Vec<Arc<Check>>, ReadError> {
        let mut checks = store.open_checks();
        let open: BTreeSet<CheckId> = checks.iter().map(|check| check.id).collect();
        let touched: Vec<CheckId> = self.lock().iter().filter(|id| !open.contains(id)).copied().collect();
        for id in touched {
            match store.check(id)? {
                Some(check) if has_open_ticket(&check) => checks.push(check),
                Some(check) if check.state() == CheckState::Open => {}
                Some(_) | None => drop(self.lock().remove(&id)),
            }
        }
        checks.sort_by_key(|check| check.opened);
        Ok(checks)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<CheckId>> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_open_ticket(check: &Check) -> bool {
    check.tickets().iter().any(|ticket| ticket.state == TicketState::Open)
}
