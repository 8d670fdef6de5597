//! Venues simulated from seeds. `MAITRED_SIM_SEEDS` says how many; `maitred-sim --seeds N` does the same with progress,
//! and `maitred-sim --seed S --trace` shows one.

use std::sync::atomic::{AtomicU64, Ordering};

use maitred_testkit::sim::{self, Control, Plan};

/// Seeds when nothing is said: half a minute on one core.
const SEEDS: u64 = 16;
/// Seeds in which something that is broken on purpose must have shown.
const CONTROL_SEEDS: u64 = 24;
/// Seeds that once found something: a check that was closed twice while hubs were connected, a ticket that waited for
/// a clock that had been put back, a doctor that found fault with what a newer version wrote; and in hard weather commands
/// that were acknowledged and lost after a card was copied, and a ticket that another had taken the place of.
const FOUND: [u64; 5] = [1, 3, 0, 110, 273];

/// Runs a plan twice; what is wrong with it, with the command line that shows it.
fn wrong(plan: Plan) -> Vec<String> {
    let (report, again) = (sim::run(&plan), sim::run(&plan));
    let mut broken = report.broken.clone();
    if report != again {
        broken.push(format!("the same seed went two ways: {report:?} and {again:?}"));
    }
    assert!(report.blows > 0, "nothing happened");
    let hard = if plan.is_hard { " --hard" } else { "" };
    broken.into_iter().map(|it| format!("maitred-sim --seed {}{hard} --trace: {it}", plan.seed)).collect()
}

#[test]
fn venues_of_many_seeds_lose_nothing_and_end_alike() {
    let seeds = std::env::var("MAITRED_SIM_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS);
    let next = AtomicU64::new(100);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut broken = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= 100 + seeds {
                return broken;
            }
            broken.extend(wrong(Plan::of(seed)));
        }
    };
    let broken: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|it| it.join().expect("a seed panicked")).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn seeds_that_found_something_find_nothing_any_more() {
    let broken: Vec<String> = FOUND.into_iter().map(Plan::hard).flat_map(wrong).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Whether some seed notices what is broken on purpose.
fn is_caught(control: Control) -> bool {
    (0..CONTROL_SEEDS).any(|seed| {
        let report = sim::run(&Plan { control: Some(control), ..Plan::of(seed) });
        !report.broken.is_empty()
    })
}

#[test]
fn a_commit_that_is_acknowledged_before_it_is_synced_is_caught() {
    assert!(is_caught(Control::Normal), "this simulator would let anything pass");
}

#[test]
fn a_disk_that_lies_about_syncing_is_caught() {
    assert!(is_caught(Control::LyingDisks), "this simulator would let anything pass");
}

#[test]
fn an_answer_before_the_command_is_done_is_caught() {
    assert!(is_caught(Control::EarlyAnswers), "this simulator would let anything pass");
}
