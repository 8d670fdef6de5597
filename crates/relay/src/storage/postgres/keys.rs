//! Keys of personal data of one venue, as the stores of its hubs keep them.

use maitred_store::{KEYS_MAX, key_id};
use maitred_sync::{KEYS_PER_FRAME_MAX, SubjectKey};
use uuid::Uuid;

use super::scoped::Scoped;
use super::venue::{count, place};
use crate::ids::VenueId;
use crate::storage::StorageError;

/// Keeps what is new; true when something was. Who calls it holds the venue.
pub async fn learn(within: &Scoped<'_>, venue: VenueId, keys: &[SubjectKey]) -> Result<bool, StorageError> {
    let insert = "INSERT INTO personal_keys (venue, n, subject, id, key)
        SELECT $1::uuid, coalesce(max(n), 0) + 1, $2::uuid, $3::uuid, $4::bytea FROM personal_keys WHERE venue = $1
        HAVING NOT EXISTS (SELECT 1 FROM personal_keys WHERE venue = $1 AND id = $5)
           AND ($4::bytea IS NULL OR coalesce(max(n), 0) < $6)
        ON CONFLICT (venue, id) DO NOTHING";
    let destroy = "UPDATE personal_keys SET key = decode(repeat('00', 32), 'hex')
        WHERE venue = $1 AND subject = $2 AND key IS NOT NULL";
    let (max, mut is_new) = (place(KEYS_MAX)?, false);
    for said in keys {
        let subject = Uuid::from_bytes(said.subject);
        let id = Uuid::from_bytes(key_id(said));
        let erased = Uuid::from_bytes(key_id(&SubjectKey { key: None, ..*said }));
        let key = said.key.as_ref().map(<[u8; 32]>::as_slice);
        let rows = within.execute(insert, &[&venue.0, &subject, &id, &key, &erased, &max]).await?;
        if rows > 0 && said.key.is_none() {
            within.execute(destroy, &[&venue.0, &subject]).await?;
        }
        is_new |= rows > 0;
    }
    Ok(is_new)
}

/// What came after place `n`, with the place of the last.
pub async fn beyond(
    within: &Scoped<'_>,
    venue: VenueId,
    n: u64,
) -> Result<Option<(u64, Vec<SubjectKey>)>, StorageError> {
    let select = "SELECT n, subject, key FROM personal_keys
        WHERE venue = $1 AND n > $2 AND (key IS NULL OR key <> decode(repeat('00', 32), 'hex'))
        ORDER BY n LIMIT $3";
    let limit = i64::try_from(KEYS_PER_FRAME_MAX).unwrap_or(i64::MAX);
    let rows = within.rows(select, &[&venue.0, &place(n)?, &limit]).await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let key = |row: &tokio_postgres::Row| {
        let key: Option<&[u8]> = row.try_get(2)?;
        let key = key.map(<[u8; 32]>::try_from).transpose();
        let key = key.map_err(|_| StorageError::Damaged("a key of another length".into()))?;
        Ok(SubjectKey { subject: row.try_get::<_, Uuid>(1)?.into_bytes(), key })
    };
    Ok(Some((count(last.try_get(0)?)?, rows.iter().map(key).collect::<Result<_, StorageError>>()?)))
}
