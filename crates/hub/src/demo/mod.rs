//! Venues to try Maitred with, kept as data that a person can edit.

pub mod aurora;
pub mod lines;
pub mod printers;
