//! Simulates venues from seeds, each twice to see that the same seed is the same venue.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use clap::{Parser, ValueEnum as _};
use maitred_testkit::sim::{self, Control, Plan, Report};

/// The most failures that are told.
const FAILURES_MAX: usize = 10;

/// Simulates venues from seeds: crashes, cuts, full disks, clocks that jump. Says what is broken, and how to see it again.
#[derive(Parser)]
#[command(name = "maitred-sim")]
struct Options {
    /// How many seeds.
    #[arg(long, default_value_t = 100, value_name = "N")]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0, value_name = "S")]
    from: u64,
    /// How many at once [default: one a core].
    #[arg(long, value_name = "J")]
    jobs: Option<u64>,
    /// Each seed once, which says nothing of whether it is the same venue again, and is twice as many in the time.
    #[arg(long)]
    once: bool,
    /// This one alone.
    #[arg(long, value_name = "S", conflicts_with_all = ["seeds", "from", "jobs", "once"])]
    seed: Option<u64>,
    /// Say everything that happens in it.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Destroy and copy boxes as well, and cut hubs apart for an hour and for a month.
    #[arg(long)]
    hard: bool,
    /// Break a promise on purpose, which must be caught.
    #[arg(long)]
    control: Option<Control>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let plan = Plan {
        control: options.control,
        is_hard: options.hard,
        is_traced: options.trace,
        ..Plan::of(options.seed.unwrap_or(options.from))
    };
    let is_well = if options.seed.is_some() {
        one(plan)
    } else {
        let cores = || thread::available_parallelism().map_or(1, |it| it.get() as u64);
        let jobs = options.jobs.unwrap_or_else(cores).max(1);
        many((options.from, options.seeds), jobs, plan, options.once)
    };
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(plan: Plan) -> bool {
    if plan.is_traced {
        tracing_subscriber::fmt().without_time().with_target(false).with_ansi(false).init();
    }
    let report = sim::run(&plan);
    println!("seed {}: {report:#?}", plan.seed);
    report.broken.is_empty()
}

/// Everything that is wrong with a seed.
fn verdict(plan: &Plan, is_once: bool) -> (Report, Vec<String>) {
    let again = || (!is_once).then(|| sim::run(plan));
    let ran = catch_unwind(AssertUnwindSafe(|| (sim::run(plan), again())));
    let Ok((report, again)) = ran else { return (Report::default(), vec!["a panic, see above".into()]) };
    let mut broken = report.broken.clone();
    if let Some(again) = again.filter(|again| *again != report) {
        broken.push(format!("the same seed went another way: {:x} and {:x}", report.trace, again.trace));
    }
    (report, broken)
}

/// Many seeds of one kind of plan.
fn many((from, seeds): (u64, u64), jobs: u64, kind: Plan, is_once: bool) -> bool {
    let (started, next, done) = (Instant::now(), AtomicU64::new(0), AtomicU64::new(0));
    let (acknowledged, papers, blows) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let failures = Mutex::new(Vec::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= seeds {
                return;
            }
            let seed = from + number;
            let plan = Plan { seed, ..kind };
            let (report, broken) = verdict(&plan, is_once);
            acknowledged.fetch_add(report.acknowledged, Ordering::Relaxed);
            papers.fetch_add(report.papers, Ordering::Relaxed);
            blows.fetch_add(report.blows, Ordering::Relaxed);
            if !broken.is_empty() {
                let mut failures = failures.lock().expect("nobody panics with it");
                failures.push(seed);
                if failures.len() <= FAILURES_MAX {
                    println!("FAILED: {}", command_line(&plan));
                    broken.iter().take(FAILURES_MAX).for_each(|it| println!("    {it}"));
                }
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of((seeds / 20).max(1)) {
                eprintln!("{done} of {seeds} seeds, {:.0} s", started.elapsed().as_secs_f64());
            }
        }
    };
    thread::scope(|scope| (0..jobs).for_each(|_| drop(scope.spawn(work))));
    let failed = failures.into_inner().expect("nobody panics with it").len();
    println!(
        "{seeds} seeds from {from}, each {}, in {:.1} s: {} commands acknowledged, {} papers, {} blows, {failed} failed",
        if is_once { "once" } else { "twice" },
        started.elapsed().as_secs_f64(),
        acknowledged.into_inner(),
        papers.into_inner(),
        blows.into_inner(),
    );
    failed == 0
}

fn command_line(plan: &Plan) -> String {
    let hard = if plan.is_hard { " --hard" } else { "" };
    let control = plan.control.and_then(|control| control.to_possible_value());
    let control = control.map(|control| format!(" --control {}", control.get_name())).unwrap_or_default();
    format!("maitred-sim --seed {}{hard}{control} --trace", plan.seed)
}
