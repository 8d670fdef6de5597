//! Servers of others that the product works with, each started by the test that needs it: on a free port of this box, in
//! a folder that goes with it. What is not installed is said, and its test is skipped.

mod mosquitto;
mod nats;
mod postgres;

pub use mosquitto::Mosquitto;
pub use nats::Nats;
pub use postgres::Postgres;

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take to start.
const START_TIME_MAX: Duration = Duration::from_mins(1);
/// Where Debian keeps the programs of PostgreSQL, below a folder for each version.
const POSTGRESQL: &str = "/usr/lib/postgresql";

/// Finds a program of a server, or says that it is not installed.
fn program(name: &str) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    folders.push("/usr/sbin".into());
    let versions = std::fs::read_dir(POSTGRESQL).into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: {name} is not installed; scripts/setup test installs it");
    }
    found
}

/// A port that nobody listens on.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Waits until a server answers.
fn wait_until(what: &str, mut is_ready: impl FnMut() -> bool) -> io::Result<()> {
    let begun = Instant::now();
    while !is_ready() {
        if begun.elapsed() > START_TIME_MAX {
            return Err(io::Error::other(format!("{what} did not start")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn signal(child: &Child, signal: Signal) {
    // It may have ended already.
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let _ = pid.map(|pid| kill_process(pid, signal));
}

fn succeed(program: &Path, ended: &std::process::Output) -> io::Result<String> {
    if ended.status.success() {
        return Ok(String::from_utf8_lossy(&ended.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    Err(io::Error::other(format!("{} failed: {said}", program.display())))
}
