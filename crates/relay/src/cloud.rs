//! A replica of a venue in the cloud: the same store as a hub's, itself an origin. Opened when somebody wants to read,
//! closed when nobody does; it can always be built again from the journals.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use maitred_domain::catalogue::Catalogue;
use maitred_link::handshake::Realm;
use maitred_link::{Event, Socket, StoreReplica, converse};
use maitred_store::{Clock, Durability, OpenError, Options, Store};
use maitred_sync::Output;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::ids::VenueId;
use crate::limits::{CLOUD_IDLE, CLOUD_REPLICAS_MAX};
use crate::replica::VenueReplica;
use crate::storage::Storage;
use crate::wakeups::Wakeups;
use maitred_process::clock;

/// What checks are numbered with that are opened in the cloud.
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

struct Open {
    store: Store,
    /// Held by everybody who reads.
    used: Arc<()>,
    last_used: Instant,
    is_rewound: Arc<AtomicBool>,
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
    _used: Arc<()>,
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
        let (store, growth) = (found.store.clone(), found.growth.clone());
        Ok(CloudReplica { store, growth, _used: Arc::clone(&found.used) })
    }

    /// Closes what nobody reads any more.
    pub fn close_idle(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, replica| !replica.is_unused() || replica.last_used.elapsed() < CLOUD_IDLE);
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
        let is_rewound = Arc::new(AtomicBool::new(false));
        let (storage, wakeups) = (Arc::clone(&self.storage), Arc::clone(&self.wakeups));
        let journals = VenueReplica { storage, wakeups, venue, realm };
        let growth = StoreReplica::growth_of(&store);
        let replica = StoreReplica::new(store.clone(), realm, growth.clone());
        let catching_up = catch_up(journals, replica, Arc::clone(&is_rewound));
        let catching_up = tokio::spawn(catching_up).abort_handle();
        Ok(Open { store, used: Arc::default(), last_used: Instant::now(), is_rewound, growth, catching_up })
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
    if open.get(&venue).is_some_and(|open| open.is_rewound.load(Ordering::Relaxed) && open.is_unused()) {
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

async fn catch_up(journals: VenueReplica, replica: StoreReplica, is_rewound: Arc<AtomicBool>) {
    let venue = journals.venue;
    let (one, other) = Socket::pair().await;
    let ended = tokio::select! {
        ended = converse(journals, one, |_| {}) => ended,
        ended = converse(replica, other, |event| {
            if matches!(event, Event::Session(Output::Rewound { .. })) {
                is_rewound.store(true, Ordering::Relaxed);
            }
        }) => ended,
    };
    tracing::warn!(%venue, %ended, "a cloud replica does not catch up any more");
}
