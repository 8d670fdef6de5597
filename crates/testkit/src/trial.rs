//! Break, recover, count: the same trial for a bare database, the store, and a whole hub.
//!
//! A trial keeps a tally of what was acknowledged for certain. After every blow it asks the subject what is still
//! there: a number of the tally that is missing is **lost**. What was acknowledged so close to the blow that nobody
//! can say is only counted as ambiguous; it may be there or not.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::faulty_vfs::{Fault, FaultPlan, Mode};
use crate::worker::{Worker, WorkerError};

/// How long a worker may take to recover what it finds and acknowledge the first number.
const FIRST_ACK_MAX: Duration = Duration::from_secs(30);

/// A program under test that acknowledges numbers, each at most once while it is present.
pub trait Subject {
    /// The program, ready to start on the data folder `data`, which is empty at first and later holds what the
    /// program before it left. It acknowledges as [`crate::worker`] says, numbers that are not present yet.
    fn command(&self, data: &Path) -> Command;

    /// Which numbers `data` holds, after the recovery that the program itself would do. No program is running.
    ///
    /// # Errors
    /// What is wrong with the data beyond missing numbers: it cannot be opened, a check of it fails.
    fn present(&self, data: &Path) -> Result<BTreeSet<u64>, String>;
}

/// Why a trial could not be brought to its end.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The disk failed otherwise than it was told to.
    #[cfg(target_os = "linux")]
    #[error(transparent)]
    Disk(#[from] crate::power_cut::DiskError),
    /// The worker did not do its part.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// A data folder could not be created.
    #[error("cannot create a data folder")]
    Folder(#[source] io::Error),
    /// The data is damaged.
    #[error("damaged after {after}: {damage}")]
    Damaged {
        /// Which blow.
        after: String,
        /// What the subject says is wrong.
        damage: String,
    },
}

/// How many blows to deal, and when.
#[derive(Clone, Copy, Debug)]
pub struct Blows {
    /// How many.
    pub count: usize,
    /// The worker runs at least so long after its first acknowledgement.
    pub run_min: Duration,
    /// And at most so long; the blows are spread evenly in between, in an order that never repeats.
    pub run_max: Duration,
    /// After so many blows the subject starts again on an empty folder: data that only grows would fill the disk and
    /// make every recovery slower than the one before.
    pub per_folder_max: usize,
}

impl Blows {
    /// So many, each 20 to 220 ms after the first acknowledgement, 50 to a folder.
    pub fn new(count: usize) -> Self {
        let (run_min, run_max) = (Duration::from_millis(20), Duration::from_millis(220));
        Self { count, run_min, run_max, per_folder_max: 50 }
    }

    /// As many as the environment variable says, else `default`.
    pub fn from_env(variable: &str, default: usize) -> Self {
        Self::new(std::env::var(variable).ok().and_then(|count| count.parse().ok()).unwrap_or(default))
    }

    /// Multiples of the golden ratio, fractions only: they fill the interval evenly, however many are taken.
    fn run_for(&self, blow: usize) -> Duration {
        const GOLDEN: u32 = 0x9e37_79b9;
        let turn = u32::try_from(blow).unwrap_or(u32::MAX).wrapping_mul(GOLDEN);
        let span = self.run_max.saturating_sub(self.run_min);
        self.run_min + span.mul_f64(f64::from(turn) / f64::from(u32::MAX))
    }
}

/// A number that was acknowledged and is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// After which blow, from 1.
    pub blow: usize,
    /// What.
    pub n: u64,
}

/// What came of the blows.
#[derive(Clone, Debug, Default)]
pub struct BlowReport {
    /// Dealt.
    pub blows: usize,
    /// Numbers acknowledged for certain.
    pub acknowledged: usize,
    /// Numbers acknowledged too close to a blow to count.
    pub ambiguous: usize,
    /// Numbers acknowledged for certain and gone.
    pub lost: Vec<Lost>,
    /// From first to last.
    pub elapsed: Duration,
}

impl BlowReport {
    /// How many blows lost something.
    pub fn blows_that_lost(&self) -> usize {
        self.lost.iter().map(|lost| lost.blow).collect::<BTreeSet<_>>().len()
    }
}

impl BlowReport {
    /// Adds what came of other blows of the same trial.
    fn add(&mut self, other: Self) {
        let Self { blows, acknowledged, ambiguous, lost, elapsed } = other;
        self.blows += blows;
        self.acknowledged += acknowledged;
        self.ambiguous += ambiguous;
        self.lost.extend(lost);
        self.elapsed = self.elapsed.max(elapsed);
    }
}

