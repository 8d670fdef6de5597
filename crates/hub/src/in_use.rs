//! One process to a data folder: two would not see each other's memory.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

const FILE: &str = "lock";

/// A data folder that somebody else uses.
#[derive(Debug, thiserror::Error)]
#[error("a hub runs on {}: stop it first", .0.display())]
pub struct InUse(pub PathBuf);

/// Holds a data folder until it is dropped, or the process ends however it ends.
#[derive(Debug)]
pub struct Held {
    _file: Option<File>,
}

/// Takes a data folder, which is there.
///
/// # Errors
/// [`InUse`] when another process has it.
pub fn hold(data: &Path) -> Result<Held, InUse> {
    let file = File::options().create(true).append(true).open(data.join(FILE));
    let locked = file.and_then(|file| match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    });
    match locked {
        Ok(None) => Err(InUse(data.to_owned())),
        Ok(file) => Ok(Held { _file: file }),
        Err(error) => {
            // A full disk, or one that knows no locks, is no reason not to serve.
            tracing::warn!(%error, "the data folder is not locked");
            Ok(Held { _file: None })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_at_a_time() {
        let data = tempfile::tempdir().unwrap();
        let held = hold(data.path()).unwrap();
        assert!(hold(data.path()).is_err());
        drop(held);
        assert!(hold(data.path()).is_ok());
    }
}
