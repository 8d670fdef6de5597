//! Entries of other replicas that cannot be taken as they are. What they say is said again by this replica; what cannot
//! be said again is kept for a person.

use jiff::Timestamp;
use maitred_domain::check::Marked;
use maitred_domain::fact::Fact;
use maitred_sync::{Header, Origin, Parcel};
use rusqlite::{Connection, Row, params};

use crate::{CommandError, ReadError, Store, journal};

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
    /// Entries that were put aside and could not be said again, the last first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn set_aside(&self, limit: usize) -> Result<Vec<SetAside>, ReadError> {
        self.inner.readers.read(|connection| list(connection, limit))
    }

    /// A person has seen an entry that could not be said again; it stays on the disk.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn dismiss_set_aside(&self, origin: Origin, seq: u64) -> Result<(), CommandError> {
        self.write(move |connection| {
            connection
                .prepare_cached("UPDATE set_aside SET said_again = 1 WHERE origin = ?1 AND seq = ?2")?
                .execute(params![origin.as_bytes().as_slice(), seq])
                .map(drop)
        })
        .await
    }
}

/// Entries that are tried to be said again at once.
const TRIED_MAX: usize = 200;

/// Puts an entry aside, unless it is already.
pub fn put(connection: &Connection, now: Timestamp, parcel: &Parcel, problem: &str) -> rusqlite::Result<()> {
    let header = parcel.header();
    let rows = connection
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
        ])?;
    if rows > 0 {
        tracing::error!(origin = %header.origin, seq = header.seq, problem, "an entry is put aside");
    }
    Ok(())
}

/// An entry with the lines of its facts.
type Said = (Header, Vec<Vec<u8>>);

/// Entries that were not said again, in the order in which they came.
pub fn unsaid(connection: &Connection) -> Result<Vec<Said>, ReadError> {
    let mut statement = connection
        .prepare_cached("SELECT header, facts FROM set_aside WHERE said_again = 0 ORDER BY rowid LIMIT ?1")?;
    let rows = statement.query_and_then([TRIED_MAX], |row| {
        let (header, facts): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let header = Header::decode(&header).map_err(|e| ReadError::Damaged(format!("a fork: {e}")))?;
        Ok((header, journal::split_lines(&facts).map(<[u8]>::to_vec).collect()))
    })?;
    rows.collect()
}

/// Notes that what an entry says is part of this database.
pub fn said_again(connection: &Connection, header: &Header) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE set_aside SET said_again = 1 WHERE origin = ?1 AND seq = ?2 AND hash = ?3")?
        .execute(params![
            header.origin.as_bytes().as_slice(),
            header.seq,
            header.hash().as_bytes().as_slice()
        ])
        .map(drop)
}

/// Whether another version of an entry was put aside.
pub fn holds(connection: &Connection, origin: Origin, seq: u64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM set_aside WHERE origin = ?1 AND seq = ?2)")?
        .query_row(params![origin.as_bytes().as_slice(), seq], |row| row.get(0))
}

fn list(connection: &Connection, limit: usize) -> Result<Vec<SetAside>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT origin, seq, at, problem, facts FROM set_aside WHERE said_again = 0
         ORDER BY at DESC, origin, seq DESC LIMIT ?1",
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
