//! A bridge at work: the real binary, a real broker, strangers with mosquitto's own clients, and devices behind
//! pseudo-terminals.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod broker;
mod command_line;
mod house;
mod lines;
mod peer;
mod strangers;
