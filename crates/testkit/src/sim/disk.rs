//! A disk in memory that SQLite writes to: it forgets what was not synced, tears writes, fails, fills up, and dies in
//! the middle of anything.
//!
//! What is written is seen at once by whoever reads, as a kernel's cache shows it, and is certain only after a sync. At
//! a power cut each uncertain write is there, or is not, or is there in part, sector by sector; which of it follows from
//! the seed. A killed process leaves everything as seen, and as uncertain as before.

mod vfs;

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

use super::rng::Rng;
use crate::faulty_vfs::{Fault, Operation};

/// What a disk writes at once or not at all, in bytes.
const SECTOR_BYTES: usize = 512;

/// A disk. SQLite finds it by [`Self::folder`], until it is dropped.
#[derive(Debug)]
pub struct Disk {
    number: u64,
    state: Shared,
}

type Shared = Arc<Mutex<State>>;

/// What is on a disk for certain.
pub type Image = BTreeMap<String, Vec<u8>>;

/// What remains of uncertain writes when the power is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// None of them.
    Lost,
    /// All of them.
    Kept,
    /// Those before some moment.
    Ordered,
    /// Any of them, some in part.
    Torn,
}

const FATES: [Fate; 4] = [Fate::Lost, Fate::Kept, Fate::Ordered, Fate::Torn];

impl Disk {
    /// The VFS through which disks are reached.
    pub fn vfs() -> &'static str {
        vfs::registered()
    }

    /// An empty disk.
    pub fn new() -> Self {
        let state = Shared::default();
        Self { number: vfs::attach(&state), state }
    }

    /// A disk that holds `image`.
    pub fn of(image: &Image) -> Self {
        let disk = Self::new();
        let file = |(name, bytes): (&String, &Vec<u8>)| (name.clone(), Contents::certain(bytes.clone()));
        disk.lock().files = image.iter().map(file).collect();
        disk
    }

    /// What it would hold, were everything synced now.
    pub fn image(&self) -> Image {
        self.lock().files.iter().map(|(name, file)| (name.clone(), file.now.clone())).collect()
    }

    /// The folder that is this disk.
    pub fn folder(&self) -> PathBuf {
        vfs::folder(self.number)
    }

    /// Operations so far.
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// Lets the power go at the n-th operation from now on: it and all after it come to nothing.
    pub fn die_in(&self, n: u64) {
        let mut state = self.lock();
        state.dies_at = Some(state.operations + n);
    }

    /// Whether the power is gone.
    pub fn is_dead(&self) -> bool {
        self.lock().is_dead
    }

    /// Makes the n-th operation from now on fail.
    pub fn fail_in(&self, n: u64, fault: Fault) {
        let mut state = self.lock();
        let at = state.operations + n;
        state.faults.insert(at, fault);
    }

    /// Lets everything succeed from now on.
    pub fn mend(&self) {
        let mut state = self.lock();
        (state.dies_at, state.is_full, state.full_at) = (None, false, None);
        state.faults.clear();
    }

    /// Takes all room away, or gives it back.
    pub fn set_full(&self, is_full: bool) {
        let mut state = self.lock();
        (state.is_full, state.full_at) = (is_full, None);
    }

    /// Takes all room away at the n-th operation from now on, be it in the middle of a commit.
    pub fn fill_in(&self, n: u64) {
        let mut state = self.lock();
        state.full_at = Some(state.operations + n);
    }

    /// Syncs nothing from now on and says that it did: a disk that lies.
    pub fn lie(&self) {
        self.lock().lies = true;
    }

    /// The process that used it is gone, with its locks. What it wrote is seen as before.
    pub fn kill(&self) {
        self.lock().settle();
    }

    /// The power was gone and is back: what is there now is all there ever was.
    pub fn cut_power(&self, rng: &mut Rng) {
        let mut state = self.lock();
        state.settle();
        state.forget(rng);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        vfs::detach(self.number);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<String, Contents>,
    /// Deleted files whose names are still in the folder on the disk, with what is certain of them.
    ghosts: BTreeMap<String, Vec<u8>>,
    operations: u64,
    dies_at: Option<u64>,
    is_dead: bool,
    faults: BTreeMap<u64, Fault>,
    is_full: bool,
    full_at: Option<u64>,
    lies: bool,
}

