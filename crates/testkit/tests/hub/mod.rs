//! Looking at what a hub left behind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use maitred_testkit::hub::parties::{Waiter, check};
use maitred_testkit::hub::{HubProcess, doctor};

/// The hub, which a build of the workspace puts beside our own programs.
pub fn maitred() -> PathBuf {
    let maitred = Path::new(env!("CARGO_BIN_EXE_hub-worker")).with_file_name("maitred");
    assert!(maitred.exists(), "build the hub first: cargo build -p maitred-hub");
    maitred
}

/// Starts the hub on a folder that nobody uses, asks it for everything, and stops it. Returns the numbers of commands
/// that were done.
pub fn present(data: &Path) -> Result<BTreeSet<u64>, String> {
    let maitred = &maitred();
    doctor(maitred, data)?;
    let hub = HubProcess::start(maitred, data, Stdio::inherit()).map_err(|error| error.to_string())?;
    let mut waiter = Waiter::sign_in(hub.client()).map_err(|error| error.to_string())?;
    let present = check(&mut waiter)?;
    hub.stop().map_err(|error| error.to_string())?;
    doctor(maitred, data)?;
    Ok(present)
}
