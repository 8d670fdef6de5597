//! The jobs of one printer, as its worker takes and settles them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use maitred_device::job::Attempt;
use maitred_device::paper::Paper;
use maitred_device::session::{Doubt, Grade, Outcome, ProcessId, Refusal};
use maitred_device::worker::{Ledger, LedgerError, PrinterState, Work};
use maitred_domain::ids::{JobId, PrinterId};
use maitred_domain::paper::PaperSource;
use maitred_store::{CommandError, JobFilter, JobSettled, JobState, PrintGrade, PrintJob, ReadError};

use super::papers::paper;
use crate::app::App;
use crate::limits::{
    DOUBTS_MAX, DRAWER_LIFETIME, RECEIPT_LIFETIME, REFUSALS_BEFORE_BACKUP, REPRINT_WAIT, TICKET_LIFETIME,
};
use crate::views::PrinterHealth;

/// Process ids count tenths of a second, so that they ascend over restarts.
const PROCESS_IDS_PER_SEC: i64 = 10;
/// Process ids repeat after this many.
const PROCESS_IDS: i64 = 81_450_625;

/// The store, as the worker of one printer sees it.
pub struct StoreLedger {
    app: App,
    printer: PrinterId,
    /// The id of the last attempt.
    process_id: Option<ProcessId>,
    /// Attempts in a row that wrote nothing.
    refusals: u32,
    /// The printer may hold bytes of an attempt whose end nobody knows.
    doubtful: bool,
}

impl StoreLedger {
    /// The jobs of `printer`.
    pub fn new(app: App, printer: PrinterId) -> Self {
        let filter = JobFilter { state: Some(JobState::Indeterminate), printer: Some(printer) };
        let doubtful = app.store.print_jobs(&filter, 1).is_ok_and(|jobs| !jobs.is_empty());
        Self { app, printer, process_id: None, refusals: 0, doubtful }
    }

    fn next_process_id(&mut self, now: Timestamp) -> ProcessId {
        let tenths = now.as_millisecond() / (1_000 / PROCESS_IDS_PER_SEC);
        let by_clock = ProcessId::new(u32::try_from(tenths.rem_euclid(PROCESS_IDS)).unwrap_or_default());
        let follows = self.process_id.map(ProcessId::next).filter(|follows| !by_clock.confirms(*follows));
        *self.process_id.insert(follows.unwrap_or(by_clock))
    }

    /// The job to print now; `None` when it was given to somebody else, or to a person.
    async fn take(&mut self, job: PrintJob, now: Timestamp) -> Result<Option<Work>, LedgerError> {
        let patience = lifetime(&job.source).checked_sub(age(&job, now));
        let Some(patience) = patience else {
            self.write(job.id, expired("it waited too long")).await?;
            return Ok(None);
        };
        if let Some(backup) = self.backup(&job) {
            let problem = format!("{} did not print", self.name());
            let settled =
                JobSettled { problem: Some(problem), move_to: Some(backup), ..settled(JobState::Queued) };
            self.write(job.id, settled).await?;
            self.app.printers.moved.note(self.printer, backup, now);
            self.app.live.printer_changed(self.printer);
            self.app.printers.wake();
            return Ok(None);
        }
        let views = self.app.views();
        let Some(paper) = paper(&views, &job) else {
            self.write(job.id, expired("what it is about cannot be found")).await?;
            return Ok(None);
        };
        Ok(Some(Work {
            job: job.id,
            number: u32::try_from(job.number).unwrap_or(u32::MAX),
            attempt: job.attempts + 1,
            process_id: self.next_process_id(now),
            recovers: (self.doubtful || job.indeterminate_attempts > 0) && !matches!(paper, Paper::Drawer(_)),
            paper,
            patience,
        }))
    }

    /// Where a job goes when this printer does not print: a drawer is wired to its own, and nothing moves twice.
    fn backup(&self, job: &PrintJob) -> Option<PrinterId> {
        let movable = !matches!(job.source, PaperSource::Drawer { .. } | PaperSource::Test);
        if self.refusals < REFUSALS_BEFORE_BACKUP || !movable || job.printer != job.wanted_printer {
            return None;
        }
        let catalogue = self.app.store.catalogue();
        let backup = catalogue.printers.get(&self.printer)?.backup?;
        let there = catalogue.printers.get(&backup).is_some_and(|printer| !printer.archived);
        let up = !self.app.printers.health(backup).is_down();
        (there && up && backup != self.printer).then_some(backup)
    }

    fn name(&self) -> String {
        let catalogue = self.app.store.catalogue();
        catalogue.printers.get(&self.printer).map_or_else(|| "?".to_owned(), |printer| printer.name.clone())
    }

    async fn write(&self, job: JobId, settled: JobSettled) -> Result<PrintJob, LedgerError> {
        let job = self.app.store.settle_job(job, settled).await.map_err(failed)?;
        self.app.live.job_changed(job.id, self.printer);
        Ok(job)
    }

    /// What becomes of a job when nobody knows whether it is on paper.
    fn after_doubt(&self, job: &PrintJob, doubt: Doubt) -> JobSettled {
        let problem = Some(doubt_text(doubt).to_owned());
        let gives_up =
            matches!(job.source, PaperSource::Drawer { .. }) || job.indeterminate_attempts + 1 >= DOUBTS_MAX;
        if gives_up {
            return JobSettled { problem, ..settled(JobState::Expired) };
        }
        let wait = SignedDuration::try_from(REPRINT_WAIT).unwrap_or_default();
        let not_before = self.app.now().checked_add(wait).ok();
        JobSettled { problem, not_before, ..settled(JobState::Indeterminate) }
    }
}

