//! Two hubs that worked apart for a day catch up with each other; and two that have nothing to say.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use maitred_domain::catalogue::Catalogue;
use maitred_store::{Options, Store, backup, restore};
use maitred_sync::{Output, Parcel, Session};
use maitred_testkit::venue::{catalogue, options, service};

use crate::report::{Figure, Target};
use crate::{Outcome, empty, history, number, peers};

/// Checks of a busy day, half of them at each hub: about twelve changes each.
const CHECKS: u64 = 1_000;
/// Days of such evenings that a cut lasts.
const DAYS_CUT: u64 = 3;
pub const REALM: [u8; 16] = [1; 16];
/// As the session compresses.
const ZSTD_LEVEL: i32 = 3;

/// What went over the wire.
#[derive(Default)]
struct Wire {
    frames: u64,
    bytes: u64,
    changes: u64,
    /// The changes themselves, one after the other.
    raw: Vec<u8>,
    took: Duration,
    /// If it is asked for, a JSON line for each change: its document, and with the first of an entry the entry's facts.
    orders: Option<String>,
}

struct End<'a> {
    store: &'a Store,
    session: Session,
    inbox: VecDeque<Vec<u8>>,
}

impl<'a> End<'a> {
    fn new(store: &'a Store) -> Outcome<(Self, Vec<u8>)> {
        let (session, hello) = store.open_session(REALM)?;
        Ok((Self { store, session, inbox: VecDeque::new() }, hello))
    }

    fn turn(&mut self, wire: &mut Wire) -> Outcome<Vec<Vec<u8>>> {
        let mut said = Vec::new();
        if let Some(frame) = self.inbox.pop_front() {
            for output in self.store.receive(&mut self.session, &frame)? {
                match output {
                    Output::Send(frame) => said.push(frame),
                    Output::Store(delivery) => {
                        if let Some(orders) = &mut wire.orders {
                            delivery.parcels.iter().for_each(|parcel| tell(parcel, orders));
                        }
                        for (_, bytes) in delivery.parcels.iter().flat_map(Parcel::changes) {
                            wire.changes += 1;
                            wire.raw.extend(bytes.unwrap_or_default());
                        }
                        wire.raw.extend(delivery.snapshots.iter().flat_map(|snapshot| &snapshot.bytes));
                        let number = delivery.number;
                        let vector = self.store.deliver_blocking(delivery)?;
                        said.push(self.session.stored(number, &vector));
                    }
                    Output::Agreed { .. } | Output::Acknowledged(_) => {}
                    alarm => return Err(format!("the hubs do not agree: {alarm:?}").into()),
                }
            }
        }
        said.extend(self.store.next_frame(&mut self.session)?);
        Ok(said)
    }
}

fn tell(parcel: &Parcel, orders: &mut String) {
    let mut facts: Vec<_> = parcel.facts().iter().map(|fact| String::from_utf8_lossy(fact)).collect();
    for (digest, _) in parcel.changes() {
        let line = serde_json::json!({ "doc": digest.doc, "facts": std::mem::take(&mut facts) });
        orders.push_str(&line.to_string());
        orders.push('\n');
    }
}

/// Lets two stores tell each other everything.
fn meet(one: &Store, other: &Store) -> Outcome<Wire> {
    talk(one, other, Wire::default())
}

fn talk(one: &Store, other: &Store, mut wire: Wire) -> Outcome<Wire> {
    let started = Instant::now();
    let ((mut one, hello_one), (mut other, hello_other)) = (End::new(one)?, End::new(other)?);
    one.inbox.push_back(hello_other);
    other.inbox.push_back(hello_one);
    let mut said: Vec<Vec<u8>> = one.inbox.iter().chain(&other.inbox).cloned().collect();
    loop {
        wire.frames += said.len() as u64;
        wire.bytes += said.iter().map(|frame| frame.len() as u64).sum::<u64>();
        let (of_one, of_other) = (one.turn(&mut wire)?, other.turn(&mut wire)?);
        said = [of_one.clone(), of_other.clone()].concat();
        if said.is_empty() && one.inbox.is_empty() && other.inbox.is_empty() {
            wire.took = started.elapsed();
            return Ok(wire);
        }
        other.inbox.extend(of_one);
        one.inbox.extend(of_other);
    }
}

pub fn replica(data: &Path, mark: u8, seed: impl FnOnce() -> Catalogue) -> Outcome<Store> {
    let mint = Arc::new(move || [mark; 16]);
    Ok(Store::open(&Options { mint, number_prefix: mark.to_string(), ..options(data) }, seed)?)
}

fn serve(store: &Store, parties: std::ops::Range<u64>) -> Outcome<()> {
    for n in parties.start * service::COMMANDS_PER_PARTY..parties.end * service::COMMANDS_PER_PARTY {
        store.command_blocking(service::request(n))?;
    }
    Ok(())
}

