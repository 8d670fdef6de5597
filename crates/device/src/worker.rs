//! One worker owns one printer and at most one connection to it.
//!
//! *Invariant:* workers share nothing, so a dead printer never delays another; and the ledger commits an attempt before
//! its first byte.

mod line;
mod port;

use std::{
    collections::VecDeque,
    error::Error,
    future::{Future, poll_fn},
    ops::ControlFlow,
    task::Poll,
    time::Duration,
};

use maitred_domain::{address::Address, ids::JobId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    encode::{Stamp, encode},
    job::{Attempt, backoff},
    paper::Paper,
    profile::Profile,
    session::{
        Abilities, Doubt, Ending, Health, Input, Outcome, Output, Plan, ProcessId, Refusal, Session, Task,
        Timing,
    },
};
use line::{Event, Line};

/// A printer to work for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printer {
    /// As [`Address`] reads it; a printer at no address is unreachable.
    pub address: String,
    /// How to write for it.
    pub profile: Profile,
    /// What it was found to do before; `None` takes what the profile declares.
    pub abilities: Option<Abilities>,
    /// A doubtful attempt of an earlier worker may have left bytes in it.
    pub is_in_doubt: bool,
    /// How long to wait.
    pub timing: Timing,
}

impl Printer {
    /// A printer about which nothing is known yet.
    pub fn new(address: impl Into<String>, profile: Profile) -> Self {
        Self {
            address: address.into(),
            profile,
            abilities: None,
            is_in_doubt: false,
            timing: Timing::default(),
        }
    }
}

/// One job, ready for one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Which job.
    pub job: JobId,
    /// Its number, for people.
    pub number: u32,
    /// This attempt, from 1.
    pub attempt: u32,
    /// Above every id that this printer was ever sent.
    pub process_id: ProcessId,
    /// Under the heading that its history demands ([`crate::job::Job::next_paper`]).
    pub paper: Paper,
    /// Whether this printer may still hold bytes of a doubtful attempt, of this or of any job: they are cleared first.
    pub recovers: bool,
    /// How long the printer may wait for paper in the middle.
    pub patience: Duration,
}

/// What a worker knows about its printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterState {
    /// What it does or needs.
    pub health: Health,
    /// What it can do: worth keeping over restarts.
    pub abilities: Abilities,
}

