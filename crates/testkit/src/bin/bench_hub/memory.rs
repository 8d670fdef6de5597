//! What a hub holds in memory after a busy day.

use std::path::Path;
use std::process::Stdio;

use maitred_testkit::hub::parties::Waiter;
use maitred_testkit::hub::screen::Screen;
use maitred_testkit::hub::{HubProcess, seed};

use crate::report::{Figure, Target};
use crate::{Outcome, maitred};

const SCREENS: usize = 20;
const CHECKS: u64 = 500;
const DEVICES: u64 = 5;
const SIGN_INS: usize = 40;
const TARGET_MIB: f64 = 96.0;
/// What screens fetch when they are opened, or somebody looks.
const LOOKS: [&str; 7] =
    ["floor", "menu", "checks?state=all", "kitchen/tickets", "print-jobs", "attention", "kitchen/all-day"];

/// Resident memory before and after a day.
pub fn measure(folder: &Path) -> Outcome<Vec<Figure>> {
    seed(folder)?;
    let hub = HubProcess::start(&maitred()?, folder, Stdio::inherit())?;
    let mut waiter = Waiter::sign_in(hub.client())?;
    let morning = resident_mib(hub.pid(), "VmRSS:")?;
    std::thread::scope(|scope| -> Outcome<Vec<Figure>> {
        for _ in 0..SCREENS {
            let mut screen = Screen::open(&waiter.client)?;
            scope.spawn(move || while screen.next_event().is_ok() {});
        }
        for _ in 0..SIGN_INS {
            hub.client().sign_in("waiter", "2222")?;
        }
        let devices: Vec<_> = (0..DEVICES)
            .map(|device| {
                let waiter = waiter.again();
                scope.spawn(move || serve(waiter, device))
            })
            .collect();
        for device in devices {
            device.join().expect("a device does not panic")?;
        }
        let checks = waiter.client.look("/api/v1/checks?state=closed")?;
        let served = checks.as_array().map_or(0, Vec::len);
        if served as u64 != CHECKS {
            return Err(format!("{served} checks were closed, not {CHECKS}").into());
        }
        let (evening, most) = (resident_mib(hub.pid(), "VmRSS:")?, resident_mib(hub.pid(), "VmHWM:")?);
        hub.stop()?;
        let floor = |figure: Figure| figure.beside(morning, "a hub where nothing happened");
        Ok(vec![
            floor(Figure::new("memory/hub_after_day", evening, "MiB").wants(Target::AtMost(TARGET_MIB))),
            floor(Figure::new("memory/hub_most", most, "MiB")),
        ])
    })
}

/// Serves this device's part of the day's parties; looks around after every tenth.
fn serve(mut waiter: Waiter, device: u64) -> Outcome<()> {
    for party in (device..CHECKS).step_by(usize::try_from(DEVICES)?) {
        waiter.serve_one(party, |_| {}).map_err(|refusal| format!("{refusal:?}"))?;
        if party % 10 == device {
            for path in LOOKS {
                waiter.client.look(&format!("/api/v1/{path}"))?;
            }
        }
    }
    Ok(())
}

fn resident_mib(pid: u32, field: &str) -> Outcome<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or("the kernel does not say")?;
    let kib: u32 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(f64::from(kib) / 1024.0)
}
