//! Printers and drawers: documents become bytes, replies become proof, and every job ends in a state that is true.
//! What other devices on a wire say and are told is in [`field`].
//!
//! At least once, and any possible duplicate says so on its first line: power can fail between paper and reply, so
//! nobody can promise exactly once.
//!
//! *Invariant:* nothing here stores a job or decides where it goes; a [`worker::Ledger`] does, and commits each attempt
//! before its first byte. No byte of a guest's text reaches a printer unfiltered ([`encode`]).

pub mod asking;
pub mod bitmap;
pub mod decode;
pub mod discovery;
pub mod encode;
pub mod field;
mod fonts;
pub mod job;
pub mod paper;
pub mod picture;
pub mod profile;
pub mod session;
pub mod virtual_printer;
pub mod words;
pub mod worker;
