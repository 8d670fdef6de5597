//! What screens see: views of the store, and beside them what only a hub knows: print jobs, printers, entries as they
//! are followed.
//!
//! *Invariant:* nothing here writes, and nothing here decides.

mod device;
mod event;
mod printing;

pub use maitred_views::*;

pub use device::{DeviceView, DevicesView, PagerView};
pub use event::{ChangeEvent, Changed, EntryViews};
pub use printing::{Grade, JobKind, JobStateView, PaperViews, PrintJobView, PrinterHealth, PrinterView};
