//! Several nodes on one PostgreSQL database, woken by NATS: any hub talks to any node, and any of it may be gone.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use maitred_domain::decide;
use maitred_domain::ids::named;
use maitred_domain::permission::Role;
use maitred_link::handshake::Caller;
use maitred_link::{Event, Identity, Trust, connect, converse};
use maitred_process::clock;
use maitred_relay::cloud::CloudCommandError;
use maitred_relay::ids::VenueId;
use maitred_relay::limits::{LOOK_EVERY_WHEN_TOLD, REVOCATION_WATCH};
use maitred_relay::storage::Storage;
use maitred_relay::storage::postgres::Postgres;
use maitred_store::Request;
use maitred_sync::{Output, Parcel, Vector};
use maitred_testkit::relay::RelayProcess;
use maitred_testkit::servers;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::house::{House, Hub, REALM, open_node, until, until_alike};

const DATABASE: &str = "relay";
/// Changes that are waited for one after the other.
const CHANGES: u32 = 20;

/// A database that is empty, and what wakes nodes; `None` when one is not installed.
fn servers() -> Option<(servers::Postgres, servers::Nats)> {
    let (postgres, nats) = (servers::Postgres::start().unwrap()?, servers::Nats::start().unwrap()?);
    postgres.create(DATABASE).unwrap();
    Some((postgres, nats))
}

fn venue(house: &House) -> VenueId {
    house.relay.app().storage.venues().unwrap()[0].id
}

