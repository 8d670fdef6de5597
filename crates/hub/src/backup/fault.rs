//! Why there is no backup, in words that every language of the screens has.

use serde::Serialize;
use utoipa::ToSchema;

use super::FolderError;
use super::run::BackupError;
use crate::relay::BroughtError;

/// Why there is no backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackupFault {
    /// There is no recovery key that seals it.
    NoKey,
    /// The disk of the hub has no room for a copy.
    NoRoom,
    /// The disk of the hub refuses.
    Disk,
    /// The doctor found something in the copy.
    Damaged,
    /// The folder is not there: the stick is out, or not mounted.
    FolderGone,
    /// The folder has no room.
    FolderFull,
    /// What is read from the folder is not what was written.
    FolderLies,
    /// The folder refuses.
    FolderRefuses,
    /// The hub has no relay.
    NoRelay,
    /// The relay is not reached.
    RelayUnreachable,
    /// The relay will not have it.
    RelayRefuses,
}

impl From<&BackupError> for BackupFault {
    fn from(error: &BackupError) -> Self {
        match error {
            BackupError::NoKey => Self::NoKey,
            BackupError::NoRoom { .. } => Self::NoRoom,
            BackupError::Copy(_) | BackupError::Seal(_) | BackupError::Kept(_) => Self::Disk,
            BackupError::Unhealthy(_) => Self::Damaged,
            BackupError::NoRelay => Self::NoRelay,
            BackupError::Relay(error) => error.into(),
            BackupError::Folder(error) => error.into(),
        }
    }
}

impl From<&FolderError> for BackupFault {
    fn from(error: &FolderError) -> Self {
        match error {
            FolderError::Gone(_) | FolderError::NotApart(_) => Self::FolderGone,
            FolderError::Full { .. } => Self::FolderFull,
            FolderError::Lies(_) => Self::FolderLies,
            FolderError::Io { .. } => Self::FolderRefuses,
        }
    }
}

impl From<&BroughtError> for BackupFault {
    fn from(error: &BroughtError) -> Self {
        match error {
            BroughtError::Unreachable(_) | BroughtError::Trust(_) => Self::RelayUnreachable,
            BroughtError::Refused(_) => Self::RelayRefuses,
            BroughtError::Key(_) => Self::NoKey,
            BroughtError::Io(_) => Self::Disk,
        }
    }
}
