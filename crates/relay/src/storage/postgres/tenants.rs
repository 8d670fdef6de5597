//! Organisations, venues, tokens and hubs.

use jiff::Timestamp;
use maitred_link::PublicKey;
use maitred_link::handshake::Realm;
use tokio_postgres::Row;
use uuid::Uuid;

use super::scoped::{Scope, Scoped};
use crate::ids::{OrganisationId, VenueId};
use crate::limits::HUBS_PER_VENUE_MAX;
use crate::storage::{EnrolError, EnrolledHub, Enrolment, NewToken, StorageError, Venue};

const SEED: &str = "seed";

pub async fn seed(within: &Scoped<'_>, new: [u8; 32]) -> Result<[u8; 32], StorageError> {
    let insert = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    within.execute(insert, &[&SEED, &new.as_slice()]).await?;
    let row = within.row("SELECT value FROM meta WHERE name = $1", &[&SEED]).await?;
    fixed(&row, 0)
}

pub async fn issue(within: &Scoped<'_>, token: &NewToken) -> Result<VenueId, StorageError> {
    let (venue, new_venue) = &token.venue;
    let organisation = organisation_named(within, &token.organisation.0, token.organisation.1).await?;
    let insert = "INSERT INTO venues (id, organisation, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    within.execute(insert, &[&new_venue.0, &organisation, venue]).await?;
    let select = "SELECT id FROM venues WHERE organisation = $1 AND name = $2";
    let venue: Uuid = within.row(select, &[&organisation, venue]).await?.try_get(0)?;
    within.reach(Scope::Venue(VenueId(venue))).await?;
    let insert = "INSERT INTO growth (venue, entries) VALUES ($1, 0) ON CONFLICT DO NOTHING";
    within.execute(insert, &[&venue]).await?;
    let insert = "INSERT INTO tokens (hash, venue, expires_ms) VALUES ($1, $2, $3)";
    within.execute(insert, &[&token.hash.as_slice(), &venue, &token.expires_at.as_millisecond()]).await?;
    Ok(VenueId(venue))
}

/// The organisation of that name; `new` is its id if there is none yet.
pub async fn organisation_named(
    within: &Scoped<'_>,
    name: &str,
    new: OrganisationId,
) -> Result<Uuid, StorageError> {
    let insert = "INSERT INTO organisations (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    within.execute(insert, &[&new.0, &name]).await?;
    Ok(within.row("SELECT id FROM organisations WHERE name = $1", &[&name]).await?.try_get(0)?)
}

pub async fn enrol(within: &Scoped<'_>, enrolment: &Enrolment) -> Result<EnrolledHub, EnrolError> {
    let select = "SELECT venue, expires_ms, used_by FROM tokens WHERE hash = $1 FOR UPDATE";
    let token = within.row_if_any(select, &[&enrolment.token_hash.as_slice()]).await?;
    let token = token.ok_or(EnrolError::UnknownToken)?;
    let used_by: Option<&[u8]> = token.try_get(2).map_err(StorageError::from)?;
    if used_by.is_some() {
        return Err(EnrolError::UsedToken);
    }
    if token.try_get::<_, i64>(1).map_err(StorageError::from)? < enrolment.at.as_millisecond() {
        return Err(EnrolError::ExpiredToken);
    }
    let venue = VenueId(token.try_get(0).map_err(StorageError::from)?);
    within.reach(Scope::Venue(venue)).await?;
    within.reach(Scope::Hub(enrolment.hub)).await?;
    let realm = realm_of(within, venue, "FOR UPDATE").await?;
    if realm.is_some_and(|realm| enrolment.realm.is_some_and(|other| other != realm)) {
        return Err(EnrolError::OtherRealm);
    }
    let count = "SELECT count(*) FROM hubs WHERE venue = $1 AND revoked_ms IS NULL";
    let hubs: i64 = within.row(count, &[&venue.0]).await?.try_get(0).map_err(StorageError::from)?;
    if usize::try_from(hubs).is_ok_and(|hubs| hubs >= HUBS_PER_VENUE_MAX) {
        return Err(EnrolError::TooManyHubs);
    }
    let realm = realm.or(enrolment.realm).unwrap_or(enrolment.new_realm);
    let enrolled = EnrolledHub { hub: enrolment.hub, venue, realm, is_revoked: false };
    write(within, enrolment, &enrolled).await?;
    Ok(enrolled)
}

