//! Print jobs: rows of the transaction that wants them, then moved along by the one worker of their printer.

use jiff::Timestamp;
use maitred_domain::ids::{JobId, PrinterId};
use maitred_domain::paper::PaperSource;
use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// No byte was sent.
    Queued,
    /// A worker is at it.
    Attempting,
    /// Everything was sent; the printer has not answered.
    Sent,
    /// As certain as the grade says.
    Confirmed,
    /// Some of it may be on paper.
    Indeterminate,
    /// On paper, marked as a possible duplicate.
    Reprinted,
    /// Too old: a person decides.
    Expired,
    /// A person decided against it.
    Dismissed,
}

/// How certain a print is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrintGrade {
    /// Printed.
    A,
    /// Processed.
    B,
    /// Spooled.
    C,
}

/// A print job.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintJob {
    /// Its id.
    pub id: JobId,
    /// What + where + which copy + which round: never twice.
    pub key: String,
    /// Counts from 1 over all jobs of this hub; printed on the paper.
    pub number: u64,
    /// Where it is printed now; a backup's id after it was moved there.
    pub printer: PrinterId,
    /// Where it was meant to be printed.
    pub wanted_printer: PrinterId,
    /// What.
    pub source: PaperSource,
    /// Where it stands.
    pub state: JobState,
    /// How certain.
    pub grade: Option<PrintGrade>,
    /// Attempts begun.
    pub attempts: u32,
    /// Attempts that may have left something on paper.
    pub indeterminate_attempts: u32,
    /// It is a copy that a person asked for.
    pub duplicate: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Not to be tried before.
    pub not_before: Timestamp,
    /// Until when.
    pub settled_at: Option<Timestamp>,
    /// What is wrong.
    pub problem: Option<String>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub struct JobSettled {
    /// The new state.
    pub state: JobState,
    /// How certain.
    pub grade: Option<PrintGrade>,
    /// What is wrong.
    pub problem: Option<String>,
    /// Not to be tried before.
    pub not_before: Option<Timestamp>,
    /// Goes on there: the backup.
    pub move_to: Option<PrinterId>,
}

/// Which jobs.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    /// Only in this state.
    pub state: Option<JobState>,
    /// Only of this printer.
    pub printer: Option<PrinterId>,
}
