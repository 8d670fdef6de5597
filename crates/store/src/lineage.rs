//! Which lineage this database is: minted when it is made, and again when it was restored from a backup. And which venue
//! it belongs to: minted with the first hub's, and given to every other.

use maitred_sync::Origin;
use rusqlite::{Connection, OptionalExtension, params};

use crate::OpenError;
use crate::store::Mint;

const ORIGIN: &str = "origin";
const REALM: &str = "realm";

/// The origin of this database, minted now if it has none.
pub fn origin(connection: &Connection, mint: &Mint) -> Result<Origin, OpenError> {
    mark(connection, ORIGIN, &**mint).map(Origin::from_bytes)
}

/// The venue of this database, minted now if it has none.
pub fn realm(connection: &Connection, mint: &dyn Fn() -> [u8; 16]) -> Result<[u8; 16], OpenError> {
    mark(connection, REALM, mint)
}

fn mark(connection: &Connection, name: &str, mint: &dyn Fn() -> [u8; 16]) -> Result<[u8; 16], OpenError> {
    let known: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
        .optional()?;
    if let Some(bytes) = known {
        return bytes.try_into().map_err(|_| OpenError::Damaged(format!("its {name} is not 16 bytes")));
    }
    let bytes = mint();
    connection.execute("INSERT INTO meta (name, value) VALUES (?1, ?2)", params![name, bytes.as_slice()])?;
    Ok(bytes)
}

/// Takes the origin away: whoever opens this database next is a new lineage, and keeps the history.
pub fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM meta WHERE name = ?1", [ORIGIN]).map(drop)
}