/// The ledger could not do it; the cause is inside.
#[derive(Debug, Error)]
#[error("print ledger failed")]
pub struct LedgerError(#[source] pub Box<dyn Error + Send + Sync>);

/// Holds the jobs of one printer. Methods return when what they say is durable.
pub trait Ledger: Send {
    /// The next job for this printer; waits until there is one. Expires jobs that are too old instead of giving them.
    ///
    /// Must be cancel safe: a future that is dropped must not have taken a job.
    fn next(&mut self) -> impl Future<Output = Result<Work, LedgerError>> + Send;

    /// Commits the attempt. Not one ticket byte is written before this returns.
    fn begin(&mut self, attempt: &Attempt) -> impl Future<Output = Result<(), LedgerError>> + Send;

    /// All bytes are out; proof is awaited.
    fn sent(&mut self, _attempt: &Attempt) -> impl Future<Output = Result<(), LedgerError>> + Send {
        async { Ok(()) }
    }

    /// The attempt ended. After a doubt, the ledger decides: again here, at the backup, or a person. Called again when it
    /// fails, until the worker ends.
    fn settle(
        &mut self,
        attempt: &Attempt,
        outcome: &Outcome,
    ) -> impl Future<Output = Result<(), LedgerError>> + Send;

    /// The printer's state, whenever it changes. Best effort.
    fn printer_state(&mut self, state: PrinterState) -> impl Future<Output = ()> + Send;
}

/// Works for `printer` until `shutdown` is ready; an attempt under way is then settled as interrupted.
pub async fn run_printer<L: Ledger>(printer: Printer, ledger: L, shutdown: impl Future<Output = ()> + Send) {
    let abilities = printer.abilities.unwrap_or_else(|| Abilities::of(&printer.profile));
    let is_in_doubt = printer.is_in_doubt;
    let address = printer.address.parse();
    if let Err(error) = &address {
        tracing::error!(error = error as &dyn Error, address = %printer.address, "a printer has no address");
    }
    let mut worker = Worker {
        is_in_doubt,
        address: address.ok(),
        printer,
        ledger,
        abilities,
        state: None,
        epoch: Instant::now(),
        refusals: 0,
    };
    tokio::pin!(shutdown);
    let mut is_over = false;
    let mut shutdown = poll_fn(move |context| {
        is_over = is_over || shutdown.as_mut().poll(context).is_ready();
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    });
    loop {
        let wait = worker.wait();
        let work = tokio::select! {
            biased;
            () = &mut shutdown => return,
            work = worker.next_work(wait) => work,
        };
        match work {
            Some(work) => {
                if worker.print(work, &mut shutdown).await.is_break() {
                    return;
                }
            }
            None => worker.check(&mut shutdown).await,
        }
    }
}

struct Worker<L> {
    /// A doubtful attempt may have left bytes in the printer.
    is_in_doubt: bool,
    address: Option<Address>,
    printer: Printer,
    ledger: L,
    abilities: Abilities,
    state: Option<PrinterState>,
    epoch: Instant,
    /// Attempts in a row that wrote nothing.
    refusals: u32,
}

impl<L: Ledger> Worker<L> {
    fn wait(&self) -> Duration {
        if self.refusals == 0 { Duration::ZERO } else { backoff(self.refusals, &self.printer.timing) }
    }

    /// `None` when it is time to look at the idle printer.
    async fn next_work(&mut self, wait: Duration) -> Option<Work> {
        sleep(wait).await;
        let idle = if self.state.is_none() { Duration::ZERO } else { self.printer.timing.idle_poll };
        match timeout(idle, self.ledger.next()).await {
            Ok(Ok(work)) => Some(work),
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn Error, "no next print job");
                self.refusals = self.refusals.saturating_add(1);
                None
            }
            Err(_) => {
                self.refusals = 0;
                None
            }
        }
    }

    async fn check<F: Future<Output = ()> + Unpin>(&mut self, shutdown: &mut F) {
        let connected = tokio::select! {
            () = &mut *shutdown => return,
            connected = self.connect() => connected,
        };
        match connected {
            Some(line) => {
                self.converse(line, Task::Check { clears: self.is_in_doubt }, None, shutdown).await;
            }
            None => self.report(Health::Unreachable).await,
        }
    }

    async fn print<F: Future<Output = ()> + Unpin>(
        &mut self,
        work: Work,
        shutdown: &mut F,
    ) -> ControlFlow<()> {
        let attempt = Attempt { job: work.job, attempt: work.attempt, process_id: work.process_id };
        let was_in_doubt = self.is_in_doubt;
        let outcome = self.attempt(&work, &attempt, shutdown).await;
        self.refusals = match outcome {
            Outcome::NotStarted { .. } => self.refusals.saturating_add(1),
            Outcome::Confirmed { .. } => 0,
            Outcome::Indeterminate { .. } => 1,
        };
        if matches!(work.paper, Paper::Drawer(_)) {
            self.is_in_doubt = was_in_doubt;
        } else if matches!(outcome, Outcome::Confirmed { .. }) {
            self.is_in_doubt = false;
        }

        self.settle(&attempt, &outcome, shutdown).await
    }

    async fn attempt<F: Future<Output = ()> + Unpin>(
        &mut self,
        work: &Work,
        attempt: &Attempt,
        shutdown: &mut F,
    ) -> Outcome {
        let unreachable = Outcome::NotStarted { reason: Refusal::Unreachable };
        let connected = tokio::select! {
            () = &mut *shutdown => return Outcome::NotStarted { reason: Refusal::ShuttingDown },
            connected = self.connect() => connected,
        };
        let Some(line) = connected else {
            self.report(Health::Unreachable).await;
            return unreachable;
        };
        let task = self.task(work, &line);
        match self.converse(line, task, Some(attempt), shutdown).await {
            Ending::Job(outcome) => outcome,
            Ending::Checked => unreachable,
        }
    }

    fn task(&self, work: &Work, line: &Line) -> Task {
        let stamp = Stamp { number: work.number, attempt: work.attempt };
        let body = encode(&work.paper, &self.printer.profile, stamp);
        match work.paper {
            Paper::Drawer(_) => Task::Drawer(body.bytes),
            Paper::Ticket(_) | Paper::Receipt(_) | Paper::Report(_) | Paper::Test(_) => Task::Print(Plan {
                transfer: line.transfer_time(body.bytes.len()),
                body: body.bytes,
                lines: body.lines,
                process_id: work.process_id,
                recovers: work.recovers || self.is_in_doubt,
                patience: work.patience,
            }),
        }
    }

    /// Until it is durable: an attempt that stays open would be printed again after a restart.
    async fn settle<F: Future<Output = ()> + Unpin>(
        &mut self,
        attempt: &Attempt,
        outcome: &Outcome,
        shutdown: &mut F,
    ) -> ControlFlow<()> {
        let is_ending = matches!(
            outcome,
            Outcome::NotStarted { reason: Refusal::ShuttingDown }
                | Outcome::Indeterminate { reason: Doubt::Interrupted }
        );
        let mut failures = 0;
        while let Err(error) = self.ledger.settle(attempt, outcome).await {
            tracing::error!(error = &error as &dyn Error, job = %attempt.job, ?outcome, "attempt not settled");
            failures += 1;
            let wait = backoff(failures, &self.printer.timing);
            if is_ending {
                break;
            }
            tokio::select! {
                () = &mut *shutdown => return ControlFlow::Break(()),
                () = sleep(wait) => {}
            }
        }
        if is_ending { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    async fn connect(&self) -> Option<Line> {
        Line::connect(self.address.as_ref()?, self.printer.timing.connect).await
    }

    async fn report(&mut self, health: Health) {
        let state = PrinterState { health, abilities: self.abilities };
        if self.state.replace(state) != Some(state) {
            tracing::info!(address = %self.printer.address, ?health, "printer state");
            self.ledger.printer_state(state).await;
        }
    }

    fn now(&self) -> Duration {
        self.epoch.elapsed()
    }

    /// Runs one session to its end.
    async fn converse<F: Future<Output = ()> + Unpin>(
        &mut self,
        mut line: Line,
        task: Task,
        attempt: Option<&Attempt>,
        shutdown: &mut F,
    ) -> Ending {
        let (mut session, mut outputs) =
            Session::start(task, self.abilities, self.printer.timing, self.now());
        let mut is_shutting_down = false;
        loop {
            self.abilities = session.abilities();
            self.is_in_doubt &= !session.has_cleared();
            if let Some(ending) = self.carry_out(&mut session, outputs, &mut line, attempt).await {
                line.close(ending).await;
                return ending;
            }
            let deadline = session.deadline().map(|at| self.epoch + at);
            let event = tokio::select! {
                () = &mut *shutdown, if !is_shutting_down => None,
                event = line.event(deadline) => Some(event),
            };
            is_shutting_down |= event.is_none();
            outputs = match event {
                None => session.handle(self.now(), Input::ShutDown),
                Some(Event::Received(length)) => {
                    session.handle(self.now(), Input::Bytes(line.received(length)))
                }
                Some(Event::SentSome) => Vec::new(),
                Some(Event::SentAll) => self.all_sent(&mut session, attempt).await,
                Some(Event::Finished) => session.handle(self.now(), Input::Finished),
                Some(Event::Broken) => session.handle(self.now(), Input::Closed),
                Some(Event::Tick) => session.handle(self.now(), Input::Tick),
            };
        }
    }

    async fn all_sent(&mut self, session: &mut Session, attempt: Option<&Attempt>) -> Vec<Output> {
        let was_sent = session.is_sent();
        let outputs = session.handle(self.now(), Input::Written);
        if let (Some(attempt), false, true) = (attempt, was_sent, session.is_sent())
            && let Err(error) = self.ledger.sent(attempt).await
        {
            tracing::warn!(error = &error as &dyn Error, job = %attempt.job, "attempt not marked as sent");
        }
        outputs
    }

    /// Does what the session wants; `Some` when it is done.
    async fn carry_out(
        &mut self,
        session: &mut Session,
        outputs: Vec<Output>,
        line: &mut Line,
        attempt: Option<&Attempt>,
    ) -> Option<Ending> {
        let mut waiting = VecDeque::from(outputs);
        while let Some(output) = waiting.pop_front() {
            match output {
                Output::Write(bytes) => line.send(&bytes),
                Output::Health(health) => self.report(health).await,
                Output::Done(ending) => return Some(ending),
                Output::Commit => {
                    let input = match attempt {
                        Some(attempt) => self.commit(attempt).await,
                        None => Input::CommitFailed,
                    };
                    waiting.extend(session.handle(self.now(), input));
                }
            }
        }
        None
    }

    async fn commit(&mut self, attempt: &Attempt) -> Input<'static> {
        match self.ledger.begin(attempt).await {
            Ok(()) => {
                self.is_in_doubt = true;
                Input::Committed
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn Error, job = %attempt.job, "attempt not committed");
                Input::CommitFailed
            }
        }
    }
}
