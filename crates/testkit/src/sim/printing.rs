//! Printers: a job is begun, paper comes out or does not, and somebody knows which or does not.

use jiff::SignedDuration;
use maitred_domain::ids::PrinterId;
use maitred_store::{JobSettled, JobState, PrintGrade, PrintJob};

use super::HubId;
use super::hub::Doing;
use super::world::{Event, World};

/// How often a printer is looked after, in milliseconds.
const LOOK_EVERY_MS: u64 = 700;
/// How long a job waits after a doubtful attempt.
const REPRINT_WAIT: SignedDuration = SignedDuration::from_secs(3);

/// A paper that came out.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Of which hub.
    pub hub: HubId,
    /// The job's key: what, where, which copy.
    pub key: String,
    /// It says that there may be another.
    pub is_marked: bool,
    /// That it was printed was on a disk that is gone, and that it was asked for as well.
    pub is_forgotten: bool,
}

/// How an attempt goes.
#[derive(Clone, Copy, Debug)]
enum Course {
    Printed,
    PrintedAndUnheard,
    LostOnTheWay,
    NotStarted,
}

impl World {
    /// Lets the printers of a hub have a job each.
    pub fn look_after_printers(&mut self, hub: HubId) {
        self.after(LOOK_EVERY_MS, Event::Printers(hub));
        self.print_for_others(hub);
        let now = self.hubs[hub].now();
        if !self.hubs[hub].is_serving() {
            return;
        }
        let Some(life) = self.hubs[hub].life.as_mut().filter(|life| life.may_print) else { return };
        let store = life.store.clone();
        for printer in store.catalogue().printers.keys().copied() {
            let life = self.hubs[hub].life.as_mut().expect("it was there a moment ago");
            if life.printing.contains(&printer) {
                continue;
            }
            let Ok(Some(job)) = store.next_job(printer, now) else { continue };
            life.printing.push(printer);
            let (id, job) = (job.id, Box::new(job));
            self.hubs[hub].ask(
                |store| async move { store.begin_attempt(id).await },
                |answer| Doing::Begin { job, answer },
            );
            self.turn_soon(hub);
        }
    }

    /// The attempt is on disk: bytes go out. What was not written down is not begun.
    pub fn begun(&mut self, hub: HubId, job: Box<PrintJob>, is_begun: bool) {
        let course = match self.rng.below(if self.is_mended { 70 } else { 100 }) {
            _ if !is_begun => Course::NotStarted,
            0..70 => Course::Printed,
            70..80 => Course::PrintedAndUnheard,
            80..90 => Course::LostOnTheWay,
            _ => Course::NotStarted,
        };
        let is_marked = job.indeterminate_attempts > 0 || job.duplicate;
        self.note(format_args!("hub {hub} prints {} (marked: {is_marked}): {course:?}", job.key));
        if matches!(course, Course::Printed | Course::PrintedAndUnheard) {
            self.papers.push(Paper { hub, key: job.key.clone(), is_marked, is_forgotten: false });
        }
        let settled =
            |state| JobSettled { state, grade: None, problem: None, not_before: None, move_to: None };
        let settled = match course {
            Course::Printed => {
                let state = if is_marked { JobState::Reprinted } else { JobState::Confirmed };
                JobSettled { grade: Some(PrintGrade::A), ..settled(state) }
            }
            Course::PrintedAndUnheard | Course::LostOnTheWay => {
                let not_before = self.hubs[hub].now().checked_add(REPRINT_WAIT).ok();
                JobSettled { not_before, ..settled(JobState::Indeterminate) }
            }
            Course::NotStarted => settled(JobState::Queued),
        };
        self.settle(hub, job, settled);
    }

    /// Writes down how it ended, again and again until it is written.
    pub fn settle(&mut self, hub: HubId, job: Box<PrintJob>, settled: JobSettled) {
        let (id, copy) = (job.id, settled.clone());
        self.hubs[hub].ask(
            |store| async move { store.settle_job(id, copy).await },
            |answer| Doing::Settle { job, settled, answer },
        );
        self.turn_soon(hub);
    }

    /// It is written: the printer may have the next.
    pub fn is_settled(&mut self, hub: HubId, printer: PrinterId) {
        if let Some(life) = &mut self.hubs[hub].life {
            life.printing.retain(|at_work| *at_work != printer);
        }
    }
}
