//! The harness's own worker: `bare_sqlite_worker DATABASE FULL|NORMAL` inserts row after row, one transaction each,
//! and acknowledges every one after its commit, until something fails.
//!
//! Under FULL it must survive power cuts; under NORMAL it must be caught losing rows.

use std::error::Error;
use std::process::ExitCode;

use rusqlite::Connection;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, synchronous] = arguments.as_slice() else {
        eprintln!("usage: bare_sqlite_worker DATABASE FULL|NORMAL");
        return ExitCode::from(2);
    };
    match insert(path, synchronous) {
        Ok(never) => match never {},
        Err(error) => {
            eprintln!("bare_sqlite_worker: {error}");
            ExitCode::FAILURE
        }
    }
}

fn insert(path: &str, synchronous: &str) -> Result<std::convert::Infallible, Box<dyn Error>> {
    let database = Connection::open(path)?;
    database.pragma_update(None, "journal_mode", "wal")?;
    database.pragma_update(None, "synchronous", synchronous)?;
    database
        .execute_batch("CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, filling BLOB NOT NULL)")?;
    let mut n: u32 = database.query_row("SELECT coalesce(max(n), 0) FROM rows", [], |row| row.get(0))?;
    loop {
        n += 1;
        database.execute("INSERT INTO rows VALUES (?1, randomblob(200))", [n])?;
        println!("ack {n}");
    }
}
