//! Tickets: whose they are, and when they were cleared.

use maitred_domain::check::{Check, TicketState};
use maitred_domain::ids::{CheckId, StationId, TicketId};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::ReadError;

#[derive(PartialEq)]
struct Row {
    id: TicketId,
    station: Option<StationId>,
    fired: u64,
    bumped: Option<u64>,
}

fn rows(check: &Check) -> Vec<Row> {
    // One that another stands for is found by its own id, and as far as that other.
    let fired = check.tickets_fired().filter_map(|id| Some((id, check.ticket(id)?)));
    fired
        .map(|(id, ticket)| Row {
            id,
            station: ticket.station,
            fired: ticket.fired.hlc,
            bumped: match ticket.state {
                TicketState::Open => None,
                TicketState::Bumped { mark } => Some(mark.hlc),
            },
        })
        .collect()
}

pub(super) fn write(connection: &Connection, before: Option<&Check>, after: &Check) -> Result<(), ReadError> {
    let (old, new) = (before.map(rows).unwrap_or_default(), rows(after));
    let check = after.id.0.as_bytes().as_slice();
    // Of two fires of one course that were the same command, one stands.
    for gone in old.iter().filter(|old| new.iter().all(|new| new.id != old.id)) {
        connection
            .prepare_cached("DELETE FROM tickets WHERE id = ?1 AND check_id = ?2")?
            .execute(params![gone.id.0.as_bytes().as_slice(), check])?;
    }
    for row in new.into_iter().filter(|row| !old.contains(row)) {
        connection
            .prepare_cached(
                "INSERT INTO tickets (id, check_id, station, fired, bumped) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET check_id = ?2, station = ?3, fired = ?4, bumped = ?5",
            )?
            .execute(params![
                row.id.0.as_bytes().as_slice(),
                check,
                row.station.as_ref().map(|station| station.0.as_bytes().as_slice()),
                row.fired,
                row.bumped,
            ])?;
    }
    Ok(())
}

/// The check of a ticket.
pub fn check_of_ticket(connection: &Connection, ticket: TicketId) -> Result<Option<CheckId>, ReadError> {
    let id = connection
        .prepare_cached("SELECT check_id FROM tickets WHERE id = ?1")?
        .query_row([ticket.0.as_bytes().as_slice()], |row| row.get::<_, [u8; 16]>(0))
        .optional()?;
    Ok(id.map(|id| CheckId(Uuid::from_bytes(id))))
}

/// Checks that are not open, with a ticket that was fired since and that nobody has cleared.
pub fn checks_to_be_made(connection: &Connection, fired_since: u64) -> Result<Vec<CheckId>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT check_id FROM tickets JOIN checks ON checks.id = check_id
         WHERE bumped IS NULL AND fired >= ?1 AND checks.state <> 0",
    )?;
    let rows = statement.query_map([fired_since], |row| row.get::<_, [u8; 16]>(0))?;
    rows.map(|row| Ok(CheckId(Uuid::from_bytes(row?)))).collect()
}

/// Tickets cleared last, newest first.
pub fn bumped_tickets(
    connection: &Connection,
    station: Option<StationId>,
    limit: usize,
) -> Result<Vec<(TicketId, CheckId)>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, check_id FROM tickets WHERE bumped IS NOT NULL AND (?1 IS NULL OR station = ?1)
         ORDER BY bumped DESC LIMIT ?2",
    )?;
    let station = station.as_ref().map(|station| station.0.as_bytes().as_slice());
    let rows = statement.query_map(params![station, limit], |row| {
        Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, [u8; 16]>(1)?))
    })?;
    rows.map(|row| {
        let (ticket, check) = row?;
        Ok((TicketId(Uuid::from_bytes(ticket)), CheckId(Uuid::from_bytes(check))))
    })
    .collect()
}
