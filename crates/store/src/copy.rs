//! A copy of the database for a hub of the venue that knows nothing yet: made beside the one, sent, written down beside
//! the other, and put in its place before that is opened again.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use maitred_sync::Hash;
use rusqlite::Connection;

use crate::backup::{clear_vacant, copy_pages, is_vacant, keep, remove};
use crate::hubs::{HubRecord, put};
use crate::sqlite::{FILE, migrate, refuse_newer};
use crate::{OpenError, ReadError, Store, lineage};

/// What is added to the name of the database for a copy that is being given away, for one that arrives, and for one
/// that has arrived.
const GIVEN: &str = ".given";
const ARRIVING: &str = ".arriving";
const ARRIVED: &str = ".arrived";
/// So much of what arrives is not synced at most: a slow disk is not to be behind by more than it writes in a moment.
const UNSYNCED_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The database as it was at one moment, in a file that goes when this does.
#[derive(Debug)]
pub struct GivenCopy {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl GivenCopy {
    /// How large it is, in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.bytes
    }
}

impl Read for GivenCopy {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Drop for GivenCopy {
    fn drop(&mut self) {
        tidy(&self.path);
    }
}

/// A copy that arrives. Its file goes when this does, unless it was [finished](Self::finish).
#[derive(Debug)]
pub struct ArrivingCopy {
    database: PathBuf,
    path: PathBuf,
    file: File,
    hasher: blake3::Hasher,
    bytes: u64,
    unsynced: u64,
}

impl ArrivingCopy {
    /// How much of it is here, in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes down what comes next.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)?;
        self.hasher.update(piece);
        let length = piece.len() as u64;
        (self.bytes, self.unsynced) = (self.bytes + length, self.unsynced + length);
        if self.unsynced >= UNSYNCED_BYTES_MAX {
            self.file.sync_data()?;
            self.unsynced = 0;
        }
        Ok(())
    }

    /// Examines what came, and makes it a database of its own of the venue `realm`, of which these are the `hubs` as far as
    /// they are known here. It waits for [`take_arrived`] then.
    ///
    /// # Errors
    /// [`OpenError`] when it is not what `hash` is the BLAKE3 of, damaged, another venue's, or a newer version's.
    pub fn finish(self, hash: &Hash, realm: [u8; 16], hubs: &[HubRecord]) -> Result<(), OpenError> {
        if self.hasher.finalize().as_bytes() != hash.as_bytes() {
            return Err(OpenError::Damaged("it is not what the other hub sent".into()));
        }
        make_own(&self.path, realm, hubs)?;
        keep(&self.path, &with(&self.database, ARRIVED))
    }
}

impl Drop for ArrivingCopy {
    fn drop(&mut self) {
        tidy(&self.path);
    }
}

impl Store {
    /// The folder that it is in.
    pub fn folder(&self) -> &Path {
        self.inner.readers.database().file.parent().unwrap_or(Path::new("."))
    }

    /// How large a copy of it would be, in bytes.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn size_bytes(&self) -> Result<u64, ReadError> {
        let query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        self.inner.readers.read(|connection| Ok(connection.query_row(query, [], |row| row.get(0))?))
    }

    /// Makes a copy in the data folder. Others read and write meanwhile; it is examined by who gets it.
    ///
    /// # Errors
    /// [`OpenError`] when it cannot be made.
    pub fn give_copy(&self) -> Result<GivenCopy, OpenError> {
        let database = self.inner.readers.database();
        let path = with(&database.file, GIVEN);
        remove(&path)?;
        let made = copied(&database.reader()?, &path);
        if made.is_err() {
            tidy(&path);
        }
        made.map(|(file, bytes)| GivenCopy { path, file, bytes })
    }

    /// Begins to write down a copy that arrives.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn take_copy(&self) -> io::Result<ArrivingCopy> {
        let database = self.inner.readers.database().file.clone();
        let path = with(&database, ARRIVING);
        let file = File::create(&path)?;
        Ok(ArrivingCopy { database, path, file, hasher: blake3::Hasher::new(), bytes: 0, unsynced: 0 })
    }
}

/// Puts a copy that has arrived in the place of a database that nobody ever wrote to, before that is opened; says whether
/// there was one. What else copies left in `data` is deleted: none is under way.
///
/// # Errors
/// [`OpenError`] when it cannot be put there; then the same may be tried again.
pub fn take_arrived(data: &Path) -> Result<bool, OpenError> {
    let file = data.join(FILE);
    for unfinished in [GIVEN, ARRIVING] {
        tidy(&with(&file, unfinished));
    }
    let arrived = with(&file, ARRIVED);
    if !arrived.exists() {
        return Ok(false);
    }
    if !is_vacant(data)? {
        remove(&arrived)?;
        return Ok(false);
    }
    clear_vacant(data)?;
    keep(&arrived, &file)?;
    Ok(true)
}

