//! The demo's printers: virtual ones, on the addresses of the settings.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use maitred_device::virtual_printer::{Model, Slip, VirtualPrinter};
use maitred_domain::address::{Address, Caller};
use maitred_domain::catalogue::Catalogue;
use maitred_domain::ids::PrinterId;

/// How often one that asks does so.
const ASKS_EVERY: Duration = Duration::from_secs(1);
/// How the hardware address of a virtual printer begins: no maker may give such a one.
const VIRTUAL_MAC: &str = "02:";

/// The virtual printers of a demo, with when each slip was first seen.
#[derive(Default)]
pub struct DemoPrinters {
    printers: BTreeMap<PrinterId, VirtualPrinter>,
    seen: Mutex<BTreeMap<(PrinterId, u64), Timestamp>>,
}

impl DemoPrinters {
    /// Starts one for each printer of this box; those that ask do so at the URL `asked_at`. One whose address is taken
    /// is left out, and the log says so.
    pub async fn start(catalogue: &Catalogue, asked_at: &str) -> Self {
        let mut printers = BTreeMap::new();
        for printer in catalogue.printers.values().filter(|printer| !printer.archived) {
            match plug(&printer.address, asked_at).await {
                Ok(Some(started)) => drop(printers.insert(printer.id, started)),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, address = printer.address, "a virtual printer did not start");
                }
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

/// The virtual printer at `address`; `None` when a real one is there.
async fn plug(address: &str, asked_at: &str) -> io::Result<Option<VirtualPrinter>> {
    match address.parse() {
        Ok(Address::Tcp(host)) if host.starts_with("127.0.0.1:") => {
            VirtualPrinter::bind(host, Model::Full).await.map(Some)
        }
        Ok(Address::Caller(Caller::CloudPrnt(mac))) if mac.starts_with(VIRTUAL_MAC) => {
            Ok(Some(VirtualPrinter::asking(asked_at, Caller::CloudPrnt(mac), ASKS_EVERY)))
        }
        Ok(Address::Tcp(_) | Address::Caller(_) | Address::Usb(_) | Address::Serial(_)) | Err(_) => Ok(None),
    }
}
