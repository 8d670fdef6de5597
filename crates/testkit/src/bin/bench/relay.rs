//! What the relay takes in durably, on SQLite and on PostgreSQL; and what hubs cost it that are only there.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use maitred_link::handshake::Caller;
use maitred_link::limits::INCOMING_FRAMES_MAX;
use maitred_link::{Identity, Replica, Trust, connect, converse};
use maitred_process::clock;
use maitred_relay::limits::HUBS_PER_VENUE_MAX;
use maitred_relay::replica::VenueReplica;
use maitred_relay::storage::Storage;
use maitred_relay::storage::postgres::Postgres;
use maitred_relay::storage::sqlite::Sqlite;
use maitred_relay::tenants;
use maitred_relay::wakeups::Wakeups;
use maitred_sync::{
    AuthorId, Chain, Change, Delivery, DocId, Document, Draft, Entry, Hash, Hlc, Journal, Origin, Output,
    Parcel, Session, Snapshot, Speaker, Tip, Vector,
};
use maitred_testkit::relay::RelayProcess;
use maitred_testkit::servers;
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::sync::{Semaphore, watch};

use crate::report::{Figure, Target};
use crate::{Outcome, number};

/// Changes that are taken in.
const CHANGES: u64 = 50_000;
/// Changes of one document: those of a check.
const CHANGES_PER_DOCUMENT: u64 = 12;
/// Hubs that are there at once.
const HUBS: usize = 10_000;
/// Hubs that come at once.
const HANDSHAKES: usize = 64;
/// How long hubs are there before anything is measured, and how long they are watched.
const SETTLES: Duration = Duration::from_secs(10);
const WATCHED: Duration = Duration::from_secs(30);
const REALM: [u8; 16] = [7; 16];

/// A journal in memory: what a hub has to say, and nothing around it.
#[derive(Clone)]
struct Said {
    origin: Origin,
    tip: Tip,
    parcels: Arc<Vec<Parcel>>,
}

impl Journal for Said {
    type Error = Infallible;

    fn tips(&self) -> Result<BTreeMap<Origin, Tip>, Infallible> {
        let tip = (self.tip.seq > 0).then_some((self.origin, self.tip));
        Ok(tip.into_iter().collect())
    }

    fn tip(&self, origin: Origin) -> Result<Tip, Infallible> {
        Ok(if origin == self.origin { self.tip } else { Tip::START })
    }

    fn hash_at(&self, _: Origin, _: u64) -> Result<Option<Hash>, Infallible> {
        Ok(None)
    }

    fn beyond(&self, known: &Vector, bytes_max: usize) -> Result<Vec<Parcel>, Infallible> {
        let known = usize::try_from(known.get(self.origin)).unwrap_or(usize::MAX);
        let (mut some, mut bytes) = (Vec::new(), 0);
        for parcel in self.parcels.iter().skip(known) {
            bytes += parcel.bytes();
            if bytes > bytes_max && !some.is_empty() {
                break;
            }
            some.push(parcel.clone());
        }
        Ok(some)
    }

    fn snapshot(&self, _: DocId) -> Result<Option<Snapshot>, Infallible> {
        Ok(None)
    }

    fn keys_beyond(&self, _: u64) -> Result<Option<(u64, Vec<maitred_sync::SubjectKey>)>, Infallible> {
        Ok(None)
    }

    fn made_id(first_fact: &[u8], n: u64) -> Option<[u8; 16]> {
        maitred_store::made_id(first_fact, n)
    }
}

impl Said {
    fn nothing(origin: Origin) -> Self {
        Self { origin, tip: Tip::START, parcels: Arc::default() }
    }

