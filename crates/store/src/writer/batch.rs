//! One transaction: whatever waited is written, committed together, then told.

use std::sync::Arc;

use super::command::{self, Done};
use super::{Shared, State, Submission};
use crate::store::Clock;
use crate::{CommandError, Health, ReadError};
use maitred_sync::{ChainError, EditError};
use rusqlite::{Connection, ErrorCode};

/// Why a transaction came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// SQLite refuses.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// What is stored makes no sense.
    #[error("{0}")]
    Read(#[from] ReadError),
    /// A document cannot take it.
    #[error("{0}")]
    Edit(#[from] EditError),
    /// The journal cannot take it.
    #[error("{0}")]
    Chain(#[from] ChainError),
}

/// The writer at work.
pub struct Batch {
    pub connection: Connection,
    pub state: State,
    pub shared: Arc<Shared>,
    pub clock: Clock,
}

/// A write that ran, to be told when the transaction is durable.
struct Ran {
    submission: Submission,
    outcome: Option<Result<Done, CommandError>>,
}

impl Batch {
    /// Writes everything that waits. False when nothing may be written any more.
    pub fn write(&mut self, waiting: Vec<Submission>) -> bool {
        if waiting.is_empty() {
            return true;
        }
        let mut ran: Vec<Ran> =
            waiting.into_iter().map(|submission| Ran { submission, outcome: None }).collect();
        if let Err(problem) = self.run_all(&mut ran) {
            return self.give_up(ran, &problem);
        }
        match self.connection.execute_batch("COMMIT") {
            Ok(()) => {
                self.shared.set_health(Health::Healthy);
                self.tell(ran);
                true
            }
            Err(e) if is_full(&e) => self.give_up(ran, &WriteError::Sqlite(e)),
            Err(e) => {
                // Whether this is on disk is unknown, and so is everything that would be written after it.
                tracing::error!(error = %e, "a commit failed; the store stops");
                self.shared.set_health(Health::ReadOnly { problem: format!("a commit failed: {e}") });
                for ran in ran {
                    ran.submission.fail(CommandError::Stopped);
                }
                false
            }
        }
    }

    fn run_all(&mut self, ran: &mut [Ran]) -> Result<(), WriteError> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        for Ran { submission, outcome } in ran {
            match submission {
                Submission::Command { request, .. } => {
                    let now = (self.clock)();
                    *outcome = Some(command::run(&self.connection, &mut self.state, now, request)?);
                }
                Submission::Local(local) => local.run(&self.connection)?,
                Submission::Stop => {}
            }
        }
        Ok(())
    }

    /// Undoes the transaction; memory goes back to what is on disk. Where several writes were together each is tried
    /// alone, so that only a culprit is refused.
    fn give_up(&mut self, ran: Vec<Ran>, problem: &WriteError) -> bool {
        let undone = self.connection.is_autocommit() || self.connection.execute_batch("ROLLBACK").is_ok();
        let loaded = State::load(&self.connection, self.state.origin(), self.state.number_prefix());
        match loaded {
            Ok(state) if undone => self.state = state,
            Ok(_) | Err(_) => {
                tracing::error!(error = %problem, "a write failed and could not be undone; the store stops");
                self.shared.set_health(Health::ReadOnly { problem: problem.to_string() });
                for ran in ran {
                    ran.submission.fail(CommandError::Stopped);
                }
                return false;
            }
        }
        if ran.len() > 1 {
            return ran.into_iter().all(|ran| self.write(vec![ran.submission]));
        }
        tracing::error!(error = %problem, "a write failed; nothing of it happened");
        self.shared.set_health(Health::ReadOnly { problem: problem.to_string() });
        for ran in ran {
            ran.submission.fail(CommandError::Unhealthy(problem.to_string()));
        }
        true
    }

    fn tell(&mut self, ran: Vec<Ran>) {
        let done: Vec<&Done> = ran.iter().filter_map(|ran| ran.outcome.as_ref()?.as_ref().ok()).collect();
        self.shared.publish(&done);
        self.state.forget_finished();
        for Ran { submission, outcome } in ran {
            match (submission, outcome) {
                (Submission::Command { reply, .. }, Some(outcome)) => {
                    drop(reply.send(outcome.map(|done| done.reply)));
                }
                (Submission::Local(local), _) => local.done(Ok(())),
                (Submission::Command { .. } | Submission::Stop, _) => {}
            }
        }
    }
}

/// A full disk is known before anything is on it; any other failure of a commit leaves its fate open.
fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}
