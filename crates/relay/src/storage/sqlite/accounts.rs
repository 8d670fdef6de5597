//! Users, who is signed in, guesses, sightings.

use jiff::Timestamp;
use maitred_link::PublicKey;
use maitred_sync::{Origin, Vector};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::tenants::{begin, organisation_named, venue_row};
use crate::ids::{OrganisationId, UserId, VenueId};
use crate::storage::accounts::{Guesses, NewUser, Sighting, User, UserError, UserRole};
use crate::storage::{StorageError, Venue};

const USER: &str =
    "SELECT users.id, organisation, organisations.name, email, users.name, role, password_hash, must_change
     FROM users JOIN organisations ON organisations.id = users.organisation";

fn user_row(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: UserId(Uuid::from_bytes(row.get(0)?)),
        organisation: OrganisationId(Uuid::from_bytes(row.get(1)?)),
        organisation_name: row.get(2)?,
        email: row.get(3)?,
        name: row.get(4)?,
        // A role that this version does not know may look.
        role: UserRole::of(&row.get::<_, String>(5)?).unwrap_or(UserRole::Viewer),
        password_hash: row.get(6)?,
        must_change: row.get(7)?,
    })
}

pub fn put_user(connection: &mut Connection, user: &NewUser) -> Result<UserId, UserError> {
    let transaction = begin(connection).map_err(StorageError::from)?;
    let organisation = organisation_named(&transaction, &user.organisation.0, user.organisation.1)
        .map_err(StorageError::from)?;
    let write = || -> rusqlite::Result<Option<[u8; 16]>> {
        transaction.execute(
            "INSERT INTO users (id, organisation, email, name, role, password_hash, must_change)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (email) DO UPDATE SET name = ?4, role = ?5, password_hash = ?6, must_change = ?7
             WHERE organisation = ?2",
            params![
                user.id.0.as_bytes().as_slice(),
                organisation.as_slice(),
                user.email,
                user.name,
                user.role.as_str(),
                user.password_hash,
                user.must_change,
            ],
        )?;
        let find = "SELECT id FROM users WHERE email = ?1 AND organisation = ?2";
        let id: Option<[u8; 16]> = transaction
            .query_row(find, params![user.email, organisation.as_slice()], |row| row.get(0))
            .optional()?;
        if let Some(id) = id {
            transaction.execute("DELETE FROM user_sessions WHERE user = ?1", [id.as_slice()])?;
        }
        Ok(id)
    };
    let id = write().map_err(StorageError::from)?.ok_or(UserError::Taken)?;
    transaction.commit().map_err(StorageError::from)?;
    Ok(UserId(Uuid::from_bytes(id)))
}

pub fn user_of_email(connection: &Connection, email: &str) -> Result<Option<User>, StorageError> {
    let mut statement = connection.prepare_cached(&format!("{USER} WHERE email = ?1"))?;
    Ok(statement.query_row([email], user_row).optional()?)
}

pub fn set_password(connection: &mut Connection, user: UserId, hash: &str) -> Result<(), StorageError> {
    let transaction = begin(connection)?;
    let user = user.0.as_bytes().as_slice();
    transaction
        .execute("UPDATE users SET password_hash = ?2, must_change = 0 WHERE id = ?1", params![user, hash])?;
    transaction.execute("DELETE FROM user_sessions WHERE user = ?1", [user])?;
    Ok(transaction.commit()?)
}

pub fn charge(
    connection: &mut Connection,
    subject: u32,
    now: Timestamp,
) -> Result<(Guesses, bool), StorageError> {
    let transaction = begin(connection)?;
    let before = transaction
        .query_row("SELECT failures, locked_until_ms FROM guesses WHERE subject = ?1", [subject], |row| {
            let until: Option<i64> = row.get(1)?;
            let locked_until = until.and_then(|until| Timestamp::from_millisecond(until).ok());
            Ok(Guesses { failures: row.get(0)?, locked_until })
        })
        .optional()?
        .unwrap_or_default();
    if before.locked_until.is_some_and(|until| now < until) {
        return Ok((before, false));
    }
    let after = before.charged(now);
    transaction.execute(
        "INSERT INTO guesses (subject, failures, locked_until_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (subject) DO UPDATE SET failures = ?2, locked_until_ms = ?3",
        params![subject, after.failures, after.locked_until.map(Timestamp::as_millisecond)],
    )?;
    transaction.commit()?;
    Ok((after, true))
}

