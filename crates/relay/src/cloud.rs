//! A replica of a venue in the cloud: the same store as a hub's, itself an origin. Opened when somebody wants to read,
//! closed when nobody does; it can always be built again from the journals. Each node has its own.
//!
//! *Invariant:* what is done here counts as done only when the journals have it: a node may be gone in the next moment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use maitred_domain::catalogue::Catalogue;
use maitred_link::handshake::Realm;
use maitred_link::{Event, Replica, Socket, StoreReplica, converse};
use maitred_store::{Clock, CommandError, Durability, OpenError, Options, Reply, Request, Store};
use maitred_sync::{Origin, Output};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::ids::VenueId;
use crate::limits::{CLOUD_IDLE, CLOUD_REPLICAS_MAX, CLOUD_RETRY, CLOUD_SHARED_TIME_MAX};
use crate::replica::VenueReplica;
use crate::storage::Storage;
use crate::wakeups::Wakeups;
use maitred_process::clock;

/// What checks would be numbered with that are opened in the cloud. None is, since only the catalogue is edited there: each node
/// has a replica of its own, and two of them would give one number to two checks.
const NUMBER_PREFIX: &str = "W";

/// Why a venue cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A folder cannot be made or removed.
    #[error("cannot use the folder of a cloud replica")]
    Io(#[from] std::io::Error),
    /// As many are open and in use as may be.
    #[error("{CLOUD_REPLICAS_MAX} cloud replicas are in use")]
    Busy,
}

/// Why nothing was done, or nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum CloudCommandError {
    /// The replica cannot reach the journals, or is older than its own; nothing was done.
    #[error("the cloud replica is not level with the journals of its venue")]
    NotLevel,
    /// The store refuses or fails; nothing was done.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// It was done here, and the journals did not get it in time: the same key tells later.
    #[error("the journals of the venue did not get it in time")]
    NotShared,
}

/// How a cloud replica stands to the journals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// It has not spoken with them yet, or cannot.
    Unknown,
    /// They agree on what it wrote.
    Agreed,
    /// They know more of its journal than it does.
    Rewound,
}

struct Open {
    store: Store,
    /// Held by everybody who reads.
    used: Arc<()>,
    last_used: Instant,
    level: watch::Receiver<Level>,
    journals: VenueReplica,
    growth: watch::Receiver<u64>,
    catching_up: AbortHandle,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.catching_up.abort();
    }
}

/// A store that can be read for as long as this is held.
pub struct CloudReplica {
    /// The store. It catches up in the background.
    pub store: Store,
    /// Changes with every entry of the store.
    pub growth: watch::Receiver<u64>,
    level: watch::Receiver<Level>,
    journals: VenueReplica,
    _used: Arc<()>,
}

impl CloudReplica {
    /// Does a command, and returns when every node of the relay can know of it.
    ///
    /// # Errors
    /// [`CloudCommandError`] when it was not done, or may not outlive this node.
    pub async fn command(&self, request: Request) -> Result<Reply, CloudCommandError> {
        let mut level = self.level.clone();
        let agreed = timeout(CLOUD_SHARED_TIME_MAX, level.wait_for(|level| *level != Level::Unknown)).await;
        if !agreed.is_ok_and(|agreed| agreed.is_ok_and(|level| *level == Level::Agreed)) {
            return Err(CloudCommandError::NotLevel);
        }
        let reply = self.store.command(request).await?;
        let shared = timeout(CLOUD_SHARED_TIME_MAX, self.shared(reply.entry)).await;
        // What the journals hold in that place could be of another life.
        let is_ours = shared.is_ok() && *self.level.borrow() != Level::Rewound;
        if is_ours { Ok(reply) } else { Err(CloudCommandError::NotShared) }
    }

    /// Waits until the journals hold an entry.
    async fn shared(&self, (origin, seq): (Origin, u64)) {
        let mut growth = self.journals.growth();
        loop {
            let journals = self.journals.clone();
            let tips = move || journals.storage.tips(journals.venue);
            if let Ok(Ok(tips)) = tokio::task::spawn_blocking(tips).await
                && tips.get(&origin).is_some_and(|tip| tip.seq >= seq)
            {
                return;
            }
            // Another node may have written it, and its wake-up be lost.
            let _ = timeout(CLOUD_RETRY, growth.changed()).await;
        }
    }
}

/// The cloud replicas of this node.
pub struct CloudReplicas {
    folder: PathBuf,
    storage: Arc<dyn Storage>,
    wakeups: Arc<Wakeups>,
    clock: Clock,
    open: Mutex<BTreeMap<VenueId, Open>>,
}

impl CloudReplicas {
    /// Replicas in folders inside `folder`.
    pub fn new(folder: PathBuf, storage: Arc<dyn Storage>, wakeups: Arc<Wakeups>, clock: Clock) -> Self {
        Self { folder, storage, wakeups, clock, open: Mutex::default() }
    }

