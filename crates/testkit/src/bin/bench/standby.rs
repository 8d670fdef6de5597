//! A fresh standby gets the whole history of a venue over loopback: how fast, and what keeps it from being faster.

use std::path::Path;
use std::time::{Duration, Instant};

use maitred_domain::catalogue::Catalogue;
use maitred_store::Store;
use maitred_testkit::venue::{catalogue, options};
use rusqlite::Connection;

use crate::report::{Figure, Target};
use crate::session::{loopback, replica};
use crate::talk::{Told, meet};
use crate::{Outcome, empty, history, number};

/// Rows of this size fill the bare database, so many in each transaction.
const ROW_BYTES: u64 = 1_000;
const ROWS_PER_COMMIT: u64 = 600;
/// Ticks of `/proc/self/stat` in a second.
const TICKS_PER_S: f64 = 100.0;

/// Measures with a history of so many checks, which is made once and kept.
pub fn measure(home: &Path, checks: u64) -> Outcome<Vec<Figure>> {
    let year = history::made(home, checks)?;
    let folder = empty(home, "standby")?;
    let data = folder.join("data");
    let full = Store::open(&options(&year), catalogue)?;
    let new = replica(&data, 4, Catalogue::default)?;
    let busy_before_s = busy_s()?;
    let Told { took, bytes, .. } = meet(&full, &new, |_| {})?;
    let cores = (busy_s()? - busy_before_s) / took.as_secs_f64();
    let entries = number(new.vector()?.iter().map(|(_, seq)| seq).sum());
    drop((full, new));
    let disk = std::fs::metadata(data.join("maitred.db"))?.len();
    let name = |what: &str| format!("standby/{checks}/{what}");
    let took_s = took.as_secs_f64();
    let beside = |what: &str, floor: Duration, how: &str| {
        Figure::new(&name(what), took_s, "s").beside(floor.as_secs_f64(), how)
    };
    let copied = loopback(&vec![0x55; usize::try_from(bytes)?])?;
    Ok(vec![
        Figure::new(&name("rate"), entries / took_s, "entries per s"),
        Figure::new(&name("wire"), number(bytes) / entries, "bytes per entry").wants(Target::AtMost(30.0)),
        beside("time_to_append", append(&folder, disk)?, "as many bytes in rows of a bare SQLite"),
        beside("time_to_loopback", copied, "as many bytes over loopback"),
        Figure::new(&name("busy"), cores, "cores"),
    ])
}

/// How long a bare database takes to grow to a size.
fn append(folder: &Path, bytes: u64) -> Outcome<Duration> {
    let mut connection = Connection::open(folder.join("bare.db"))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute_batch("CREATE TABLE bare (n INTEGER PRIMARY KEY, filling BLOB NOT NULL) STRICT")?;
    let row = vec![0x55; usize::try_from(ROW_BYTES)?];
    let started = Instant::now();
    for _ in 0..bytes.div_ceil(ROW_BYTES * ROWS_PER_COMMIT) {
        let transaction = connection.transaction()?;
        for _ in 0..ROWS_PER_COMMIT {
            transaction.prepare_cached("INSERT INTO bare (filling) VALUES (?1)")?.execute([&row])?;
        }
        transaction.commit()?;
    }
    Ok(started.elapsed())
}

/// For how long this process kept a core busy.
fn busy_s() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no process has such a name")?;
    let ticks: Vec<f64> = fields.split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
    Ok(ticks.iter().sum::<f64>() / TICKS_PER_S)
}
