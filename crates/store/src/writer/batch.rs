//! One transaction: whatever waited is written, committed together, then told.

use std::sync::Arc;

use super::command::{self, Done, News};
use super::delivery::{self, Delivered};
use super::{Local, Shared, State, Submission};
use crate::store::{Clock, Mint};
use crate::{CommandError, Health, ReadError, lineage, print_jobs, sqlite};
use maitred_sync::{ApplyError, ChainError, EditError, LoadError, Origin};
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
    /// A document cannot take what another replica wrote.
    #[error("{0}")]
    Apply(#[from] ApplyError),
    /// What another replica sent is no document.
    #[error("{0}")]
    Load(#[from] LoadError),
}

impl WriteError {
    /// Whether it is the disk (or who else holds the file) that refuses, and not what was to be written.
    fn is_of_disk(&self) -> bool {
        let (Self::Sqlite(error) | Self::Read(ReadError::Sqlite(error))) = self else { return false };
        !matches!(
            error.sqlite_error_code(),
            None | Some(
                ErrorCode::ConstraintViolation
                    | ErrorCode::TypeMismatch
                    | ErrorCode::TooBig
                    | ErrorCode::ApiMisuse
                    | ErrorCode::ParameterOutOfRange
                    | ErrorCode::DatabaseCorrupt
                    | ErrorCode::Unknown
            )
        )
    }
}

/// The writer at work.
pub struct Batch {
    pub connection: Connection,
    pub state: State,
    pub shared: Arc<Shared>,
    pub clock: Clock,
    pub mint: Mint,
    /// Memory holds what a transaction did that was undone: it is loaded again before the next.
    pub is_ahead: bool,
}

/// A write that ran, to be told when the transaction is durable.
struct Ran {
    submission: Submission,
    outcome: Option<Outcome>,
}

enum Outcome {
    Command(Result<Done, CommandError>),
    Delivery(Delivered),
    Rebirth(Origin),
}

impl Outcome {
    fn news(&self) -> &[News] {
        match self {
            Self::Command(Ok(Done { news, .. })) => news.as_slice(),
            Self::Command(Err(_)) | Self::Rebirth(_) => &[],
            Self::Delivery(delivered) => &delivered.news,
        }
    }
}

impl Batch {
    /// Writes everything that waits. False when nothing may be written any more.
    pub fn write(&mut self, waiting: Vec<Submission>) -> bool {
        if waiting.is_empty() {
            return true;
        }
        if let Err(problem) = self.begin() {
            self.refuse(waiting, &problem);
            return true;
        }
        let rows_before = self.connection.total_changes();
        let mut ran: Vec<Ran> =
            waiting.into_iter().map(|submission| Ran { submission, outcome: None }).collect();
        if let Err(problem) = self.run_all(&mut ran) {
            return self.undo(ran, &problem);
        }
        match self.statement("COMMIT") {
            Ok(()) => {
                // Answering what was done before, or refusing it, says nothing about the disk.
                if self.connection.total_changes() > rows_before {
                    self.shared.set_health(Health::Healthy);
                }
                self.empty_log();
                self.tell(ran);
                true
            }
            // Known before the commit is on the disk; after any other failure it may be there or not.
            Err(e) if e.sqlite_error_code() == Some(ErrorCode::DiskFull) => self.undo(ran, &e.into()),
            Err(e) => self.stop(ran, &format!("a commit failed: {e}")),
        }
    }

    /// Writes for the sake of writing: finds out whether the disk takes it again.
    pub fn probe(&mut self) -> bool {
        self.write(vec![Submission::Local(Box::new(Probe))])
    }

    /// Saves some finished documents compact, if there are any.
    pub fn tidy(&mut self) -> bool {
        if !self.state.is_untidy() {
            return true;
        }
        self.write(vec![Submission::Tidy])
    }

    /// Brings memory back to what is on disk, if need be, and opens a transaction.
    fn begin(&mut self) -> Result<(), WriteError> {
        if self.is_ahead {
            let origin = lineage::known(&self.connection)?.unwrap_or(self.state.origin());
            self.state = State::load(&self.connection, origin, self.state.number_prefix(), &self.mint)?;
            self.is_ahead = false;
        }
        self.statement("BEGIN IMMEDIATE")?;
        Ok(())
    }

    fn statement(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    fn run_all(&mut self, ran: &mut [Ran]) -> Result<(), WriteError> {
        for Ran { submission, outcome } in ran {
            match submission {
                Submission::Command { request, .. } => {
                    let now = (self.clock)();
                    let done = command::run(&self.connection, &mut self.state, now, request)?;
                    *outcome = Some(Outcome::Command(done));
                }
                Submission::Delivery { delivery, .. } => {
                    let now = (self.clock)();
                    let delivered = delivery::run(&self.connection, &mut self.state, now, delivery)?;
                    *outcome = Some(Outcome::Delivery(delivered));
                }
                Submission::Rebirth { .. } => *outcome = Some(Outcome::Rebirth(self.rebirth()?)),
                Submission::Local(local) => local.run(&self.connection)?,
                Submission::Tidy => self.state.tidy(&self.connection)?,
                Submission::Stop => {}
            }
        }
        self.state.write_days(&self.connection)
    }

    /// Becomes a new lineage with the history of the old one. What waits for a printer may be on paper already: another
    /// database goes on, or went on, from the same state.
    fn rebirth(&mut self) -> Result<Origin, WriteError> {
        self.state.write_days(&self.connection)?;
        let origin = lineage::renew(&self.connection, &self.mint)?;
        print_jobs::doubt(&self.connection, print_jobs::RESTORED)?;
        self.state = State::load(&self.connection, origin, self.state.number_prefix(), &self.mint)?;
        Ok(origin)
    }

    /// Undoes the transaction. When the disk is not to blame, each write is tried alone, so that only a culprit is
    /// refused.
    fn undo(&mut self, ran: Vec<Ran>, problem: &WriteError) -> bool {
        self.is_ahead |= ran.iter().any(|ran| ran.submission.is_of_memory());
        // SQLite undoes some failures by itself.
        if !self.connection.is_autocommit() {
            let undone = self.connection.execute_batch("ROLLBACK");
            if let (Err(e), false) = (undone, self.connection.is_autocommit()) {
                return self.stop(ran, &format!("a write failed ({problem}) and cannot be undone: {e}"));
            }
        }
        let waiting: Vec<Submission> = ran.into_iter().map(|ran| ran.submission).collect();
        if waiting.len() > 1 && !problem.is_of_disk() {
            return waiting.into_iter().all(|submission| self.write(vec![submission]));
        }
        self.refuse(waiting, problem);
        true
    }

    /// Empties the log of the database after a key was destroyed, which would stand there until it is written over. While
    /// somebody reads it cannot be: then with a later commit.
    fn empty_log(&mut self) {
        if !self.state.is_log_to_empty {
            return;
        }
        match sqlite::empty_log(&self.connection) {
            Ok(is_empty) => self.state.is_log_to_empty = !is_empty,
            Err(error) => tracing::warn!(%error, "the log of the database is not emptied yet"),
        }
    }

    /// Tells everyone that nothing happened.
    fn refuse(&self, waiting: Vec<Submission>, problem: &WriteError) {
        // Said once: what is tried again every second would fill the log, and perhaps the disk.
        if self.shared.health() == Health::Healthy {
            tracing::error!(error = %problem, writes = waiting.len(), "nothing was written");
        }
        if problem.is_of_disk() {
            self.shared.set_health(Health::ReadOnly { problem: problem.to_string() });
        }
        for submission in waiting {
            submission.fail(CommandError::Unhealthy(problem.to_string()));
        }
    }

    /// Nobody knows what is on disk now, so nothing may be written after it.
    fn stop(&self, ran: Vec<Ran>, problem: &str) -> bool {
        tracing::error!(problem, "the store stops");
        self.shared.set_health(Health::ReadOnly { problem: problem.to_owned() });
        for ran in ran {
            ran.submission.fail(CommandError::Stopped);
        }
        false
    }

    fn tell(&mut self, ran: Vec<Ran>) {
        let news: Vec<&News> =
            ran.iter().filter_map(|ran| ran.outcome.as_ref()).flat_map(Outcome::news).collect();
        self.shared.publish(&news);
        let is_opened =
            |ran: &Ran| matches!(&ran.outcome, Some(Outcome::Delivery(delivered)) if delivered.is_opened);
        if ran.iter().any(is_opened) {
            self.shared.publish_catalogue(self.state.catalogue());
        }
        self.state.forget_finished();
        for Ran { submission, outcome } in ran {
            match (submission, outcome) {
                (Submission::Command { reply, .. }, Some(Outcome::Command(outcome))) => {
                    drop(reply.send(outcome.map(|done| done.reply)));
                }
                (Submission::Delivery { reply, .. }, Some(Outcome::Delivery(delivered))) => {
                    drop(reply.send(Ok(delivered.vector)));
                }
                (Submission::Rebirth { reply }, Some(Outcome::Rebirth(origin))) => {
                    self.shared.set_origin(origin);
                    drop(reply.send(Ok(origin)));
                }
                (Submission::Local(local), _) => local.done(Ok(())),
                (
                    Submission::Command { .. }
                    | Submission::Delivery { .. }
                    | Submission::Rebirth { .. }
                    | Submission::Tidy
                    | Submission::Stop,
                    _,
                ) => {}
            }
        }
    }
}

/// What a probe writes, in bytes: about as much as a large command.
const PROBE_BYTES: usize = 64 * 1024;

struct Probe;

impl Local for Probe {
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES ('probe', zeroblob(?1))")?
            .execute([PROBE_BYTES])
            .map(drop)
    }

    fn done(self: Box<Self>, _outcome: Result<(), CommandError>) {}
}
