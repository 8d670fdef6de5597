//! The hubs of one venue: they find each other, prove who they are, and keep each other's journals.
//!
//! Every hub takes commands at any time: what two accept at once is merged by the laws of the documents. Who *acts* is what
//! stations ask first and what a person sees. No consensus is run: the best rank that is ready acts, and when it has
//! been silent for [`PEER_SILENCE_MAX`](crate::limits::PEER_SILENCE_MAX) the next does.
//!
//! *Invariant:* nothing that is heard is believed before the other side has proved a key that belongs to the venue; where
//! it is, and who says so, counts for nothing.

mod answer;
mod call;
mod copy;
mod discovery;
mod duty;
mod identity;
mod join;
mod link;
mod progress;
mod say;
mod secure;
mod standing;
mod ticket;

use std::time::Duration;

pub use answer::answer;
pub use call::keep_calling;
pub use discovery::{Neighbour, announced_as, discover, look_around};
pub use duty::take_over;
pub use identity::{Identity, IdentityError, keep_secret};
pub use join::{JoinError, join};
use maitred_store::{CommandError, HubRecord, ReadError, Store};
pub use progress::Progress;
pub use say::At;
pub use standing::{Alarm, AlarmKind, HubRole, Standing};
use tokio::sync::{Semaphore, watch};

use crate::config::Runner;
use crate::limits::PEER_GREETINGS_MAX;
use crate::peers::{PeerUrl, Peers};
use copy::Copies;
use ticket::Tickets;

/// What a hub knows of the others of its venue.
pub struct Hubs {
    /// How it stands among them.
    pub standing: Standing,
    /// One-time tokens for hubs that are to join.
    pub(crate) tickets: Tickets,
    /// A hub on this box may join without a token.
    pub(crate) is_open_to_box: bool,
    /// Counts entries as they arrive, of every hub.
    pub(crate) grown: watch::Sender<u64>,
    /// Counts changes to the list of hubs.
    pub(crate) known: watch::Sender<u64>,
    /// Where this hub listens, once it does.
    pub(crate) at: watch::Sender<Option<At>>,
    /// Addresses where somebody may be who may be a hub of this venue.
    pub(crate) hints: watch::Sender<Vec<PeerUrl>>,
    /// Connections that are greeted at once.
    pub(crate) greetings: Semaphore,
    /// Copies of the store, given and taken.
    pub(crate) copies: Copies,
}

impl Hubs {
    /// Those that `store` knows; adds this one when it is not among them.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn open(
        store: &Store,
        identity: Identity,
        peers: Peers,
        is_open_to_box: bool,
        runner: Runner,
    ) -> Result<Self, HubsError> {
        let hubs = store.hubs()?;
        let known = hubs.iter().find(|hub| hub.key == identity.key).map(|me| me.rank);
        let rank = known.unwrap_or_else(|| next_rank(&hubs));
        if known.is_none() {
            let (key, prefix) = (identity.key, identity.prefix.clone());
            store
                .know_hubs(vec![HubRecord { key, rank, prefix, url: None, secure_url: None, removed: false }])
                .await?;
        }
        let others = hubs.iter().filter(|hub| hub.key != identity.key && !hub.removed);
        let address = |url: &Option<String>| url.as_ref()?.parse::<PeerUrl>().ok();
        for hub in others {
            let Some(url) = address(&hub.url) else { continue };
            peers.learn(url.clone());
            if let Some(secure) = address(&hub.secure_url) {
                peers.secure_at(&url, secure);
            }
        }
        let hints = peers.all().into_keys().collect();
        Ok(Self {
            standing: Standing::new(identity, rank, peers),
            tickets: Tickets::default(),
            is_open_to_box,
            grown: watch::Sender::new(0),
            known: watch::Sender::new(0),
            at: watch::Sender::new(None),
            hints: watch::Sender::new(hints),
            greetings: Semaphore::new(PEER_GREETINGS_MAX),
            copies: Copies::new(runner),
        })
    }

    /// The list of hubs is another.
    pub(crate) fn changed(&self) {
        self.known.send_modify(|changes| *changes += 1);
    }
}

/// Why the list of hubs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HubsError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] CommandError),
}

/// The rank of one more hub: behind all others.
fn next_rank(hubs: &[HubRecord]) -> u32 {
    hubs.iter().map(|hub| hub.rank + 1).max().unwrap_or_default()
}

/// What the numbers of one more hub start with: a letter that no other hub has.
fn next_prefix(hubs: &[HubRecord]) -> String {
    let mut letters = ('B'..='Z').map(String::from);
    let free = letters.find(|letter| hubs.iter().all(|hub| hub.prefix != *letter));
    free.unwrap_or_else(|| format!("Z{}", hubs.len()))
}

/// How long to wait before trying again what failed `failures` times.
fn patience(failures: u32) -> Duration {
    let longest = crate::limits::PEER_RETRY_MAX;
    crate::limits::PEER_RETRY_MIN.saturating_mul(1 << failures.min(10)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_hubs_number_alike() {
        let mut hubs: Vec<HubRecord> = Vec::new();
        for n in 0..40_u8 {
            let prefix = if n == 0 { String::new() } else { next_prefix(&hubs) };
            assert!(hubs.iter().all(|hub| hub.prefix != prefix), "{prefix}");
            let (key, rank) = ([n; 32].into(), next_rank(&hubs));
            assert_eq!(rank, u32::from(n));
            hubs.push(HubRecord { key, rank, prefix, url: None, secure_url: None, removed: false });
        }
        assert_eq!(hubs[1].prefix, "B");
    }

    #[test]
    fn a_hub_that_is_away_is_called_ever_more_seldom_and_never_given_up() {
        let waits: Vec<Duration> = (0..40).map(patience).collect();
        assert!(waits.is_sorted() && waits[0] < waits[3]);
        assert_eq!(waits[39], crate::limits::PEER_RETRY_MAX);
    }
}
