//! The floor: a bare SQLite commit with the store's settings, and a bare edit of a document.

use std::path::Path;
use std::time::{Duration, Instant};

use maitred_sync::{Document, Hlc, Origin};
use rusqlite::Connection;

use crate::Outcome;

/// About what one fact of a check is, in bytes.
const FACT_BYTES: usize = 380;
/// Facts of a check when it is closed.
const FACTS: usize = 14;

/// A database that takes one small row at a time.
pub struct Commits(Connection);

impl Commits {
    /// Opens it, set up as the store's.
    pub fn open(folder: &Path) -> Outcome<Self> {
        let connection = Connection::open(folder.join("bare.db"))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "cache_size", -8192)?;
        connection
            .execute_batch("CREATE TABLE bare (n INTEGER PRIMARY KEY, filling BLOB NOT NULL) STRICT")?;
        Ok(Self(connection))
    }

    /// How long one durable row takes.
    pub fn one(&self) -> Outcome<Duration> {
        let started = Instant::now();
        self.0
            .prepare_cached("INSERT INTO bare (filling) VALUES (?1)")?
            .execute([[0x55_u8; 200].as_slice()])?;
        Ok(started.elapsed())
    }
}

/// How long each edit takes, one fact at a time, of documents that grow as checks do.
pub fn edits(count: usize) -> Outcome<Vec<Duration>> {
    let fact = "x".repeat(FACT_BYTES);
    let mut took = Vec::with_capacity(count);
    let mut document = Document::new(Origin::from_bytes([3; 16]));
    for n in 0..count {
        if n % FACTS == 0 {
            document = Document::new(Origin::from_bytes([3; 16]));
        }
        let key = format!("line/{n:036}");
        let hlc = Hlc::new(1_700_000_000_000 + u64::try_from(n)?, 0);
        let started = Instant::now();
        let mut edit = document.edit(hlc);
        edit.insert("fact", &key, &fact)?;
        std::hint::black_box(edit.commit());
        took.push(started.elapsed());
    }
    Ok(took)
}
