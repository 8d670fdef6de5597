//! What the store costs, as ratios to what the machine does at its barest, measured beside it in the same run.
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

use clap::{Parser, ValueEnum};
use mimalloc::MiMalloc;
use report::{Figure, Report};

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// One durable command.
    Commit,
    /// 64 clients at once.
    Crowd,
    /// The acting hub is lost, again and again.
    Failover,
    /// What a year of checks takes to write and to open.
    History,
    /// What a store holds in memory.
    Memory,
    /// What the relay takes in, and holds of idle hubs.
    Relay,
    /// Catching up, beside other programs that do.
    Session,
    /// A fresh standby.
    Standby,
}

/// What the store, the session and the relay cost, beside what the machine does at its barest.
#[derive(Parser)]
#[command(name = "bench")]
struct Options {
    /// Measure this alone.
    #[arg(long)]
    only: Option<Subject>,
    /// Checks of the history: a busy venue's year.
    #[arg(long, default_value_t = 150_000, value_name = "N")]
    checks: u64,
    /// How often the acting hub is lost each way.
    #[arg(long, default_value_t = 200, value_name = "N")]
    trials: u64,
}

/// As in the hub.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some(memory::CHILD) => memory::work_and_tell(&arguments[1..]),
        _ => measure(&Options::parse()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Outcome<()> {
    let home = PathBuf::from("target/bench");
    std::fs::create_dir_all(&home)?;
    let wanted = |subject| options.only.is_none_or(|only| only == subject);
    let mut figures: Vec<Figure> = Vec::new();
    if wanted(Subject::Commit) {
        figures.extend(commit::measure(&empty(&home, "commit")?)?);
    }
    if wanted(Subject::Crowd) {
        figures.extend(crowd::measure(&empty(&home, "crowd")?)?);
    }
    #[cfg(target_os = "linux")]
    if wanted(Subject::Failover) {
        figures.extend(failover::measure(options.trials)?);
    }
    if wanted(Subject::History) {
        figures.extend(history::measure(&home, options.checks)?);
    }
    if wanted(Subject::Memory) {
        figures.extend(memory::measure(&empty(&home, "memory")?)?);
    }
    #[cfg(target_os = "linux")]
    if wanted(Subject::Relay) {
        figures.extend(relay::measure(&empty(&home, "relay")?)?);
    }
    if wanted(Subject::Session) {
        figures.extend(session::measure(&home, options.checks)?);
    }
    #[cfg(target_os = "linux")]
    if wanted(Subject::Standby) {
        figures.extend(standby::measure(&home, options.checks)?);
    }
    for figure in &figures {
        println!("{figure}");
    }
    Report::merge(&home.join("report.json"), &figures)
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
