//! A hub under load: `hub-worker DATA` starts one on the data folder, and four devices serve parties at it. Each
//! command is acknowledged once the hub has answered. It ends when the hub does.

use std::error::Error;
use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{ExitCode, Stdio};

use maitred_testkit::hub::parties::{Waiter, next_party};
use maitred_testkit::hub::{HubProcess, seed};

const DEVICES: usize = 4;

fn main() -> ExitCode {
    let Some(data) = std::env::args_os().nth(1) else {
        eprintln!("usage: hub-worker DATA");
        return ExitCode::from(2);
    };
    match work(Path::new(&data)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hub-worker: {error}");
            ExitCode::FAILURE
        }
    }
}

fn work(data: &Path) -> Result<(), Box<dyn Error>> {
    if !data.join("maitred.db").exists() {
        seed(data)?;
    }
    // The hub holds our standard output open, so that whoever reads it knows when both are gone.
    let log = File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    let binary = std::env::current_exe()?.with_file_name("maitred");
    let hub = HubProcess::start(&binary, data, Stdio::from(log))?;
    let mut waiter = Waiter::sign_in(hub.client())?;
    let first = next_party(&mut waiter.client)?;
    std::thread::scope(|scope| {
        for (device, party) in (0..DEVICES).zip(first..) {
            let mut waiter = waiter.again();
            scope.spawn(move || {
                if let Some(refusal) = waiter.serve(party, DEVICES, |n| println!("ack {n}")) {
                    eprintln!("hub-worker: device {device}: {refusal:?}");
                }
            });
        }
    });
    Ok(())
}
