//! A relay at work: real sockets, and hubs that are stores of a venue.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod bad_peers;
mod bounds;
mod catching_up;
mod command_line;
mod dashboard;
mod house;
#[cfg(target_os = "linux")]
mod nodes;
mod tls;
