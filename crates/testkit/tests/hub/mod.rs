//! Looking at what a hub left behind.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use maitred_testkit::hub::parties::{Waiter, check};
use maitred_testkit::hub::{HubProcess, doctor};

/// The hub.
pub const MAITRED: &str = env!("CARGO_BIN_EXE_maitred-under-test");

/// Starts the hub on a folder that nobody uses, asks it for everything, and stops it. Returns the numbers of commands
/// that were done.
pub fn present(data: &Path) -> Result<BTreeSet<u64>, String> {
    let maitred = Path::new(MAITRED);
    doctor(maitred, data)?;
    let hub = HubProcess::start(maitred, data, Stdio::inherit()).map_err(|error| error.to_string())?;
    let mut waiter = Waiter::sign_in(hub.client()).map_err(|error| error.to_string())?;
    let present = check(&mut waiter)?;
    hub.stop().map_err(|error| error.to_string())?;
    doctor(maitred, data)?;
    Ok(present)
}
