//! Organisations, venues, tokens and hubs.

use jiff::Timestamp;
use maitred_link::PublicKey;
use maitred_link::handshake::Realm;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use uuid::Uuid;

use crate::ids::{OrganisationId, VenueId};
use crate::limits::HUBS_PER_VENUE_MAX;
use crate::storage::{EnrolError, EnrolledHub, Enrolment, NewToken, StorageError, Venue};

const SEED: &str = "seed";
const HUB: &str = "SELECT hub, venue, realm, revoked_ms FROM hubs JOIN venues ON venues.id = hubs.venue";

pub(super) fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

pub fn seed(connection: &mut Connection, new: [u8; 32]) -> Result<[u8; 32], StorageError> {
    let transaction = begin(connection)?;
    transaction.execute(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![SEED, new.as_slice()],
    )?;
    let seed = transaction.query_row("SELECT value FROM meta WHERE name = ?1", [SEED], |row| row.get(0))?;
    transaction.commit()?;
    Ok(seed)
}

pub fn issue(connection: &mut Connection, token: &NewToken) -> Result<VenueId, StorageError> {
    let transaction = begin(connection)?;
    let ((organisation, new_organisation), (venue, new_venue)) = (&token.organisation, &token.venue);
    let organisation = organisation_named(&transaction, organisation, *new_organisation)?;
    transaction.execute(
        "INSERT INTO venues (id, organisation, name) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        params![new_venue.0.as_bytes().as_slice(), organisation.as_slice(), venue],
    )?;
    let venue: [u8; 16] = transaction.query_row(
        "SELECT id FROM venues WHERE organisation = ?1 AND name = ?2",
        params![organisation.as_slice(), venue],
        |row| row.get(0),
    )?;
    transaction.execute(
        "INSERT INTO tokens (hash, venue, expires_ms) VALUES (?1, ?2, ?3)",
        params![token.hash.as_slice(), venue.as_slice(), token.expires_at.as_millisecond()],
    )?;
    transaction.commit()?;
    Ok(VenueId(Uuid::from_bytes(venue)))
}

/// The organisation called `name`, which is made when it is new.
pub(super) fn organisation_named(
    transaction: &Transaction<'_>,
    name: &str,
    new: OrganisationId,
) -> rusqlite::Result<[u8; 16]> {
    transaction.execute(
        "INSERT INTO organisations (id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![new.0.as_bytes().as_slice(), name],
    )?;
    transaction.query_row("SELECT id FROM organisations WHERE name = ?1", [name], |row| row.get(0))
}

pub fn enrol(connection: &mut Connection, enrolment: &Enrolment) -> Result<EnrolledHub, EnrolError> {
    let sqlite = |error: rusqlite::Error| EnrolError::Storage(error.into());
    let transaction = begin(connection).map_err(sqlite)?;
    let token = transaction
        .query_row(
            "SELECT venue, expires_ms, used_by, realm FROM tokens JOIN venues ON venues.id = tokens.venue
             WHERE hash = ?1",
            [enrolment.token_hash.as_slice()],
            |row| {
                let used_by: Option<[u8; 32]> = row.get(2)?;
                Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, i64>(1)?, used_by, row.get(3)?))
            },
        )
        .optional()
        .map_err(sqlite)?;
    let (venue, expires_ms, used_by, realm): ([u8; 16], i64, _, Option<Realm>) =
        token.ok_or(EnrolError::UnknownToken)?;
    if used_by.is_some() {
        return Err(EnrolError::UsedToken);
    }
    if expires_ms < enrolment.at.as_millisecond() {
        return Err(EnrolError::ExpiredToken);
    }
    if realm.is_some_and(|realm| enrolment.realm.is_some_and(|other| other != realm)) {
        return Err(EnrolError::OtherRealm);
    }
    let hubs: usize = transaction
        .query_row(
            "SELECT count(*) FROM hubs WHERE venue = ?1 AND revoked_ms IS NULL",
            [venue.as_slice()],
            |row| row.get(0),
        )
        .map_err(sqlite)?;
    if hubs >= HUBS_PER_VENUE_MAX {
        return Err(EnrolError::TooManyHubs);
    }
    let realm = realm.or(enrolment.realm).unwrap_or(enrolment.new_realm);
    let enrolled =
        EnrolledHub { hub: enrolment.hub, venue: VenueId(Uuid::from_bytes(venue)), realm, is_revoked: false };
    write(&transaction, enrolment, &enrolled).map_err(sqlite)?;
    transaction.commit().map_err(sqlite)?;
    Ok(enrolled)
}

fn write(
    transaction: &Transaction<'_>,
    enrolment: &Enrolment,
    enrolled: &EnrolledHub,
) -> rusqlite::Result<()> {
    let (hub, venue) = (enrolled.hub.0.as_slice(), enrolled.venue.0.as_bytes().as_slice());
    transaction.execute(
        "UPDATE tokens SET used_by = ?2 WHERE hash = ?1",
        params![enrolment.token_hash.as_slice(), hub],
    )?;
    transaction
        .execute("UPDATE venues SET realm = ?2 WHERE id = ?1", params![venue, enrolled.realm.as_slice()])?;
    // A hub that was revoked, or that moves to another venue's relay account, comes back with a token.
    transaction.execute(
        "INSERT INTO hubs (hub, venue, enrolled_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (hub) DO UPDATE SET venue = ?2, enrolled_ms = ?3, revoked_ms = NULL",
        params![hub, venue, enrolment.at.as_millisecond()],
    )?;
    Ok(())
}

fn hub_row(row: &Row<'_>) -> rusqlite::Result<EnrolledHub> {
    let revoked_ms: Option<i64> = row.get(3)?;
    Ok(EnrolledHub {
        hub: PublicKey(row.get(0)?),
        venue: VenueId(Uuid::from_bytes(row.get(1)?)),
        realm: row.get(2)?,
        is_revoked: revoked_ms.is_some(),
    })
}

pub fn hub(connection: &Connection, hub: PublicKey) -> Result<Option<EnrolledHub>, StorageError> {
    let mut statement = connection.prepare_cached(&format!("{HUB} WHERE hub = ?1"))?;
    Ok(statement.query_row([hub.0.as_slice()], hub_row).optional()?)
}

pub fn revoke(connection: &Connection, hub: PublicKey, at: Timestamp) -> Result<bool, StorageError> {
    let revoked = connection.execute(
        "UPDATE hubs SET revoked_ms = coalesce(revoked_ms, ?2) WHERE hub = ?1",
        params![hub.0.as_slice(), at.as_millisecond()],
    )?;
    Ok(revoked > 0)
}

pub fn venues(connection: &Connection) -> Result<Vec<Venue>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT venues.id, organisations.name, venues.name, realm
         FROM venues JOIN organisations ON organisations.id = venues.organisation
         ORDER BY organisations.name, venues.name",
    )?;
    let rows = statement.query_map([], venue_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn venue_row(row: &Row<'_>) -> rusqlite::Result<Venue> {
    Ok(Venue {
        id: VenueId(Uuid::from_bytes(row.get(0)?)),
        organisation: row.get(1)?,
        name: row.get(2)?,
        realm: row.get(3)?,
    })
}

pub fn hubs(connection: &Connection, venue: VenueId) -> Result<Vec<EnrolledHub>, StorageError> {
    let mut statement =
        connection.prepare_cached(&format!("{HUB} WHERE venue = ?1 ORDER BY enrolled_ms, hub"))?;
    let rows = statement.query_map([venue.0.as_bytes().as_slice()], hub_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