    /// Checks that are written to, one change after the other.
    fn changes(origin: Origin, count: u64) -> Outcome<Self> {
        let (mut chain, mut parcels) = (Chain::new(origin), Vec::new());
        let mut document = Document::new(origin);
        for n in 0..count {
            if n % CHANGES_PER_DOCUMENT == 0 {
                document = Document::new(origin);
            }
            let mut doc = [0; 16];
            doc[..8].copy_from_slice(&(n / CHANGES_PER_DOCUMENT).to_be_bytes());
            let hlc = Hlc::from_bits((n + 1) << 16);
            let fact = format!(r#"{{"line":"{n:032x}","item":"{n:032x}","quantity":1}}"#);
            let mut edit = document.edit(hlc);
            edit.insert("fact", &format!("{n:032x}"), &fact)?;
            let bytes = edit.commit().ok_or("nothing was written")?;
            let changes = vec![Change { doc: DocId::from(doc), kind: "check".into(), bytes }];
            let facts = vec![fact.into_bytes()];
            let entry: Entry =
                chain.next(Draft { after: Vector::new(), hlc, author: AuthorId::SYSTEM, facts, changes })?;
            parcels.push(entry.into());
        }
        Ok(Self { origin, tip: chain.tip(), parcels: Arc::new(parcels) })
    }

    fn speaker(&self) -> Speaker {
        Speaker { realm: REALM, origin: self.origin }
    }
}

/// How the relay took something in.
struct TakenIn {
    /// What it had to do, alone.
    took: Duration,
    /// What arrived together, as it was on the wire.
    batches: Vec<Vec<u8>>,
}

/// Lets a venue of `storage` take in what is said, as from a connection: frames that are there together are made durable
/// together.
fn take_in(storage: Arc<dyn Storage>, said: &Said) -> Outcome<TakenIn> {
    tenants::issue(&*storage, &clock::system(), "Ada", "Aurora")?;
    let venue = storage.venues()?.first().ok_or("no venue was made")?.id;
    let relay = VenueReplica { storage, wakeups: Arc::new(Wakeups::default()), venue, realm: REALM };
    let (mut there, hello) = relay.open()?;
    let (mut here, hello_here) = Session::open(said.speaker(), said)?;
    relay.receive(&mut there, &hello_here)?;
    here.receive(said, &hello)?;
    let mut taken = TakenIn { took: Duration::ZERO, batches: Vec::new() };
    loop {
        let mut frames = Vec::new();
        while frames.len() < INCOMING_FRAMES_MAX
            && let Some(frame) = here.next_frame(said)?
        {
            frames.push(frame);
        }
        if frames.is_empty() {
            return Ok(taken);
        }
        let started = Instant::now();
        let acknowledgement = one_batch(&relay, &mut there, &frames)?;
        taken.took += started.elapsed();
        taken.batches.push(frames.concat());
        here.receive(said, &acknowledgement)?;
    }
}

fn one_batch(relay: &VenueReplica, session: &mut Session, frames: &[Vec<u8>]) -> Outcome<Vec<u8>> {
    let mut deliveries: Vec<Delivery> = Vec::new();
    for frame in frames {
        for output in relay.receive(session, frame)? {
            match output {
                Output::Store(delivery) => deliveries.push(delivery),
                other => return Err(format!("the relay says {other:?}").into()),
            }
        }
    }
    let last = deliveries.last().ok_or("nothing arrived")?.number;
    let vector = relay.deliver(deliveries)?;
    Ok(session.stored(last, &vector))
}

/// The same bytes at the end of a file, synced as often.
fn append(file: &Path, batches: &[Vec<u8>]) -> Outcome<Duration> {
    let mut file = File::create(file)?;
    let started = Instant::now();
    for batch in batches {
        file.write_all(batch)?;
        file.sync_all()?;
    }
    Ok(started.elapsed())
}

/// What is taken in, and what hubs cost that say nothing.
pub fn measure(folder: &Path) -> Outcome<Vec<Figure>> {
    let said = Said::changes(Origin::from_bytes([1; 16]), CHANGES)?;
    let rate = |took: Duration| number(CHANGES) / took.as_secs_f64();
    let sqlite = take_in(Arc::new(Sqlite::open(&folder.join("sqlite"))?), &said)?;
    let appended = rate(append(&folder.join("appended"), &sqlite.batches)?);
    let sqlite = rate(sqlite.took);
    let mut figures = vec![
        Figure::new("relay/taken_in/sqlite", sqlite, "changes/s per core").wants(Target::AtLeast(50_000.0)),
        Figure::new("relay/taken_in/sqlite_to_append", sqlite, "changes per s")
            .beside(appended, "the same bytes appended and synced as often"),
    ];
    if let Some(server) = servers::Postgres::start()? {
        server.create("relay")?;
        let postgres = take_in(Arc::new(Postgres::open(&server.url("relay"), None)?), &said)?;
        figures.push(
            Figure::new("relay/taken_in/postgresql", rate(postgres.took), "changes per s")
                .beside(sqlite, "SQLite")
                .wants(Target::AtLeast(0.3)),
        );
    }
    figures.extend(hubs_that_are_there(&folder.join("idle"))?);
    Ok(figures)
}

fn resident_bytes(relay: &RelayProcess) -> Outcome<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", relay.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
}

