//! What happens, as it happens: from whoever writes to every screen, in commit order.
//!
//! An entry is turned into JSON once and shared by all streams, and not at all while nobody listens. A stream that
//! missed something reads it from the journal: nothing is lost or sent twice between replay and live.

mod client;
mod frame;
mod publisher;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use maitred_domain::ids::{JobId, PrinterId};
use maitred_store::Committed;
use tokio::sync::{Notify, broadcast};

use client::Clients;
pub use client::{Seat, follow};
use frame::Frame;
pub use frame::{DeviceEvent, Heartbeat, PrintEvent};
pub use publisher::publish;

use crate::auth::Device;
use crate::devices::Pressed;
use crate::limits::{FEED_ENTRIES_MAX, STREAM_FRAMES_MAX, STREAMS_MAX, STREAMS_OF_DEVICE_MAX};

/// Jobs and printers that changed without a command, until the publisher takes them.
#[derive(Default)]
struct PrintChanges {
    jobs: BTreeSet<JobId>,
    printers: BTreeSet<PrinterId>,
}

/// Devices that look different, and keys that were pressed, until the publisher takes them.
#[derive(Default)]
struct DeviceChanges {
    homies: BTreeSet<String>,
    /// All of them, and the way to them.
    all: bool,
    pressed: Vec<Pressed>,
}

/// Carries what happens to those who follow.
pub struct Live {
    feed: broadcast::Sender<Arc<Committed>>,
    frames: broadcast::Sender<Frame>,
    prints: Mutex<PrintChanges>,
    printed: Notify,
    devices: Mutex<DeviceChanges>,
    device: Notify,
    clients: Arc<AtomicUsize>,
    clients_of: Clients,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            feed: broadcast::channel(FEED_ENTRIES_MAX).0,
            frames: broadcast::channel(STREAM_FRAMES_MAX).0,
            prints: Mutex::default(),
            printed: Notify::new(),
            devices: Mutex::default(),
            device: Notify::new(),
            clients: Arc::default(),
            clients_of: Clients::default(),
        }
    }
}

impl Live {
    /// Where the store's observer puts entries: it never blocks, and the publisher reads what did not fit.
    pub fn feed(&self) -> broadcast::Sender<Arc<Committed>> {
        self.feed.clone()
    }

    /// A print job went on.
    pub fn job_changed(&self, job: JobId, printer: PrinterId) {
        let mut prints = self.prints.lock().unwrap_or_else(PoisonError::into_inner);
        prints.jobs.insert(job);
        prints.printers.insert(printer);
        self.printed.notify_one();
    }

    /// A device looks different.
    pub fn device_changed(&self, homie: &str) {
        self.device_changes().homies.insert(homie.to_owned());
        self.device.notify_one();
    }

    /// All devices do.
    pub fn devices_changed(&self) {
        self.device_changes().all = true;
        self.device.notify_one();
    }

    /// A key of a bump bar was pressed.
    pub fn pressed(&self, pressed: Pressed) {
        self.device_changes().pressed.push(pressed);
        self.device.notify_one();
    }

    fn device_changes(&self) -> MutexGuard<'_, DeviceChanges> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What needs attention may be different, and no command or printer says so.
    pub fn attention_changed(&self) {
        self.printed.notify_one();
    }

    /// A printer says something new of itself.
    pub fn printer_changed(&self, printer: PrinterId) {
        self.prints.lock().unwrap_or_else(PoisonError::into_inner).printers.insert(printer);
        self.printed.notify_one();
    }

    /// Streams that are open.
    pub fn clients(&self) -> usize {
        self.clients.load(Ordering::Relaxed)
    }

    /// A seat for one more stream of a device; `None` when there are too many, or it has too many.
    pub fn seat(&self, device: Device) -> Option<Seat> {
        let seat = Seat::new(self.clients.clone(), self.clients_of.clone(), device);
        let is_one_of_few = device == Device::OwnBox || seat.of_device() <= STREAMS_OF_DEVICE_MAX;
        (self.clients() <= STREAMS_MAX && is_one_of_few).then_some(seat)
    }

    fn take_prints(&self) -> PrintChanges {
        std::mem::take(&mut *self.prints.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
