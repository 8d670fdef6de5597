//! Sixty-four stations at once.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use maitred_store::{CommandError, Store};
use maitred_testkit::venue::{catalogue, options, service};

use crate::report::{Figure, Target};
use crate::{Outcome, bare, number};

const CLIENTS: usize = 64;
const RUN: Duration = Duration::from_secs(4);

/// The rate of many against the rate of one, and of edits that nobody writes down.
pub fn measure(folder: &Path) -> Outcome<Vec<Figure>> {
    let store = Store::open(&options(folder), catalogue)?;
    // Once a command is done, the writer is there to be measured.
    store.command_blocking(service::request(service::COMMANDS_PER_PARTY - 1))?;
    let next_party = AtomicU64::new(1);
    let (alone, _) = rate(&store, &next_party, 1)?;
    let (together, writer_us) = rate(&store, &next_party, CLIENTS)?;
    let edits = bare::edits(&store)?;
    let edit_us = edits.iter().sum::<Duration>().as_secs_f64() * 1e6 / number(u64::try_from(edits.len())?);
    Ok(vec![
        Figure::new("crowd/commands", together, "per s")
            .beside(1e6 / edit_us, "bare edits on one core")
            .wants(Target::AtLeast(0.5)),
        Figure::new("crowd/commands_to_one_by_one", together, "per s")
            .beside(alone, "one commit per command")
            .wants(Target::AtLeast(5.0)),
        Figure::new("crowd/writer_processor_time", writer_us, "us")
            .beside(edit_us, "a bare edit, all waiting included"),
    ])
}

/// Processor time of the writing thread so far, which other programs on this machine do not lengthen.
fn writer_time() -> Outcome<Duration> {
    for thread in std::fs::read_dir("/proc/self/task")? {
        let thread = thread?.path();
        if std::fs::read_to_string(thread.join("comm"))?.trim() == "maitred-writer" {
            let told = std::fs::read_to_string(thread.join("schedstat"))?;
            let ns = told.split_whitespace().next().ok_or("schedstat is empty")?.parse()?;
            return Ok(Duration::from_nanos(ns));
        }
    }
    Err("no writer".into())
}

/// Commands in a second, and the writer's processor time for each in microseconds.
fn rate(store: &Store, next_party: &AtomicU64, clients: usize) -> Outcome<(f64, f64)> {
    let (started, writer_before) = (Instant::now(), writer_time()?);
    let commands: u64 = std::thread::scope(|scope| {
        let client = || {
            let mut commands = 0_u64;
            while started.elapsed() < RUN {
                let first = next_party.fetch_add(1, Ordering::Relaxed) * service::COMMANDS_PER_PARTY;
                for n in first..first + service::COMMANDS_PER_PARTY {
                    store.command_blocking(service::request(n))?;
                    commands += 1;
                }
            }
            Ok::<u64, CommandError>(commands)
        };
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        clients
            .into_iter()
            .map(|client| client.join().expect("a client panicked"))
            .sum::<Result<u64, CommandError>>()
    })?;
    let writer = writer_time()?.saturating_sub(writer_before);
    Ok((number(commands) / started.elapsed().as_secs_f64(), writer.as_secs_f64() * 1e6 / number(commands)))
}
