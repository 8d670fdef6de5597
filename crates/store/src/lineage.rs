//! Which lineage this database is: minted when it is made, and again when it was restored from a backup.

use maitred_sync::Origin;
use rusqlite::{Connection, OptionalExtension, params};

use crate::OpenError;
use crate::store::Mint;

const ORIGIN: &str = "origin";

/// The origin of this database, minted now if it has none.
pub fn origin(connection: &Connection, mint: &Mint) -> Result<Origin, OpenError> {
    let known: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM meta WHERE name = ?1", [ORIGIN], |row| row.get(0))
        .optional()?;
    if let Some(bytes) = known {
        let bytes = bytes.try_into().map_err(|_| OpenError::Damaged("its origin is not 16 bytes".into()))?;
        return Ok(Origin::from_bytes(bytes));
    }
    let bytes = mint();
    connection
        .execute("INSERT INTO meta (name, value) VALUES (?1, ?2)", params![ORIGIN, bytes.as_slice()])?;
    Ok(Origin::from_bytes(bytes))
}

/// Takes the origin away: whoever opens this database next is a new lineage, and keeps the history.
pub fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM meta WHERE name = ?1", [ORIGIN]).map(drop)
}