impl State {
    /// Counts one operation, and says with which code it must fail.
    fn step(&mut self, operation: Operation) -> Option<c_int> {
        self.operations += 1;
        self.is_dead |= self.dies_at.is_some_and(|at| self.operations >= at);
        if self.is_dead {
            return Some(ffi::SQLITE_IOERR);
        }
        self.is_full |= self.full_at.is_some_and(|at| self.operations >= at);
        let fault = self.faults.remove(&self.operations);
        let full = self.is_full.then_some(Fault::Full);
        fault.or(full).and_then(|fault| fault.code(operation))
    }

    fn file(&mut self, name: &str) -> &mut Contents {
        self.files.entry(name.to_owned()).or_default()
    }

    /// Makes a file certain; with the first sync of a new one its folder, as the "unix" VFS does.
    fn sync(&mut self, name: &str) {
        if self.lies {
            return;
        }
        let file = self.file(name);
        let is_new = !file.is_certain;
        file.sync();
        if is_new {
            self.ghosts.clear();
        }
    }

    fn delete(&mut self, name: &str, is_synced: bool) {
        let Some(gone) = self.files.remove(name) else { return };
        if gone.is_certain {
            self.ghosts.entry(name.to_owned()).or_insert(gone.synced);
        }
        if is_synced && !self.lies {
            self.ghosts.clear();
        }
    }

    /// Nobody uses it any more.
    fn settle(&mut self) {
        (self.dies_at, self.is_dead) = (None, false);
        self.faults.clear();
        for file in self.files.values_mut() {
            (file.locks, file.index) = Default::default();
        }
    }

    fn forget(&mut self, rng: &mut Rng) {
        let fate = *rng.pick(&FATES).expect("there are some");
        let stays = |rng: &mut Rng| match fate {
            Fate::Lost => false,
            Fate::Kept => true,
            Fate::Ordered | Fate::Torn => rng.chance(50),
        };
        for (name, file) in std::mem::take(&mut self.files) {
            if file.is_certain || stays(rng) {
                self.files.insert(name, Contents::certain(file.remains(fate, rng)));
            }
        }
        for (name, synced) in std::mem::take(&mut self.ghosts) {
            if !stays(rng) {
                self.files.entry(name).or_insert_with(|| Contents::certain(synced));
            }
        }
    }
}

/// A file.
#[derive(Debug, Default)]
struct Contents {
    /// As it is seen.
    now: Vec<u8>,
    /// As it is for certain.
    synced: Vec<u8>,
    /// What made the one of the other, in order.
    uncertain: Vec<Change>,
    /// The folder has it for certain.
    is_certain: bool,
    locks: Locks,
    index: Index,
}

#[derive(Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Contents {
    fn certain(bytes: Vec<u8>) -> Self {
        Self { now: bytes.clone(), synced: bytes, is_certain: true, ..Self::default() }
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        put(&mut self.now, at, bytes);
        self.uncertain.push(Change::Write { at, bytes: bytes.to_vec() });
    }

    fn truncate(&mut self, bytes: usize) {
        self.now.truncate(bytes);
        self.uncertain.push(Change::Truncate(bytes));
    }

    fn sync(&mut self) {
        for change in std::mem::take(&mut self.uncertain) {
            change.apply(&mut self.synced);
        }
        self.is_certain = true;
    }

    /// What a power cut leaves.
    fn remains(self, fate: Fate, rng: &mut Rng) -> Vec<u8> {
        let mut remains = self.synced;
        let kept = match fate {
            Fate::Lost => 0,
            Fate::Kept | Fate::Torn => self.uncertain.len(),
            Fate::Ordered => rng.place(self.uncertain.len() + 1),
        };
        for change in self.uncertain.into_iter().take(kept) {
            match (fate, change) {
                (Fate::Torn, Change::Write { at, bytes }) => tear(&mut remains, at, &bytes, rng),
                (Fate::Torn, Change::Truncate(_)) if rng.chance(50) => {}
                (_, change) => change.apply(&mut remains),
            }
        }
        remains
    }
}

impl Change {
    fn apply(self, to: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => put(to, at, &bytes),
            Self::Truncate(bytes) => to.truncate(bytes),
        }
    }
}

