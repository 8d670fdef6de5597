//! A full replica fills an empty one over loopback: ours, and others that are made for it, with the same orders.
//!
//! The others are Node programs in `bench-peers`, run when their packages are installed there. Each gets one JSON line for
//! every change, `{"doc", "facts"}`. Compared is the time from the empty one's first connection until it has every change on
//! its disk: ours in SQLite with everything that the screens read, synced for each batch; automerge-repo's with one
//! document for each of ours, in files; `PouchDB`'s with one document for each change, in `LevelDB`.

use std::path::{Path, PathBuf};
use std::process::Command;

use maitred_store::Store;
use serde::Deserialize;

use crate::report::{Figure, Target};
use crate::talk::meet;
use crate::{Outcome, empty, number};

#[derive(Deserialize)]
struct Copied {
    changes: u64,
    seconds: f64,
}

/// Each program, the figure that is made of it, and how many times as fast ours is to be.
const PEERS: [(&str, &str, f64); 2] = [
    ("automerge_repo.mjs", "session/fresh/rate_to_automerge_repo", 10.0),
    ("pouchdb.mjs", "session/fresh/rate_to_pouchdb_server", 3.0),
];

/// All of them take turns so often, and the median of each counts: a machine is not as fast from one minute to the next.
const ROUNDS: u8 = 3;

/// Measures ours, from `full` into a `fresh` replica for each round, beside each of the others that is installed.
pub fn measure(
    home: &Path,
    full: &Store,
    fresh: impl Fn(u8) -> Outcome<Store>,
    orders: &str,
) -> Outcome<Vec<Figure>> {
    let file = home.join("orders.jsonl");
    std::fs::write(&file, orders)?;
    let changes = number(orders.lines().count() as u64);
    let mut ours = Vec::new();
    let mut theirs = PEERS.map(|_| Vec::new());
    for round in 0..ROUNDS {
        ours.push(changes / meet(full, &fresh(round)?, |_| {})?.took.as_secs_f64());
        for ((program, ..), rates) in PEERS.iter().zip(&mut theirs) {
            if let Some(copied) = run(program, &file, &empty(home, program)?)? {
                rates.push(number(copied.changes) / copied.seconds);
            }
        }
    }
    let rate = median(ours);
    let mut figures = vec![Figure::new("session/fresh/rate", rate, "changes per s")];
    for ((program, name, least), rates) in PEERS.into_iter().zip(theirs) {
        if !rates.is_empty() {
            let figure = Figure::new(name, rate, "changes per s").beside(median(rates), program);
            figures.push(figure.wants(Target::AtLeast(least)));
        }
    }
    Ok(figures)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

fn run(program: &str, orders: &Path, folder: &Path) -> Outcome<Option<Copied>> {
    let home = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/bench-peers"));
    if !home.join("node_modules").exists() {
        eprintln!("bench: {program} is left out: run `npm install --no-save` in {}", home.display());
        return Ok(None);
    }
    let output = Command::new("node").arg(home.join(program)).args([orders, folder]).output()?;
    if !output.status.success() {
        return Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let lines = String::from_utf8(output.stdout)?;
    Ok(Some(serde_json::from_str(lines.lines().last().unwrap_or_default())?))
}
