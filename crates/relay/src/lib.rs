//! The cloud: journals of many venues, kept as they are and passed on.
//!
//! *Invariant:* nothing in a restaurant waits for this. No rule is decided here, and the path of an entry opens no
//! document. No query reaches a journal without saying whose venue it is. Only `clock` reads the clock or draws
//! randomness.

pub mod clock;
pub mod ids;
pub mod limits;
pub mod storage;
