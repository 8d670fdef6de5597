//! A whole hub that is told to stop while everybody works.
#![cfg(target_os = "linux")]

mod hub;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use maitred_testkit::hub::parties::{COMMANDS_PER_PARTY, Waiter};
use maitred_testkit::hub::screen::Screen;
use maitred_testkit::hub::{HubProcess, seed};

const DEVICES: usize = 8;
const SCREENS: usize = 20;
/// How long the devices work before each stop.
const RUNS: [Duration; 4] = [
    Duration::from_millis(40),
    Duration::from_millis(90),
    Duration::from_millis(160),
    Duration::from_millis(250),
];

#[test]
fn a_hub_that_is_told_to_stop_under_load_ends_in_time_and_keeps_whatever_it_answered() {
    let data = tempfile::tempdir().unwrap();
    seed(data.path()).unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut first = 0;
    for run in RUNS {
        let hub = HubProcess::start(Path::new(hub::MAITRED), data.path(), Stdio::inherit()).unwrap();
        let waiter = Waiter::sign_in(hub.client()).unwrap();
        let screens: Vec<Screen> = (0..SCREENS).map(|_| Screen::open(&waiter.client).unwrap()).collect();
        let answered = Mutex::new(Vec::new());
        let took = std::thread::scope(|scope| {
            for (_, party) in (0..DEVICES).zip(first..) {
                let (mut waiter, answered) = (waiter.again(), &answered);
                scope.spawn(move || {
                    let refusal = waiter.serve(party, DEVICES, |n| answered.lock().unwrap().push(n));
                    if let Some(refusal) = refusal {
                        let stopping = (503, Some("stopping"));
                        assert_eq!((refusal.status, refusal.problem()), stopping, "{refusal:?}");
                    }
                });
            }
            std::thread::sleep(run);
            hub.stop().unwrap()
        });
        // None of them had left.
        drop(screens);
        let answered = answered.into_inner().unwrap();
        eprintln!("{} commands answered, ended after {took:?}", answered.len());
        assert!(answered.len() >= DEVICES);
        acknowledged.extend(answered);
        let present = hub::present(data.path()).unwrap();
        let lost: Vec<_> = acknowledged.difference(&present).collect();
        assert!(lost.is_empty(), "answered and lost: {lost:?}");
        first = present.last().unwrap() / COMMANDS_PER_PARTY + 1;
    }
}
