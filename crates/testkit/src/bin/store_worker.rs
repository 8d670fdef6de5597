//! The store at work: `store_worker DATA FULL|NORMAL` serves parties from eight threads, and acknowledges every
//! command after its reply, until something fails.
//!
//! Under FULL it must survive power cuts; under NORMAL it must be caught losing commands.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use maitred_store::{CommandError, Durability, Options, Store};
use maitred_testkit::venue::{catalogue, options, service};

/// Stations that send at once.
const THREADS: usize = 8;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, synchronous] = arguments.as_slice() else {
        eprintln!("usage: store_worker DATA FULL|NORMAL");
        return ExitCode::from(2);
    };
    let durability = if synchronous == "NORMAL" { Durability::Normal } else { Durability::Full };
    match serve(Path::new(data), durability) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("store_worker: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(data: &Path, durability: Durability) -> Result<(), Box<dyn Error>> {
    let store = Store::open(&Options { durability, ..options(data) }, catalogue)?;
    let party = AtomicU64::new(service::next_party(data)?);
    let next_party = || party.fetch_add(service::COMMANDS_PER_PARTY, Ordering::Relaxed);
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(|| serve_parties(&store, next_party))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("a thread panicked"))
    })?;
    Ok(())
}

fn serve_parties(store: &Store, next_party: impl Fn() -> u64) -> Result<(), CommandError> {
    loop {
        let first = next_party();
        for n in first..first + service::COMMANDS_PER_PARTY {
            store.command_blocking(service::request(n))?;
            println!("ack {n}");
        }
    }
}
