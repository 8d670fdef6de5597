//! Devices on a wire: what they say becomes commands, what facts want of them is told to them.
//!
//! The broker is only a way to reach them. What devices are for is in the settings, what they said that matters is in the
//! journal, and what they are to do is a row of the transaction that wants it: so another hub can go on with all of it.
//!
//! *Invariant:* an order never waits for a device, and a device never decides. Only the hub that acts turns events into
//! commands; every hub knows how devices are.

mod broker;
mod heard;
mod keys;
mod probes;
mod run;
mod seen;
mod tasks;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use maitred_device::field::message::EventId;
use maitred_domain::catalogue::KeyAction;
use maitred_domain::device_log::Watch;
use maitred_domain::ids::{CheckId, DeviceId, StationId};
use maitred_store::KeyPress;
use tokio::sync::Notify;
use uuid::Uuid;

pub use broker::{BrokerAt, NoBroker};
use keys::Left;
pub use keys::{Chosen, Pressed};
pub use run::run;
pub use seen::{DeviceHealth, DeviceState, Seen};

/// What this hub knows of devices beside the settings: gone with the process, and soon heard again.
#[derive(Default)]
pub struct Devices {
    known: Mutex<Known>,
    is_connected: AtomicBool,
    work: Notify,
}

#[derive(Default)]
struct Known {
    /// Everything on the broker, by its name there.
    seen: BTreeMap<String, Seen>,
    /// The last event of each that was taken.
    last: BTreeMap<String, EventId>,
    /// What bump bars have chosen.
    chosen: BTreeMap<StationId, Chosen>,
    /// What a key did last at a station, when it came late and nobody saw it at once.
    late: BTreeMap<StationId, KeyAction>,
    /// What keys want of the hub that acts, which is another.
    left: VecDeque<Left>,
    /// What is remembered of probes.
    watches: BTreeMap<DeviceId, Watch>,
    /// The check that a till shows on a display: what others pay is not for the guest who stands there.
    showing: BTreeMap<DeviceId, CheckId>,
    /// When tasks were told last.
    told: BTreeMap<Uuid, Instant>,
}

impl Devices {
    /// Goes on where this hub stopped.
    pub fn recall(&self, presses: Vec<KeyPress>) {
        let mut known = self.known();
        for press in presses {
            known.last.insert(press.homie.clone(), EventId { boot: press.boot, seq: press.seq });
            known.chosen.insert(press.station, Chosen::of(&press));
        }
    }

    /// Whether the broker is there.
    pub fn is_connected(&self) -> bool {
        self.is_connected.load(Ordering::Relaxed)
    }

    /// There may be something to tell a device.
    pub fn wake(&self) {
        self.work.notify_one();
    }

    /// Everything on the broker, by its name there.
    pub fn seen(&self) -> BTreeMap<String, Seen> {
        self.known().seen.clone()
    }

    /// How one device is.
    pub fn seen_one(&self, homie: &str) -> Option<Seen> {
        self.known().seen.get(homie).cloned()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
