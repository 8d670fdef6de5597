//! From the start of the process until the hub takes commands.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use maitred_testkit::hub::{HubProcess, seed};

use crate::report::{Figure, Target};
use crate::{Outcome, empty, maitred, permille_ms};

const STARTS: usize = 9;
const TARGET_MS: f64 = 1_000.0;
const TARGET_RATIO: f64 = 3.0;

/// Starts with nothing, and with a history of so many checks.
pub fn measure(home: &Path, checks: u64) -> Outcome<Vec<Figure>> {
    let new = empty(home, "hub-start")?;
    seed(&new)?;
    let bare_ms = median_ms(|_| say_version())?;
    let new_ms = median_ms(|_| start(&new))?;
    let process = |figure: Figure| figure.beside(bare_ms, "a process that says its version");
    let mut figures = vec![process(Figure::new("start/hub_new", new_ms, "ms p50"))];
    let year = home.join(format!("history-{checks}"));
    if !year.join("complete").exists() {
        eprintln!("SKIPPED: no history of {checks} checks; the store's bench makes it");
        return Ok(figures);
    }
    let year_ms = median_ms(|_| start(&year))?;
    let of = |what| format!("start/hub_{what}_{checks}");
    figures.push(process(Figure::new(&of("history"), year_ms, "ms p50").wants(Target::AtMost(TARGET_MS))));
    let to_new =
        Figure::new(&of("history_to_new"), year_ms, "ms p50").beside(new_ms, "a start without history");
    figures.push(to_new.wants(Target::AtMost(TARGET_RATIO)));
    Ok(figures)
}

/// How long a hub takes from its start until it is ready.
fn start(data: &Path) -> Outcome<Duration> {
    let begun = Instant::now();
    let hub = HubProcess::start(&maitred()?, data, Stdio::inherit())?;
    let ready = hub.client().get("/readyz")?;
    let took = begun.elapsed();
    hub.stop()?;
    if ready.is_success() { Ok(took) } else { Err(format!("{ready:?}").into()) }
}

/// How long a process takes that does nothing.
fn say_version() -> Outcome<Duration> {
    let begun = Instant::now();
    Command::new(maitred()?).arg("--version").output()?;
    Ok(begun.elapsed())
}

fn median_ms(once: impl FnMut(usize) -> Outcome<Duration>) -> Outcome<f64> {
    let mut took = (0..STARTS).map(once).collect::<Outcome<Vec<_>>>()?;
    Ok(permille_ms(&mut took, 500))
}