/// Enrols hubs, each with a key of its own, in as few venues as may be.
fn enrol(data: &Path) -> Outcome<Vec<Identity>> {
    let storage = Sqlite::open(data)?;
    let clock = clock::system();
    let mut hubs = Vec::new();
    for n in 0..HUBS {
        let token = tenants::issue(&storage, &clock, "Ada", &format!("Venue {}", n / HUBS_PER_VENUE_MAX))?;
        let identity = Identity::of_seed(&clock::random());
        let caller = Caller::new(&identity, clock::random(), Some(token), Some(REALM))?;
        tenants::admit(&storage, &clock, &caller).map_err(|because| because.to_string())?;
        hubs.push(identity);
    }
    Ok(hubs)
}

fn hubs_that_are_there(data: &Path) -> Outcome<Vec<Figure>> {
    let files = Some(HUBS as u64 * 2);
    setrlimit(Resource::Nofile, Rlimit { current: files, maximum: files })?;
    let hubs = enrol(data)?;
    let program = std::env::current_exe()?.with_file_name("maitred-relay");
    let relay = RelayProcess::start(&program, data, "127.0.0.1:0", &[])?;
    let runtime = tokio::runtime::Runtime::new()?;
    std::thread::sleep(Duration::from_secs(1));
    let before = resident_bytes(&relay)?;
    let started = Instant::now();
    let _there = runtime.block_on(come(relay.address(), hubs))?;
    let came = started.elapsed();
    std::thread::sleep(SETTLES);
    let there = resident_bytes(&relay)?;
    std::thread::sleep(WATCHED);
    let later = resident_bytes(&relay)?;
    let each = |bytes: f64| bytes / number(HUBS as u64) / 1024.0;
    Ok(vec![
        Figure::new("relay/idle_hubs/memory", each(there - before), "KiB each").wants(Target::AtMost(20.0)),
        Figure::new("relay/idle_hubs/growth", each(later - there), "KiB each in 30 s")
            .wants(Target::AtMost(0.5)),
        Figure::new("relay/idle_hubs/arrivals", number(HUBS as u64) / came.as_secs_f64(), "hubs per s"),
    ])
}

/// Connects every hub, and leaves them there.
async fn come(address: &str, hubs: Vec<Identity>) -> Outcome<Vec<tokio::task::JoinHandle<()>>> {
    let (turns, trust) = (Arc::new(Semaphore::new(HANDSHAKES)), Trust::new(None)?);
    let url = format!("ws://{address}/api/v1/peer");
    let (came, mut coming) = watch::channel(0);
    let came = Arc::new(came);
    let mut there = Vec::new();
    for (n, identity) in hubs.into_iter().enumerate() {
        let turn = Arc::clone(&turns).acquire_owned().await?;
        let (url, trust, came) = (url.clone(), trust.clone(), Arc::clone(&came));
        there.push(tokio::spawn(async move {
            let caller =
                Caller::new(&identity, clock::random(), None, Some(REALM)).expect("there is no token");
            let (socket, ..) = connect(&url, &trust, &identity, caller, None).await.expect("a hub is let in");
            drop(turn);
            came.send_modify(|count| *count += 1);
            let mut origin = [0; 16];
            origin[..8].copy_from_slice(&(n as u64 + 1).to_be_bytes());
            let ended = converse(Silent::new(Origin::from_bytes(origin)), socket, |_| {}).await;
            panic!("a hub was lost: {ended}");
        }));
    }
    coming.wait_for(|count| *count == HUBS).await?;
    Ok(there)
}

/// A hub that knows nothing and hears nothing.
#[derive(Clone)]
struct Silent {
    said: Said,
    growth: watch::Receiver<u64>,
    _grows: Arc<watch::Sender<u64>>,
}

impl Silent {
    fn new(origin: Origin) -> Self {
        let (grows, growth) = watch::channel(0);
        Self { said: Said::nothing(origin), growth, _grows: Arc::new(grows) }
    }
}

impl Replica for Silent {
    type Error = Infallible;

    fn open(&self) -> Result<(Session, Vec<u8>), Infallible> {
        Session::open(self.said.speaker(), &self.said)
    }

    fn receive(&self, session: &mut Session, frame: &[u8]) -> Result<Vec<Output>, Infallible> {
        session.receive(&self.said, frame)
    }

    fn next_frame(&self, session: &mut Session) -> Result<Option<Vec<u8>>, Infallible> {
        session.next_frame(&self.said)
    }

    fn deliver(&self, _: Vec<Delivery>) -> Result<Vector, Infallible> {
        Ok(Vector::new())
    }

    fn growth(&self) -> watch::Receiver<u64> {
        self.growth.clone()
    }
}