pub fn forgive(connection: &Connection, subject: u32) -> Result<(), StorageError> {
    connection.execute("DELETE FROM guesses WHERE subject = ?1", [subject])?;
    Ok(())
}

pub fn open_user_session(
    connection: &mut Connection,
    hash: [u8; 32],
    user: UserId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StorageError> {
    let transaction = begin(connection)?;
    transaction.execute("DELETE FROM user_sessions WHERE expires_ms <= ?1", [now.as_millisecond()])?;
    transaction.execute(
        "INSERT INTO user_sessions (hash, user, expires_ms) VALUES (?1, ?2, ?3)",
        params![hash.as_slice(), user.0.as_bytes().as_slice(), expires_at.as_millisecond()],
    )?;
    Ok(transaction.commit()?)
}

pub fn user_of_session(
    connection: &Connection,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<User>, StorageError> {
    let mut statement = connection.prepare_cached(&format!(
        "{USER} JOIN user_sessions ON user_sessions.user = users.id WHERE hash = ?1 AND expires_ms > ?2"
    ))?;
    Ok(statement.query_row(params![hash.as_slice(), now.as_millisecond()], user_row).optional()?)
}

pub fn end_user_session(connection: &Connection, hash: [u8; 32]) -> Result<(), StorageError> {
    connection.execute("DELETE FROM user_sessions WHERE hash = ?1", [hash.as_slice()])?;
    Ok(())
}

pub fn venues_of(connection: &Connection, organisation: OrganisationId) -> Result<Vec<Venue>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT venues.id, organisations.name, venues.name, realm
         FROM venues JOIN organisations ON organisations.id = venues.organisation
         WHERE organisation = ?1 ORDER BY venues.name",
    )?;
    let rows = statement.query_map([organisation.0.as_bytes().as_slice()], venue_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How far journals are known, as it is kept.
type Known = Vec<([u8; 16], u64)>;

pub fn sight(connection: &Connection, sighting: &Sighting) -> Result<(), StorageError> {
    let known: Known = sighting.known.iter().map(|(origin, seq)| (*origin.as_bytes(), seq)).collect();
    let known = postcard::to_allocvec(&known).map_err(|error| StorageError::Damaged(error.to_string()))?;
    connection.execute(
        "INSERT INTO sightings (hub, venue, seen_ms, is_connected, version, origin, known)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (hub) DO UPDATE
         SET venue = ?2, seen_ms = ?3, is_connected = ?4, version = ?5, origin = ?6, known = ?7",
        params![
            sighting.hub.0.as_slice(),
            sighting.venue.0.as_bytes().as_slice(),
            sighting.seen_at.as_millisecond(),
            sighting.is_connected,
            sighting.version,
            sighting.origin.as_ref().map(|origin| origin.as_bytes().as_slice()),
            known,
        ],
    )?;
    Ok(())
}

pub fn sightings(connection: &Connection, venue: VenueId) -> Result<Vec<Sighting>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT sightings.hub, seen_ms, is_connected, version, origin, known
         FROM sightings JOIN hubs ON hubs.hub = sightings.hub
         WHERE sightings.venue = ?1 AND revoked_ms IS NULL ORDER BY enrolled_ms, sightings.hub",
    )?;
    let mut rows = statement.query([venue.0.as_bytes().as_slice()])?;
    let mut sightings = Vec::new();
    while let Some(row) = rows.next()? {
        let damaged = |what: &str| StorageError::Damaged(format!("a sighting has no {what}"));
        let known: Known = postcard::from_bytes(&row.get::<_, Vec<u8>>(5)?).map_err(|_| damaged("vector"))?;
        let mut vector = Vector::default();
        for (origin, seq) in known {
            vector.advance(Origin::from_bytes(origin), seq);
        }
        sightings.push(Sighting {
            hub: PublicKey(row.get(0)?),
            venue,
            seen_at: Timestamp::from_millisecond(row.get(1)?).map_err(|_| damaged("time"))?,
            is_connected: row.get(2)?,
            version: row.get(3)?,
            origin: row.get::<_, Option<[u8; 16]>>(4)?.map(Origin::from_bytes),
            known: vector,
        });
    }
    Ok(sightings)
}
