//! The embedded backend: `tenants.db`, and a folder with a file of its own for each venue.

mod accounts;
mod backups;
mod tenants;
mod venue;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use maitred_link::PublicKey;
use maitred_sync::{Delivery, DocId, Hash, Origin, Parcel, Snapshot, SubjectKey, Tip, Vector};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tempfile::NamedTempFile;

use super::accounts::{Accounts, Guesses, NewUser, Sighting, User, UserError};
use super::backups::{Backups, Sealed};
use super::{EnrolError, EnrolledHub, Enrolment, NewToken, Storage, StorageError, Venue};
use crate::ids::{OrganisationId, UserId, VenueId};
use crate::limits::VENUES_OPEN_MAX;

const TENANTS: &str = "tenants.db";
const VENUES: &str = "venues";
const BACKUPS: &str = "backups";
const JOURNALS: &str = "journals.db";
/// How long one process waits for another, say for `maitred-relay enrol` beside the server.
const BUSY: Duration = Duration::from_secs(5);
/// How much of a write-ahead log is kept after a checkpoint, in bytes.
const JOURNAL_SIZE_LIMIT_BYTES: i64 = 4 * 1024 * 1024;
/// Prepared statements kept by each connection.
const STATEMENTS: usize = 32;

mod tenants_schema {
    refinery::embed_migrations!("migrations/tenants");
}

mod venue_schema {
    refinery::embed_migrations!("migrations/venue");
}

type Shared = Arc<Mutex<Connection>>;

/// Tenants and journals in the files of a folder.
pub struct Sqlite {
    folder: PathBuf,
    tenants: Shared,
    open: Mutex<OpenVenues>,
}

/// Databases of venues that are open, each with when it was asked for last.
#[derive(Default)]
struct OpenVenues {
    asked: u64,
    venues: BTreeMap<VenueId, (u64, Shared)>,
}

impl Sqlite {
    /// Opens the files of `folder`, or makes them.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be used.
    pub fn open(folder: &Path) -> Result<Self, StorageError> {
        std::fs::create_dir_all(folder)?;
        make_secret(&folder.join(TENANTS))?;
        let mut tenants = connect(&folder.join(TENANTS))?;
        tenants_schema::migrations::runner().set_grouped(true).run(&mut tenants)?;
        let tenants = Arc::new(Mutex::new(tenants));
        Ok(Self { folder: folder.to_path_buf(), tenants, open: Mutex::default() })
    }

    /// The folder of a venue.
    pub fn folder_of(&self, venue: VenueId) -> PathBuf {
        self.folder.join(VENUES).join(venue.to_string())
    }

    fn venue(&self, venue: VenueId) -> Result<Shared, StorageError> {
        let mut open = lock(&self.open);
        open.asked += 1;
        let asked = open.asked;
        if let Some((last, connection)) = open.venues.get_mut(&venue) {
            *last = asked;
            return Ok(Arc::clone(connection));
        }
        let folder = self.folder_of(venue);
        std::fs::create_dir_all(&folder)?;
        let mut connection = connect(&folder.join(JOURNALS))?;
        venue_schema::migrations::runner().set_grouped(true).run(&mut connection)?;
        let connection = Arc::new(Mutex::new(connection));
        if open.venues.len() >= VENUES_OPEN_MAX {
            let oldest = open.venues.iter().min_by_key(|(_, (last, _))| *last).map(|(venue, _)| *venue);
            // Whoever is using it closes it when they are done.
            oldest.and_then(|oldest| open.venues.remove(&oldest));
        }
        open.venues.insert(venue, (asked, Arc::clone(&connection)));
        Ok(connection)
    }

