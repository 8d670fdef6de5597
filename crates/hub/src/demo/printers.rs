//! The demo's printers: virtual ones, on the addresses of the settings.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use maitred_device::virtual_printer::{Model, Slip, VirtualPrinter};
use maitred_domain::catalogue::Catalogue;
use maitred_domain::ids::PrinterId;

/// The virtual printers of a demo, with when each slip was first seen.
#[derive(Default)]
pub struct DemoPrinters {
    printers: BTreeMap<PrinterId, VirtualPrinter>,
    seen: Mutex<BTreeMap<(PrinterId, u64), Timestamp>>,
}

impl DemoPrinters {
    /// Starts one for each printer of this box. One whose address is taken is left out, and the log says so.
    pub async fn start(catalogue: &Catalogue) -> Self {
        let mut printers = BTreeMap::new();
        for printer in catalogue.printers.values().filter(|printer| !printer.archived) {
            let address = printer.address.strip_prefix("tcp://").unwrap_or(&printer.address);
            if !address.starts_with("127.0.0.1:") {
                continue;
            }
            match VirtualPrinter::bind(address, Model::Full).await {
                Ok(started) => drop(printers.insert(printer.id, started)),
                Err(error) => tracing::warn!(%error, address, "a virtual printer did not start"),
            }
        }
        Self { printers, seen: Mutex::default() }
    }

    /// One of them.
    pub fn get(&self, id: PrinterId) -> Option<&VirtualPrinter> {
        self.printers.get(&id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (PrinterId, &VirtualPrinter)> {
        self.printers.iter().map(|(id, printer)| (*id, printer))
    }

    /// Notes when slips came out. Returns those of `id`, oldest first, with that time.
    pub fn slips(&self, id: PrinterId, now: Timestamp) -> Vec<(Slip, Timestamp)> {
        let slips = self.get(id).map(VirtualPrinter::slips).unwrap_or_default();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = slips.first().map_or(0, |slip| slip.index);
        seen.retain(|(printer, index), _| *printer != id || *index >= oldest);
        slips
            .into_iter()
            .map(|slip| {
                let at = *seen.entry((id, slip.index)).or_insert(now);
                (slip, at)
            })
            .collect()
    }

    /// Notes when slips came out, of all printers.
    pub fn watch(&self, now: Timestamp) {
        for (id, _) in self.iter() {
            self.slips(id, now);
        }
    }
}