impl fmt::Display for BlowReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} blows, {:.2} s each: {} acknowledged, {} ambiguous, {} lost in {} blows",
            self.blows,
            self.elapsed.as_secs_f64() / f64::from(u32::try_from(self.blows.max(1)).unwrap_or(u32::MAX)),
            self.acknowledged,
            self.ambiguous,
            self.lost.len(),
            self.blows_that_lost()
        )
    }
}

/// Cuts the power of `disk` again and again while the subject works on a folder of it.
///
/// # Errors
/// [`TrialError`] when the trial cannot go on. Losses are no error: they are in the report.
#[cfg(target_os = "linux")]
pub fn power_cuts(
    disk: &mut crate::power_cut::PowerCutDisk,
    subject: &dyn Subject,
    blows: Blows,
) -> Result<BlowReport, TrialError> {
    cut_one(disk, subject, blows, Lane::ONLY)
}

/// The same with several disks at once, each with a folder and a program of its own: a trial waits much of the time,
/// for the program to get going and for the disk to be back.
///
/// # Errors
/// As [`power_cuts`].
#[cfg(target_os = "linux")]
pub fn power_cuts_side_by_side(
    disks: &mut [crate::power_cut::PowerCutDisk],
    subject: &(dyn Subject + Sync),
    blows: Blows,
) -> Result<BlowReport, TrialError> {
    let (started, lanes) = (Instant::now(), disks.len());
    let mut whole = BlowReport::default();
    std::thread::scope(|scope| {
        let lane =
            |(number, disk)| scope.spawn(move || cut_one(disk, subject, blows, Lane { number, of: lanes }));
        let trials: Vec<_> = disks.iter_mut().enumerate().map(lane).collect();
        trials.into_iter().try_for_each(|trial| {
            whole.add(trial.join().expect("a trial panicked")?);
            Ok::<(), TrialError>(())
        })
    })?;
    whole.elapsed = started.elapsed();
    Ok(whole)
}

#[cfg(target_os = "linux")]
fn cut_one(
    disk: &mut crate::power_cut::PowerCutDisk,
    subject: &dyn Subject,
    blows: Blows,
    lane: Lane,
) -> Result<BlowReport, TrialError> {
    let home = disk.path().to_owned();
    deal(&home, subject, blows, lane, |worker| {
        let cut_at = disk.cut()?;
        worker.kill9()?;
        disk.power_up()?;
        Ok(cut_at)
    })
}

/// Which of the blows are dealt here.
#[derive(Clone, Copy)]
struct Lane {
    number: usize,
    of: usize,
}

impl Lane {
    const ONLY: Self = Self { number: 0, of: 1 };

    /// Numbers of blows, from 1.
    fn blows(self, count: usize) -> impl Iterator<Item = usize> {
        (self.number + 1..=count).step_by(self.of)
    }
}

/// Kills the subject with SIGKILL again and again while it works on `home`/data, which is emptied first. That says nothing about power (the kernel still writes what it holds), but much about recovery.
///
/// # Errors
/// [`TrialError`] when the trial cannot go on. Losses are no error: they are in the report.
pub fn kills(home: &Path, subject: &dyn Subject, blows: Blows) -> Result<BlowReport, TrialError> {
    deal(home, subject, blows, Lane::ONLY, |worker| {
        worker.kill9()?;
        // What a killed process wrote to the pipe it had acknowledged, so everything counts.
        Ok(Instant::now())
    })
}

fn deal(
    home: &Path,
    subject: &dyn Subject,
    blows: Blows,
    lane: Lane,
    mut blow: impl FnMut(&mut Worker) -> Result<Instant, TrialError>,
) -> Result<BlowReport, TrialError> {
    let started = Instant::now();
    let mut report = BlowReport::default();
    let mut must_survive = BTreeSet::new();
    let data = home.join("data");
    for (index, number) in lane.blows(blows.count).enumerate() {
        if index.is_multiple_of(blows.per_folder_max) {
            empty_folder(home, &data).map_err(TrialError::Folder)?;
            must_survive.clear();
        }
        let mut worker = Worker::spawn(subject.command(&data))?;
        worker.wait_for_acks(1, FIRST_ACK_MAX)?;
        std::thread::sleep(blows.run_for(number));
        let struck_at = blow(&mut worker)?;

        let certain = worker.acknowledged_before(struck_at);
        report.blows += 1;
        report.acknowledged += certain.len();
        report.ambiguous += worker.acks().len() - certain.len();
        must_survive.extend(certain);

        let present = subject
            .present(&data)
            .map_err(|damage| TrialError::Damaged { after: format!("blow {number}"), damage })?;
        report.lost.extend(must_survive.difference(&present).map(|&n| Lost { blow: number, n }));
        // Reported once; the subject may give the number to something else now.
        must_survive.retain(|n| present.contains(n));
    }
    report.elapsed = started.elapsed();
    Ok(report)
}

