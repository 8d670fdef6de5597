//! A folder of backups: on a stick, or on another machine. Nothing there is trusted to be there the next time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maitred_store::HubKey;

use super::sealed::{Sealed, measure};
use crate::limits::BACKUPS_KEPT_MIN;

const NAME: &str = "maitred-";
const STAMP: &str = "%Y%m%dT%H%M%SZ";
const ENDING: &str = ".age";
const UNFINISHED: &str = ".part";
/// A file of a clock so far ahead of this one was not made then.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Why nothing is in the folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It is not there, or no folder.
    #[error("{} is not there: is the stick in, and mounted?", .0.display())]
    Gone(PathBuf),
    /// It was on another disk once.
    #[error("{} is on the disk of the data now: the stick is out, or not mounted", .0.display())]
    NotApart(PathBuf),
    /// It holds no more.
    #[error("{} has no room for {mib} MiB", folder.display())]
    Full {
        /// Which.
        folder: PathBuf,
        /// How much is wanted.
        mib: u64,
    },
    /// What was read back is not what was written.
    #[error("what was written to {} is not what is read from it: replace the stick", .0.display())]
    Lies(PathBuf),
    /// It refuses.
    #[error("{} refuses: {source}", folder.display())]
    Io {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A backup in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// When it was made, as its name says.
    pub at: Timestamp,
    /// Where it is.
    pub file: PathBuf,
}

/// Whether something can be put into `folder`, which `is_apart` from the disk of `data`.
///
/// # Errors
/// [`FolderError`] when not.
pub fn look(folder: &Path, is_apart: bool, data: &Path) -> Result<(), FolderError> {
    if !folder.is_dir() {
        return Err(FolderError::Gone(folder.to_owned()));
    }
    if is_apart && !self::is_apart(folder, data) {
        return Err(FolderError::NotApart(folder.to_owned()));
    }
    Ok(())
}

/// Whether the folder is on another disk than the data.
#[cfg(unix)]
pub fn is_apart(folder: &Path, data: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let disk = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    disk(folder).is_some_and(|disk_there| disk(data) != Some(disk_there))
}

/// Whether the folder is on another disk than the data: nobody knows here.
#[cfg(not(unix))]
pub fn is_apart(_: &Path, _: &Path) -> bool {
    false
}

/// Bytes that are free where `folder` is; `None` where nobody knows.
pub fn room(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    return rustix::fs::statvfs(folder).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    #[cfg(not(unix))]
    return None;
}

/// Puts the file `from`, which measures `sealed`, into `folder` as the backup of the hub `hub` at `now`: whole, or not at all.
///
/// # Errors
/// [`FolderError`]; what was there before is still there.
pub fn put(
    from: &Path,
    sealed: Sealed,
    folder: &Path,
    hub: HubKey,
    now: Timestamp,
) -> Result<PathBuf, FolderError> {
    if room(folder).is_some_and(|room| room <= sealed.bytes) {
        let mib = sealed.bytes.div_ceil(1024 * 1024);
        return Err(FolderError::Full { folder: folder.to_owned(), mib });
    }
    let refused = |source| FolderError::Io { folder: folder.to_owned(), source };
    let to = folder.join(format!("{}{}{ENDING}", prefix(hub), now.strftime(STAMP)));
    let unfinished = to.with_extension(&UNFINISHED[1..]);
    let written = write(from, &unfinished).and_then(|()| measure(&unfinished));
    let kept = match written {
        Ok(measured) if measured == sealed => fs::rename(&unfinished, &to).map_err(refused),
        Ok(_) => Err(FolderError::Lies(folder.to_owned())),
        Err(error) => Err(refused(error)),
    };
    if let Err(error) = kept {
        // The folder may be gone by now.
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    // A folder of another system may know no such thing.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(to)
}

fn write(from: &Path, to: &Path) -> io::Result<()> {
    let mut file = File::create(to)?;
    io::copy(&mut File::open(from)?, &mut file)?;
    file.sync_all()
}

/// Deletes backups of `hub` that are older than `days`, but never so many that few remain: a clock that is wrong by years
/// deletes no more than that. What was never finished goes too.
///
/// # Errors
/// When the folder refuses.
pub fn expire(folder: &Path, hub: HubKey, days: u8, now: Timestamp) -> io::Result<()> {
    let mine =
        |file: &Path| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix(hub)));
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if mine(&file) && file.extension().is_some_and(|ending| ending == &UNFINISHED[1..]) {
            fs::remove_file(file)?;
        }
    }
    let found = list(folder)?.into_iter().filter(|found| mine(&found.file)).collect();
    for old in expired(found, days, now) {
        fs::remove_file(old.file)?;
    }
    Ok(())
}

/// Which of `found`, newest first, are to go.
fn expired(found: Vec<Found>, days: u8, now: Timestamp) -> Vec<Found> {
    let (ahead, mut known): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|it| it.at.duration_since(now) > AHEAD_MAX);
    // What a clock that was ahead has made counts as the oldest.
    known.extend(ahead);
    let oldest = now - SignedDuration::from_hours(24 * i64::from(days));
    let beyond = known.split_off(known.len().min(BACKUPS_KEPT_MIN));
    beyond.into_iter().filter(|it| it.at < oldest || it.at.duration_since(now) > AHEAD_MAX).collect()
}

