//! Backups: one file, copied while the hub runs, checked before it is called a backup.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::sqlite::{Database, FILE, refuse_newer};
use crate::{Diagnosis, OpenError, doctor, lineage, print_jobs};

/// Pages copied before others may write again.
const PAGES_PER_STEP: i32 = 1024;
/// How long others may write between two steps.
const PAUSE: Duration = Duration::from_millis(1);

/// Copies the database of `data` to the file `to`, and checks the copy.
///
/// # Errors
/// [`OpenError`] when it could not be copied or the copy is damaged; then there is no file at `to`, or the one that
/// was there before.
pub fn backup(data: &Path, to: &Path) -> Result<(), OpenError> {
    let from = Database::of(data, None).reader()?;
    let unfinished = beside(to);
    remove(&unfinished)?;
    let result = copy(&from, &unfinished).and_then(|()| keep(&unfinished, to));
    if result.is_err() {
        remove(&unfinished)?;
    }
    result
}

/// Looks at a backup that [`backup`] made, as [`doctor`](crate::doctor()) looks at a data folder.
///
/// # Errors
/// [`OpenError`] when the file is no database, or a newer version's.
pub fn examine_backup(file: &Path) -> Result<Diagnosis, OpenError> {
    let database = Database { file: file.to_path_buf(), vfs: None };
    refuse_newer(&database.reader()?)?;
    doctor::examine(&database)
}

/// Makes the data folder `data` out of the backup `from`. The database becomes a new lineage with the old history.
///
/// # Errors
/// [`OpenError`] when `data` holds a database already, or the backup is damaged or a newer version's; then nothing was made.
pub fn restore(from: &Path, data: &Path) -> Result<(), OpenError> {
    refuse_taken(data)?;
    std::fs::create_dir_all(data)?;
    let from = Database { file: from.to_path_buf(), vfs: None }.reader()?;
    let unfinished = beside(&data.join(FILE));
    remove(&unfinished)?;
    let result = copy(&from, &unfinished)
        .and_then(|()| make_another(&unfinished))
        .and_then(|()| keep(&unfinished, &data.join(FILE)));
    if result.is_err() {
        remove(&unfinished)?;
    }
    result
}

/// Makes the copy `file`, which nobody else needs, a database that can be moved into a data folder. Its integrity is checked.
///
/// # Errors
/// [`OpenError`] when it is damaged, or a newer version's; then it may have been changed.
pub fn prepare_restored(file: &Path) -> Result<(), OpenError> {
    check(&Connection::open(file)?)?;
    make_another(file)?;
    Ok(File::open(file)?.sync_all()?)
}

/// Whether a database could be restored into `data`: there is none, or one that nobody ever wrote to.
///
/// # Errors
/// [`OpenError`] when what is there cannot be read.
pub fn is_vacant(data: &Path) -> Result<bool, OpenError> {
    let database = Database::of(data, None);
    if !database.file.exists() {
        return Ok(true);
    }
    let query = "SELECT NOT EXISTS (SELECT 1 FROM entries)";
    Ok(database.reader()?.query_row(query, [], |row| row.get(0))?)
}

/// Deletes the database of `data` that nobody ever wrote to, if there is one.
///
/// # Errors
/// [`OpenError`] when it is not [vacant](is_vacant), or cannot be deleted.
pub fn clear_vacant(data: &Path) -> Result<(), OpenError> {
    let file = data.join(FILE);
    if !is_vacant(data)? {
        return Err(OpenError::Taken(file));
    }
    for part in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(part);
        remove(Path::new(&name))?;
    }
    Ok(())
}

fn refuse_taken(data: &Path) -> Result<(), OpenError> {
    let to = data.join(FILE);
    if to.exists() { Err(OpenError::Taken(to)) } else { Ok(()) }
}

/// Makes a checked copy another database than the one it is of.
fn make_another(copy: &Path) -> Result<(), OpenError> {
    let restored = Connection::open(copy)?;
    refuse_newer(&restored)?;
    lineage::forget(&restored)?;
    // The old database went on and printed.
    print_jobs::doubt(&restored, print_jobs::RESTORED)?;
    restored.execute("DELETE FROM sessions", [])?;
    Ok(())
}

fn copy(from: &Connection, to: &Path) -> Result<(), OpenError> {
    let mut copy = Connection::open(to)?;
    copy_pages(from, &mut copy)?;
    check(&copy)
}

/// Makes `copy` what `from` is at this moment. Others read and write meanwhile.
pub fn copy_pages(from: &Connection, copy: &mut Connection) -> Result<(), OpenError> {
    // One read transaction: a copy that is disturbed by a commit between two steps would begin anew, again and again.
    let snapshot = from.unchecked_transaction()?;
    let entries: i64 = snapshot.query_row("SELECT count(*) FROM origins", [], |row| row.get(0))?;
    Backup::new(&snapshot, copy)?.run_to_completion(PAGES_PER_STEP, PAUSE, None)?;
    drop(snapshot);
    // A backup is one file: no log beside it.
    copy.pragma_update(None, "journal_mode", "delete")?;
    tracing::debug!(entries, "copied");
    Ok(())
}

fn check(copy: &Connection) -> Result<(), OpenError> {
    let verdict: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(OpenError::Damaged(verdict));
    }
    copy.query_row("SELECT count(*) FROM origins", [], |row| row.get::<_, i64>(0))?;
    Ok(())
}

/// Makes the finished file durable under its name.
pub fn keep(unfinished: &Path, to: &Path) -> Result<(), OpenError> {
    File::open(unfinished)?.sync_all()?;
    std::fs::rename(unfinished, to)?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".unfinished");
    PathBuf::from(name)
}

/// Deletes a file that may not be there.
pub fn remove(file: &Path) -> Result<(), OpenError> {
    match std::fs::remove_file(file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}
