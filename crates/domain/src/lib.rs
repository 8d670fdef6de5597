//! The rules of a restaurant: aggregates, commands, facts, state machines.
//!
//! *Invariant:* no I/O, no clock, no randomness, no async. A time, an id source and every other aggregate that a
//! rule looks at are arguments.

pub mod address;
pub mod business_day;
pub mod card_number;
pub mod catalogue;
pub mod check;
pub mod day;
pub mod decide;
pub mod device_log;
pub mod fact;
pub mod figures;
pub mod ids;
pub mod money;
pub mod paper;
pub mod permission;
pub mod stock;
pub mod table;
pub mod wire;
