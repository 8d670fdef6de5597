//! Room that is kept on the disk, so that a database can still be opened when there is no other.

use std::io;
use std::path::{Path, PathBuf};

/// The file in the data folder.
const FILE: &str = "reserve";
/// As much as an open database needs beside its file before the first commit, and then some.
const BYTES: usize = 1024 * 1024;

/// A file that is there to be deleted.
#[derive(Clone, Debug)]
pub struct Reserve {
    file: PathBuf,
}

impl Reserve {
    /// The reserve of a data folder.
    pub fn of(data: &Path) -> Self {
        Self { file: data.join(FILE) }
    }

    /// Takes the room, unless it is taken already. On a full disk there is none to take: that is no failure yet.
    pub fn fill(&self) {
        let filled = std::fs::metadata(&self.file).is_ok_and(|metadata| metadata.len() >= BYTES as u64);
        if filled {
            return;
        }
        if let Err(error) = std::fs::write(&self.file, vec![0; BYTES]) {
            tracing::warn!(%error, "no room is kept for opening the database on a full disk");
            // Half a reserve would look like a whole one to nobody, and fill the disk.
            let _ = self.give();
        }
    }

    /// Gives the room back to the disk; false when there was none.
    ///
    /// # Errors
    /// When the file cannot be deleted.
    pub fn give(&self) -> io::Result<bool> {
        match std::fs::remove_file(&self.file) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_taken_once_and_given_once() {
        let data = tempfile::tempdir().unwrap();
        let reserve = Reserve::of(data.path());
        assert!(!reserve.give().unwrap());
        reserve.fill();
        reserve.fill();
        assert_eq!(std::fs::metadata(data.path().join(FILE)).unwrap().len(), BYTES as u64);
        assert!(reserve.give().unwrap() && !reserve.give().unwrap());
    }
}