/// Measures both; the larger history is made once and kept.
pub fn measure(home: &Path, checks: u64) -> Outcome<Vec<Figure>> {
    let folder = empty(home, "session")?;
    let one = replica(&folder.join("one"), 1, catalogue)?;
    let other = replica(&folder.join("other"), 2, Catalogue::default)?;
    meet(&one, &other)?;
    serve(&one, 0..CHECKS / 2)?;
    serve(&other, CHECKS / 2..CHECKS)?;
    let day = meet(&one, &other)?;
    let idle = meet(&one, &other)?;
    drop(other);
    let [listener, new] = [3, 4].map(|mark| {
        replica(&folder.join(mark.to_string()), mark, Catalogue::default).map_err(|e| e.to_string())
    });
    let told = talk(&one, &listener?, Wire { orders: Some(String::new()), ..Wire::default() })?;
    let mut figures = of_the_day(&folder, &day)?;
    figures.extend(peers::measure(&folder, &one, &new?, &told.orders.unwrap_or_default())?);
    drop(one);
    figures.push(after_three_days(home)?);
    figures.extend(of_nothing(CHECKS, &idle));
    figures.extend(of_nothing(checks, &idle_after(home, checks)?));
    Ok(figures)
}

fn of_the_day(folder: &Path, day: &Wire) -> Outcome<Vec<Figure>> {
    let changes = number(day.changes);
    let per_second = |took: Duration| changes / took.as_secs_f64();
    let zstd = zstd::encode_all(day.raw.as_slice(), ZSTD_LEVEL)?.len() as u64;
    let raw = day.raw.len() as u64;
    Ok(vec![
        Figure::new("session/day/changes", changes, "changes"),
        Figure::new("session/day/wire", number(day.bytes) / changes, "bytes per change")
            .wants(Target::AtMost(30.0)),
        Figure::new("session/day/wire_to_zstd", number(day.bytes) / changes, "bytes per change")
            .beside(number(zstd) / changes, "changes and snapshots alone in one zstd frame"),
        Figure::new("session/day/wire_to_raw", number(day.bytes) / changes, "bytes per change")
            .beside(number(raw) / changes, "changes and snapshots alone, not compressed"),
        Figure::new("session/day/rate_to_append", per_second(day.took), "changes per s")
            .beside(per_second(append(&folder.join("appended"), &day.raw)?), "one append and sync"),
        Figure::new("session/day/rate_to_loopback", per_second(day.took), "changes per s")
            .beside(per_second(loopback(&day.raw)?), "a copy over loopback"),
    ])
}

/// How long two hubs take to be equal that were both busy while a cut kept them apart for 72 hours.
fn after_three_days(home: &Path) -> Outcome<Figure> {
    let folder = empty(home, "session-cut")?;
    let one = replica(&folder.join("one"), 1, catalogue)?;
    let other = replica(&folder.join("other"), 2, Catalogue::default)?;
    meet(&one, &other)?;
    serve(&one, 0..DAYS_CUT * CHECKS / 2)?;
    serve(&other, DAYS_CUT * CHECKS / 2..DAYS_CUT * CHECKS)?;
    let healed = meet(&one, &other)?;
    if one.vector()? != other.vector()? || one.open_checks() != other.open_checks() {
        return Err("the hubs are not equal".into());
    }
    let took = Figure::new("session/cut_72_h/equal_after", healed.took.as_secs_f64(), "s");
    Ok(took.wants(Target::AtMost(5.0)))
}

fn of_nothing(documents: u64, idle: &Wire) -> Vec<Figure> {
    let name = |what: &str| format!("session/nothing_to_say/{documents}/{what}");
    vec![
        Figure::new(&name("frames"), number(idle.frames), "frames").wants(Target::AtMost(2.0)),
        Figure::new(&name("bytes"), number(idle.bytes), "bytes").wants(Target::AtMost(256.0)),
        Figure::new(&name("time"), idle.took.as_secs_f64() * 1e3, "ms"),
    ]
}

/// What a hub with a long history and one restored from its backup say to each other.
fn idle_after(home: &Path, checks: u64) -> Outcome<Wire> {
    let year = history::made(home, checks)?;
    let copy: PathBuf = empty(home, "session-restored")?;
    backup(&year, &copy.join("backup"))?;
    restore(&copy.join("backup"), &copy.join("data"))?;
    let (one, other) = (Store::open(&options(&year), catalogue)?, replica(&copy.join("data"), 3, catalogue)?);
    meet(&one, &other)
}

fn append(file: &Path, bytes: &[u8]) -> Outcome<Duration> {
    let started = Instant::now();
    let mut file = File::create(file)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(started.elapsed())
}

pub fn loopback(bytes: &[u8]) -> Outcome<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let started = Instant::now();
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || -> std::io::Result<usize> {
            let mut all = Vec::new();
            listener.accept()?.0.read_to_end(&mut all)
        });
        TcpStream::connect(address)?.write_all(bytes)?;
        reader.join().expect("the reader panicked")?;
        Ok::<(), std::io::Error>(())
    })?;
    Ok(started.elapsed())
}
