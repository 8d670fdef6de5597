//! The rules of a restaurant: aggregates, commands, facts, state machines.
//!
//! *Invariant:* no I/O, no clock, no randomness, no async. A time, an id source and every other aggregate that a
//! rule looks at are arguments.

pub mod business_day;
pub mod catalogue;
pub mod ids;
pub mod money;
pub mod permission;
