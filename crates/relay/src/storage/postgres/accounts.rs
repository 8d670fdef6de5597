//! Users, who is signed in, guesses, sightings.

use jiff::Timestamp;
use maitred_link::PublicKey;
use maitred_sync::{Origin, Vector};
use tokio_postgres::Row;
use uuid::Uuid;

use super::scoped::{Scope, Scoped};
use super::tenants::{fixed, of_length, organisation_named, venue};
use crate::ids::{OrganisationId, UserId, VenueId};
use crate::storage::accounts::{Guesses, NewUser, Sighting, User, UserError, UserRole};
use crate::storage::{StorageError, Venue};

pub async fn put_user(within: &Scoped<'_>, user: &NewUser) -> Result<UserId, UserError> {
    let organisation = organisation_named(within, &user.organisation.0, user.organisation.1).await?;
    let insert = "INSERT INTO users (id, organisation, email, name, role, password_hash, must_change)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (email) DO UPDATE SET name = $4, role = $5, password_hash = $6, must_change = $7
        WHERE users.organisation = $2";
    let NewUser { id, email, name, role, password_hash, must_change, .. } = user;
    let values: super::scoped::Values<'_> =
        &[&id.0, &organisation, email, name, &role.as_str(), password_hash, must_change];
    within.execute(insert, values).await?;
    let find = "SELECT id FROM users WHERE email = $1 AND organisation = $2";
    let found = within.row_if_any(find, &[email, &organisation]).await?.ok_or(UserError::Taken)?;
    let id = UserId(found.try_get(0).map_err(StorageError::from)?);
    within.reach(Scope::User(id)).await?;
    sign_out(within, id).await?;
    Ok(id)
}

async fn sign_out(within: &Scoped<'_>, user: UserId) -> Result<(), StorageError> {
    within.execute("DELETE FROM user_sessions WHERE user_id = $1", &[&user.0]).await.map(drop)
}

pub async fn user_of_email(within: &Scoped<'_>, email: &str) -> Result<Option<User>, StorageError> {
    let found = within.row_if_any("SELECT * FROM users WHERE email = $1", &[&email]).await?;
    match found {
        Some(row) => user(within, &row).await.map(Some),
        None => Ok(None),
    }
}

/// A user with what the organisation is called.
async fn user(within: &Scoped<'_>, row: &Row) -> Result<User, StorageError> {
    let organisation = OrganisationId(row.try_get("organisation")?);
    within.reach(Scope::Organisation(organisation)).await?;
    let named = within.row("SELECT name FROM organisations WHERE id = $1", &[&organisation.0]).await?;
    Ok(User {
        id: UserId(row.try_get("id")?),
        organisation,
        organisation_name: named.try_get(0)?,
        email: row.try_get("email")?,
        name: row.try_get("name")?,
        // A role that this version does not know may look.
        role: UserRole::of(row.try_get("role")?).unwrap_or(UserRole::Viewer),
        password_hash: row.try_get("password_hash")?,
        must_change: row.try_get("must_change")?,
    })
}

pub async fn set_password(within: &Scoped<'_>, user: UserId, hash: &str) -> Result<(), StorageError> {
    let update = "UPDATE users SET password_hash = $2, must_change = false WHERE id = $1";
    within.execute(update, &[&user.0, &hash]).await?;
    sign_out(within, user).await
}

pub async fn charge(
    within: &Scoped<'_>,
    subject: u32,
    now: Timestamp,
) -> Result<(Guesses, bool), StorageError> {
    let subject = i64::from(subject);
    let insert = "INSERT INTO guesses (subject, failures) VALUES ($1, 0) ON CONFLICT DO NOTHING";
    within.execute(insert, &[&subject]).await?;
    // Who guesses at the same time waits here.
    let select = "SELECT failures, locked_until_ms FROM guesses WHERE subject = $1 FOR UPDATE";
    let row = within.row(select, &[&subject]).await?;
    let until: Option<i64> = row.try_get(1)?;
    let before = Guesses {
        failures: u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or(u32::MAX),
        locked_until: until.and_then(|until| Timestamp::from_millisecond(until).ok()),
    };
    if before.locked_until.is_some_and(|until| now < until) {
        return Ok((before, false));
    }
    let after = before.charged(now);
    let update = "UPDATE guesses SET failures = $2, locked_until_ms = $3 WHERE subject = $1";
    let until = after.locked_until.map(Timestamp::as_millisecond);
    within.execute(update, &[&subject, &i64::from(after.failures), &until]).await?;
    Ok((after, true))
}

pub async fn forgive(within: &Scoped<'_>, subject: u32) -> Result<(), StorageError> {
    within.execute("DELETE FROM guesses WHERE subject = $1", &[&i64::from(subject)]).await.map(drop)
}

