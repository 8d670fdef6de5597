//! The last key of each bump bar, and what was chosen then. This hub's own: screens are told, and nobody else asks.

use jiff::Timestamp;
use maitred_domain::ids::{LineId, StationId, TicketId};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::{CommandError, ReadError, Store};

/// A key of a bump bar that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPress {
    /// The bar, as it is called on the broker.
    pub homie: String,
    /// Which start of the bar.
    pub boot: u32,
    /// Which key since then.
    pub seq: u32,
    /// When it was done.
    pub at: Timestamp,
    /// Whose tickets.
    pub station: StationId,
    /// The ticket that was chosen then.
    pub ticket: Option<TicketId>,
    /// The line of it.
    pub line: Option<LineId>,
    /// Where the ticket was on the screen, from 0.
    pub place: u32,
}

fn keep(connection: &Connection, press: &KeyPress) -> rusqlite::Result<()> {
    let ticket = press.ticket.as_ref().map(|id| id.0.as_bytes().as_slice());
    let line = press.line.as_ref().map(|id| id.0.as_bytes().as_slice());
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO key_presses (homie, boot, seq, at, station, ticket, line, place)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            press.homie,
            press.boot,
            press.seq,
            press.at.as_millisecond(),
            press.station.0.as_bytes().as_slice(),
            ticket,
            line,
            press.place,
        ])
        .map(drop)
}

fn last(connection: &Connection) -> Result<Vec<KeyPress>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT homie, boot, seq, at, station, ticket, line, place FROM key_presses ORDER BY at, homie",
    )?;
    let rows = statement.query_map([], press)?;
    rows.collect::<Result<_, _>>().map_err(Into::into)
}

fn press(row: &Row<'_>) -> rusqlite::Result<KeyPress> {
    let id = |column| row.get::<_, Option<[u8; 16]>>(column).map(|id| id.map(Uuid::from_bytes));
    Ok(KeyPress {
        homie: row.get(0)?,
        boot: row.get(1)?,
        seq: row.get(2)?,
        at: Timestamp::from_millisecond(row.get(3)?).unwrap_or_default(),
        station: StationId(Uuid::from_bytes(row.get(4)?)),
        ticket: id(5)?.map(TicketId),
        line: id(6)?.map(LineId),
        place: row.get(7)?,
    })
}

impl Store {
    /// The last key of each bump bar, in the order in which they were done.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn key_presses(&self) -> Result<Vec<KeyPress>, ReadError> {
        self.inner.readers.read(last)
    }

    /// Keeps the last key of a bump bar, durably.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn keep_key_press(&self, press: KeyPress) -> Result<(), CommandError> {
        self.write(move |connection| keep(connection, &press)).await
    }
}
