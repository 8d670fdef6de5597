//! A print job from order to paper: states that are true, and the moves between them.
//!
//! ```text
//! queued -> attempting -> sent -> confirmed
//!    ^          |          |----> indeterminate -> queued (as a reprint) -> ... -> reprinted
//!    |----------'  nothing was written
//! queued, indeterminate -> expired -> queued (a person wants it) | dismissed
//! ```
//!
//! *Invariant:* `apply` never lets a job that may have printed become an unmarked one again.

use std::time::Duration;

use jiff::Timestamp;
use maitred_domain::ids::{CheckId, IdSource, JobId, PrinterId, StaffId, TenderId, TicketId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    paper::{Heading, Paper},
    session::{Doubt, Grade, Outcome, ProcessId, Refusal, Timing},
};

/// After this, the kitchen has other worries: a person decides.
pub const KITCHEN_LIFETIME: Duration = Duration::from_mins(15);
/// After this, the guests have left.
pub const RECEIPT_LIFETIME: Duration = Duration::from_hours(2);
/// A drawer that opens later surprises whoever stands there.
pub const DRAWER_LIFETIME: Duration = Duration::from_secs(10);

/// Doubtful attempts after which more paper helps nobody: a person looks at the printer.
pub const DOUBTS_MAX: u32 = 5;

/// How long a job may wait before a person is asked.
pub fn lifetime(paper: &Paper) -> Duration {
    match paper {
        Paper::Ticket(_) => KITCHEN_LIFETIME,
        Paper::Receipt(_) | Paper::Report(_) | Paper::Test(_) => RECEIPT_LIFETIME,
        Paper::Drawer(_) => DRAWER_LIFETIME,
    }
}

/// Wait before the try after `refusals` failures in a row: doubled each time, with an end.
pub fn backoff(refusals: u32, timing: &Timing) -> Duration {
    let doublings = refusals.saturating_sub(1).min(16);
    timing.backoff_first.saturating_mul(1 << doublings).min(timing.backoff_max)
}

/// What a job is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "subject", content = "id", rename_all = "snake_case")]
pub enum Subject {
    /// A kitchen ticket.
    Ticket(TicketId),
    /// A check's receipt.
    Receipt(CheckId),
    /// A drawer opened for a tender.
    Drawer(TenderId),
    /// A report, a test page, a no-sale: named by its command.
    Other(Uuid),
}

/// One job for one subject, destination and round: asked twice, it is printed once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobKey {
    /// What it is about.
    pub subject: Subject,
    /// Where it was routed first; a move to a backup does not change it.
    pub destination: PrinterId,
    /// Counts what people ask for anew: copies, duplicates, refires. From 0.
    pub round: u32,
}

impl JobKey {
    /// The id that this key always has.
    pub fn id(&self) -> JobId {
        let subject = match self.subject {
            Subject::Ticket(id) => format!("ticket/{id}"),
            Subject::Receipt(id) => format!("receipt/{id}"),
            Subject::Drawer(id) => format!("drawer/{id}"),
            Subject::Other(id) => format!("other/{id}"),
        };
        IdSource::new(&format!("print/{subject}/{}/{}", self.destination, self.round)).make()
    }
}

/// What is committed before the first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Of this job.
    pub job: JobId,
    /// Counts from 1.
    pub attempt: u32,
    /// Asked for behind the cut.
    pub process_id: ProcessId,
}

/// Where a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JobState {
    /// To be printed.
    Queued {
        /// Why the last try wrote nothing.
        refused: Option<Refusal>,
    },
    /// Committed: bytes may be out.
    Attempting {
        /// Which.
        attempt: Attempt,
    },
    /// All bytes are out; proof is awaited.
    Sent {
        /// Which.
        attempt: Attempt,
    },
    /// Proven, and surely the only copy.
    Confirmed {
        /// How well.
        grade: Grade,
        /// When the proof came.
        confirmed_at: Timestamp,
    },
    /// Nobody knows; a copy that follows is marked.
    Indeterminate {
        /// Why.
        reason: Doubt,
    },
    /// Proven, with a heading that admits an earlier copy.
    Reprinted {
        /// How well.
        grade: Grade,
        /// When the proof came.
        confirmed_at: Timestamp,
    },
    /// Older than its lifetime: a person decides.
    Expired {
        /// When it was found too old.
        expired_at: Timestamp,
    },
    /// A person decided that it is not needed.
    Dismissed {
        /// Who.
        by: StaffId,
        /// When.
        dismissed_at: Timestamp,
    },
}

/// Something happened to a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum JobEvent {
    /// Committed, just before the first byte.
    Begun {
        /// What is committed.
        attempt: Attempt,
    },
    /// All bytes are out.
    Sent,
    /// The attempt ended.
    Settled {
        /// How.
        outcome: Outcome,
        /// When.
        settled_at: Timestamp,
    },
    /// The process that attempted it is gone; found at the next start.
    Abandoned,
    /// A doubtful job goes back into the queue, here or at another printer.
    Requeued {
        /// The printer from now on.
        printer: PrinterId,
    },
    /// It is older than its lifetime.
    Expired {
        /// When.
        expired_at: Timestamp,
    },
    /// A person wants it in spite of its age.
    Revived {
        /// From when its lifetime counts again.
        revived_at: Timestamp,
    },
    /// A person does not want it.
    Dismissed {
        /// Who.
        by: StaffId,
        /// When.
        dismissed_at: Timestamp,
    },
}