fn put(to: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if to.len() < at {
        to.resize(at, 0);
    }
    let (over, beyond) = bytes.split_at(bytes.len().min(to.len() - at));
    to[at..at + over.len()].copy_from_slice(over);
    to.extend_from_slice(beyond);
}

/// Writes some of the sectors; all or none of them more often than chance would.
fn tear(to: &mut Vec<u8>, at: usize, bytes: &[u8], rng: &mut Rng) {
    let percent = *rng.pick(&[0, 50, 100, 100]).expect("there are some");
    let mut done = 0;
    while done < bytes.len() {
        let sector = SECTOR_BYTES - (at + done) % SECTOR_BYTES;
        let end = (done + sector).min(bytes.len());
        if rng.chance(percent) {
            put(to, at + done, &bytes[done..end]);
        }
        done = end;
    }
}

/// Who may read and write a file, as SQLite's five levels have it.
#[derive(Debug, Default)]
struct Locks {
    shared: u32,
    is_reserved: bool,
    is_exclusive: bool,
}

/// The write-ahead log's index, shared by whoever has the file open.
#[derive(Debug, Default)]
struct Index {
    users: u32,
    regions: Vec<Box<[u64]>>,
    shared: [u32; ffi::SQLITE_SHM_NLOCK as usize],
    exclusive: [bool; ffi::SQLITE_SHM_NLOCK as usize],
}

/// How much of the index SQLite asks for at a time.
const REGION_BYTES: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, OpenFlags};

    use super::*;

    fn open(disk: &Disk, synchronous: &str) -> Connection {
        let file = disk.folder().join("test.db");
        let connection =
            Connection::open_with_flags_and_vfs(file, OpenFlags::default(), Disk::vfs()).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        connection.pragma_update(None, "synchronous", synchronous).unwrap();
        connection
    }

    fn rows(connection: &Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM it", [], |row| row.get(0)).unwrap_or_default()
    }

    /// Commits `rows`, cuts the power, and counts what is there.
    fn survivors(synchronous: &str, lies: bool, seed: u64) -> i64 {
        let disk = Disk::new();
        let connection = open(&disk, synchronous);
        connection.execute_batch("CREATE TABLE it (n INTEGER PRIMARY KEY) STRICT").unwrap();
        if lies {
            disk.lie();
        }
        for _ in 0..20 {
            connection.execute("INSERT INTO it DEFAULT VALUES", []).unwrap();
        }
        disk.die_in(1);
        drop(connection);
        disk.cut_power(&mut Rng::new(seed));
        let connection = open(&disk, "full");
        let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        rows(&connection)
    }

    #[test]
    fn what_was_synced_is_there_after_every_power_cut() {
        assert!((0..60).all(|seed| survivors("full", false, seed) == 20));
    }

    #[test]
    fn a_commit_without_a_sync_and_a_disk_that_lies_are_both_caught() {
        assert!((0..60).any(|seed| survivors("normal", false, seed) < 20));
        assert!((0..60).any(|seed| survivors("full", true, seed) < 20));
    }

    #[test]
    fn readers_see_a_commit_and_not_what_is_before_it() {
        let disk = Disk::new();
        let (writer, reader) = (open(&disk, "full"), open(&disk, "full"));
        writer.execute_batch("CREATE TABLE it (n INTEGER PRIMARY KEY) STRICT; BEGIN IMMEDIATE").unwrap();
        writer.execute("INSERT INTO it DEFAULT VALUES", []).unwrap();
        assert_eq!(rows(&reader), 0);
        assert!(reader.execute("INSERT INTO it DEFAULT VALUES", []).is_err(), "one writes");
        writer.execute_batch("COMMIT").unwrap();
        assert_eq!(rows(&reader), 1);
    }

    #[test]
    fn a_full_disk_is_refused_and_recovers() {
        let disk = Disk::new();
        let connection = open(&disk, "full");
        connection.execute_batch("CREATE TABLE it (n INTEGER PRIMARY KEY) STRICT").unwrap();
        disk.set_full(true);
        let refused = connection.execute("INSERT INTO it DEFAULT VALUES", []).unwrap_err();
        assert_eq!(refused.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
        disk.set_full(false);
        connection.execute("INSERT INTO it DEFAULT VALUES", []).unwrap();
        assert_eq!(rows(&connection), 1);
    }
}
