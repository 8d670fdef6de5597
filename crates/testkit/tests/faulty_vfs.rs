//! Every I/O operation of a small workload fails in turn; and the control: an early acknowledgement must be caught.

mod bare_sqlite;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use maitred_testkit::faulty_vfs::{self, Fault, Mode};
use maitred_testkit::trial::{self, SweepReport};
use rusqlite::{Connection, OpenFlags};

fn open(data: &Path, vfs: &str) -> rusqlite::Result<Connection> {
    let database = Connection::open_with_flags_and_vfs(data.join("rows.db"), OpenFlags::default(), vfs)?;
    database.pragma_update(None, "journal_mode", "wal")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    // Few pages, so that the workload also checkpoints and starts its log again.
    database.pragma_update(None, "wal_autocheckpoint", 8)?;
    database
        .execute_batch("CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, filling BLOB NOT NULL)")?;
    Ok(database)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Acknowledge {
    AfterCommit,
    BeforeCommit,
}

/// Ten transactions of two rows, the last of them checkpointed by hand; goes on after an error, as a careless
/// program would.
fn workload(data: &Path, vfs: &str, acknowledge: Acknowledge) -> BTreeSet<u64> {
    let mut acknowledged = BTreeSet::new();
    let Ok(mut database) = open(data, vfs) else { return acknowledged };
    for first in (1..=20_u32).step_by(2) {
        let rows = [first, first + 1];
        let committed = database.transaction().and_then(|transaction| {
            for n in rows {
                transaction.execute("INSERT INTO rows VALUES (?1, randomblob(3000))", [n])?;
            }
            if acknowledge == Acknowledge::BeforeCommit {
                acknowledged.extend(rows.map(u64::from));
            }
            transaction.commit()
        });
        if committed.is_ok() {
            acknowledged.extend(rows.map(u64::from));
        }
    }
    let _ = database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    acknowledged
}

fn sweep(vfs: &str, acknowledge: Acknowledge) -> SweepReport {
    let plan = faulty_vfs::register(vfs).expect("each test has its own name");
    let report = trial::sweep(
        &plan,
        |data| workload(data, vfs, acknowledge),
        |data| bare_sqlite::rows(&data.join("rows.db")),
    )
    .expect("the workload comes through undisturbed");
    eprintln!("{vfs}: {report}");
    report
}

#[test]
fn no_acknowledged_row_is_lost_to_a_fault_at_any_operation() {
    let report = sweep("faulty-sweep", Acknowledge::AfterCommit);
    assert!(report.faults > 200, "{report}");
    assert_eq!(report.broken, [""; 0]);
}

#[test]
fn the_sweep_catches_a_program_that_acknowledges_before_it_commits() {
    let report = sweep("faulty-control", Acknowledge::BeforeCommit);
    assert!(!report.broken.is_empty(), "this sweep would let anything pass: {report}");
}

#[test]
fn a_full_disk_answers_so_and_can_still_be_read() {
    let plan = faulty_vfs::register("faulty-full").unwrap();
    let data = tempfile::tempdir().unwrap();
    let database = open(data.path(), "faulty-full").unwrap();
    database.execute("INSERT INTO rows VALUES (1, x'00')", []).unwrap();
    plan.arm(1, Fault::Full, Mode::Forever);
    let refused = database.execute("INSERT INTO rows VALUES (2, x'00')", []).unwrap_err();
    assert_eq!(refused.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
    let count = || database.query_row("SELECT count(*) FROM rows", [], |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(count(), 1);
    plan.disarm();
    database.execute("INSERT INTO rows VALUES (2, x'00')", []).unwrap();
    assert_eq!(count(), 2);
}

#[test]
fn a_slow_disk_makes_every_commit_slow() {
    let plan = faulty_vfs::register("faulty-slow").unwrap();
    let data = tempfile::tempdir().unwrap();
    let database = open(data.path(), "faulty-slow").unwrap();
    plan.sync_delay(Duration::from_millis(40));
    let started = Instant::now();
    for n in 1..=3 {
        database.execute("INSERT INTO rows VALUES (?1, x'00')", [n]).unwrap();
    }
    assert!(started.elapsed() >= Duration::from_millis(120), "{:?}", started.elapsed());
}