/// Every finished backup of a folder, newest first.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(folder: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        let at = file.file_name().and_then(|name| made_at(name.to_str()?));
        found.extend(at.map(|at| Found { at, file }));
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found)
}

fn made_at(name: &str) -> Option<Timestamp> {
    let (_, stamp) = name.strip_prefix(NAME)?.strip_suffix(ENDING)?.split_once('-')?;
    let at = DateTime::strptime(STAMP, stamp).ok()?;
    TimeZone::UTC.to_ambiguous_timestamp(at).compatible().ok()
}

/// How the names of a hub's backups begin: several may share a folder.
fn prefix(hub: HubKey) -> String {
    format!("{NAME}{:.8}-", hub.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub() -> HubKey {
        HubKey::from([1; 32])
    }

    fn at(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (20_000 + days))
    }

    fn days_of(found: &[Found]) -> Vec<i64> {
        found.iter().map(|it| (it.at.as_second() - at(0).as_second()) / 86_400).collect()
    }

    fn left(days: &[i64], now: i64) -> Vec<i64> {
        let mut found: Vec<Found> =
            days.iter().map(|day| Found { at: at(*day), file: day.to_string().into() }).collect();
        found.sort_unstable_by(|one, other| other.cmp(one));
        let gone = expired(found.clone(), 30, at(now));
        found.retain(|it| !gone.contains(it));
        days_of(&found)
    }

    #[test]
    fn a_backup_goes_after_its_days() {
        let nights: Vec<i64> = (0..=40).collect();
        assert_eq!(left(&nights, 40), (10..=40).rev().collect::<Vec<_>>());
    }

    #[test]
    fn a_clock_that_is_years_wrong_leaves_some_and_is_forgotten_when_it_is_right_again() {
        assert_eq!(left(&[0, 1, 2, 3, 3_653], 3_653), [3_653, 3, 2], "years ahead: the newest stay");
        assert_eq!(left(&[0, 3_653], 1), [3_653, 0], "right again: it is one of few");
        assert_eq!(left(&[0, 1, 2, 3_653], 2), [2, 1, 0], "and goes when there are enough");
        assert_eq!(left(&[0, 1, 2, -3_653], -3_653), [2, 1, -3_653], "years behind");
    }

    #[test]
    fn a_backup_is_put_whole_and_found_again_and_those_of_other_hubs_are_left_alone() {
        let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let from = data.path().join("sealed");
        fs::write(&from, "sealed").unwrap();
        let sealed = measure(&from).unwrap();
        let others = put(&from, sealed, folder.path(), HubKey::from([2; 32]), at(0)).unwrap();
        for day in 0..5 {
            put(&from, sealed, folder.path(), hub(), at(day)).unwrap();
        }
        fs::write(folder.path().join(format!("{}1.part", prefix(hub()))), "half").unwrap();
        fs::write(folder.path().join("holiday.jpg"), "").unwrap();
        expire(folder.path(), hub(), 1, at(4)).unwrap();
        assert_eq!(days_of(&list(folder.path()).unwrap()), [4, 3, 2, 0]);
        assert!(others.exists() && fs::read_dir(folder.path()).unwrap().count() == 5);
        let wrong = Sealed { hash: [0; 32], ..sealed };
        let refused = put(&from, wrong, folder.path(), hub(), at(9));
        assert!(matches!(refused, Err(FolderError::Lies(_))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5, "nothing half-written stays");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_is_full_in_the_middle_of_a_backup_keeps_what_was_there_and_nothing_half_written() {
        let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let from = data.path().join("sealed");
        fs::write(&from, "sealed").unwrap();
        let sealed = measure(&from).unwrap();
        put(&from, sealed, folder.path(), hub(), at(0)).unwrap();
        let next = folder.path().join(format!("{}{}", prefix(hub()), at(1).strftime(STAMP)));
        // The kernel's own full disk: there is room as long as nobody writes.
        std::os::unix::fs::symlink("/dev/full", next.with_extension(&UNFINISHED[1..])).unwrap();
        let refused = put(&from, sealed, folder.path(), hub(), at(1));
        assert!(
            matches!(&refused, Err(FolderError::Io { source, .. }) if source.kind() == io::ErrorKind::StorageFull),
            "{refused:?}"
        );
        assert_eq!(days_of(&list(folder.path()).unwrap()), [0]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written stays");
        let huge = Sealed { bytes: u64::MAX, ..sealed };
        let refused = put(&from, huge, folder.path(), hub(), at(1));
        assert!(matches!(refused, Err(FolderError::Full { .. })), "{refused:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_gone_or_was_a_stick_is_told_from_one_that_is_there() {
        let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert!(look(folder.path(), false, data.path()).is_ok());
        assert!(matches!(look(folder.path(), true, data.path()), Err(FolderError::NotApart(_))));
        assert!(matches!(look(&folder.path().join("x"), false, data.path()), Err(FolderError::Gone(_))));
    }
}
