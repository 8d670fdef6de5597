//! A venue in one thread, from a seed: hubs on disks that forget, a network that delays and cuts, stations with
//! outboxes, printers that fail in the middle, and clocks that jump.
//!
//! What runs is what ships: `maitred-store` on SQLite, and the sessions of `maitred-sync`. Only disks, time, chance and
//! the network are ours, and all of them follow from the seed: the same seed gives the same [`Report::trace`]. After a
//! while everything is mended, and when all is quiet the promises are looked at: see [`checks`].

mod checks;
pub mod disk;
mod duty;
mod hub;
mod liar;
mod network;
mod printing;
pub mod rng;
mod station;
mod trace;
mod weather;
mod world;

pub use world::run;

/// A hub's place in the venue: 0 acts first, 1 stands by, 2 stands for the relay.
pub type HubId = usize;
/// Hubs of the venue, before one is copied.
pub const HUBS: usize = 3;
/// The one that no station speaks with, and whose line is the worst.
pub const RELAY: HubId = 2;

type ConnectionId = u64;

/// Something that is known to lose what was acknowledged, and must be caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Control {
    /// Commits are acknowledged before they are synced.
    Normal,
    /// Disks say that they synced, and did not.
    LyingDisks,
    /// Stations are answered when a command comes in.
    EarlyAnswers,
}

/// What to simulate.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Where everything comes from.
    pub seed: u64,
    /// What is broken on purpose, if anything.
    pub control: Option<Control>,
    /// Boxes are destroyed and copied as well, and hubs are apart for an hour and for a month.
    pub is_hard: bool,
    /// Print what happens.
    pub is_traced: bool,
}

impl Plan {
    /// A plan with nothing broken on purpose.
    pub const fn of(seed: u64) -> Self {
        Self { seed, control: None, is_hard: false, is_traced: false }
    }

    /// The same with everything that can happen to boxes.
    pub const fn hard(seed: u64) -> Self {
        Self { is_hard: true, ..Self::of(seed) }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The hash of everything that happened.
    pub trace: u64,
    /// Commands that were acknowledged.
    pub acknowledged: usize,
    /// Times that something was broken.
    pub blows: usize,
    /// Papers that came out of printers.
    pub papers: usize,
    /// Promises that were broken; empty when all is well.
    pub broken: Vec<String>,
}
