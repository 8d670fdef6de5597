//! Printing: what stands on papers, and one task for each printer.
//!
//! *Invariant:* an order never waits for a printer. Jobs are rows of the transaction that wants them; here they are
//! only carried to paper, and what became of them is written down.

mod allergy;
mod asked;
mod callers;
mod drawers;
mod gone;
mod ledger;
mod moved;
mod papers;
mod plain;
mod receipt;
mod report;
mod run;
mod temperatures;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use maitred_device::session::Health;
use maitred_domain::ids::PrinterId;
use tokio::sync::Notify;

pub use asked::router;
pub use callers::{Callers, cloudprnt_path, epson_path};
pub use drawers::Drawers;
pub use gone::standing;
pub use moved::{Moved, MovedPapers};
pub use papers::{heading, language};
pub use plain::receipt_text;
pub use run::run;

use crate::views::PrinterHealth;

/// What the printers say of themselves, and what wakes their tasks.
#[derive(Default)]
pub struct Printers {
    health: Mutex<BTreeMap<PrinterId, PrinterHealth>>,
    /// Their drawers.
    pub drawers: Drawers,
    /// What others print for them.
    pub moved: Moved,
    work: Notify,
    /// Those that ask.
    pub callers: Callers,
}

impl Printers {
    /// What a printer said last.
    pub fn health(&self, printer: PrinterId) -> PrinterHealth {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.get(&printer).copied().unwrap_or_default()
    }

    /// There may be something to print.
    pub fn wake(&self) {
        self.work.notify_waiters();
    }

    fn set_health(&self, printer: PrinterId, health: PrinterHealth) {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).insert(printer, health);
    }

    fn forget(&self, printer: PrinterId) {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).remove(&printer);
        self.drawers.forget(printer);
        self.moved.forget(printer);
    }
}

impl From<Health> for PrinterHealth {
    fn from(health: Health) -> Self {
        match health {
            Health::Ready => Self::Ready,
            Health::Printing => Self::Printing,
            Health::PaperLow => Self::PaperLow,
            Health::PaperOut => Self::PaperOut,
            Health::CoverOpen => Self::CoverOpen,
            Health::Error => Self::Error,
            Health::Unreachable => Self::Unreachable,
        }
    }
}
