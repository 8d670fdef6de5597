//! Sealed backups of hubs, which a storage keeps without being able to look.

use std::fs::File;

use jiff::Timestamp;
use maitred_link::PublicKey;
use tempfile::NamedTempFile;

use super::StorageError;
use crate::ids::VenueId;
use crate::limits::{BACKUP_AGE_MAX, BACKUPS_BYTES_MAX, BACKUPS_PER_VENUE_MAX};

/// A backup that has come.
#[derive(Clone, Copy, Debug)]
pub struct Sealed {
    /// What is kept of the token that it is handed out for.
    pub fetch: [u8; 32],
    /// Whose it is.
    pub venue: VenueId,
    /// Which hub's.
    pub hub: PublicKey,
    /// When it came.
    pub at: Timestamp,
    /// How long it is.
    pub bytes: u64,
}

/// Backups of hubs.
pub trait Backups {
    /// An empty file for one that is coming, on a disk of this node. It goes when it is dropped.
    ///
    /// # Errors
    /// When it cannot be made.
    fn draft(&self) -> Result<NamedTempFile, StorageError>;

    /// Keeps what was written to `draft`, and lets go of those of its venue that are too many, too long together or too old.
    ///
    /// # Errors
    /// When it cannot be written; then it is not kept.
    fn keep_backup(&self, sealed: &Sealed, draft: NamedTempFile) -> Result<(), StorageError>;

    /// The newest backup that is handed out for a token of that hash, from its beginning.
    ///
    /// # Errors
    /// When it cannot be read.
    fn newest_backup(&self, fetch: [u8; 32]) -> Result<Option<File>, StorageError>;
}

/// What of a kept backup says how long it stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<N> {
    /// How its storage calls it.
    pub name: N,
    /// When it came, in milliseconds since 1970.
    pub at_ms: i64,
    /// How long it is.
    pub bytes: u64,
}

/// Which of `kept`, the newest first, are too many, too long together, or too old. The newest stays.
pub fn expired<N>(kept: Vec<Kept<N>>, now: Timestamp) -> Vec<N> {
    let oldest_ms = (now - BACKUP_AGE_MAX).as_millisecond();
    let mut bytes = 0;
    let mut gone = Vec::new();
    for (place, it) in kept.into_iter().enumerate() {
        bytes += it.bytes;
        let is_too_much = place >= BACKUPS_PER_VENUE_MAX || bytes > BACKUPS_BYTES_MAX;
        if place > 0 && (is_too_much || it.at_ms < oldest_ms) {
            gone.push(it.name);
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)
    }

    fn gone(days: impl IntoIterator<Item = i64>, bytes: u64, now: i64) -> usize {
        let kept = days.into_iter().map(|day| Kept { name: (), at_ms: at(day).as_millisecond(), bytes });
        expired(kept.collect(), at(now)).len()
    }

    #[test]
    fn backups_go_when_they_are_too_old_too_many_or_too_long_but_for_the_newest() {
        assert_eq!(gone((960..=1_000).rev(), 1, 1_000), 10);
        assert_eq!(gone([0], 1, 1_000), 0);
        assert_eq!(gone(std::iter::repeat_n(1_000, BACKUPS_PER_VENUE_MAX + 3), 1, 1_000), 3);
        assert_eq!(gone([1_000, 999, 998], BACKUPS_BYTES_MAX, 1_000), 2);
    }
}
