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
    /// What happened, as whoever wrote it knows; empty when a newer version wrote it.
    pub facts: Vec<Marked<Fact>>,
    /// A newer version wrote it: it is taken when this hub is one.
    pub is_newer: bool,
}

/// Why an entry waits that says what this version does not know.
pub const NEWER: &str = "a newer version wrote it";

impl Store {
    /// Entries that were put aside and could not be said again, the last first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn set_aside(&self, limit: usize) -> Result<Vec<SetAside>, ReadError> {
        self.inner.readers.read(|connection| list(connection, limit))
    }

    /// A person has seen an entry that could not be said again; it stays on the disk, and is said when it can be.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn dismiss_set_aside(&self, origin: Origin, seq: u64) -> Result<(), CommandError> {
        self.write(move |connection| {
            connection
                .prepare_cached("UPDATE set_aside SET seen = 1 WHERE origin = ?1 AND seq = ?2")?
                .execute(params![origin.as_bytes().as_slice(), seq])
                .map(drop)
        })
        .await
    }
}

/// Entries put aside earlier that are tried again with each delivery.
const OLD_TRIED_MAX: usize = 200;

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

/// The place of the last that was put aside, in the order in which they came; 0 when there is none.
pub fn last(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT coalesce(max(rowid), 0) FROM set_aside")?
        .query_row([], |row| row.get(0))
}

/// Places of entries that were not said again: all beyond `before`, and some before it, others each time, so that those
/// which can never be said keep nobody waiting. `tried` is how far they were tried the last time.
pub fn unsaid_to_try(connection: &Connection, before: i64, tried: &mut i64) -> rusqlite::Result<Vec<i64>> {
    let places = |from: i64, until: i64, limit: Option<usize>| -> rusqlite::Result<Vec<i64>> {
        let mut statement = connection.prepare_cached(
            "SELECT rowid FROM set_aside WHERE said_again = 0 AND rowid > ?1 AND rowid <= ?2
             ORDER BY rowid LIMIT coalesce(?3, -1)",
        )?;
        statement.query_map(params![from, until, limit], |row| row.get(0))?.collect()
    };
    let mut to_try = places(*tried, before, Some(OLD_TRIED_MAX))?;
    let is_page = to_try.len() == OLD_TRIED_MAX;
    *tried = to_try.last().copied().filter(|_| is_page).unwrap_or_default();
    to_try.extend(places(before, i64::MAX, None)?);
    Ok(to_try)
}

/// The entry that was put aside at a place, with the lines of its facts.
pub fn at(connection: &Connection, place: i64) -> Result<(Header, Vec<Vec<u8>>), ReadError> {
    let (header, facts): (Vec<u8>, Vec<u8>) = connection
        .prepare_cached("SELECT header, facts FROM set_aside WHERE rowid = ?1")?
        .query_row([place], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let header =
        Header::decode(&header).map_err(|e| ReadError::Damaged(format!("an entry put aside: {e}")))?;
    Ok((header, journal::split_lines(&facts).map(<[u8]>::to_vec).collect()))
}

/// Notes that what the entry at a place says is part of this database.
pub fn said_again(connection: &Connection, place: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE set_aside SET said_again = 1 WHERE rowid = ?1")?
        .execute([place])
        .map(drop)
}

fn list(connection: &Connection, limit: usize) -> Result<Vec<SetAside>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT origin, seq, at, problem, facts FROM set_aside WHERE said_again = 0 AND seen = 0
         ORDER BY at DESC, origin, seq DESC LIMIT ?1",
    )?;
    let rows = statement.query_and_then([limit], |row| read(connection, row))?;
    rows.collect()
}

fn read(connection: &Connection, row: &Row<'_>) -> Result<SetAside, ReadError> {
    let at = Timestamp::from_millisecond(row.get(2)?).map_err(|e| ReadError::Damaged(e.to_string()))?;
    let facts = journal::read_facts(connection, &row.get::<_, Vec<u8>>(4)?);
    Ok(SetAside {
        origin: Origin::from_bytes(row.get(0)?),
        seq: row.get(1)?,
        at,
        problem: row.get(3)?,
        is_newer: facts.is_err(),
        facts: facts.unwrap_or_default(),
    })
}
