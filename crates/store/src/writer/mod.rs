//! The one that writes: it takes whatever waits, runs it, and commits it together. On a thread of its own, or step by
//! step in the hands of whoever opened the store so.

mod batch;
mod command;
mod delivery;
mod published;
mod state;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use maitred_sync::{Delivery, Origin, Vector};
use tokio::sync::oneshot;

pub use batch::WriteError;
pub use command::{find_key, run as run_command};
pub use published::Shared;
pub use state::{State, open_date};

use crate::store::Options;
use crate::{CommandError, Health, OpenError, Reply, Request};
use batch::Batch;

/// Commands and other writes that may wait for the writer; one more is told that the hub is busy.
pub const SUBMISSIONS_MAX: usize = 1024;
/// How many are committed together at most.
pub const BATCH_MAX: usize = 256;
/// How often a disk that refused is tried again while nothing else is to be written.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// A write that is not a command: print jobs, sessions, lock-outs. It may be run more than once before it is done.
pub trait Local: Send {
    /// Does it, within the transaction.
    fn run(&mut self, connection: &rusqlite::Connection) -> rusqlite::Result<()>;
    /// Hears that it is durable, or why not.
    fn done(self: Box<Self>, outcome: Result<(), CommandError>);
}

/// Something to write.
pub enum Submission {
    /// A command.
    Command {
        /// Which.
        request: Box<Request>,
        /// Who waits.
        reply: oneshot::Sender<Result<Reply, CommandError>>,
    },
    /// Entries of another replica.
    Delivery {
        /// Which.
        delivery: Box<Delivery>,
        /// Who waits for how far every journal is known then.
        reply: oneshot::Sender<Result<Vector, CommandError>>,
    },
    /// Go on as a new origin.
    Rebirth {
        /// Who waits for its name.
        reply: oneshot::Sender<Result<Origin, CommandError>>,
    },
    /// Something of this hub alone.
    Local(Box<dyn Local>),
    /// Nothing more: finish.
    Stop,
}

impl Submission {
    fn fail(self, error: CommandError) {
        match self {
            Self::Command { reply, .. } => drop(reply.send(Err(error))),
            Self::Delivery { reply, .. } => drop(reply.send(Err(error))),
            Self::Rebirth { reply } => drop(reply.send(Err(error))),
            Self::Local(local) => local.done(Err(error)),
            Self::Stop => {}
        }
    }
}

/// The writer's end that others hold.
#[derive(Debug)]
pub struct Writer {
    sender: SyncSender<Submission>,
    /// None when the writer is stepped by hand.
    thread: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// A writer that nobody runs yet.
    pub fn idle(
        options: &Options,
        shared: &Arc<Shared>,
        state: State,
        connection: rusqlite::Connection,
    ) -> (Self, Turns) {
        let (sender, receiver) = sync_channel(SUBMISSIONS_MAX);
        let (shared, clock) = (Arc::clone(shared), Arc::clone(&options.clock));
        let mint = Arc::clone(&options.mint);
        let batch = Batch { connection, state, shared, clock, mint, is_ahead: false };
        (Self { sender, thread: std::sync::Mutex::default() }, Turns { batch, receiver })
    }

    /// Lets it run on a thread of its own.
    pub fn start(&self, turns: Turns) -> Result<(), OpenError> {
        let thread = std::thread::Builder::new().name("maitred-writer".into()).spawn(move || turns.run())?;
        *self.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(thread);
        Ok(())
    }

    /// Hands a write over. When it cannot be taken, whoever waits is told.
    pub fn submit(&self, submission: Submission) {
        match self.sender.try_send(submission) {
            Ok(()) => {}
            Err(TrySendError::Full(submission)) => submission.fail(CommandError::Busy),
            Err(TrySendError::Disconnected(submission)) => submission.fail(CommandError::Stopped),
        }
    }

    /// Ends the thread when everything taken so far is committed.
    pub fn stop(&self) {
        let thread = self.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A full queue is no reason not to stop: wait for room.
            let _ = self.sender.send(Submission::Stop);
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The writing of a store: whatever waits is taken, run, committed and answered in one turn.
pub struct Turns {
    batch: Batch,
    receiver: Receiver<Submission>,
}

impl Turns {
    /// Takes turns until it is told to stop, or may not go on.
    fn run(mut self) {
        // A panic here is a bug; what was not committed is not acknowledged, and nothing is written after it.
        let outcome = catch_unwind(AssertUnwindSafe(|| while self.wait() {}));
        if outcome.is_err() {
            self.batch.shared.set_health(Health::ReadOnly { problem: "the writer has stopped".into() });
        }
        self.end();
    }

    /// Waits for something to write, and writes it; not for ever when it is to be found out whether writing works again.
    fn wait(&mut self) -> bool {
        let first = match self.batch.shared.health() {
            Health::Healthy => self.receiver.recv().map_err(RecvTimeoutError::from),
            Health::ReadOnly { .. } => self.receiver.recv_timeout(PROBE_EVERY),
        };
        match first {
            Ok(first) => self.turn(first),
            Err(RecvTimeoutError::Timeout) => self.batch.probe(),
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }

    /// Writes what waits, or finds out whether writing works again when it did not. False when nothing will be written
    /// any more.
    pub fn step(&mut self) -> bool {
        let goes_on = match (self.receiver.try_recv(), self.batch.shared.health()) {
            (Ok(first), _) => self.turn(first),
            (Err(_), Health::ReadOnly { .. }) => self.batch.probe(),
            (Err(_), Health::Healthy) => true,
        };
        if !goes_on {
            self.end();
        }
        goes_on
    }

    /// Writes `first` and what waits behind it.
    fn turn(&mut self, first: Submission) -> bool {
        let mut waiting = vec![first];
        while waiting.len() < BATCH_MAX {
            match self.receiver.try_recv() {
                Ok(next) => waiting.push(next),
                Err(_) => break,
            }
        }
        let stop = waiting.iter().position(|submission| matches!(submission, Submission::Stop));
        let late = stop.map(|stop| waiting.split_off(stop)).unwrap_or_default();
        let goes_on = self.batch.write(waiting);
        let ends = stop.is_some() || !goes_on;
        if ends {
            for submission in late {
                submission.fail(CommandError::Stopped);
            }
        }
        !ends
    }

    /// Nothing is written from here on, and whoever waits hears so.
    fn end(&mut self) {
        self.batch.shared.stop();
        while let Ok(submission) = self.receiver.try_recv() {
            submission.fail(CommandError::Stopped);
        }
    }
}