/// The event does not fit the state.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("job {job} cannot take {event:?} while {state:?}")]
pub struct JobError {
    /// Which job.
    pub job: JobId,
    /// Where it is.
    pub state: JobState,
    /// What was to happen.
    pub event: JobEvent,
}

/// A job with its history in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// [`JobKey::id`].
    pub id: JobId,
    /// What, where, which round.
    pub key: JobKey,
    /// For people.
    pub number: u32,
    /// The printer now.
    pub printer: PrinterId,
    /// What to print, under its own heading.
    pub paper: Paper,
    /// From when its lifetime counts.
    pub queued_at: Timestamp,
    /// Attempts begun.
    pub attempts: u32,
    /// Attempts that may have left a copy.
    pub doubts: u32,
    /// Where it is.
    pub state: JobState,
}

impl Job {
    /// A new job in the queue of its destination.
    pub fn new(key: JobKey, number: u32, paper: Paper, queued_at: Timestamp) -> Self {
        let state = JobState::Queued { refused: None };
        let printer = key.destination;
        Self { id: key.id(), key, number, printer, paper, queued_at, attempts: 0, doubts: 0, state }
    }

    /// The paper to print now: under the heading that the doubts so far demand.
    pub fn next_paper(&self) -> Paper {
        if self.doubts == 0 {
            self.paper.clone()
        } else {
            self.paper.clone().headed(Heading::Reprint { n: self.doubts })
        }
    }

    /// Whether it waits in the queue.
    pub fn is_queued(&self) -> bool {
        matches!(self.state, JobState::Queued { .. })
    }

    /// Whether a doubtful job may be printed again without asking a person.
    pub fn may_be_reprinted(&self) -> bool {
        self.doubts < DOUBTS_MAX
    }

    /// Whether a person must be asked before it is printed.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let age = Duration::try_from(now.duration_since(self.queued_at)).unwrap_or_default();
        matches!(self.state, JobState::Queued { .. } | JobState::Indeterminate { .. })
            && age > lifetime(&self.paper)
    }

    /// What is left of its lifetime: the longest that a printer may wait for paper in the middle of it.
    pub fn patience(&self, now: Timestamp) -> Duration {
        let age = Duration::try_from(now.duration_since(self.queued_at)).unwrap_or_default();
        lifetime(&self.paper).saturating_sub(age)
    }

    /// Takes `event` in.
    ///
    /// # Errors
    /// [`JobError`] when it does not fit the state; the job is unchanged.
    pub fn apply(&mut self, event: &JobEvent) -> Result<(), JobError> {
        let refused = JobError { job: self.id, state: self.state.clone(), event: event.clone() };
        self.state = match (&self.state, event) {
            (JobState::Queued { .. }, JobEvent::Begun { attempt }) => {
                self.attempts = attempt.attempt;
                JobState::Attempting { attempt: *attempt }
            }
            (JobState::Attempting { attempt }, JobEvent::Sent) => JobState::Sent { attempt: *attempt },
            (
                JobState::Queued { .. } | JobState::Attempting { .. },
                JobEvent::Settled { outcome: Outcome::NotStarted { reason }, .. },
            ) => JobState::Queued { refused: Some(*reason) },
            (
                JobState::Attempting { .. } | JobState::Sent { .. },
                JobEvent::Settled { outcome, settled_at },
            ) => self.settled(*outcome, *settled_at).ok_or(refused)?,
            (JobState::Attempting { .. } | JobState::Sent { .. }, JobEvent::Abandoned) => {
                self.doubts += 1;
                JobState::Indeterminate { reason: Doubt::Interrupted }
            }
            (JobState::Queued { .. } | JobState::Indeterminate { .. }, JobEvent::Requeued { printer }) => {
                self.printer = *printer;
                JobState::Queued { refused: None }
            }
            (JobState::Queued { .. } | JobState::Indeterminate { .. }, JobEvent::Expired { expired_at }) => {
                JobState::Expired { expired_at: *expired_at }
            }
            (JobState::Expired { .. }, JobEvent::Revived { revived_at }) => {
                self.queued_at = *revived_at;
                JobState::Queued { refused: None }
            }
            (
                JobState::Queued { .. } | JobState::Indeterminate { .. } | JobState::Expired { .. },
                JobEvent::Dismissed { by, dismissed_at },
            ) => JobState::Dismissed { by: *by, dismissed_at: *dismissed_at },
            _ => return Err(refused),
        };
        Ok(())
    }

    fn settled(&mut self, outcome: Outcome, at: Timestamp) -> Option<JobState> {
        match outcome {
            Outcome::NotStarted { .. } => None,
            Outcome::Confirmed { grade } if self.doubts == 0 => {
                Some(JobState::Confirmed { grade, confirmed_at: at })
            }
            Outcome::Confirmed { grade } => Some(JobState::Reprinted { grade, confirmed_at: at }),
            Outcome::Indeterminate { reason } => {
                self.doubts += 1;
                Some(JobState::Indeterminate { reason })
            }
        }
    }
}

#[cfg(test)]
mod tests;
