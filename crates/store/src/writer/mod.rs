//! The one thread that writes: it takes whatever waits, runs it, and commits it together.

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

use maitred_sync::{Delivery, Vector};
use tokio::sync::oneshot;

pub use batch::WriteError;
pub use command::run as run_command;
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
            Self::Local(local) => local.done(Err(error)),
            Self::Stop => {}
        }
    }
}

/// The writer's end that others hold.
#[derive(Debug)]
pub struct Writer {
    sender: SyncSender<Submission>,
    thread: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Opens the database, makes it what it should be, and starts the thread.
    pub fn start(
        options: &Options,
        shared: &Arc<Shared>,
        state: State,
        connection: rusqlite::Connection,
    ) -> Result<Self, OpenError> {
        let (sender, receiver) = sync_channel(SUBMISSIONS_MAX);
        let (writer_shared, clock) = (Arc::clone(shared), Arc::clone(&options.clock));
        let batch = Batch { connection, state, shared: writer_shared, clock, is_ahead: false };
        let shared = Arc::clone(shared);
        let thread = std::thread::Builder::new().name("maitred-writer".into()).spawn(move || {
            // A panic here is a bug; what was not committed is not acknowledged, and nothing is written after it.
            let outcome = catch_unwind(AssertUnwindSafe(|| run(batch, &receiver)));
            if outcome.is_err() {
                shared.set_health(Health::ReadOnly { problem: "the writer has stopped".into() });
            }
            shared.stop();
            while let Ok(submission) = receiver.try_recv() {
                submission.fail(CommandError::Stopped);
            }
        })?;
        Ok(Self { sender, thread: std::sync::Mutex::new(Some(thread)) })
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

/// Waits for something to write; not for ever when it is to be found out whether writing works again.
fn receive(batch: &Batch, receiver: &Receiver<Submission>) -> Result<Submission, RecvTimeoutError> {
    match batch.shared.health() {
        Health::Healthy => receiver.recv().map_err(RecvTimeoutError::from),
        Health::ReadOnly { .. } => receiver.recv_timeout(PROBE_EVERY),
    }
}

fn run(mut batch: Batch, receiver: &Receiver<Submission>) {
    loop {
        let first = match receive(&batch, receiver) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) if batch.probe() => continue,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
        };
        let mut waiting = vec![first];
        while waiting.len() < BATCH_MAX {
            match receiver.try_recv() {
                Ok(next) => waiting.push(next),
                Err(_) => break,
            }
        }
        let stop = waiting.iter().position(|submission| matches!(submission, Submission::Stop));
        let late = stop.map(|stop| waiting.split_off(stop)).unwrap_or_default();
        let goes_on = batch.write(waiting);
        if stop.is_some() || !goes_on {
            for submission in late {
                submission.fail(CommandError::Stopped);
            }
            return;
        }
    }
}
