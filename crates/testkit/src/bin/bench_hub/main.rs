//! What a whole hub costs, with what the machine does at its barest beside it, measured in the same run.
//!
//! Prints a table and merges its figures into `target/bench/report.json`. The start with a history of N checks uses what
//! the store's own bench has made of it (`--only history --checks N`), and is left out where there is none.

mod floor;
#[cfg(target_os = "linux")]
mod keys;
mod memory;
mod printing;
#[path = "../bench/report.rs"]
mod report;
mod screen;
mod start;
mod tls;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use mimalloc::MiMalloc;
use report::{Figure, Report};

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// From an order to a screen.
    Screen,
    /// Keys of a bump bar.
    Keys,
    /// What a hub holds in memory after a day.
    Memory,
    /// From an order to the first byte at a printer.
    Printing,
    /// From the start until it serves.
    Start,
    /// What encryption and sign-in add to a command.
    Tls,
}

/// What a whole hub costs, beside what the machine does at its barest.
#[derive(Parser)]
#[command(name = "maitred-bench-hub")]
struct Options {
    /// Measure this alone.
    #[arg(long)]
    only: Option<Subject>,
    /// Checks of the history with which a hub starts: a busy venue's year.
    #[arg(long, default_value_t = 150_000, value_name = "N")]
    checks: u64,
}

/// As in the hub.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    match measure(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("maitred-bench-hub: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Outcome<()> {
    let home = PathBuf::from("target/bench");
    std::fs::create_dir_all(&home)?;
    let wanted = |subject| options.only.is_none_or(|only| only == subject);
    let mut figures: Vec<Figure> = Vec::new();
    if wanted(Subject::Screen) {
        figures.extend(screen::measure(&empty(&home, "hub-screen")?)?);
    }
    #[cfg(target_os = "linux")]
    if wanted(Subject::Keys) {
        figures.extend(keys::measure(&empty(&home, "hub-keys")?)?);
    }
    if wanted(Subject::Memory) {
        figures.extend(memory::measure(&empty(&home, "hub-memory")?)?);
    }
    if wanted(Subject::Printing) {
        figures.extend(printing::measure(&empty(&home, "hub-printing")?)?);
    }
    if wanted(Subject::Start) {
        figures.extend(start::measure(&home, options.checks)?);
    }
    if wanted(Subject::Tls) {
        figures.extend(tls::measure(&empty(&home, "hub-tls")?)?);
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

/// The hub, which is built beside this program.
fn maitred() -> std::io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("maitred"))
}

/// The value that so many in a thousand do not exceed, in milliseconds.
fn permille_ms(took: &mut [Duration], permille: usize) -> f64 {
    took.sort_unstable();
    let at = (took.len() * permille / 1000).min(took.len().saturating_sub(1));
    took.get(at).copied().unwrap_or_default().as_secs_f64() * 1e3
}
