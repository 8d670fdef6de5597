//! Which hubs belong to the venue.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use maitred_sync::{Hash, HexError};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::sqlite::Database;
use crate::{CommandError, Durability, OpenError, ReadError, Store, lineage};

/// Who a hub is: the public half of its key.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HubKey(Hash);

impl HubKey {
    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl From<[u8; 32]> for HubKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self(Hash::from(bytes))
    }
}

impl FromStr for HubKey {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for HubKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A hub of the venue.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct HubRecord {
    /// Who.
    pub key: HubKey,
    /// The lower one acts.
    pub rank: u32,
    /// What its numbers start with.
    pub prefix: String,
    /// Where it was seen last.
    pub url: Option<String>,
    /// Where it speaks with screens so that nobody else hears it.
    #[serde(default)]
    pub secure_url: Option<String>,
    /// It does not belong to the venue any more.
    pub removed: bool,
}

/// The hubs of the venue that the database in `data` belongs to; `None` when there is no database.
///
/// # Errors
/// [`OpenError`] when it cannot be used.
pub fn hubs_of(data: &Path) -> Result<Option<Vec<HubRecord>>, OpenError> {
    if !Store::is_in(data) {
        return Ok(None);
    }
    let connection = Database::of(data, None).writer(Durability::Full)?;
    Ok(Some(rows(&connection)?))
}

/// Makes the database of a hub that joins a venue, or finds that it belongs to it already: it may have its journals from
/// elsewhere, or from a backup. Which hubs there are is what those say who let it in.
///
/// # Errors
/// [`OpenError::Damaged`] when the folder holds another venue, [`OpenError`] when it cannot be used; then nothing has changed.
pub fn join(data: &Path, realm: [u8; 16], hubs: &[HubRecord]) -> Result<(), OpenError> {
    std::fs::create_dir_all(data)?;
    let mut connection = Database::of(data, None).writer(Durability::Full)?;
    if lineage::realm(&connection, &|| realm)? != realm {
        return Err(OpenError::Damaged("it is another venue's".into()));
    }
    let transaction = connection.transaction()?;
    transaction.execute("DELETE FROM hubs", [])?;
    hubs.iter().try_for_each(|hub| put(&transaction, hub))?;
    Ok(transaction.commit()?)
}

impl Store {
    /// What the hubs of a venue have in common, and no other has.
    pub fn realm(&self) -> [u8; 16] {
        self.inner.realm
    }

    /// The hubs of the venue, the best rank first, those that were removed too.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn hubs(&self) -> Result<Vec<HubRecord>, ReadError> {
        self.inner.readers.read(|connection| rows(connection).map_err(Into::into))
    }

    /// Keeps what is known of hubs. Rank and prefix stay what they were first, an address is the one seen last, and what
    /// was removed stays so.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn know_hubs(&self, hubs: Vec<HubRecord>) -> Result<(), CommandError> {
        self.write(move |connection| hubs.iter().try_for_each(|hub| put(connection, hub))).await
    }
}

fn rows(connection: &Connection) -> rusqlite::Result<Vec<HubRecord>> {
    let mut statement = connection
        .prepare_cached("SELECT key, rank, prefix, url, secure_url, removed FROM hubs ORDER BY rank, key")?;
    let rows = statement.query_map([], |row| {
        Ok(HubRecord {
            key: row.get::<_, [u8; 32]>(0)?.into(),
            rank: row.get(1)?,
            prefix: row.get(2)?,
            url: row.get(3)?,
            secure_url: row.get(4)?,
            removed: row.get(5)?,
        })
    })?;
    rows.collect()
}

/// Keeps what is known of a hub, as [`Store::know_hubs`] does.
pub fn put(connection: &Connection, hub: &HubRecord) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO hubs (key, rank, prefix, url, secure_url, removed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (key) DO UPDATE SET url = coalesce(excluded.url, url),
                 secure_url = coalesce(excluded.secure_url, secure_url),
                 removed = max(removed, excluded.removed)",
        )?
        .execute(params![
            hub.key.as_bytes().as_slice(),
            hub.rank,
            hub.prefix,
            hub.url,
            hub.secure_url,
            hub.removed
        ])
        .map(drop)
}
