//! What the bridge and a microcontroller say to each other over a serial line that loses, garbles and doubles bytes.
//!
//! `SPEC.md` beside this crate says the same for whoever writes another; `include/maitred_wire.h` and `c/` are a start in C.
//!
//! Both ends are state machines: bytes and the time go in, frames and what happened come out. An event stays with the device
//! until the bridge says that it is safe, and a command with the bridge until the device has answered it: whoever of the two
//! is switched off in between, it is said again, with the same number.
//!
//! *Invariant:* no allocator, no clock, no port. Every buffer has a fixed size.

#![no_std]

mod bridge_end;
mod device_end;
mod frame;
mod receiver;

pub use bridge_end::{BridgeEnd, Busy, Heard};
pub use device_end::{Asked, DeviceEnd, NoRoom};
pub use frame::{
    Action, Call, Colour, DeviceKind, Event, Fault, Frame, Hello, Outcome, Packet, Pattern, Serial, Status,
    Text,
};
pub use receiver::{Noise, Receiver};

/// Version of this protocol; the first byte of every frame.
pub const VERSION: u8 = 1;
/// Bytes of a frame before they are stuffed, with version and checksum.
pub const CONTENT_BYTES_MAX: usize = 120;
/// Bytes of a frame on the wire, with the zero that ends it.
pub const PACKET_BYTES_MAX: usize = CONTENT_BYTES_MAX + 2;
/// Events that a device has on the wire before the first of them is safe.
pub const WINDOW: usize = 8;
/// After how long a device first says an event again, in milliseconds; each time it waits twice as long.
pub const RESEND_AFTER_MS: u64 = 100;
/// The longest such wait, in milliseconds.
pub const RESEND_AFTER_MS_MAX: u64 = 2_000;
/// How often each end says something when there is nothing to say, in milliseconds.
pub const HEARTBEAT_MS: u64 = 1_000;
/// After which silence the other end is taken for gone, in milliseconds.
pub const SILENCE_MS_MAX: u64 = 5_000;
