//! A small pool of connections that read.

use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::sqlite::Database;

/// Idle reading connections that are kept.
const IDLE_MAX: usize = 4;

/// Lends out connections, one caller each, and opens another when none is idle.
#[derive(Debug)]
pub struct Readers {
    database: Database,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// A pool for `database`.
    pub fn new(database: Database) -> Self {
        Self { database, idle: Mutex::new(Vec::new()) }
    }

    /// What they read.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Runs `read` in one read transaction, so that everything it sees is of one commit.
    pub fn read<T, E: From<rusqlite::Error>>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.database.reader()?,
        };
        let transaction = connection.transaction()?;
        let result = read(&transaction);
        transaction.finish()?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
        result
    }
}