    /// How many are open.
    pub fn open_count(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Opens the replica of a venue, which may wait for the disk. Within a runtime.
    ///
    /// # Errors
    /// [`CloudError`] when it cannot be opened.
    pub fn of(&self, venue: VenueId, realm: Realm) -> Result<CloudReplica, CloudError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        close_rewound(&mut open, venue, &self.folder_of(venue))?;
        if !open.contains_key(&venue) {
            make_room(&mut open)?;
            open.insert(venue, self.start(venue, realm)?);
        }
        let found = open.get_mut(&venue).expect("it was put there");
        found.last_used = Instant::now();
        Ok(CloudReplica {
            store: found.store.clone(),
            growth: found.growth.clone(),
            level: found.level.clone(),
            journals: found.journals.clone(),
            _used: Arc::clone(&found.used),
        })
    }

    /// Closes what nobody has read for [`CLOUD_IDLE`] when it is `now`.
    pub fn close_idle(&self, now: Instant) {
        let is_idle = |replica: &Open| now.saturating_duration_since(replica.last_used) >= CLOUD_IDLE;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, replica| !replica.is_unused() || !is_idle(replica));
    }

    /// Closes all.
    pub fn close(&self) {
        let open = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        for replica in open.values() {
            replica.store.shut_down();
        }
    }

    fn folder_of(&self, venue: VenueId) -> PathBuf {
        self.folder.join(venue.to_string()).join("cloud")
    }

    fn start(&self, venue: VenueId, realm: Realm) -> Result<Open, CloudError> {
        let options = Options {
            data: self.folder_of(venue),
            clock: Arc::clone(&self.clock),
            mint: clock::mint(),
            number_prefix: NUMBER_PREFIX.into(),
            durability: Durability::Full,
            vfs: None,
        };
        let store = Store::open(&options, Catalogue::default)?;
        let (tell, level) = watch::channel(Level::Unknown);
        let (storage, wakeups) = (Arc::clone(&self.storage), Arc::clone(&self.wakeups));
        let journals = VenueReplica { storage, wakeups, venue, realm };
        let growth = StoreReplica::growth_of(&store);
        let replica = StoreReplica::new(store.clone(), realm, growth.clone());
        let catching_up = tokio::spawn(keep_level(journals.clone(), replica, tell)).abort_handle();
        let (used, last_used) = (Arc::default(), Instant::now());
        Ok(Open { store, used, last_used, level, journals, growth, catching_up })
    }
}

impl Open {
    fn is_unused(&self) -> bool {
        Arc::strong_count(&self.used) == 1
    }
}

/// A replica that came from a backup older than what others have seen of it is thrown away, with its lineage.
fn close_rewound(
    open: &mut BTreeMap<VenueId, Open>,
    venue: VenueId,
    folder: &std::path::Path,
) -> Result<(), CloudError> {
    if open.get(&venue).is_some_and(|open| *open.level.borrow() == Level::Rewound && open.is_unused()) {
        let rewound = open.remove(&venue).expect("it was just there");
        rewound.store.shut_down();
        drop(rewound);
        std::fs::remove_dir_all(folder)?;
        tracing::warn!(%venue, "the cloud replica was older than its own journal and is built anew");
    }
    Ok(())
}

fn make_room(open: &mut BTreeMap<VenueId, Open>) -> Result<(), CloudError> {
    if open.len() < CLOUD_REPLICAS_MAX {
        return Ok(());
    }
    let unused = open.iter().filter(|(_, replica)| replica.is_unused());
    let oldest = unused.min_by_key(|(_, replica)| replica.last_used).map(|(venue, _)| *venue);
    open.remove(&oldest.ok_or(CloudError::Busy)?);
    Ok(())
}

/// Keeps a replica and the journals caught up with each other, for ever trying again.
async fn keep_level(journals: VenueReplica, replica: StoreReplica, level: watch::Sender<Level>) {
    let venue = journals.venue;
    loop {
        let (one, other) = Socket::pair().await;
        let ended = tokio::select! {
            ended = converse(journals.clone(), one, |_| {}) => ended,
            ended = converse(replica.clone(), other, |event| match event {
                Event::Session(Output::Agreed { .. }) => drop(level.send_replace(Level::Agreed)),
                Event::Session(Output::Rewound { .. }) => drop(level.send_replace(Level::Rewound)),
                Event::Session(_) | Event::Stored(_) => {}
            }) => ended,
        };
        if *level.borrow() == Level::Rewound {
            return tracing::warn!(%venue, "a cloud replica is older than its own journal");
        }
        level.send_replace(Level::Unknown);
        tracing::warn!(%venue, %ended, "a cloud replica does not catch up; trying again");
        tokio::time::sleep(CLOUD_RETRY).await;
    }
}
