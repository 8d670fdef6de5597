//! Which lineage this database is: minted when it is made, and again when it was restored from a backup or found to be
//! one of two. And which venue it belongs to: minted with the first hub's, and given to every other.

use maitred_sync::Origin;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::Mint;

const ORIGIN: &str = "origin";
const REALM: &str = "realm";

/// The origin of this database; `None` when it has none yet.
pub fn known(connection: &Connection) -> rusqlite::Result<Option<Origin>> {
    Ok(find(connection, ORIGIN)?.map(Origin::from_bytes))
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
    put(connection, ORIGIN, mint()).map(Origin::from_bytes)
}

/// Takes the origin away: whoever opens this database next is a new lineage, and keeps the history.
pub fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM meta WHERE name = ?1", [ORIGIN]).map(drop)
}

/// The venue of this database, minted now if it has none.
pub fn realm(connection: &Connection, mint: &dyn Fn() -> [u8; 16]) -> rusqlite::Result<[u8; 16]> {
    match find(connection, REALM)? {
        Some(realm) => Ok(realm),
        None => put(connection, REALM, mint()),
    }
}

fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<[u8; 16]>> {
    connection.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0)).optional()
}

fn put(connection: &Connection, name: &str, value: [u8; 16]) -> rusqlite::Result<[u8; 16]> {
    connection.execute(
        "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)",
        params![name, value.as_slice()],
    )?;
    Ok(value)
}
