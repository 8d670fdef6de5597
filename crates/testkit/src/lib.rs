//! Instruments that break things on purpose, so that a promise is tested and not hoped for.
//!
//! - [`power_cut`]: a real file system that forgets, as at a power cut, what was not synced (Linux, root).
//! - [`faulty_vfs`]: SQLite's own I/O, failing or filling up at the n-th operation, or slow to sync.
//! - [`worker`]: the program under test as a child process that says what it has acknowledged.
//! - [`trial`]: both together: break, recover, and count what was acknowledged and is gone.
//! - [`hub`]: a whole hub in a process of its own, and those who use it over HTTP.
//! - [`bridge`]: a bridge in a process of its own, with a simulated bump bar (Linux).
//! - [`servers`]: PostgreSQL, NATS and an MQTT broker, as real as can be (Linux).
//! - [`network`]: boxes in namespaces of their own, with cables that can be cut (Linux, root).
//! - [`relay`]: a relay in a process of its own.
//! - [`venue`]: a small venue on a store, as a subject of all of these.
//!
//! *Invariant:* an instrument knows nothing of what it breaks. The program under test comes as a
//! [`trial::Subject`]: how to start it on a data folder, and what that folder holds afterwards. Every instrument
//! has a control in `tests/`: something that is known to lose data and must be caught losing it.

#[cfg(target_os = "linux")]
pub mod bridge;
pub mod faulty_vfs;
pub mod hub;
#[cfg(target_os = "linux")]
pub mod network;
#[cfg(target_os = "linux")]
pub mod power_cut;
pub mod relay;
#[cfg(target_os = "linux")]
pub mod servers;
pub mod sim;
pub mod trial;
pub mod venue;
pub mod worker;
