//! A start with a year behind it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use jiff::Timestamp;
use maitred_domain::decide::Command;
use maitred_store::{CommandError, Durability, Options, Request, Store};
use maitred_testkit::venue::{OPENING_MS, catalogue, options, service};

use crate::report::{Figure, Target};
use crate::{Outcome, empty, median_us, number};

const DAYS: u64 = 365;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const CLIENTS: usize = 64;
const STARTS: usize = 7;

/// Starts with and without a history of so many checks, which is made once and kept.
pub fn measure(home: &Path, checks: u64) -> Outcome<Vec<Figure>> {
    let year = made(home, checks)?;
    let new = empty(home, "history-none")?;
    drop(Store::open(&options(&new), catalogue)?);
    let bare_ms = start_ms(&new)?;
    let full_ms = start_ms(&year)?;
    let bytes = std::fs::metadata(year.join("maitred.db"))?.len();
    Ok(vec![
        Figure::new("start/year", full_ms, "ms p50").wants(Target::AtMost(1000.0)),
        Figure::new("start/year_to_empty", full_ms, "ms p50")
            .beside(bare_ms, "start without history")
            .wants(Target::AtMost(3.0)),
        Figure::new("size/check", number(bytes / checks), "bytes"),
    ])
}

/// A folder with a history of so many checks, which is made now if it was not.
pub fn made(home: &Path, checks: u64) -> Outcome<PathBuf> {
    let year = home.join(format!("history-{checks}"));
    // One that an older schema made cannot be opened.
    let is_made = year.join("complete").exists() && Store::open(&options(&year), catalogue).is_ok();
    if !is_made {
        let folder = empty(home, &format!("history-{checks}"))?;
        let started = Instant::now();
        make(&folder, checks)?;
        eprintln!("made {checks} checks in {:.0} s", started.elapsed().as_secs_f64());
        std::fs::write(folder.join("complete"), "")?;
    }
    Ok(year)
}

fn start_ms(data: &Path) -> Outcome<f64> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let store = Store::open(&options(data), catalogue)?;
        took.push(started.elapsed());
        drop(store);
    }
    Ok(median_us(took) / 1000.0)
}

/// Serves a year of evenings, and closes each day.
fn make(data: &Path, checks: u64) -> Outcome<()> {
    let clock = Arc::new(AtomicI64::new(OPENING_MS));
    let now = Arc::clone(&clock);
    let options = Options {
        clock: Arc::new(move || {
            Timestamp::from_millisecond(now.load(Ordering::Relaxed)).expect("a year is not so long")
        }),
        durability: Durability::Normal,
        ..options(data)
    };
    let store = Store::open(&options, catalogue)?;
    let next_party = AtomicU64::new(0);
    for day in 0..DAYS {
        clock.store(OPENING_MS + i64::try_from(day)? * DAY_MS, Ordering::Relaxed);
        serve_until(&store, &next_party, checks * (day + 1) / DAYS)?;
        let command = Command::CloseDay { date: None, counted: vec![] };
        store.command_blocking(Request {
            idempotency_key: format!("close-{day}"),
            command,
            ..service::request(0)
        })?;
    }
    Ok(())
}

fn serve_until(store: &Store, next_party: &AtomicU64, parties: u64) -> Result<(), CommandError> {
    let take = || {
        next_party
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |party| {
                (party < parties).then_some(party + 1)
            })
            .ok()
    };
    let client = || {
        while let Some(party) = take() {
            let first = party * service::COMMANDS_PER_PARTY;
            for n in first..first + service::COMMANDS_PER_PARTY {
                store.command_blocking(service::request(n))?;
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        clients.into_iter().try_for_each(|client| client.join().expect("a client panicked"))
    })
}