impl Ledger for StoreLedger {
    async fn next(&mut self) -> Result<Work, LedgerError> {
        loop {
            let app = self.app.clone();
            let woken = app.printers.work.notified();
            tokio::pin!(woken);
            // From here on no wake-up is missed.
            woken.as_mut().enable();
            let now = app.now();
            if let Some(job) = app.store.next_job(self.printer, now).map_err(unreadable)? {
                if let Some(work) = self.take(job, now).await? {
                    return Ok(work);
                }
                continue;
            }
            let due = app.store.next_job_at(self.printer).map_err(unreadable)?;
            let wait = due.map(|due| Duration::try_from(due.duration_since(now)).unwrap_or_default());
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {}
            }
        }
    }

    async fn begin(&mut self, attempt: &Attempt) -> Result<(), LedgerError> {
        let job = self.app.store.begin_attempt(attempt.job).await.map_err(failed)?;
        self.app.live.job_changed(job.id, self.printer);
        Ok(())
    }

    async fn sent(&mut self, attempt: &Attempt) -> Result<(), LedgerError> {
        self.write(attempt.job, settled(JobState::Sent)).await.map(drop)
    }

    async fn settle(&mut self, attempt: &Attempt, outcome: &Outcome) -> Result<(), LedgerError> {
        let job = self.app.store.print_job(attempt.job).map_err(unreadable)?;
        let Some(job) = job.filter(|job| job.state != JobState::Dismissed) else { return Ok(()) };
        let settled = match outcome {
            Outcome::NotStarted { reason } => {
                self.refusals = self.refusals.saturating_add(1);
                let problem = Some(refusal_text(*reason).to_owned());
                JobSettled { problem, ..settled(JobState::Queued) }
            }
            Outcome::Confirmed { grade } => {
                (self.refusals, self.doubtful) = (0, false);
                let state = match job.indeterminate_attempts {
                    0 => JobState::Confirmed,
                    _ => JobState::Reprinted,
                };
                JobSettled { grade: Some(print_grade(*grade)), ..settled(state) }
            }
            Outcome::Indeterminate { reason } => {
                self.doubtful = true;
                self.after_doubt(&job, *reason)
            }
        };
        self.write(attempt.job, settled).await.map(drop)
    }

    async fn printer_state(&mut self, state: PrinterState) {
        let health = PrinterHealth::from(state.health);
        if health.is_down() {
            tracing::warn!(printer = self.name(), ?health, "a printer cannot print");
        } else {
            self.refusals = 0;
            self.app.printers.moved.forget(self.printer);
        }
        self.app.printers.set_health(self.printer, health);
        if let Some(is_high) = state.is_drawer_high {
            self.app.printers.drawers.note(self.printer, is_high, self.app.now());
        }
        self.app.live.printer_changed(self.printer);
    }
}

pub(super) fn settled(state: JobState) -> JobSettled {
    JobSettled { state, grade: None, problem: None, not_before: None, move_to: None }
}

pub(super) fn expired(problem: &str) -> JobSettled {
    JobSettled { problem: Some(problem.to_owned()), ..settled(JobState::Expired) }
}

fn lifetime(source: &PaperSource) -> Duration {
    match source {
        PaperSource::Ticket { .. } | PaperSource::VoidSlip { .. } => TICKET_LIFETIME,
        PaperSource::Receipt { .. }
        | PaperSource::Report { .. }
        | PaperSource::Temperatures { .. }
        | PaperSource::Test => RECEIPT_LIFETIME,
        PaperSource::Drawer { .. } => DRAWER_LIFETIME,
    }
}

fn age(job: &PrintJob, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(job.created_at)).unwrap_or_default()
}

fn print_grade(grade: Grade) -> PrintGrade {
    match grade {
        Grade::A => PrintGrade::A,
        Grade::B => PrintGrade::B,
        Grade::C => PrintGrade::C,
    }
}

fn refusal_text(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Unreachable => "the printer cannot be reached",
        Refusal::Silent => "the printer does not answer",
        Refusal::PaperOut => "no paper",
        Refusal::CoverOpen => "the cover is open",
        Refusal::Error => "the printer has an error or is off-line",
        Refusal::Stuck => "the printer is stuck",
        Refusal::NotCommitted => "the hub could not write it down",
        Refusal::ShuttingDown => "the hub stopped",
    }
}

fn doubt_text(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::ConnectionLost => "the connection was lost while it was printing",
        Doubt::Silent => "the printer stopped answering while it was printing",
        Doubt::TimedOut => "the printer never said that it was done",
        Doubt::PowerCycled => "the printer was switched off while it was printing",
        Doubt::Error => "the printer had an error while it was printing",
        Doubt::PatienceEnded => "no paper came while it was printing",
        Doubt::Interrupted => "the hub stopped while it was printing",
    }
}

fn failed(error: CommandError) -> LedgerError {
    LedgerError(Box::new(error))
}

fn unreadable(error: ReadError) -> LedgerError {
    LedgerError(Box::new(error))
}