/// Makes `data` an empty folder, and waits until that is on the disk: it is not what the trial is about.
fn empty_folder(home: &Path, data: &Path) -> io::Result<()> {
    match fs::remove_dir_all(data) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir(data)?,
    }
    File::open(home)?.sync_all()
}

/// What came of failing every operation in turn.
#[derive(Clone, Debug, Default)]
pub struct SweepReport {
    /// Operations of the workload when nothing fails.
    pub operations: u64,
    /// Runs in which a fault struck.
    pub faults: usize,
    /// Numbers acknowledged over all runs.
    pub acknowledged: usize,
    /// Each broken promise: which fault, and what was lost or damaged.
    pub broken: Vec<String>,
    /// From first to last.
    pub elapsed: Duration,
}

impl fmt::Display for SweepReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} faults over {} operations in {:.2} s: {} acknowledged, {} promises broken",
            self.faults,
            self.operations,
            self.elapsed.as_secs_f64(),
            self.acknowledged,
            self.broken.len()
        )
    }
}

/// Runs `workload` once for every operation it makes, every [`Fault`] and every [`Mode`], each time on a new folder
/// with that operation failing; then lets everything succeed and looks at what is `present`.
///
/// The workload opens its databases through the VFS of `plan`, and answers which numbers it acknowledged; it meets
/// errors as the real program would. `present` is as [`Subject::present`]. A workload whose number of operations
/// varies from run to run (several threads) is swept up to what its undisturbed run took.
///
/// # Errors
/// [`TrialError`] when the workload does not come through undisturbed, or a folder cannot be created.
pub fn sweep(
    plan: &FaultPlan,
    mut workload: impl FnMut(&Path) -> BTreeSet<u64>,
    mut present: impl FnMut(&Path) -> Result<BTreeSet<u64>, String>,
) -> Result<SweepReport, TrialError> {
    let started = Instant::now();
    let mut report = SweepReport::default();
    let mut run = |arm: &dyn Fn()| {
        let folder = folder_in_memory().map_err(TrialError::Folder)?;
        arm();
        let acknowledged = workload(folder.path());
        plan.disarm();
        let broken = match present(folder.path()) {
            Ok(present) => {
                let lost: Vec<_> = acknowledged.difference(&present).collect();
                (!lost.is_empty()).then(|| format!("lost {lost:?}"))
            }
            Err(damage) => Some(damage),
        };
        Ok::<_, TrialError>((acknowledged.len(), broken))
    };

    let (_, broken) = run(&|| plan.reset())?;
    if let Some(damage) = broken {
        return Err(TrialError::Damaged { after: "an undisturbed run".into(), damage });
    }
    report.operations = plan.operations();
    for (fault, mode) in Fault::ALL.into_iter().flat_map(|fault| Mode::ALL.map(|mode| (fault, mode))) {
        for n in 1..=report.operations {
            let (acknowledged, broken) = run(&|| plan.arm(n, fault, mode))?;
            report.faults += usize::from(plan.fired() > 0);
            report.acknowledged += acknowledged;
            report.broken.extend(broken.map(|it| format!("{fault:?} {mode:?} at operation {n}: {it}")));
        }
    }
    report.elapsed = started.elapsed();
    Ok(report)
}

/// A sweep is about what is answered, not about what a disk keeps: memory is faster, where there is a place for that.
fn folder_in_memory() -> io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_deal_every_blow_once() {
        let mut dealt: Vec<usize> = (0..3).flat_map(|number| Lane { number, of: 3 }.blows(10)).collect();
        dealt.sort_unstable();
        assert_eq!(dealt, (1..=10).collect::<Vec<_>>());
    }

    #[test]
    fn blows_fall_at_ever_new_moments_of_the_interval() {
        let blows = Blows::new(100);
        let moments: BTreeSet<_> = (0..100).map(|blow| blows.run_for(blow)).collect();
        assert_eq!(moments.len(), 100);
        assert!(moments.iter().all(|it| (blows.run_min..=blows.run_max).contains(it)));
        let quarter = blows.run_max.saturating_sub(blows.run_min) / 4;
        assert!(moments.iter().filter(|it| **it < blows.run_min + quarter).count() >= 20);
    }
}
