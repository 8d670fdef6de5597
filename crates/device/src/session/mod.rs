//! One attempt to print, as a state machine without I/O: what arrived goes in, what to do comes out.
//!
//! *Invariant:* no ticket byte is written before [`Output::Commit`] was answered by [`Input::Committed`]; before it an
//! attempt fails as [`Outcome::NotStarted`] and costs nothing, after it only proof ends it well.

mod abilities;
mod conditions;
mod machine;
mod printing;
mod process_id;
mod speech;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use abilities::{Abilities, Known};
pub use machine::Session;
pub use process_id::ProcessId;

/// How well a print is proven. Shown to people; only A may be called printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// The printer said that printing is finished.
    A,
    /// The printer said that the data was processed, and its status was clean.
    B,
    /// The bytes were handed over; nothing came back.
    C,
}

/// What a printer is doing, or needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Waits for work.
    Ready,
    /// Has work.
    Printing,
    /// Prints, but needs a new roll soon.
    PaperLow,
    /// Needs a new roll.
    PaperOut,
    /// Needs its cover closed.
    CoverOpen,
    /// Cutter, head, or switched off-line by its button.
    Error,
    /// Does not answer.
    Unreachable,
}

/// Why nothing was written. The job may be tried again freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No connection.
    Unreachable,
    /// Connected, but a printer that used to answer does not.
    Silent,
    /// No paper.
    PaperOut,
    /// Cover open.
    CoverOpen,
    /// An error or off-line.
    Error,
    /// Its buffer is full of something that neither prints nor clears.
    Stuck,
    /// The attempt could not be committed.
    NotCommitted,
    /// The worker was told to end.
    ShuttingDown,
}

/// Why nobody knows whether it printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The connection ended first.
    ConnectionLost,
    /// The printer stopped answering.
    Silent,
    /// It answers and looks well, but the proof never came.
    TimedOut,
    /// It was switched off and on: its buffer is lost.
    PowerCycled,
    /// An error in the middle.
    Error,
    /// It ran out of paper in the middle, and nobody brought any in time.
    PatienceEnded,
    /// The worker was told to end, or died.
    Interrupted,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// No ticket byte was written.
    NotStarted {
        /// Why.
        reason: Refusal,
    },
    /// Proven, as well as this printer can.
    Confirmed {
        /// How well.
        grade: Grade,
    },
    /// Bytes were written, and proof is missing: any further copy must say so.
    Indeterminate {
        /// Why.
        reason: Doubt,
    },
}

/// What a session is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Only asks for the state.
    Check {
        /// And clears what a doubtful attempt may have left, so that it does not print by itself, hours later.
        clears: bool,
    },
    /// Opens the drawer; paper and cover do not matter.
    Drawer(Vec<u8>),
    /// Prints.
    Print(Plan),
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// From the code page to the cut.
    pub body: Vec<u8>,
    /// For the time budget.
    pub lines: u32,
    /// What the body needs on the way; beside [`Self::lines`], for the time budget.
    pub transfer: Duration,
    /// Asked for behind the cut; ids ascend over the life of a printer.
    pub process_id: ProcessId,
    /// An earlier attempt may have left bytes in the buffer: they are cleared first.
    pub recovers: bool,
    /// How long a printer may wait for paper in the middle of this job.
    pub patience: Duration,
}

/// Something happened.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// Bytes arrived.
    Bytes(&'a [u8]),
    /// Everything of [`Output::Write`] was handed to the network.
    Written,
    /// The attempt is committed.
    Committed,
    /// The attempt could not be committed.
    CommitFailed,
    /// The printer ended the connection in good order.
    Finished,
    /// The connection broke.
    Closed,
    /// [`Session::deadline`] has come.
    Tick,
    /// The worker must end.
    ShutDown,
}

/// Something to do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send these bytes.
    Write(Vec<u8>),
    /// Commit the attempt, then say so.
    Commit,
    /// The printer's state is now known to be this; while an attempt is under way, it waits by itself for paper or cover.
    Health(Health),
    /// Close the connection.
    Done(Ending),
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The check is over; what it found was given as [`Output::Health`].
    Checked,
    /// The attempt is over.
    Job(Outcome),
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// For a connection.
    pub connect: Duration,
    /// For a reply that should come at once.
    pub reply: Duration,
    /// For the first process id, once the same data is processed.
    pub probe_grace: Duration,
    /// Between questions while printing.
    pub poll: Duration,
    /// Without any reply, a printer that answers is gone.
    pub silence_max: Duration,
    /// For proof, whatever the length.
    pub confirm_base: Duration,
    /// For proof, for each line.
    pub confirm_per_line: Duration,
    /// Between the last byte and closing, where nothing comes back.
    pub linger: Duration,
    /// Between looks at an idle printer.
    pub idle_poll: Duration,
    /// Before trying again, doubled each time.
    pub backoff_first: Duration,
    /// The longest of these: soon after a new roll, the kitchen has its tickets.
    pub backoff_max: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            reply: Duration::from_secs(2),
            probe_grace: Duration::from_secs(1),
            poll: Duration::from_secs(1),
            silence_max: Duration::from_secs(10),
            confirm_base: Duration::from_secs(15),
            confirm_per_line: Duration::from_millis(200),
            linger: Duration::from_secs(1),
            idle_poll: Duration::from_secs(10),
            backoff_first: Duration::from_millis(500),
            backoff_max: Duration::from_secs(5),
        }
    }
}

impl Timing {
    /// Everything `times` faster: for tests and demonstrations.
    #[must_use]
    pub fn faster(self, times: u32) -> Self {
        Self {
            connect: self.connect,
            reply: self.reply / times,
            probe_grace: self.probe_grace / times,
            poll: self.poll / times,
            silence_max: self.silence_max / times,
            confirm_base: self.confirm_base / times,
            confirm_per_line: self.confirm_per_line / times,
            linger: self.linger / times,
            idle_poll: self.idle_poll / times,
            backoff_first: self.backoff_first / times,
            backoff_max: self.backoff_max / times,
        }
    }
}