/// One hub says, the other sees it, again and again: how long all of it took.
async fn back_and_forth(one: &Hub, two: &Hub) -> Duration {
    let begun = Instant::now();
    for n in 0..CHANGES {
        let (from, to) = if n % 2 == 0 { (one, two) } else { (two, one) };
        from.open_check(&format!("{n}")).await;
        until("the other hub sees it", || to.store.open_checks().len() == from.store.open_checks().len())
            .await;
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn hubs_at_two_nodes_see_each_other_live_and_later_when_nothing_wakes_the_nodes() {
    let Some((postgres, mut nats)) = servers() else { return };
    let disks: [TempDir; 2] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let node = |n: usize| open_node_at(&postgres, &disks[n], Some(nats.url()));
    let (left, right) = (node(0).await, node(1).await);
    let (one, two) = (Hub::new(1), Hub::new(2));
    one.open_check("before").await;
    let talks = [
        one.talk(&left, Some(&left.token("Aurora"))).await,
        two.talk(&right, Some(&left.token("Aurora"))).await,
    ];
    until_alike(&one.store, &two.store).await;
    let took = back_and_forth(&one, &two).await;
    assert!(took < LOOK_EVERY_WHEN_TOLD * CHANGES / 2, "nobody was woken: {took:?}");
    // Without wake-ups a node looks by itself.
    nats.kill();
    one.open_check("nobody is told").await;
    until_alike(&one.store, &two.store).await;
    nats.start_again().unwrap();
    two.open_check("told again").await;
    until_alike(&one.store, &two.store).await;
    // A hub that is revoked at one node is cut off at the other.
    let [_, of_two] = talks;
    let key = Identity::of_seed(&[2; 32]).public();
    assert!(left.relay.app().storage.revoke(key, clock::now()).unwrap());
    tokio::time::timeout(REVOCATION_WATCH * 10, of_two).await.unwrap().unwrap();
    left.relay.stop().await;
    right.relay.stop().await;
}

async fn open_node_at(postgres: &servers::Postgres, disk: &TempDir, nats: Option<String>) -> House {
    open_node(&postgres.url(DATABASE), disk.path(), nats).await
}

fn web(key: &str) -> Request {
    Request {
        idempotency_key: key.into(),
        by: named("manager"),
        role: Role::Manager,
        approval: None,
        command: decide::Command::OpenCheck { table: None, covers: 2, name: key.into() },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_in_the_cloud_outlives_its_node_and_each_node_writes_under_a_name_of_its_own() {
    let Some((mut postgres, nats)) = servers() else { return };
    let disks: [TempDir; 3] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let (left, right) = (
        open_node_at(&postgres, &disks[0], Some(nats.url())).await,
        open_node_at(&postgres, &disks[1], Some(nats.url())).await,
    );
    let hub = Hub::new(1);
    let _talk = hub.talk(&left, Some(&left.token("Aurora"))).await;
    let venue = venue(&left);
    let (at_left, at_right) =
        (left.relay.app().cloud.of(venue, REALM).unwrap(), right.relay.app().cloud.of(venue, REALM).unwrap());
    assert_ne!(at_left.store.origin(), at_right.store.origin());
    let reply = at_left.command(web("a")).await.unwrap();
    // No waiting: it was acknowledged, so any node knows it.
    let tips = right.relay.app().storage.tips(venue).unwrap();
    assert!(tips.get(&reply.entry.0).is_some_and(|tip| tip.seq >= reply.entry.1));
    at_right.command(web("b")).await.unwrap();
    until_alike(&at_left.store, &at_right.store).await;

    // Where the journals do not answer nothing is acknowledged; the same key tells later what became of it.
    postgres.crash().unwrap();
    let refused = at_left.command(web("c")).await;
    let is_unknown = |reply: &Result<_, _>| {
        matches!(reply, Err(CloudCommandError::NotShared | CloudCommandError::NotLevel))
    };
    assert!(is_unknown(&refused), "{refused:?}");
    postgres.crash_and_start().unwrap();
    let mut reply = at_left.command(web("c")).await;
    while is_unknown(&reply) {
        reply = at_left.command(web("c")).await;
    }
    reply.unwrap();
    until("everybody knows all three", || {
        [&at_left.store, &at_right.store].iter().all(|store| store.open_checks().len() == 3)
    })
    .await;

    // The node is gone, and its disk with it.
    let gone = at_left.store.origin();
    drop(at_left);
    left.relay.stop().await;
    let anew = open_node_at(&postgres, &disks[2], Some(nats.url())).await;
    let rebuilt = anew.relay.app().cloud.of(venue, REALM).unwrap();
    assert_ne!(rebuilt.store.origin(), gone);
    until_alike(&rebuilt.store, &at_right.store).await;
    rebuilt.command(web("d")).await.unwrap();
    until_alike(&rebuilt.store, &at_right.store).await;
    right.relay.stop().await;
    anew.relay.stop().await;
}

/// A node in a process of its own. Dropping it kills it.
struct Node {
    address: String,
    url: String,
    process: Option<RelayProcess>,
    _disk: TempDir,
}

impl Node {
    fn start(database: &str, nats: &str) -> Self {
        Self::start_at("127.0.0.1:0", database, nats)
    }

    fn start_at(listen: &str, database: &str, nats: &str) -> Self {
        let (program, disk) = (env!("CARGO_BIN_EXE_maitred-relay"), tempfile::tempdir().unwrap());
        let options = ["--database-url", database, "--nats", nats];
        let process = RelayProcess::start(program.as_ref(), disk.path(), listen, &options).unwrap();
        Self {
            address: process.address().to_owned(),
            url: format!("ws://{}/api/v1/peer", process.address()),
            process: Some(process),
            _disk: disk,
        }
    }

    /// Kills it; returns what it or another one had acknowledged by then.
    fn killed(&mut self, heard: &Acknowledged) -> Vector {
        self.process = None;
        heard.0.lock().unwrap().clone()
    }

    /// Starts it where it was, with another disk.
    fn start_again(&mut self, database: &str, nats: &str) {
        *self = Self::start_at(&self.address, database, nats);
    }
}

/// What the relay acknowledged to a hub, ever.
#[derive(Clone, Default)]
struct Acknowledged(Arc<Mutex<Vector>>);

/// A hub that talks to whichever node lets it in, for ever.
fn keep_talking(hub: &Hub, nodes: Vec<String>, acknowledged: Acknowledged, token: String) -> JoinHandle<()> {
    let (replica, seed) = (hub.replica(), hub.seed);
    tokio::spawn(async move {
        for n in 0.. {
            let identity = Identity::of_seed(&[seed; 32]);
            let caller = Caller::new(&identity, clock::random(), Some(token.clone()), Some(REALM)).unwrap();
            let url = &nodes[n % nodes.len()];
            if let Ok((socket, ..)) = connect(url, &Trust::new(None).unwrap(), &identity, caller, None).await
            {
                let heard = acknowledged.clone();
                let note = move |event| {
                    if let Event::Session(Output::Acknowledged(vector)) = event {
                        heard.0.lock().unwrap().merge(&vector);
                    }
                };
                converse(replica.clone(), socket, note).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
}

/// Every entry of a venue, once each: or it says what is wrong.
fn entries(storage: &dyn Storage, venue: VenueId) -> Vec<Parcel> {
    let entries = storage.beyond(venue, &Vector::new(), usize::MAX).unwrap();
    let mut places: Vec<_> = entries.iter().map(|it| (it.header().origin, it.header().seq)).collect();
    let all = places.len();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), all, "an entry is there twice");
    let ends: u64 = storage.tips(venue).unwrap().values().map(|tip| tip.seq).sum();
    assert_eq!(all as u64, ends, "an entry is missing");
    entries
}

fn enrol(storage: &dyn Storage) -> String {
    maitred_relay::tenants::issue(storage, &clock::system(), "Ada", "Aurora").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_killed_in_mid_batch_and_nothing_is_lost_or_doubled() {
    let Some((postgres, nats)) = servers() else { return };
    let database = postgres.url(DATABASE);
    let storage = Postgres::open(&database, None).unwrap();
    let (one, two) = (Hub::new(1), Hub::new(2));
    for n in 0..200 {
        one.open_check(&format!("while away {n}")).await;
    }
    let mut nodes = [Node::start(&database, &nats.url()), Node::start(&database, &nats.url())];
    let urls: Vec<_> = nodes.iter().map(|node| node.url.clone()).collect();
    let heard = Acknowledged::default();
    let _one = keep_talking(&one, urls.clone(), heard.clone(), enrol(&storage));
    let _two = keep_talking(&two, urls, Acknowledged::default(), enrol(&storage));
    for round in 0..4 {
        // In the middle of it: something is acknowledged, and not everything.
        for n in 0..40 {
            one.open_check(&format!("{round} {n}")).await;
        }
        until("something more is acknowledged", || {
            heard.0.lock().unwrap().get(one.store.origin()) > round * 40
        })
        .await;
        let killed = &mut nodes[usize::try_from(round).unwrap() % 2];
        let acknowledged = killed.killed(&heard);
        let venue = storage.venues().unwrap()[0].id;
        let tips = storage.tips(venue).unwrap();
        for (origin, seq) in acknowledged.iter() {
            assert!(tips.get(&origin).is_some_and(|tip| tip.seq >= seq), "{origin} {seq} was acknowledged");
        }
        until_alike(&one.store, &two.store).await;
        killed.start_again(&database, &nats.url());
    }
    let venue = storage.venues().unwrap()[0].id;
    let wrote = entries(&storage, venue);
    assert_eq!(
        wrote.iter().filter(|it| it.header().origin == one.store.origin()).count() as u64,
        one.store.head()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_crashes_in_the_middle_of_the_evening_and_everything_goes_on() {
    let Some((mut postgres, nats)) = servers() else { return };
    let database = postgres.url(DATABASE);
    let storage = Postgres::open(&database, None).unwrap();
    let node = Node::start(&database, &nats.url());
    let (one, two) = (Hub::new(1), Hub::new(2));
    let heard = Acknowledged::default();
    let _one = keep_talking(&one, vec![node.url.clone()], heard.clone(), enrol(&storage));
    let _two = keep_talking(&two, vec![node.url.clone()], Acknowledged::default(), enrol(&storage));
    for round in 0..3 {
        for n in 0..20 {
            one.open_check(&format!("{round} {n}")).await;
        }
        let acknowledged = heard.0.lock().unwrap().clone();
        tokio::task::block_in_place(|| postgres.crash_and_start()).unwrap();
        two.open_check(&format!("after crash {round}")).await;
        until_alike(&one.store, &two.store).await;
        let tips = storage_again(&storage).await;
        for (origin, seq) in acknowledged.iter() {
            assert!(tips.get(origin) >= seq, "{origin} {seq} was acknowledged");
        }
    }
    entries(&storage, storage.venues().unwrap()[0].id);
}

/// How far the journals of the one venue are known, once the database answers.
async fn storage_again(storage: &Postgres) -> Vector {
    let mut known = None;
    until("the database answers", || {
        let tips = storage.venues().and_then(|venues| storage.tips(venues[0].id));
        known = tips.ok().map(|tips| tips.into_iter().map(|(origin, tip)| (origin, tip.seq)).collect());
        known.is_some()
    })
    .await;
    known.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn hubs_send_again_what_yesterdays_backup_of_the_database_lacks() {
    let Some((postgres, nats)) = servers() else { return };
    let database = postgres.url(DATABASE);
    let (one, two) = (Hub::new(1), Hub::new(2));
    let storage = Postgres::open(&database, None).unwrap();
    let tokens = [enrol(&storage), enrol(&storage)];
    let talk = |hub: &Hub, node: &Node, token: &String| {
        keep_talking(hub, vec![node.url.clone()], Acknowledged::default(), token.clone())
    };
    let node = Node::start(&database, &nats.url());
    let talks = [talk(&one, &node, &tokens[0]), talk(&two, &node, &tokens[1])];
    one.open_check("yesterday").await;
    two.open_check("yesterday too").await;
    until_alike(&one.store, &two.store).await;
    let yesterday = postgres.dump(DATABASE).unwrap();
    one.open_check("today").await;
    until_alike(&one.store, &two.store).await;
    talks.iter().for_each(JoinHandle::abort);
    drop((node, storage));

    postgres.create("restored").unwrap();
    postgres.restore("restored", &yesterday).unwrap();
    let database = postgres.url("restored");
    let storage = Postgres::open(&database, None).unwrap();
    let venue = storage.venues().unwrap()[0].id;
    assert!(!storage.tips(venue).unwrap().is_empty(), "nothing of yesterday was kept");
    // The hub that wrote it, and a new one.
    let (node, new) = (Node::start(&database, &nats.url()), Hub::new(3));
    let _talks = [talk(&one, &node, &tokens[0]), talk(&new, &node, &enrol(&storage))];
    until("the new hub knows today", || new.store.open_checks().len() == 3).await;
    until_alike(&one.store, &new.store).await;
    entries(&storage, venue);
}

#[test]
fn hubs_are_enrolled_listed_and_revoked_in_a_database_too() {
    let Some(postgres) = servers::Postgres::start().unwrap() else { return };
    postgres.create(DATABASE).unwrap();
    let relay = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maitred-relay"));
        let command = command.args(arguments).env("MAITRED_DATABASE_URL", postgres.url(DATABASE));
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout) + &text(output.stderr))
    };
    let (fine, token) = relay(&["enrol", "--org", "Ada", "--venue", "Aurora"]);
    assert!(fine, "{token}");
    let storage = Postgres::open(&postgres.url(DATABASE), None).unwrap();
    let key = Identity::of_seed(&[1; 32]).public();
    let caller = Caller::new(&Identity::of_seed(&[1; 32]), clock::random(), Some(token.trim().into()), None);
    maitred_relay::tenants::admit(&storage, &clock::system(), &caller.unwrap()).unwrap();
    assert_eq!(relay(&["hubs"]), (true, format!("Ada / Aurora\n  {key}\n")));
    assert!(relay(&["revoke", "--hub", &key.to_string()]).0);
    assert_eq!(relay(&["hubs"]), (true, format!("Ada / Aurora\n  {key} revoked\n")));
}
