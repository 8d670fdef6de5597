//! What a store holds in memory after a day, in a process of its own.

use std::path::Path;
use std::process::Command;

use maitred_store::Store;
use maitred_testkit::venue::{catalogue, options, service};

use crate::report::Figure;
use crate::{Outcome, number};

/// The first argument of the process that is measured.
pub const CHILD: &str = "memory-child";
/// Checks of a busy day.
const CHECKS: u64 = 500;

/// Resident memory after a day, beside that of a store where nothing happened.
pub fn measure(folder: &Path) -> Outcome<Vec<Figure>> {
    let idle = resident_mib(&folder.join("idle"), 0)?;
    let worked = resident_mib(&folder.join("worked"), CHECKS)?;
    Ok(vec![Figure::new("memory/day", worked, "MiB").beside(idle, "a store where nothing happened")])
}

fn resident_mib(data: &Path, checks: u64) -> Outcome<f64> {
    let output =
        Command::new(std::env::current_exe()?).arg(CHILD).arg(data).arg(checks.to_string()).output()?;
    let told = String::from_utf8(output.stdout)?;
    Ok(told.trim().parse::<f64>().map_err(|_| format!("the child said {told:?}"))? / 1024.0)
}

/// Serves parties, and prints the resident memory in KiB.
pub fn work_and_tell(arguments: &[String]) -> Outcome<()> {
    let [data, checks] = arguments else { return Err("a folder and a number of checks are needed".into()) };
    let store = Store::open(&options(Path::new(data)), catalogue)?;
    for n in 0..checks.parse::<u64>()? * service::COMMANDS_PER_PARTY {
        store.command_blocking(service::request(n))?;
    }
    println!("{}", number(resident_kib()?));
    Ok(())
}

fn resident_kib() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
