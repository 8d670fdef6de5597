//! What a whole hub costs, with what the machine does at its barest beside it, measured in the same run.
//!
//! `cargo run --release -p maitred-testkit --bin maitred-bench-hub [-- --only screen|keys|memory|printing|start|tls] [--checks N]`
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

use mimalloc::MiMalloc;
use report::{Figure, Report};

/// Checks of a busy venue's year.
const CHECKS: u64 = 150_000;

/// As in the hub.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match measure(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("maitred-bench-hub: {error}");
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
    if wanted("screen") {
        figures.extend(screen::measure(&empty(&home, "hub-screen")?)?);
    }
    #[cfg(target_os = "linux")]
    if wanted("keys") {
        figures.extend(keys::measure(&empty(&home, "hub-keys")?)?);
    }
    if wanted("memory") {
        figures.extend(memory::measure(&empty(&home, "hub-memory")?)?);
    }
    if wanted("printing") {
        figures.extend(printing::measure(&empty(&home, "hub-printing")?)?);
    }
    if wanted("start") {
        figures.extend(start::measure(&home, checks)?);
    }
    if wanted("tls") {
        figures.extend(tls::measure(&empty(&home, "hub-tls")?)?);
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
