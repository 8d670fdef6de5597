//! A new box out of a backup. What is in the backup is written beside what is there, checked, and moved in last.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use maitred_store::{Diagnosis, OpenError};

use super::folder;
use super::key::RecoveryKey;
use super::sealed::{BEGINNING, DATABASE, SECRETS, UnsealError, opens, unseal};
use crate::in_use::{self, InUse};
use crate::peers::PeerUrl;
use crate::relay::{BroughtError, fetch_backup};

/// Where it is written first, in the data folder.
const UNFINISHED: &str = "restore.unfinished";
/// A backup that came from a relay, in there.
const FETCHED: &str = "fetched";
/// Who a hub is that nobody ever used: the restored one is another.
const IDENTITY: &str = "hub.json";

/// Where a backup is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, or the newest that the key opens of a folder.
    Path(PathBuf),
    /// The newest at a relay.
    Relay(PeerUrl),
}

impl FromStr for Source {
    type Err = <PeerUrl as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("https://") || text.starts_with("http://") {
            return text.parse().map(Self::Relay);
        }
        Ok(Self::Path(text.into()))
    }
}

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A hub runs there.
    #[error(transparent)]
    InUse(#[from] InUse),
    /// It is not to be written over.
    #[error("{} holds a venue already: name a folder that is empty, or move that one away", .0.display())]
    Taken(PathBuf),
    /// There is nothing to restore.
    #[error("no backup is in {}", .0.display())]
    NoBackup(PathBuf),
    /// None is this key's.
    #[error("this recovery key opens none of the {count} backups in {}", folder.display())]
    NoneOpens {
        /// How many there are.
        count: usize,
        /// Where.
        folder: PathBuf,
    },
    /// It cannot be read.
    #[error("cannot read {}", file.display())]
    Read {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It cannot be opened.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// The relay does not hand it out.
    #[error(transparent)]
    Relay(#[from] BroughtError),
    /// What was in it is no database that this version knows.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The data folder refuses.
    #[error("cannot write to {}", folder.display())]
    Write {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Whether what is at `path` is a sealed backup, or a folder of some.
///
/// # Errors
/// [`RestoreError::Read`] when it cannot be looked at.
pub fn is_sealed(path: &Path) -> Result<bool, RestoreError> {
    let unreadable = |source| RestoreError::Read { file: path.to_owned(), source };
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(true);
    }
    let mut beginning = Vec::new();
    let length = BEGINNING.len() as u64;
    File::open(path).and_then(|file| file.take(length).read_to_end(&mut beginning)).map_err(unreadable)?;
    Ok(beginning == BEGINNING)
}

/// Makes the data folder `data` out of the newest sealed backup that is at `from`; returns which it was.
///
/// # Errors
/// [`RestoreError`]; then `data` is what it was.
pub async fn restore(
    from: &Source,
    key: &RecoveryKey,
    data: &Path,
    certificates: Option<&Path>,
) -> Result<String, RestoreError> {
    let is_new = !data.exists();
    let refused = |source| RestoreError::Write { folder: data.to_owned(), source };
    fs::create_dir_all(data).map_err(refused)?;
    let held = in_use::hold(data)?;
    let staging = data.join(UNFINISHED);
    let done = async {
        if !maitred_store::is_vacant(data)? {
            return Err(RestoreError::Taken(data.to_owned()));
        }
        clear(&staging).and_then(|()| fs::create_dir(&staging)).map_err(refused)?;
        let (file, name) = match from {
            Source::Path(path) => newest(path, key).map(|file| (file.clone(), file.display().to_string()))?,
            Source::Relay(url) => {
                let file = staging.join(FETCHED);
                fetch_backup(url, &key.fetch_token(), certificates, &file).await?;
                (file, url.to_string())
            }
        };
        unseal(read(&file)?, key, &staging)?;
        move_in(&staging, data)?;
        Ok(name)
    }
    .await;
    let cleared = clear(&staging).map_err(refused);
    drop(held);
    if done.is_err() && is_new {
        // Nothing but its lock is in it.
        let _ = fs::remove_dir_all(data);
    }
    cleared.and(done)
}

/// The newest backup at `path` that `key` opens.
fn newest(path: &Path, key: &RecoveryKey) -> Result<PathBuf, RestoreError> {
    if !path.is_dir() {
        return if is_sealed(path)? { Ok(path.to_owned()) } else { Err(UnsealError::NotSealed.into()) };
    }
    let unreadable = |source| RestoreError::Read { file: path.to_owned(), source };
    let found = folder::list(path).map_err(unreadable)?;
    let count = found.len();
    for backup in found {
        if opens(read(&backup.file)?, key) {
            return Ok(backup.file);
        }
    }
    match count {
        0 => Err(RestoreError::NoBackup(path.to_owned())),
        count => Err(RestoreError::NoneOpens { count, folder: path.to_owned() }),
    }
}

fn read(file: &Path) -> Result<BufReader<File>, RestoreError> {
    let opened = File::open(file).map_err(|source| RestoreError::Read { file: file.to_owned(), source })?;
    Ok(BufReader::new(opened))
}

/// Moves what was unsealed to where it belongs: the database last, since a folder without one is an empty one.
fn move_in(staging: &Path, data: &Path) -> Result<(), RestoreError> {
    let refused = |source| RestoreError::Write { folder: data.to_owned(), source };
    maitred_store::prepare_restored(&staging.join(DATABASE))?;
    maitred_store::clear_vacant(data)?;
    delete(&data.join(IDENTITY)).map_err(refused)?;
    for name in SECRETS {
        match fs::rename(staging.join(name), data.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => delete(&data.join(name)),
            renamed => renamed,
        }
        .map_err(refused)?;
    }
    fs::rename(staging.join(DATABASE), data.join(DATABASE)).map_err(refused)?;
    File::open(data).and_then(|folder| folder.sync_all()).map_err(refused)
}

fn delete(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Opens the backup at `path` in the folder `room`, and looks at it as the doctor does at a data folder. Nothing stays there.
///
/// # Errors
/// [`RestoreError`] when it cannot be opened.
pub fn examine(path: &Path, key: &RecoveryKey, room: &Path) -> Result<Diagnosis, RestoreError> {
    let staging = room.join(format!("maitred-{}", std::process::id()));
    let refused = |source| RestoreError::Write { folder: room.to_owned(), source };
    clear(&staging).and_then(|()| fs::create_dir(&staging)).map_err(refused)?;
    let examined = newest(path, key).and_then(|file| {
        unseal(read(&file)?, key, &staging)?;
        let mut diagnosis = maitred_store::examine_backup(&staging.join(DATABASE))?;
        diagnosis
            .checked
            .insert(0, format!("backup: {} opens, and no bit of it was changed", file.display()));
        Ok(diagnosis)
    });
    let cleared = clear(&staging).map_err(refused);
    cleared.and(examined)
}