    fn of_venue<T>(
        &self,
        venue: VenueId,
        call: impl FnOnce(&mut Connection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let connection = self.venue(venue)?;
        call(&mut lock(&connection))
    }

    #[cfg(test)]
    fn open_venues(&self) -> usize {
        lock(&self.open).venues.len()
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // A transaction that a panic left open is rolled back with its guard.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a file that its owner alone may read, unless it is there.
fn make_secret(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan that depends on the values bound is made anew for each of them, which costs more than to follow it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "journal_size_limit", JOURNAL_SIZE_LIMIT_BYTES)?;
    Ok(connection)
}

impl Storage for Sqlite {
    fn check(&self) -> Result<(), StorageError> {
        Ok(lock(&self.tenants).query_row("SELECT 1 FROM meta", [], |_| Ok(())).or_else(none_is_fine)?)
    }

    fn seed(&self, new: [u8; 32]) -> Result<[u8; 32], StorageError> {
        tenants::seed(&mut lock(&self.tenants), new)
    }

    fn issue(&self, token: &NewToken) -> Result<VenueId, StorageError> {
        tenants::issue(&mut lock(&self.tenants), token)
    }

    fn enrol(&self, enrolment: &Enrolment) -> Result<EnrolledHub, EnrolError> {
        tenants::enrol(&mut lock(&self.tenants), enrolment)
    }

    fn hub(&self, hub: PublicKey) -> Result<Option<EnrolledHub>, StorageError> {
        tenants::hub(&lock(&self.tenants), hub)
    }

    fn revoke(&self, hub: PublicKey, at: Timestamp) -> Result<bool, StorageError> {
        tenants::revoke(&lock(&self.tenants), hub, at)
    }

    fn venues(&self) -> Result<Vec<Venue>, StorageError> {
        tenants::venues(&lock(&self.tenants))
    }

    fn hubs(&self, venue: VenueId) -> Result<Vec<EnrolledHub>, StorageError> {
        tenants::hubs(&lock(&self.tenants), venue)
    }

    fn tips(&self, venue: VenueId) -> Result<BTreeMap<Origin, Tip>, StorageError> {
        self.of_venue(venue, |connection| venue::tips(connection))
    }

    fn hash_at(&self, venue: VenueId, origin: Origin, seq: u64) -> Result<Option<Hash>, StorageError> {
        self.of_venue(venue, |connection| venue::hash_at(connection, origin, seq))
    }

    fn beyond(&self, venue: VenueId, known: &Vector, bytes_max: usize) -> Result<Vec<Parcel>, StorageError> {
        self.of_venue(venue, |connection| venue::beyond(connection, known, bytes_max))
    }

    fn snapshot(&self, venue: VenueId, doc: DocId) -> Result<Option<Snapshot>, StorageError> {
        self.of_venue(venue, |connection| venue::snapshot(connection, doc))
    }

    fn keys_beyond(&self, venue: VenueId, n: u64) -> Result<Option<(u64, Vec<SubjectKey>)>, StorageError> {
        self.of_venue(venue, |connection| Ok(maitred_store::keys_beyond(connection, n)?))
    }

    fn store(&self, venue: VenueId, deliveries: &[Delivery]) -> Result<Vector, StorageError> {
        self.of_venue(venue, |connection| venue::store(connection, deliveries))
    }
}

impl Backups for Sqlite {
    fn draft(&self) -> Result<NamedTempFile, StorageError> {
        Ok(backups::draft(&self.folder.join(BACKUPS))?)
    }

    fn keep_backup(&self, sealed: &Sealed, draft: NamedTempFile) -> Result<(), StorageError> {
        Ok(backups::keep(&self.folder.join(BACKUPS), sealed, draft)?)
    }

    fn newest_backup(&self, fetch: [u8; 32]) -> Result<Option<File>, StorageError> {
        Ok(backups::newest(&self.folder.join(BACKUPS), fetch)?)
    }
}

impl Accounts for Sqlite {
    fn put_user(&self, user: &NewUser) -> Result<UserId, UserError> {
        accounts::put_user(&mut lock(&self.tenants), user)
    }

    fn user_of_email(&self, email: &str) -> Result<Option<User>, StorageError> {
        accounts::user_of_email(&lock(&self.tenants), email)
    }

    fn set_password(&self, user: UserId, password_hash: &str) -> Result<(), StorageError> {
        accounts::set_password(&mut lock(&self.tenants), user, password_hash)
    }

    fn charge(&self, subject: u32, now: Timestamp) -> Result<(Guesses, bool), StorageError> {
        accounts::charge(&mut lock(&self.tenants), subject, now)
    }

    fn forgive(&self, subject: u32) -> Result<(), StorageError> {
        accounts::forgive(&lock(&self.tenants), subject)
    }

    fn open_user_session(
        &self,
        hash: [u8; 32],
        user: UserId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StorageError> {
        accounts::open_user_session(&mut lock(&self.tenants), hash, user, now, expires_at)
    }

    fn user_of_session(&self, hash: [u8; 32], now: Timestamp) -> Result<Option<User>, StorageError> {
        accounts::user_of_session(&lock(&self.tenants), hash, now)
    }

    fn end_user_session(&self, hash: [u8; 32]) -> Result<(), StorageError> {
        accounts::end_user_session(&lock(&self.tenants), hash)
    }

    fn venues_of(&self, organisation: OrganisationId) -> Result<Vec<Venue>, StorageError> {
        accounts::venues_of(&lock(&self.tenants), organisation)
    }

    fn sight(&self, sighting: &Sighting) -> Result<(), StorageError> {
        accounts::sight(&lock(&self.tenants), sighting)
    }

    fn sightings(&self, venue: VenueId) -> Result<Vec<Sighting>, StorageError> {
        accounts::sightings(&lock(&self.tenants), venue)
    }
}

fn none_is_fine(error: rusqlite::Error) -> rusqlite::Result<()> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_the_key_of_the_relay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let storage = Sqlite::open(folder.path()).unwrap();
        storage.seed([1; 32]).unwrap();
        for file in [TENANTS.to_owned(), format!("{TENANTS}-wal")] {
            let mode = std::fs::metadata(folder.path().join(&file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{file}");
        }
    }

    #[test]
    fn only_so_many_venues_are_open_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Sqlite::open(folder.path()).unwrap();
        for n in 0..VENUES_OPEN_MAX as u128 + 3 {
            storage.tips(VenueId(Uuid::from_u128(n))).unwrap();
        }
        assert_eq!(storage.open_venues(), VENUES_OPEN_MAX);
    }
}
