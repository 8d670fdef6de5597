//! What the store costs, as ratios to what the machine does at its barest, measured beside it in the same run.
//!
//! `cargo run --release -p maitred-testkit --bin bench [-- --only commit|crowd|failover|history|memory|relay|session|standby]
//! [--checks N] [--trials N]`
//!
//! Prints a table and merges its figures into `target/bench/report.json`, where other benches keep theirs.

mod bare;
mod commit;
mod crowd;
#[cfg(target_os = "linux")]
mod failover;
mod history;
mod memory;
mod peers;
#[cfg(target_os = "linux")]
mod relay;
mod report;
mod session;
#[cfg(target_os = "linux")]
mod standby;
mod talk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use mimalloc::MiMalloc;
use report::{Figure, Report};

/// Checks of a busy venue's year.
const CHECKS: u64 = 150_000;
/// How often the acting hub is lost each way.
const TRIALS: u64 = 200;

/// As in the hub.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some(memory::CHILD) => memory::work_and_tell(&arguments[1..]),
        _ => measure(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &[String]) -> Outcome<()> {
    let only = value_of(arguments, "--only");
    let checks = value_of(arguments, "--checks").map_or(Ok(CHECKS), str::parse)?;
    let home = PathBuf::from("target/bench");
    std::fs::create_dir_all(&home)?;
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    let mut figures: Vec<Figure> = Vec::new();
    if wanted("commit") {
        figures.extend(commit::measure(&empty(&home, "commit")?)?);
    }
    if wanted("crowd") {
        figures.extend(crowd::measure(&empty(&home, "crowd")?)?);
    }
    #[cfg(target_os = "linux")]
    if wanted("failover") {
        let trials = value_of(arguments, "--trials").map_or(Ok(TRIALS), str::parse)?;
        figures.extend(failover::measure(trials)?);
    }
    if wanted("history") {
        figures.extend(history::measure(&home, checks)?);
    }
    if wanted("memory") {
        figures.extend(memory::measure(&empty(&home, "memory")?)?);
    }
    #[cfg(target_os = "linux")]
    if wanted("relay") {
        figures.extend(relay::measure(&empty(&home, "relay")?)?);
    }
    if wanted("session") {
        figures.extend(session::measure(&home, checks)?);
    }
    #[cfg(target_os = "linux")]
    if wanted("standby") {
        figures.extend(standby::measure(&home, checks)?);
    }
    for figure in &figures {
        println!("{figure}");
    }
    Report::merge(&home.join("report.json"), &figures)
}

fn value_of<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1).map(String::as_str)
}

/// An empty folder in the place of an earlier run's.
fn empty(home: &Path, name: &str) -> std::io::Result<PathBuf> {
    let folder = home.join(name);
    match std::fs::remove_dir_all(&folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => std::fs::create_dir_all(&folder)?,
    }
    Ok(folder)
}

/// The value in the middle, in microseconds.
fn median_us(mut took: Vec<Duration>) -> f64 {
    took.sort_unstable();
    took.get(took.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e6
}

/// A count as a number to divide by.
fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
