//! Sealed backups of one venue, in pieces.

use std::fs::File;
use std::io::{Read, Seek, Write};

use uuid::Uuid;

use super::scoped::{Scope, Scoped};
use crate::ids::VenueId;
use crate::storage::StorageError;
use crate::storage::backups::{Kept, Sealed, expired};

/// A piece, in bytes.
const PART_BYTES: u64 = 1024 * 1024;
/// Pieces that are fetched at once.
const PORTION: i32 = 4;

pub async fn keep(
    within: &Scoped<'_>,
    id: Uuid,
    sealed: &Sealed,
    draft: &mut File,
) -> Result<(), StorageError> {
    let insert =
        "INSERT INTO backups (venue, id, fetched_by, hub, at_ms, bytes) VALUES ($1, $2, $3, $4, $5, $6)";
    let (venue, at_ms, bytes) = (sealed.venue.0, sealed.at.as_millisecond(), length(sealed.bytes)?);
    let (fetch, hub) = (sealed.fetch.as_slice(), sealed.hub.0.as_slice());
    within.execute(insert, &[&venue, &id, &fetch, &hub, &at_ms, &bytes]).await?;
    draft.rewind()?;
    let insert = "INSERT INTO backup_parts (venue, backup, n, part) VALUES ($1, $2, $3, $4)";
    for n in 0_i64.. {
        let mut part = Vec::new();
        (&*draft).take(PART_BYTES).read_to_end(&mut part)?;
        if part.is_empty() {
            break;
        }
        within.execute(insert, &[&venue, &id, &n, &part]).await?;
    }
    let select = "SELECT id, at_ms, bytes FROM backups WHERE venue = $1 ORDER BY at_ms DESC";
    let rows = within.rows(select, &[&venue]).await?;
    let kept = rows.iter().map(|row| {
        let bytes = row.try_get::<_, i64>(2)?.unsigned_abs();
        Ok(Kept { name: row.try_get::<_, Uuid>(0)?, at_ms: row.try_get(1)?, bytes })
    });
    let gone = expired(kept.collect::<Result<_, StorageError>>()?, sealed.at);
    within
        .execute("DELETE FROM backup_parts WHERE venue = $1 AND backup = ANY($2)", &[&venue, &gone])
        .await?;
    within.execute("DELETE FROM backups WHERE venue = $1 AND id = ANY($2)", &[&venue, &gone]).await?;
    Ok(())
}

/// Writes the newest to `copy`; whether there is one.
pub async fn newest(within: &Scoped<'_>, fetch: [u8; 32], copy: &mut File) -> Result<bool, StorageError> {
    let select = "SELECT venue, id FROM backups WHERE fetched_by = $1 ORDER BY at_ms DESC LIMIT 1";
    let Some(row) = within.row_if_any(select, &[&fetch.as_slice()]).await? else { return Ok(false) };
    let (venue, id): (Uuid, Uuid) = (row.try_get(0)?, row.try_get(1)?);
    within.reach(Scope::Venue(VenueId(venue))).await?;
    let select = "SELECT part FROM backup_parts WHERE venue = $1 AND backup = $2 ORDER BY n";
    let mut write = |row: &tokio_postgres::Row| {
        copy.write_all(row.try_get(0)?)?;
        Ok(true)
    };
    within.portions(select, &[&venue, &id], PORTION, &mut write).await?;
    copy.rewind()?;
    Ok(true)
}

fn length(bytes: u64) -> Result<i64, StorageError> {
    i64::try_from(bytes).map_err(|_| StorageError::Unusable("a backup is too long".into()))
}
