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
    let next_party = AtomicU64::new(0);
    let alone = rate(&store, &next_party, 1)?;
    let together = rate(&store, &next_party, CLIENTS)?;
    let edits: Duration = bare::edits(20_000)?.iter().sum();
    let bare_edits = 20_000.0 / edits.as_secs_f64();
    Ok(vec![
        Figure::new("crowd/commands", together, "per s")
            .beside(bare_edits, "bare edits on one core")
            .wants(Target::AtLeast(0.5)),
        Figure::new("crowd/commands_to_one_by_one", together, "per s")
            .beside(alone, "one commit per command")
            .wants(Target::AtLeast(5.0)),
    ])
}

fn rate(store: &Store, next_party: &AtomicU64, clients: usize) -> Result<f64, CommandError> {
    let started = Instant::now();
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
    Ok(number(commands) / started.elapsed().as_secs_f64())
}