fn copied(from: &Connection, to: &Path) -> Result<(File, u64), OpenError> {
    let mut copy = Connection::open(to)?;
    // It does not outlive this process.
    copy.pragma_update(None, "synchronous", "off")?;
    copy_pages(from, &mut copy)?;
    drop(copy);
    let file = File::open(to)?;
    let bytes = file.metadata()?.len();
    Ok((file, bytes))
}

/// Makes a copy another database of the same venue, without what is the other hub's alone. That one goes on, and prints what
/// it was asked for.
fn make_own(copy: &Path, realm: [u8; 16], hubs: &[HubRecord]) -> Result<(), OpenError> {
    let mut copy = Connection::open(copy)?;
    let verdict: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(OpenError::Damaged(verdict));
    }
    refuse_newer(&copy)?;
    migrate(&mut copy)?;
    if lineage::realm(&copy, &|| realm)? != realm {
        return Err(OpenError::Damaged("it is another venue's".into()));
    }
    let transaction = copy.transaction()?;
    lineage::forget(&transaction)?;
    transaction.execute_batch(
        "INSERT OR IGNORE INTO papers_elsewhere (key)
             SELECT key FROM print_jobs WHERE settled IS NOT NULL ORDER BY number DESC LIMIT 10000;
         DELETE FROM print_jobs;
         DELETE FROM device_tasks;
         DELETE FROM key_presses;",
    )?;
    hubs.iter().try_for_each(|hub| put(&transaction, hub))?;
    Ok(transaction.commit()?)
}

fn with(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Deletes a copy and what SQLite may have left beside it; one that stays is deleted at the next start.
fn tidy(copy: &Path) {
    for file in [copy.to_owned(), with(copy, "-journal")] {
        if let Err(error) = remove(&file) {
            tracing::warn!(%error, file = %file.display(), "what is left of a copy is not deleted");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use maitred_domain::catalogue::Catalogue;

    use super::*;
    use crate::{Durability, Options};

    const REALM: [u8; 16] = [7; 16];

    fn open(data: &Path, realm: [u8; 16]) -> Store {
        crate::join(data, realm, &[]).unwrap();
        let options = Options {
            data: data.to_owned(),
            clock: Arc::new(|| jiff::Timestamp::UNIX_EPOCH),
            mint: Arc::new(move || realm),
            number_prefix: String::new(),
            durability: Durability::Full,
            vfs: None,
        };
        Store::open(&options, Catalogue::default).unwrap()
    }

    /// Sends a copy of one store to another, with `change` made to it on the way.
    fn send(from: &Store, to: &Store, change: impl Fn(&mut Vec<u8>)) -> Result<(), OpenError> {
        let mut given = from.give_copy()?;
        let mut bytes = Vec::new();
        given.read_to_end(&mut bytes)?;
        assert_eq!(bytes.len() as u64, given.size_bytes());
        let hash = Hash::from(*blake3::hash(&bytes).as_bytes());
        change(&mut bytes);
        let mut copy = to.take_copy()?;
        bytes.chunks(10_000).try_for_each(|piece| copy.add(piece))?;
        copy.finish(&hash, to.realm(), &[])
    }

    #[test]
    fn what_was_changed_on_the_way_and_what_is_another_venues_is_never_put_in_place() {
        let [one, other, stranger] = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let (from, to) = (open(one.path(), REALM), open(other.path(), REALM));
        let refused = send(&from, &to, |bytes| bytes[5_000] ^= 1).unwrap_err();
        assert!(refused.to_string().contains("not what the other hub sent"), "{refused}");
        let refused = send(&open(stranger.path(), [9; 16]), &to, |_| ()).unwrap_err();
        assert!(refused.to_string().contains("another venue"), "{refused}");
        drop((from, to));
        assert!(!take_arrived(other.path()).unwrap());
        let files = std::fs::read_dir(other.path()).unwrap().map(|file| file.unwrap().file_name());
        let files: Vec<_> = files.filter_map(|name| name.into_string().ok()).collect();
        assert!(files.iter().all(|name| !name.starts_with("maitred.db.")), "{files:?}");
    }

    #[test]
    fn a_copy_is_put_in_place_once() {
        let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let (from, to) = (open(one.path(), REALM), open(other.path(), REALM));
        send(&from, &to, |_| ()).unwrap();
        drop((from, to));
        assert!(take_arrived(other.path()).unwrap());
        assert!(!take_arrived(other.path()).unwrap());
        open(other.path(), REALM);
    }
}
