//! Which lineage this database is: minted when it is made, and again when it was restored from a backup or found
//! to be one of two.

use maitred_sync::Origin;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::Mint;

const ORIGIN: &str = "origin";

/// The origin of this database; `None` when it has none yet.
pub fn known(connection: &Connection) -> rusqlite::Result<Option<Origin>> {
    let bytes = connection
        .query_row("SELECT value FROM meta WHERE name = ?1", [ORIGIN], |row| row.get::<_, [u8; 16]>(0))
        .optional()?;
    Ok(bytes.map(Origin::from_bytes))
}

/// The same, minted now if it has none.
pub fn origin(connection: &Connection, mint: &Mint) -> rusqlite::Result<Origin> {
    match known(connection)? {
        Some(origin) => Ok(origin),
        None => renew(connection, mint),
    }
}

/// Mints a new origin, whatever it was before.
pub fn renew(connection: &Connection, mint: &Mint) -> rusqlite::Result<Origin> {
    let bytes = mint();
    connection.execute(
        "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)",
        params![ORIGIN, bytes.as_slice()],
    )?;
    Ok(Origin::from_bytes(bytes))
}

/// Takes the origin away: whoever opens this database next is a new lineage, and keeps the history.
pub fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM meta WHERE name = ?1", [ORIGIN]).map(drop)
}
