//! What this hub knows of its backups: where they go, what seals them, and when the last ones were made.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::key::SealingKey;
use crate::limits::BACKUP_DAYS_MAX;
use crate::peer::keep_secret;

/// In the data folder.
pub const FILE: &str = "backup.json";

/// Why it cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// The file cannot be read or made.
    #[error("cannot use {FILE} of the data folder")]
    Io(#[from] io::Error),
    /// The file is none.
    #[error("{FILE} of the data folder is damaged")]
    Damaged(#[source] serde_json::Error),
}

/// Where backups go, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The folder, which is there.
    pub folder: Option<PathBuf>,
    /// The folder was on another disk than the data when it was chosen: when it is not, the stick is out.
    pub is_apart: bool,
    /// To the relay too.
    pub to_relay: bool,
    /// When, by the venue's clock; else when the business day ends.
    pub at: Option<Time>,
    /// After how many days they are deleted.
    pub keep_days: u8,
}

impl Default for Plan {
    fn default() -> Self {
        Self { folder: None, is_apart: false, to_relay: false, at: None, keep_days: BACKUP_DAYS_MAX }
    }
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// When.
    pub at: Timestamp,
    /// How long the file is.
    pub bytes: u64,
}

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Where backups go, and when.
    pub plan: Plan,
    /// What seals them.
    pub key: Option<SealingKey>,
    /// The last one in the folder.
    pub in_folder: Option<Made>,
    /// The last one at the relay.
    pub at_relay: Option<Made>,
}

impl Kept {
    /// Reads it from a data folder.
    ///
    /// # Errors
    /// [`KeptError`] when it is there and cannot be used.
    pub fn open(data: &Path) -> Result<Self, KeptError> {
        match fs::read(data.join(FILE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(KeptError::Damaged),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes it into a data folder: whole, or not at all.
    ///
    /// # Errors
    /// [`KeptError`] when it cannot be written.
    pub fn keep(&self, data: &Path) -> Result<(), KeptError> {
        let json = serde_json::to_vec_pretty(self).map_err(KeptError::Damaged)?;
        Ok(keep_secret(&data.join(FILE), &json)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::RecoveryKey;

    #[test]
    fn what_is_known_of_backups_survives_a_restart() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(Kept::open(data.path()).unwrap(), Kept::default());
        let kept = Kept {
            plan: Plan {
                folder: Some("/media/stick".into()),
                at: Some(Time::constant(4, 30, 0, 0)),
                ..Plan::default()
            },
            key: Some(RecoveryKey::mint().seal()),
            in_folder: Some(Made { at: Timestamp::UNIX_EPOCH, bytes: 7 }),
            at_relay: None,
        };
        kept.keep(data.path()).unwrap();
        assert_eq!(Kept::open(data.path()).unwrap(), kept);
        fs::write(data.path().join(FILE), "[1]").unwrap();
        assert!(matches!(Kept::open(data.path()), Err(KeptError::Damaged(_))));
    }
}
