//! The one that writes: it takes whatever waits, runs it, and commits it together.
//!
//! Who that is changes: whoever brings a write while nobody is writing does it at once, on its own thread, so that
//! nobody has to be woken. What comes meanwhile waits for a thread that does nothing else. A store may also be opened so
//! that its caller takes every turn by hand.

mod batch;
mod command;
mod delivery;
mod pages;
mod published;
mod queue;
mod state;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
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
use queue::Queue;

/// How many are committed together at most.
pub const BATCH_MAX: usize = 256;
/// How often a disk that refused is tried again while nothing else is to be written.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How long nobody wants anything before finished documents are saved compact.
const TIDY_AFTER: Duration = Duration::from_millis(20);

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
    /// Save finished documents compact.
    Tidy,
    /// Nothing more: finish.
    Stop,
}

impl Submission {
    /// Whether running it changes what the writer has in memory.
    fn is_of_memory(&self) -> bool {
        match self {
            Self::Command { .. } | Self::Delivery { .. } | Self::Rebirth { .. } | Self::Tidy => true,
            Self::Local(_) | Self::Stop => false,
        }
    }

    fn fail(self, error: CommandError) {
        match self {
            Self::Command { reply, .. } => drop(reply.send(Err(error))),
            Self::Delivery { reply, .. } => drop(reply.send(Err(error))),
            Self::Rebirth { reply } => drop(reply.send(Err(error))),
            Self::Local(local) => local.done(Err(error)),
            Self::Tidy | Self::Stop => {}
        }
    }
}

/// The writer's end that others hold.
pub struct Writer {
    queue: Arc<Queue>,
    /// Whoever holds it writes. None when the writer is stepped by hand.
    turns: Arc<Mutex<Option<Turns>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// A writer that nobody runs yet.
    pub fn idle(
        options: &Options,
        shared: &Arc<Shared>,
        state: State,
        connection: rusqlite::Connection,
    ) -> (Self, Turns) {
        let queue = Arc::new(Queue::default());
        let (shared, clock) = (Arc::clone(shared), Arc::clone(&options.clock));
        let mint = Arc::clone(&options.mint);
        let batch = Batch { connection, state, shared, clock, mint, is_ahead: false };
        let writer = Self { queue: Arc::clone(&queue), turns: Arc::default(), thread: Mutex::default() };
        (writer, Turns { batch, queue, is_crowded: false, taken: 0 })
    }

    /// Lets it run: on the threads of those who bring something, and on one of its own.
    pub fn start(&self, turns: Turns) -> Result<(), OpenError> {
        *lock(&self.turns) = Some(turns);
        let (queue, turns) = (Arc::clone(&self.queue), Arc::clone(&self.turns));
        let thread = std::thread::Builder::new()
            .name("maitred-writer".into())
            .spawn(move || while attend(&queue, &turns) {})?;
        *lock(&self.thread) = Some(thread);
        Ok(())
    }

    /// Hands a write over. When it cannot be taken, whoever waits is told.
    pub fn submit(&self, submission: Submission) {
        self.queue.put(submission);
        self.queue.call();
    }

    /// Hands a write over, and does it on this thread if nobody is writing, nor was there a crowd a moment ago: then it is
    /// done when this returns. Of a crowd the first to come would be served alone, and everybody else wait for that.
    pub fn submit_or_write(&self, submission: Submission) {
        self.queue.put(submission);
        match self.turns.try_lock() {
            Ok(mut turns) => {
                if let Some(turns) = turns.as_mut().filter(|turns| !turns.is_crowded) {
                    let before = turns.patience();
                    turns.take_turn();
                    // The thread that waits does not know it when there is something to do now though nothing comes.
                    if before.is_some() || turns.patience().is_none() {
                        return;
                    }
                }
            }
            // Whoever writes may have looked for the last time.
            Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => {}
        }
        self.queue.call();
    }

