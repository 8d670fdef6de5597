//! The process that owns the wires: serial ports and keyboards on one side, MQTT on the other.
//!
//! One thread per port, so that garbage from one device, or a crash over it, is nobody else's; one task that knows all devices
//! ([`bridge`]) and says what they say to the broker. An event is acknowledged to a microcontroller only when the broker has
//! it, so what is lost when this process is killed is said again by the microcontroller. Plain devices keep nothing: of theirs,
//! what the broker does not have yet is lost then.
//!
//! *Invariant:* nothing durable, and no idea what a ticket is: which key bumps what, the hub decides.

mod bridge;
mod broker;
mod commands;
mod devices;
mod outbox;
pub mod ports;
pub mod serve;
mod simulate;
mod simulated;
