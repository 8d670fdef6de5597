//! Two hubs that worked apart for a day catch up with each other; and two that have nothing to say.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use maitred_domain::catalogue::Catalogue;
use maitred_store::{Options, Store, backup, restore};
use maitred_sync::{Delivery, Parcel};
use maitred_testkit::venue::{catalogue, options, service};

use crate::report::{Figure, Target};
use crate::talk::{Told, meet};
use crate::{Outcome, empty, history, number, peers};

/// Checks of a busy day, half of them at each hub: about twelve changes each.
const CHECKS: u64 = 1_000;
/// Days of such evenings that a cut lasts.
const DAYS_CUT: u64 = 3;
/// As the session compresses.
const ZSTD_LEVEL: i32 = 3;

/// What two hubs told each other in a day, not packed.
#[derive(Default)]
struct Heard {
    changes: u64,
    /// The changes themselves, one after the other, and snapshots.
    raw: Vec<u8>,
}

impl Heard {
    fn note(&mut self, delivery: &Delivery) {
        for (_, bytes) in delivery.parcels.iter().flat_map(Parcel::changes) {
            self.changes += 1;
            self.raw.extend(bytes.unwrap_or_default());
        }
        self.raw.extend(delivery.snapshots.iter().flat_map(|snapshot| &snapshot.bytes));
    }
}

/// A JSON line for each change: its document, and with the first of an entry the entry's facts.
fn orders(delivery: &Delivery) -> String {
    let mut orders = String::new();
    for parcel in &delivery.parcels {
        let mut facts: Vec<_> = parcel.facts().iter().map(|fact| String::from_utf8_lossy(fact)).collect();
        for (digest, _) in parcel.changes() {
            let line = serde_json::json!({ "doc": digest.doc, "facts": std::mem::take(&mut facts) });
            orders.push_str(&line.to_string());
            orders.push('\n');
        }
    }
    orders
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
    meet(&one, &other, |_| {})?;
    serve(&one, 0..CHECKS / 2)?;
    serve(&other, CHECKS / 2..CHECKS)?;
    let heard = Mutex::new(Heard::default());
    let day = meet(&one, &other, |delivery| {
        heard.lock().unwrap_or_else(PoisonError::into_inner).note(delivery);
    })?;
    let idle = meet(&one, &other, |_| {})?;
    drop(other);
    let fresh = |mark: u8| replica(&folder.join(mark.to_string()), mark, Catalogue::default);
    let told = Mutex::new(String::new());
    meet(&one, &fresh(3)?, |delivery| {
        told.lock().unwrap_or_else(PoisonError::into_inner).push_str(&orders(delivery));
    })?;
    let mut figures = of_the_day(&folder, &day, &heard.into_inner().unwrap_or_else(PoisonError::into_inner))?;
    let told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    figures.extend(peers::measure(&folder, &one, |round| fresh(4 + round), &told)?);
    drop(one);
    figures.push(after_three_days(home)?);
    figures.extend(of_nothing(CHECKS, &idle));
    figures.extend(of_nothing(checks, &idle_after(home, checks)?));
    Ok(figures)
}

fn of_the_day(folder: &Path, day: &Told, heard: &Heard) -> Outcome<Vec<Figure>> {
    let changes = number(heard.changes);
    let per_second = |took: Duration| changes / took.as_secs_f64();
    let zstd = zstd::encode_all(heard.raw.as_slice(), ZSTD_LEVEL)?.len() as u64;
    let raw = heard.raw.len() as u64;
    Ok(vec![
        Figure::new("session/day/changes", changes, "changes"),
        Figure::new("session/day/wire", number(day.bytes) / changes, "bytes per change")
            .wants(Target::AtMost(30.0)),
        Figure::new("session/day/wire_to_zstd", number(day.bytes) / changes, "bytes per change")
            .beside(number(zstd) / changes, "changes and snapshots alone in one zstd frame"),
        Figure::new("session/day/wire_to_raw", number(day.bytes) / changes, "bytes per change")
            .beside(number(raw) / changes, "changes and snapshots alone, not compressed"),
        Figure::new("session/day/rate_to_append", per_second(day.took), "changes per s")
            .beside(per_second(append(&folder.join("appended"), &heard.raw)?), "one append and sync"),
        Figure::new("session/day/rate_to_loopback", per_second(day.took), "changes per s")
            .beside(per_second(loopback(&heard.raw)?), "a copy over loopback"),
    ])
}

/// How long two hubs take to be equal that were both busy while a cut kept them apart for 72 hours.
fn after_three_days(home: &Path) -> Outcome<Figure> {
    let folder = empty(home, "session-cut")?;
    let one = replica(&folder.join("one"), 1, catalogue)?;
    let other = replica(&folder.join("other"), 2, Catalogue::default)?;
    meet(&one, &other, |_| {})?;
    serve(&one, 0..DAYS_CUT * CHECKS / 2)?;
    serve(&other, DAYS_CUT * CHECKS / 2..DAYS_CUT * CHECKS)?;
    let healed = meet(&one, &other, |_| {})?;
    if one.vector()? != other.vector()? || one.open_checks() != other.open_checks() {
        return Err("the hubs are not equal".into());
    }
    let took = Figure::new("session/cut_72_h/equal_after", healed.took.as_secs_f64(), "s");
    Ok(took.wants(Target::AtMost(5.0)))
}

fn of_nothing(documents: u64, idle: &Told) -> Vec<Figure> {
    let name = |what: &str| format!("session/nothing_to_say/{documents}/{what}");
    vec![
        Figure::new(&name("frames"), number(idle.frames), "frames").wants(Target::AtMost(2.0)),
        Figure::new(&name("bytes"), number(idle.bytes), "bytes").wants(Target::AtMost(256.0)),
        Figure::new(&name("time"), idle.took.as_secs_f64() * 1e3, "ms"),
    ]
}

/// What a hub with a long history and one restored from its backup say to each other.
fn idle_after(home: &Path, checks: u64) -> Outcome<Told> {
    let year = history::made(home, checks)?;
    let copy: PathBuf = empty(home, "session-restored")?;
    backup(&year, &copy.join("backup"))?;
    restore(&copy.join("backup"), &copy.join("data"))?;
    let (one, other) = (Store::open(&options(&year), catalogue)?, replica(&copy.join("data"), 3, catalogue)?);
    meet(&one, &other, |_| {})
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