async fn write(
    within: &Scoped<'_>,
    enrolment: &Enrolment,
    enrolled: &EnrolledHub,
) -> Result<(), StorageError> {
    let (hub, venue) = (enrolled.hub.0.as_slice(), enrolled.venue.0);
    let update = "UPDATE tokens SET used_by = $2 WHERE hash = $1";
    within.execute(update, &[&enrolment.token_hash.as_slice(), &hub]).await?;
    let update = "UPDATE venues SET realm = $2 WHERE id = $1";
    within.execute(update, &[&venue, &enrolled.realm.as_slice()]).await?;
    // A hub that was revoked, or that moves to another venue's relay account, comes back with a token.
    let insert = "INSERT INTO hubs (hub, venue, enrolled_ms) VALUES ($1, $2, $3)
                  ON CONFLICT (hub) DO UPDATE SET venue = $2, enrolled_ms = $3, revoked_ms = NULL";
    within.execute(insert, &[&hub, &venue, &enrolment.at.as_millisecond()]).await?;
    Ok(())
}

async fn realm_of(within: &Scoped<'_>, venue: VenueId, lock: &str) -> Result<Option<Realm>, StorageError> {
    let row = within.row(&format!("SELECT realm FROM venues WHERE id = $1 {lock}"), &[&venue.0]).await?;
    realm(&row, 0)
}

pub async fn hub(within: &Scoped<'_>, hub: PublicKey) -> Result<Option<EnrolledHub>, StorageError> {
    let select = "SELECT hub, venue, revoked_ms FROM hubs WHERE hub = $1";
    let Some(row) = within.row_if_any(select, &[&hub.0.as_slice()]).await? else { return Ok(None) };
    let venue = VenueId(row.try_get(1)?);
    within.reach(Scope::Venue(venue)).await?;
    let realm = realm_of(within, venue, "").await?;
    enrolled(&row, realm).map(Some)
}

pub async fn let_in_no_more(
    within: &Scoped<'_>,
    hubs: &[(PublicKey, VenueId)],
) -> Result<Vec<PublicKey>, StorageError> {
    let keys: Vec<&[u8]> = hubs.iter().map(|(hub, _)| hub.0.as_slice()).collect();
    let venues: Vec<Uuid> = hubs.iter().map(|(_, venue)| venue.0).collect();
    let select = "SELECT asked.hub FROM unnest($1::bytea[], $2::uuid[]) AS asked (hub, venue)
                  LEFT JOIN hubs ON hubs.hub = asked.hub AND hubs.venue = asked.venue
                  WHERE hubs.hub IS NULL OR revoked_ms IS NOT NULL";
    let rows = within.rows(select, &[&keys, &venues]).await?;
    rows.iter().map(|row| Ok(PublicKey(fixed(row, 0)?))).collect()
}

pub async fn revoke(within: &Scoped<'_>, hub: PublicKey, at: Timestamp) -> Result<bool, StorageError> {
    let update = "UPDATE hubs SET revoked_ms = coalesce(revoked_ms, $2) WHERE hub = $1";
    Ok(within.execute(update, &[&hub.0.as_slice(), &at.as_millisecond()]).await? > 0)
}

pub async fn venues(within: &Scoped<'_>) -> Result<Vec<Venue>, StorageError> {
    let select = "SELECT venues.id, organisations.name, venues.name, realm
                  FROM venues JOIN organisations ON organisations.id = venues.organisation
                  ORDER BY organisations.name, venues.name";
    let rows = within.rows(select, &[]).await?;
    rows.iter().map(venue).collect()
}

/// A venue, as `id, organisation's name, name, realm` say it.
pub fn venue(row: &Row) -> Result<Venue, StorageError> {
    Ok(Venue {
        id: VenueId(row.try_get(0)?),
        organisation: row.try_get(1)?,
        name: row.try_get(2)?,
        realm: realm(row, 3)?,
    })
}

pub async fn hubs(within: &Scoped<'_>, venue: VenueId) -> Result<Vec<EnrolledHub>, StorageError> {
    let select = "SELECT hub, venue, revoked_ms FROM hubs WHERE venue = $1 ORDER BY enrolled_ms, hub";
    let rows = within.rows(select, &[&venue.0]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let realm = realm_of(within, venue, "").await?;
    rows.iter().map(|row| enrolled(row, realm)).collect()
}

/// A hub, as `hub, venue, revoked_ms` say it.
fn enrolled(row: &Row, realm: Option<Realm>) -> Result<EnrolledHub, StorageError> {
    Ok(EnrolledHub {
        hub: PublicKey(fixed(row, 0)?),
        venue: VenueId(row.try_get(1)?),
        realm: realm.ok_or_else(|| StorageError::Damaged("a venue with hubs has no realm".into()))?,
        is_revoked: row.try_get::<_, Option<i64>>(2)?.is_some(),
    })
}

fn realm(row: &Row, column: usize) -> Result<Option<Realm>, StorageError> {
    row.try_get::<_, Option<&[u8]>>(column)?.map(of_length).transpose()
}

pub fn fixed<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], StorageError> {
    of_length(row.try_get(column)?)
}

pub fn of_length<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StorageError> {
    bytes.try_into().map_err(|_| StorageError::Damaged(format!("{} bytes in the place of {N}", bytes.len())))
}
