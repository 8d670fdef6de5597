//! Connections: how they are opened, and what they must be.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::reserve::Reserve;
use crate::{Durability, OpenError};

/// The database file in the data folder.
pub const FILE: &str = "maitred.db";
/// Where it is kept which migrations a database has had.
const HISTORY: &str = "refinery_schema_history";
/// How much of the write-ahead log is kept after a checkpoint, in bytes.
const JOURNAL_SIZE_LIMIT_BYTES: i64 = 16 * 1024 * 1024;
/// The write-ahead log is copied into the database beyond so many pages (16 MiB): few enough for a quick start, and
/// enough that a page that every command writes to is copied once for many of them.
const CHECKPOINT_PAGES: i64 = 4096;
/// Page cache of the writer, in KiB.
const WRITER_CACHE_KIB: i64 = 8 * 1024;
/// Page cache of a reader, in KiB.
const READER_CACHE_KIB: i64 = 1024;
/// How long a reader waits for a lock.
const BUSY: Duration = Duration::from_secs(5);
/// Prepared statements kept by each connection.
const STATEMENTS: usize = 96;

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// The database of a data folder.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its file.
    pub file: PathBuf,
    /// Its VFS, when it is not the default one.
    pub vfs: Option<String>,
}

/// Brings a schema up to date, in one transaction: ungrouped, a migration and the note that it was made are two, and a
/// power cut between them leaves a database that never opens again.
pub fn migrate(connection: &mut Connection) -> Result<(), refinery::Error> {
    migrations::migrations::runner().set_grouped(true).run(connection).map(drop)
}

/// The newest schema that this version knows.
pub fn schema() -> i64 {
    let runner = migrations::migrations::runner();
    runner.get_migrations().iter().map(|migration| i64::from(migration.version())).max().unwrap_or_default()
}

/// Refuses a database that a newer version has brought further than this one knows, before anything is changed.
pub fn refuse_newer(connection: &Connection) -> Result<(), OpenError> {
    let known = schema();
    if !connection.table_exists(None, HISTORY)? {
        return Ok(());
    }
    let query = format!("SELECT coalesce(max(version), 0) FROM {HISTORY}");
    let found: i64 = connection.query_row(&query, [], |row| row.get(0))?;
    if found > known { Err(OpenError::Newer { found, known }) } else { Ok(()) }
}

impl Database {
    /// The database of `data`.
    pub fn of(data: &Path, vfs: Option<String>) -> Self {
        Self { file: data.join(FILE), vfs }
    }

    fn connect(&self, flags: OpenFlags) -> rusqlite::Result<Connection> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match &self.vfs {
            Some(vfs) => Connection::open_with_flags_and_vfs(&self.file, flags, vfs.as_str())?,
            None => Connection::open_with_flags(&self.file, flags)?,
        };
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // A plan that depends on the values bound is made anew for each of them, which costs more than to follow it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        Ok(connection)
    }

    /// Opens the one connection that writes; makes the file, and brings its schema up to date. On a disk without any
    /// room it gives up the reserve: what is acknowledged can then be read, and writing goes on when there is room.
    pub fn writer(&self, durability: Durability) -> Result<Connection, OpenError> {
        match self.open_writer(durability) {
            Err(OpenError::Sqlite(error)) if may_want_room(&error) && self.reserve().give()? => {
                tracing::warn!(%error, "the database does not open; the room kept for that is given up");
                self.open_writer(durability)
            }
            opened => opened,
        }
    }

    /// The room that is kept for opening it.
    pub fn reserve(&self) -> Reserve {
        Reserve::of(self.file.parent().unwrap_or(Path::new(".")))
    }

    fn open_writer(&self, durability: Durability) -> Result<Connection, OpenError> {
        let mut connection =
            self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        let synchronous = match durability {
            Durability::Full => "full",
            Durability::Normal => "normal",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "journal_size_limit", JOURNAL_SIZE_LIMIT_BYTES)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        // A process that was killed may have left commits in the log that it never synced, and acknowledged to nobody.
        // Here they count as done, and are acknowledged when asked for again: so they are synced first.
        // Without room to copy them into the database they are synced all the same, and stay in the log.
        match connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {}
            checkpointed => checkpointed?,
        }
        refuse_newer(&connection)?;
        migrate(&mut connection)?;
        Ok(connection)
    }

    /// Opens a connection that only reads.
    pub fn reader(&self) -> rusqlite::Result<Connection> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        Ok(connection)
    }
}

/// Copies the log into the database and empties it; false when somebody reads from it, for whom nobody waits.
pub fn empty_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(Duration::ZERO)?;
    let emptied = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0).map(|busy| busy == 0));
    connection.busy_timeout(BUSY)?;
    emptied
}

/// Whether an error is one that a full disk gives: files that cannot be made or made longer.
fn may_want_room(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_refuses_the_database_of_a_newer_one_and_changes_nothing() {
        let data = tempfile::tempdir().unwrap();
        let database = Database::of(data.path(), None);
        let connection = database.writer(Durability::Full).unwrap();
        connection
            .execute(
                "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                 SELECT max(version) + 1, 'of_tomorrow', applied_on, '1' FROM refinery_schema_history",
                [],
            )
            .unwrap();
        drop(connection);
        let before = std::fs::read(&database.file).unwrap();
        let refused = database.writer(Durability::Full).unwrap_err();
        assert!(matches!(refused, OpenError::Newer { found, known } if found == known + 1), "{refused}");
        assert_eq!(std::fs::read(&database.file).unwrap(), before);
    }

    /// A corruption bug of the write-ahead log lives in 3.7.0 to 3.51.2.
    #[test]
    fn sqlite_is_newer_than_the_wal_corruption_bug() {
        assert!(rusqlite::version_number() > 3_051_002, "{}", rusqlite::version());
    }
}
