//! Server-sent events as bytes.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::devices::Pressed;
use crate::peer::HubRole;
use crate::views::{DeviceView, PrintJobView, PrinterView};

/// The hub is there, and this is how far its journal went.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Heartbeat {
    /// The last entry that was sent; a client that has not seen it has a gap.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// The journal of the hub that speaks: numbers of entries are its own.
    pub origin: String,
    /// What it is among the hubs of the venue.
    pub role: HubRole,
}

/// Print jobs and printers that changed without a command.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PrintEvent {
    /// Jobs.
    pub print_jobs: Vec<PrintJobView>,
    /// Printers.
    pub printers: Vec<PrinterView>,
    /// What needs attention may have changed.
    pub attention: bool,
}

/// Devices that look different, and keys of bump bars that were pressed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceEvent {
    /// Devices.
    pub devices: Vec<DeviceView>,
    /// There are others now, or none can be reached: fetch them anew.
    pub all: bool,
    /// Keys, in order.
    pub pressed: Vec<Pressed>,
    /// What needs attention may have changed.
    pub attention: bool,
}

/// What a frame is, to those who pass it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// The entry of that number.
    Change(u64),
    /// Everything up to that entry was sent.
    Heartbeat(u64),
    /// Outside the journal.
    Print,
}

/// An event, ready to be sent to any number of clients.
#[derive(Clone, Debug)]
pub struct Frame {
    pub kind: FrameKind,
    pub bytes: Bytes,
}

/// An event of the wire format: `event`, `id` where it has one, `data`.
pub fn event(name: &str, id: Option<u64>, data: &impl Serialize) -> Bytes {
    let mut bytes = Vec::with_capacity(1_024);
    bytes.extend_from_slice(b"event: ");
    bytes.extend_from_slice(name.as_bytes());
    if let Some(id) = id {
        bytes.extend_from_slice(format!("\nid: {id}").as_bytes());
    }
    bytes.extend_from_slice(b"\ndata: ");
    // JSON escapes line ends, so that the data is one line.
    if let Err(error) = serde_json::to_writer(&mut bytes, data) {
        tracing::error!(%error, name, "an event cannot be written");
    }
    bytes.extend_from_slice(b"\n\n");
    bytes.into()
}

/// Everything is to be fetched anew, as of entry `seq`.
pub fn reset(seq: u64) -> Bytes {
    event("reset", Some(seq), &json!({ "seq": seq }))
}
