//! A whole hub that is told to stop while everybody works.
#![cfg(target_os = "linux")]

mod hub;

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use maitred_testkit::hub::parties::{COMMANDS_PER_PARTY, Waiter};
use maitred_testkit::hub::screen::Screen;
use maitred_testkit::hub::{HubProcess, present, seed};

const DEVICES: usize = 8;
const SCREENS: usize = 20;
/// How long the first of them may take.
const BEGIN_MAX: Duration = Duration::from_secs(20);
/// So many commands are answered before each stop.
const RUNS: [usize; 4] = [10, 40, 90, 150];

#[test]
fn a_hub_that_is_told_to_stop_under_load_ends_in_time_and_keeps_whatever_it_answered() {
    let data = tempfile::tempdir().unwrap();
    seed(data.path()).unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut first = 0;
    for run in RUNS {
        let hub = HubProcess::start(&hub::maitred(), data.path(), Stdio::inherit()).unwrap();
        let waiter = Waiter::sign_in(hub.client()).unwrap();
        let screens: Vec<Screen> = (0..SCREENS).map(|_| Screen::open(&waiter.client).unwrap()).collect();
        let answered = Mutex::new(Vec::new());
        let begun = Instant::now();
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
            while answered.lock().unwrap().len() < run {
                assert!(begun.elapsed() < BEGIN_MAX, "the hub does not answer");
                std::thread::sleep(Duration::from_millis(1));
            }
            hub.stop().unwrap()
        });
        // None of them had left.
        drop(screens);
        let answered = answered.into_inner().unwrap();
        eprintln!("{} commands answered, ended after {took:?}", answered.len());
        acknowledged.extend(answered);
        let done = present(&hub::maitred(), data.path()).unwrap();
        let lost: Vec<_> = acknowledged.difference(&done).collect();
        assert!(lost.is_empty(), "answered and lost: {lost:?}");
        first = done.last().unwrap() / COMMANDS_PER_PARTY + 1;
    }
}

#[test]
fn a_hub_that_is_told_to_stop_as_soon_as_it_listens_ends_as_any_other() {
    let data = tempfile::tempdir().unwrap();
    seed(data.path()).unwrap();
    for _ in 0..10 {
        let hub = HubProcess::start(&hub::maitred(), data.path(), Stdio::inherit()).unwrap();
        hub.stop().unwrap();
    }
}
