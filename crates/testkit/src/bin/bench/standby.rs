//! A fresh standby gets the whole history of a venue over loopback: how fast, and what keeps it from being faster. As two
//! hubs do it, by a copy; and by entries, as it is told where no copy can be had.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use maitred_domain::catalogue::Catalogue;
use maitred_store::Store;
use maitred_testkit::hub::HubProcess;
use maitred_testkit::venue::{catalogue, options};
use rusqlite::{Connection, OpenFlags};

use crate::report::{Figure, Target};
use crate::session::{loopback, replica};
use crate::talk::{Told, meet};
use crate::{Outcome, empty, history, number};

/// Rows of this size fill the bare database, so many in each transaction.
const ROW_BYTES: u64 = 1_000;
const ROWS_PER_COMMIT: u64 = 600;
/// A copy is to take no more than so many times a bare one.
const COPY_TO_BARE_MAX: f64 = 3.0;
/// Longer than a copy takes on any disk that is worth measuring.
const PATIENCE: Duration = Duration::from_mins(20);
/// Ticks of `/proc/self/stat` in a second.
const TICKS_PER_S: f64 = 100.0;

/// Measures with a history of so many checks, which is made once and kept.
pub fn measure(home: &Path, checks: u64) -> Outcome<Vec<Figure>> {
    let year = history::made(home, checks)?;
    let folder = empty(home, "standby")?;
    let copied = copied(&year, &folder, checks)?;
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
    let sent = loopback(&vec![0x55; usize::try_from(bytes)?])?;
    Ok(vec![
        copied,
        Figure::new(&name("rate"), entries / took_s, "entries per s"),
        Figure::new(&name("wire"), number(bytes) / entries, "bytes per entry").wants(Target::AtMost(30.0)),
        beside("time_to_append", append(&folder, disk)?, "as many bytes in rows of a bare SQLite"),
        beside("time_to_loopback", sent, "as many bytes over loopback"),
        Figure::new(&name("busy"), cores, "cores"),
    ])
}

/// How long a new hub takes from its start to having everything, beside a bare copy of the same file.
fn copied(year: &Path, folder: &Path, checks: u64) -> Outcome<Figure> {
    let maitred: PathBuf = std::env::current_exe()?.with_file_name("maitred");
    let wanted = entries(&year.join("maitred.db"))?;
    let (data, bare) = (folder.join("data"), folder.join("bare.db"));
    let options = ["--demo", "--listen", "127.0.0.1:0"];
    let acting = HubProcess::start_with(&maitred, year, &options, Stdio::inherit())?;
    let url = format!("http://{}", acting.address());
    let started = Instant::now();
    let options = ["--listen", "127.0.0.1:0", "--standby-of", &url];
    let standby = HubProcess::start_with(&maitred, &data, &options, Stdio::inherit())?;
    // The database is another one when the copy is put in its place.
    while entries(&data.join("maitred.db")).unwrap_or_default() < wanted {
        if started.elapsed() > PATIENCE {
            return Err("the standby does not get everything".into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let took = started.elapsed();
    standby.stop()?;
    acting.stop()?;
    let floor = bare_copy(&year.join("maitred.db"), &bare)?;
    std::fs::remove_file(bare)?;
    let figure = Figure::new(&format!("standby/{checks}/copy"), took.as_secs_f64(), "s");
    let beside = "the same file over loopback to the disk, synced";
    Ok(figure.beside(floor.as_secs_f64(), beside).wants(Target::AtMost(COPY_TO_BARE_MAX)))
}

/// Entries of a database that a hub may be using.
fn entries(file: &Path) -> Outcome<u64> {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(database.query_row("SELECT coalesce(max(n), 0) FROM entries", [], |row| row.get(0))?)
}

/// How long a file takes over loopback to the disk.
fn bare_copy(from: &Path, to: &Path) -> Outcome<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let started = Instant::now();
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || -> std::io::Result<()> {
            let mut file = File::create(to)?;
            std::io::copy(&mut listener.accept()?.0, &mut file)?;
            file.sync_all()
        });
        std::io::copy(&mut File::open(from)?, &mut TcpStream::connect(address)?)?;
        writer.join().expect("the writer panicked")
    })?;
    Ok(started.elapsed())
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
