//! Backups: one file, copied while the hub runs, checked before it is called a backup.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::sqlite::{Database, FILE};
use crate::{OpenError, lineage, print_jobs};

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

/// Makes the data folder `data` out of the backup `from`. The database becomes a new lineage with the old history.
///
/// # Errors
/// [`OpenError`] when `data` holds a database already, or the backup is damaged; then nothing was made.
pub fn restore(from: &Path, data: &Path) -> Result<(), OpenError> {
    let to = data.join(FILE);
    if to.exists() {
        return Err(OpenError::Damaged(format!("{} is there already", to.display())));
    }
    std::fs::create_dir_all(data)?;
    let from = Database { file: from.to_path_buf(), vfs: None }.reader()?;
    let unfinished = beside(&to);
    remove(&unfinished)?;
    let result = copy(&from, &unfinished)
        .and_then(|()| {
            let restored = Connection::open(&unfinished)?;
            lineage::forget(&restored)?;
            // The old database went on and printed.
            print_jobs::doubt(&restored, print_jobs::RESTORED)?;
            restored.execute("DELETE FROM sessions", [])?;
            Ok(())
        })
        .and_then(|()| keep(&unfinished, &to));
    if result.is_err() {
        remove(&unfinished)?;
    }
    result
}

fn copy(from: &Connection, to: &Path) -> Result<(), OpenError> {
    let mut copy = Connection::open(to)?;
    Backup::new(from, &mut copy)?.run_to_completion(PAGES_PER_STEP, PAUSE, None)?;
    // A backup is one file: no log beside it.
    copy.pragma_update(None, "journal_mode", "delete")?;
    let verdict: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(OpenError::Damaged(verdict));
    }
    let entries: i64 = copy.query_row("SELECT count(*) FROM origins", [], |row| row.get(0))?;
    tracing::debug!(entries, "copied");
    Ok(())
}

/// Makes the finished file durable under its name.
fn keep(unfinished: &Path, to: &Path) -> Result<(), OpenError> {
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

fn remove(file: &Path) -> Result<(), OpenError> {
    match std::fs::remove_file(file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}
