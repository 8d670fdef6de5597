//! A relay in this process, and hubs that call it: each a store, a key and a conversation.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::decide::Command;
use maitred_domain::ids::{CheckId, named};
use maitred_domain::permission::Role;
use maitred_link::handshake::{Caller, Realm};
use maitred_link::{ConnectError, Identity, Socket, StoreReplica, Trust, connect, converse};
use maitred_process::clock;
use maitred_relay::serve::{Relay, Settings};
use maitred_relay::storage::Storage;
use maitred_relay::storage::postgres::Postgres;
use maitred_relay::storage::sqlite::Sqlite;
use maitred_relay::tenants;
use maitred_store::{Durability, Options, Request, Store};
use tempfile::TempDir;
use tokio::task::JoinHandle;

pub const REALM: Realm = [7; 16];
/// How long something may take that happens by itself.
const SOON: Duration = Duration::from_secs(20);

pub struct House {
    pub relay: Relay,
    pub skipped_secs: Arc<AtomicI64>,
}

/// A relay that keeps everything in `data`.
pub async fn open(data: &Path) -> House {
    open_at(data, "127.0.0.1:0").await
}

pub async fn open_at(data: &Path, listen: &str) -> House {
    open_on(Arc::new(Sqlite::open(data).unwrap()), Some(data), None, listen).await
}

/// A node that keeps nothing but cloud replicas in `data`.
pub async fn open_node(database: &str, data: &Path, nats: Option<String>) -> House {
    let database = database.to_owned();
    let opened = tokio::task::spawn_blocking(move || Postgres::open(&database, None).unwrap());
    open_on(Arc::new(opened.await.unwrap()), Some(data), nats, "127.0.0.1:0").await
}

async fn open_on(
    storage: Arc<dyn Storage>,
    data: Option<&Path>,
    nats: Option<String>,
    listen: &str,
) -> House {
    let skipped_secs = Arc::new(AtomicI64::new(0));
    let skipped = Arc::clone(&skipped_secs);
    let now = move || -> Timestamp {
        clock::now() + jiff::SignedDuration::from_secs(skipped.load(Ordering::Relaxed))
    };
    let settings = Settings {
        storage,
        cloud: data.map(|data| data.join("venues")),
        nats,
        listen: listen.parse().unwrap(),
        tls: None,
        pages: None,
        clock: Arc::new(now),
    };
    House { relay: Relay::start(settings).await.unwrap(), skipped_secs }
}

impl House {
    pub fn url(&self) -> String {
        format!("ws://{}/api/v1/peer", self.relay.address)
    }

    pub fn token(&self, venue: &str) -> String {
        let app = self.relay.app();
        tenants::issue(&*app.storage, &app.clock, "Ada", venue).unwrap()
    }

    /// Somebody calls with a key, and what they say.
    pub async fn call(
        &self,
        seed: u8,
        token: Option<&str>,
        realm: Option<Realm>,
    ) -> Result<(Socket, Realm), ConnectError> {
        let identity = Identity::of_seed(&[seed; 32]);
        let caller = Caller::new(&identity, clock::random(), token.map(Into::into), realm).unwrap();
        let trust = Trust::new(None).unwrap();
        let (socket, _, realm) = connect(&self.url(), &trust, &identity, caller, None).await?;
        Ok((socket, realm))
    }
}

/// A hub of the venue: its database, and the key it calls with.
pub struct Hub {
    pub store: Store,
    pub seed: u8,
    _folder: TempDir,
    growth: tokio::sync::watch::Receiver<u64>,
}

impl Hub {
    pub fn new(seed: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            data: folder.path().to_path_buf(),
            clock: clock::system(),
            mint: clock::mint(),
            number_prefix: String::new(),
            durability: Durability::Full,
            vfs: None,
        };
        let store = Store::open(&options, Catalogue::default).unwrap();
        let growth = StoreReplica::growth_of(&store);
        Self { store, seed, _folder: folder, growth }
    }

    /// Opens a check that has no table.
    pub async fn open_check(&self, name: &str) -> CheckId {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let request = Request {
            idempotency_key: format!("key {}", KEYS.fetch_add(1, Ordering::Relaxed)),
            by: named("manager"),
            role: Role::Manager,
            approval: None,
            command: Command::OpenCheck { table: None, covers: 2, name: name.into() },
        };
        self.store.command(request).await.unwrap().answer.checks[0]
    }

    pub fn replica(&self) -> StoreReplica {
        StoreReplica::new(self.store.clone(), REALM, self.growth.clone())
    }

    /// Keeps a conversation with the relay.
    pub async fn talk(&self, house: &House, token: Option<&str>) -> JoinHandle<()> {
        let (socket, realm) = house.call(self.seed, token, Some(REALM)).await.unwrap();
        assert_eq!(realm, REALM);
        let replica = self.replica();
        tokio::spawn(async move { drop(converse(replica, socket, |_| {}).await) })
    }
}

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < SOON, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The same for what has to be asked for.
pub async fn until_async(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < SOON, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until two stores know the same.
pub async fn until_alike(one: &Store, other: &Store) {
    let vector = |store: &Store| store.sync_state().unwrap().vector;
    until("two stores know the same", || vector(one) == vector(other)).await;
    // What readers are shown follows a commit by a moment.
    until("two stores show the same", || {
        one.open_checks() == other.open_checks() && one.catalogue() == other.catalogue()
    })
    .await;
}
