//! Simulates venues from seeds, each twice to see that the same seed is the same venue.
//!
//! `maitred-sim --seeds N [--from S] [--jobs J] [--once]` as many as you like, and with `--once` twice as many in the time; `maitred-sim --seed S [--trace]` one of them.
//! `--hard` destroys and copies boxes as well, and cuts hubs apart for an hour and for a month.
//! `--control normal|lying-disks|early-answers` breaks the promises on purpose: every one of these must be caught.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use maitred_testkit::sim::{self, Control, Plan, Report};

/// Seeds when nothing is said.
const SEEDS: u64 = 100;
/// The most failures that are told.
const FAILURES_MAX: usize = 10;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match simulate(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("maitred-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn simulate(arguments: &[String]) -> Outcome<bool> {
    let control = match value_of(arguments, "--control") {
        None => None,
        Some("normal") => Some(Control::Normal),
        Some("lying-disks") => Some(Control::LyingDisks),
        Some("early-answers") => Some(Control::EarlyAnswers),
        Some(other) => return Err(format!("no control is called {other}").into()),
    };
    let is_hard = arguments.iter().any(|argument| argument == "--hard");
    let is_traced = arguments.iter().any(|argument| argument == "--trace");
    if let Some(seed) = value_of(arguments, "--seed") {
        return Ok(one(Plan { seed: seed.parse()?, control, is_hard, is_traced }));
    }
    let number = |name: &str, default: u64| value_of(arguments, name).map_or(Ok(default), str::parse);
    let (from, seeds) = (number("--from", 0)?, number("--seeds", SEEDS)?);
    let cores = std::thread::available_parallelism()?.get() as u64;
    let is_once = arguments.iter().any(|argument| argument == "--once");
    let kind = Plan { control, is_hard, ..Plan::of(from) };
    Ok(many((from, seeds), number("--jobs", cores)?.max(1), kind, is_once))
}

fn value_of<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1).map(String::as_str)
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
    std::thread::scope(|scope| (0..jobs).for_each(|_| drop(scope.spawn(work))));
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
    let control = match plan.control {
        None => "",
        Some(Control::Normal) => " --control normal",
        Some(Control::LyingDisks) => " --control lying-disks",
        Some(Control::EarlyAnswers) => " --control early-answers",
    };
    format!("maitred-sim --seed {}{hard}{control} --trace", plan.seed)
}
