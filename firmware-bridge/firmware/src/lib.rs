//! Firmware of the devices on the bridge: bump bar, probe, beacon and their like, for any board with `embedded-hal`.
//!
//! A board's `main` is small: it draws a number at start, hands over pins and a serial port, and calls `step` with the time
//! in a loop (`README.md` has one). Everything else is here, and compiles and is tested on the host; the bridge's simulated
//! devices run it too.
//!
//! *Invariant:* no allocator, no clock, no register of any chip.

#![no_std]

mod beacon;
mod bump_bar;
mod core;
mod debounce;
mod ds18b20;
mod probe;
mod thermistor;

pub use beacon::{Beacon, BeaconLook};
pub use bump_bar::BumpBar;
pub use core::{Core, EVENTS_MAX, Outputs, Refuses};
pub use debounce::{Debounce, Edge};
pub use ds18b20::{Ds18b20, milli_celsius_of_scratchpad};
pub use probe::{Probe, Thermometer};
pub use thermistor::{Thermistor, milli_celsius_of_divider};

/// The traits in the version that this firmware wants of a board.
pub use {embedded_hal, embedded_io};

#[cfg(test)]
mod tests;
