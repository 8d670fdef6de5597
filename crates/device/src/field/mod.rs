//! Devices on a wire, as the hub and the bridge speak of them over MQTT.
//!
//! What a stranger may read and set are the retained properties of the Homie convention, version 5 ([`homie`]). What has to
//! happen once and only once goes beside them, as messages with ids ([`message`]).
//!
//! *Invariant:* shapes and topics only: nothing here connects, waits or knows what a ticket is.

pub mod homie;
mod kind;
pub mod message;

pub use kind::{DeviceId, NoDeviceId};
pub use maitred_domain::catalogue::DeviceKind;

#[cfg(test)]
mod tests;
