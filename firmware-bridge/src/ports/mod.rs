//! Ports: which there are, and one thread for each.

mod framed;
mod input;
mod keyboard;
mod plain;
mod profile;
mod watch;

use std::path::PathBuf;

use maitred_device::field::message::{Action, EventId, Happened, Outcome};
use maitred_device::field::{DeviceId, DeviceKind};
use tokio::sync::mpsc;
use uuid::Uuid;

pub use input::{InputEvents, KeyPress};
pub use profile::{NoProfile, Profile, Wanted};
pub use watch::{Watched, watch};

/// Messages of all ports that wait for the bridge; a port that finds no room waits.
pub const FROM_PORTS_MAX: usize = 1024;

/// Which opening of which port: another at each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortId(pub u64);

/// What a port tells.
#[derive(Debug)]
pub enum FromPort {
    /// Who is there.
    Met {
        /// Which port.
        port: PortId,
        /// Who.
        device: Met,
        /// Where to say something to it.
        to_port: std::sync::mpsc::Sender<ToPort>,
    },
    /// Something happened.
    Happened {
        /// Which port.
        port: PortId,
        /// Which event.
        id: EventId,
        /// What.
        event: Happened,
    },
    /// How the device is.
    Health {
        /// Which port.
        port: PortId,
        /// Of 100.
        battery_percent: Option<u8>,
        /// Events that found no room at the device.
        dropped: u32,
    },
    /// A command was answered by the device.
    Answered {
        /// Which.
        id: Uuid,
        /// How.
        outcome: Outcome,
    },
    /// The device said nothing for long, or is heard again.
    Silent {
        /// Which port.
        port: PortId,
        /// Whether it is.
        is_silent: bool,
    },
    /// The line garbles what goes over it, or no longer.
    Garbled {
        /// Which port.
        port: PortId,
        /// What about it, for people; nothing when it is well again.
        what: Option<String>,
    },
    /// The port is closed.
    Gone {
        /// Which.
        port: PortId,
    },
}

/// A device that was met.
#[derive(Clone, Debug)]
pub struct Met {
    /// Its id.
    pub id: DeviceId,
    /// What it is for.
    pub kind: DeviceKind,
    /// For people.
    pub name: String,
    /// Of the microcontroller.
    pub firmware: Option<String>,
}

/// What a port is told.
#[derive(Debug)]
pub enum ToPort {
    /// The broker has that event, and all before it.
    Safe(EventId),
    /// To be done.
    Do {
        /// Which command.
        id: Uuid,
        /// What.
        action: Action,
    },
    /// It is too late for that command.
    GiveUp(Uuid),
}

/// A port's way to the bridge. That the port is closed is told when this is dropped, also by a panic.
struct Line {
    port: PortId,
    path: PathBuf,
    to_bridge: mpsc::Sender<FromPort>,
}

impl Line {
    /// Tells something; false when nobody wants to know any more.
    fn tell(&self, what: FromPort) -> bool {
        self.to_bridge.blocking_send(what).is_ok()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        tracing::info!(port = %self.path.display(), "port closed");
        self.tell(FromPort::Gone { port: self.port });
    }
}