    /// Ends when everything taken so far is committed.
    pub fn stop(&self) {
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            self.submit(Submission::Stop);
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits for something to write, and writes it; not for ever when there is something else to do. False when nothing
/// will be written any more.
fn attend(queue: &Queue, turns: &Mutex<Option<Turns>>) -> bool {
    let looked = lock(turns).as_ref().map(|turns| (turns.patience(), turns.taken));
    let Some((patience, taken)) = looked else { return false };
    if !queue.wait(patience) {
        return true;
    }
    lock(turns).as_mut().is_some_and(|turns| turns.was_busy_since(taken) || turns.take_turn())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The writing of a store: whatever waits is taken, run, committed and answered in one turn.
pub struct Turns {
    batch: Batch,
    queue: Arc<Queue>,
    /// Several had something to write in the last turn.
    is_crowded: bool,
    /// How many turns were taken.
    taken: u64,
}

impl Turns {
    /// Takes a turn. A panic here is a bug; what was not committed is not acknowledged, and nothing is written after it.
    fn take_turn(&mut self) -> bool {
        self.taken += 1;
        catch_unwind(AssertUnwindSafe(|| self.work())).unwrap_or_else(|_| {
            self.batch.shared.set_health(Health::ReadOnly { problem: "the writer has stopped".into() });
            self.end();
            false
        })
    }

    /// How long it may be left alone; `None` when there is nothing to do until something comes.
    fn patience(&self) -> Option<Duration> {
        match self.batch.shared.health() {
            Health::ReadOnly { .. } => Some(PROBE_EVERY),
            Health::Healthy if self.batch.state.is_untidy() => Some(TIDY_AFTER),
            Health::Healthy => None,
        }
    }

    /// Whether others wrote on threads of theirs, and left nothing: it was not left alone for as long as it seemed.
    fn was_busy_since(&self, taken: u64) -> bool {
        self.taken != taken && self.queue.is_empty() && self.batch.shared.health() == Health::Healthy
    }

    /// Writes what waits, then what nobody waits for. False when nothing will be written any more.
    pub fn step(&mut self) -> bool {
        let goes_on = self.work() && (self.batch.shared.health() != Health::Healthy || self.batch.tidy());
        if !goes_on {
            self.end();
        }
        goes_on
    }

    /// Writes what waits. When nothing does, finds out whether writing works again when it did not, and saves finished
    /// documents compact.
    fn work(&mut self) -> bool {
        if self.queue.is_closed() {
            return false;
        }
        let waiting = self.queue.take(BATCH_MAX);
        self.is_crowded = waiting.len() > 1;
        let goes_on = match (waiting.is_empty(), self.batch.shared.health()) {
            (false, _) => self.turn(waiting),
            (true, Health::ReadOnly { .. }) => self.batch.probe(),
            (true, Health::Healthy) => self.batch.tidy(),
        };
        if !goes_on {
            self.end();
        }
        goes_on
    }

    /// Writes what waited.
    fn turn(&mut self, mut waiting: Vec<Submission>) -> bool {
        let stop = waiting.iter().position(|submission| matches!(submission, Submission::Stop));
        let late = stop.map(|stop| waiting.split_off(stop)).unwrap_or_default();
        let mut goes_on = self.batch.write(waiting);
        while goes_on && self.wants_tidying(stop.is_some()) {
            goes_on = self.batch.tidy();
        }
        for submission in late {
            submission.fail(CommandError::Stopped);
        }
        goes_on && stop.is_none()
    }

    /// Whether documents are to be saved compact before anything else is done. A disk that refuses is not asked again.
    fn wants_tidying(&self, is_last: bool) -> bool {
        let state = &self.batch.state;
        let is_time = state.is_cluttered() || is_last && state.is_untidy();
        is_time && self.batch.shared.health() == Health::Healthy
    }

    /// Nothing is written from here on, and whoever waits hears so.
    fn end(&self) {
        self.batch.shared.stop();
        self.queue.close();
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.end();
    }
}
