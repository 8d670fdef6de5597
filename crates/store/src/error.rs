//! What can go wrong.

use maitred_domain::decide::Refusal;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The rules refuse it; nothing happened.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key was used before, for something else; nothing happened.
    #[error("this idempotency key was used for another command")]
    KeyReused,
    /// Too many commands wait; nothing happened, try again.
    #[error("too many commands are waiting")]
    Busy,
    /// The disk refuses; nothing happened, and reading goes on.
    #[error("the hub cannot write: {0}")]
    Unhealthy(String),
    /// The store is stopping, or stopped while the command was on its way: whether it happened is unknown. The same
    /// key finds out.
    #[error("the hub is stopping")]
    Stopped,
}

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite refuses.
    #[error("cannot open the database")]
    Sqlite(#[from] rusqlite::Error),
    /// The schema could not be brought up to date.
    #[error("cannot bring the database up to date")]
    Migration(#[from] refinery::Error),
    /// A newer version wrote it: nothing was changed.
    #[error(
        "a newer version of Maitred wrote this database (schema {found}, this one knows {known}): install that version again"
    )]
    Newer {
        /// The schema that the database has.
        found: i64,
        /// The newest that this version knows.
        known: i64,
    },
    /// There is one already.
    #[error("{} is there already", .0.display())]
    Taken(std::path::PathBuf),
    /// A file could not be made.
    #[error("cannot use the data folder")]
    Io(#[from] std::io::Error),
    /// The database is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// SQLite refuses.
    #[error("cannot read the database")]
    Sqlite(#[from] rusqlite::Error),
    /// What is stored makes no sense.
    #[error("the database is damaged: {0}")]
    Damaged(String),
}