pub async fn open_user_session(
    within: &Scoped<'_>,
    hash: [u8; 32],
    user: UserId,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<(), StorageError> {
    within.reach(Scope::Node).await?;
    let delete = "DELETE FROM user_sessions WHERE expires_ms <= $1";
    within.execute(delete, &[&now.as_millisecond()]).await?;
    let insert = "INSERT INTO user_sessions (hash, user_id, expires_ms) VALUES ($1, $2, $3)";
    within.execute(insert, &[&hash.as_slice(), &user.0, &expires_at.as_millisecond()]).await?;
    Ok(())
}

pub async fn user_of_session(
    within: &Scoped<'_>,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<User>, StorageError> {
    let select = "SELECT user_id FROM user_sessions WHERE hash = $1 AND expires_ms > $2";
    let session = within.row_if_any(select, &[&hash.as_slice(), &now.as_millisecond()]).await?;
    let Some(session) = session else { return Ok(None) };
    let id: Uuid = session.try_get(0)?;
    within.reach(Scope::User(UserId(id))).await?;
    let row = within.row("SELECT * FROM users WHERE id = $1", &[&id]).await?;
    user(within, &row).await.map(Some)
}

pub async fn end_user_session(within: &Scoped<'_>, hash: [u8; 32]) -> Result<(), StorageError> {
    within.execute("DELETE FROM user_sessions WHERE hash = $1", &[&hash.as_slice()]).await.map(drop)
}

pub async fn venues_of(
    within: &Scoped<'_>,
    organisation: OrganisationId,
) -> Result<Vec<Venue>, StorageError> {
    let select = "SELECT venues.id, organisations.name, venues.name, realm
        FROM venues JOIN organisations ON organisations.id = venues.organisation
        WHERE organisation = $1 ORDER BY venues.name";
    within.rows(select, &[&organisation.0]).await?.iter().map(venue).collect()
}

/// How far journals are known, as it is kept.
type Known = Vec<([u8; 16], u64)>;

pub async fn sight(within: &Scoped<'_>, sighting: &Sighting) -> Result<(), StorageError> {
    // It may have been seen in another venue.
    within.reach(Scope::Hub(sighting.hub)).await?;
    let known: Known = sighting.known.iter().map(|(origin, seq)| (*origin.as_bytes(), seq)).collect();
    let known = postcard::to_allocvec(&known).map_err(|error| StorageError::Damaged(error.to_string()))?;
    let insert = "INSERT INTO sightings (hub, venue, seen_ms, is_connected, version, origin, known)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (hub) DO UPDATE
        SET venue = $2, seen_ms = $3, is_connected = $4, version = $5, origin = $6, known = $7";
    let origin = sighting.origin.as_ref().map(|origin| origin.as_bytes().as_slice());
    let values: super::scoped::Values<'_> = &[
        &sighting.hub.0.as_slice(),
        &sighting.venue.0,
        &sighting.seen_at.as_millisecond(),
        &sighting.is_connected,
        &sighting.version,
        &origin,
        &known,
    ];
    within.execute(insert, values).await.map(drop)
}

pub async fn sightings(within: &Scoped<'_>, venue: VenueId) -> Result<Vec<Sighting>, StorageError> {
    let select = "SELECT sightings.hub, seen_ms, is_connected, version, origin, known
        FROM sightings JOIN hubs ON hubs.hub = sightings.hub
        WHERE sightings.venue = $1 AND revoked_ms IS NULL ORDER BY enrolled_ms, sightings.hub";
    let rows = within.rows(select, &[&venue.0]).await?;
    rows.iter().map(|row| sighting(row, venue)).collect()
}

fn sighting(row: &Row, venue: VenueId) -> Result<Sighting, StorageError> {
    let damaged = |what: &str| StorageError::Damaged(format!("a sighting has no {what}"));
    let known: Known = postcard::from_bytes(row.try_get(5)?).map_err(|_| damaged("vector"))?;
    let mut vector = Vector::default();
    for (origin, seq) in known {
        vector.advance(Origin::from_bytes(origin), seq);
    }
    let origin: Option<&[u8]> = row.try_get(4)?;
    Ok(Sighting {
        hub: PublicKey(fixed(row, 0)?),
        venue,
        seen_at: Timestamp::from_millisecond(row.try_get(1)?).map_err(|_| damaged("time"))?,
        is_connected: row.try_get(2)?,
        version: row.try_get(3)?,
        origin: origin.map(|origin| of_length(origin).map(Origin::from_bytes)).transpose()?,
        known: vector,
    })
}
