//! The cloud: journals of many venues, kept as they are and passed on.
//!
//! *Invariant:* nothing in a restaurant waits for this. No rule is decided here, and the path of an entry opens no
//! document. No query reaches a journal without saying whose venue it is. Time and
//! random bits come from `maitred_process::clock`.

pub mod accounts;
pub mod app;
mod backups;
pub mod cloud;
pub mod ids;
pub mod limits;
pub mod nodes;
pub mod pages;
pub mod problem;
pub mod replica;
pub mod serve;
pub mod storage;
pub mod tenants;
pub mod wakeups;

mod connected;
mod dashboard;
mod hubs;
mod metrics;
mod router;
mod sightings;
