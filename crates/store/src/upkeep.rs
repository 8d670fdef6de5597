//! What can be found out about a database while it is in use.

use rusqlite::Connection;

use crate::{CommandError, ReadError, Store};

/// The most kinds of damage that are told.
const DAMAGE_MAX: usize = 10;

impl Store {
    /// Reads the whole database and returns what is wrong with it. Takes as long as the disk does, on a connection of
    /// its own; meanwhile the write-ahead log grows.
    ///
    /// # Errors
    /// [`ReadError`] when it cannot even be looked at.
    pub fn quick_check(&self) -> Result<Vec<String>, ReadError> {
        let connection = self.inner.readers.database().reader()?;
        let sql = format!("PRAGMA quick_check({DAMAGE_MAX})");
        let mut statement = connection.prepare(&sql)?;
        let found = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }

    /// The size of the write-ahead log in bytes. It grows for as long as somebody reads and does not end.
    pub fn wal_bytes(&self) -> u64 {
        let mut file = self.inner.readers.database().file.clone().into_os_string();
        file.push("-wal");
        std::fs::metadata(file).map_or(0, |metadata| metadata.len())
    }

    /// Takes the room that is kept for opening the database on a full disk, if it was given up and there is some again.
    pub fn keep_room(&self) {
        self.inner.readers.database().reserve().fill();
    }

    /// Writes a little, for nothing but that a log nobody reads any more becomes small again: the first time it is
    /// copied into the database, the next time it starts anew.
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub async fn renew_wal(&self) -> Result<(), CommandError> {
        self.write(|connection: &Connection| {
            connection
                .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES ('renewed', x'00')")?
                .execute([])
                .map(drop)
        })
        .await
    }
}
