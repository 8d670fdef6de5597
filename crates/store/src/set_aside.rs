//! Entries of other replicas that cannot be taken: kept for a person.

use jiff::Timestamp;
use maitred_domain::check::Marked;
use maitred_domain::fact::Fact;
use maitred_sync::{Origin, Parcel};
use rusqlite::{Connection, Row, params};

use crate::{ReadError, Store, journal};

/// An entry that was put aside.
#[derive(Clone, Debug, PartialEq)]
pub struct SetAside {
    /// Of which journal.
    pub origin: Origin,
    /// Its place there, where another entry stands or which builds on one where another stands.
    pub seq: u64,
    /// Since when.
    pub at: Timestamp,
    /// Why it cannot be taken.
    pub problem: String,
    /// What happened, as whoever wrote it knows.
    pub facts: Vec<Marked<Fact>>,
}

impl Store {
    /// Entries that were put aside, the last first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn set_aside(&self, limit: usize) -> Result<Vec<SetAside>, ReadError> {
        self.inner.readers.read(|connection| list(connection, limit))
    }
}

/// Puts an entry aside, unless it is.
pub fn put(connection: &Connection, now: Timestamp, parcel: &Parcel, problem: &str) -> rusqlite::Result<()> {
    let header = parcel.header();
    tracing::error!(origin = %header.origin, seq = header.seq, problem, "an entry is put aside");
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO set_aside (origin, seq, hash, at, problem, header, facts)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            header.origin.as_bytes().as_slice(),
            header.seq,
            header.hash().as_bytes().as_slice(),
            now.as_millisecond(),
            problem,
            header.encode(),
            journal::join_lines(parcel.facts()),
        ])
        .map(drop)
}

fn list(connection: &Connection, limit: usize) -> Result<Vec<SetAside>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT origin, seq, at, problem, facts FROM set_aside ORDER BY at DESC, origin, seq DESC LIMIT ?1",
    )?;
    let rows = statement.query_and_then([limit], read)?;
    rows.collect()
}

fn read(row: &Row<'_>) -> Result<SetAside, ReadError> {
    let at = Timestamp::from_millisecond(row.get(2)?).map_err(|e| ReadError::Damaged(e.to_string()))?;
    Ok(SetAside {
        origin: Origin::from_bytes(row.get(0)?),
        seq: row.get(1)?,
        at,
        problem: row.get(3)?,
        facts: journal::read_facts(&row.get::<_, Vec<u8>>(4)?)?,
    })
}
