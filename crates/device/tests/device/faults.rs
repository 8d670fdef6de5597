//! A storm: printers that fail at random, from a seed. No job is lost, no second copy is unmarked, nobody waits for another.
//!
//! `MAITRED_JOBS` is the number of jobs, `MAITRED_SEED` repeats a run.

use std::time::Duration;

use crate::support::{
    Desk, Wire, complete_slips, default_profile, fast, is_marked, is_proven, steady, ticket, work_for,
};
use maitred_device::{
    paper::Paper,
    virtual_printer::{Fault, Model, VirtualPrinter},
};
use maitred_domain::ids::named;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

const JOBS_DEFAULT: u64 = 1_000;
const PRINTERS: u64 = 8;
/// Jobs that wait for one printer at a time: their slips, and copies, are all kept.
const BURST: u64 = 8;
/// On a healthy printer beside the storm, on a busy machine.
const NEIGHBOUR_WAIT_MAX: Duration = Duration::from_secs(5);

/// `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    async fn pause(&mut self, millis_max: u64) {
        sleep(Duration::from_millis(self.below(millis_max))).await;
    }

    /// Noise can forge the one byte that a basic model's proof is, so only models with process ids are given it.
    fn fault(&mut self, model: Model) -> Fault {
        match self.below(if model == Model::Full { 8 } else { 7 }) {
            0 => Fault::PaperOut,
            1 => Fault::PaperOutAfter { lines: u32::try_from(1 + self.below(10)).unwrap() },
            2 => Fault::CoverOpen,
            3 => Fault::Offline,
            4 => Fault::CutCable,
            5 => Fault::PowerCycle,
            6 => Fault::BufferClear,
            _ => Fault::Garbage,
        }
    }
}

fn number_from(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A basic model at a serial line cannot say that its power failed: it is left out.
fn kind(index: u64) -> (Wire, Model) {
    match index % 5 {
        0 => (Wire::Tcp, Model::Full),
        1 => (Wire::Tcp, Model::Basic),
        2 => (Wire::Usb, Model::Full),
        3 => (Wire::Usb, Model::Basic),
        _ => (Wire::Serial, Model::Full),
    }
}

/// What became of the jobs of a printer.
#[derive(Default)]
struct Tally {
    jobs: u64,
    faults: u64,
    reprinted: u64,
}

/// Prints `jobs` jobs in bursts, with a fault or two in each.
async fn fail_at_random(index: u64, jobs: u64, seed: u64) -> Tally {
    let mut dice = Dice(seed.wrapping_mul(PRINTERS).wrapping_add(index));
    let (wire, model) = kind(index);
    let (printer, _folder) = wire.printer(model).await;
    let (desk, id) = (Desk::new(), named(&format!("printer {index}")));
    let _worker = work_for(&desk, id, printer.address(), default_profile(), fast());
    let mut tally = Tally::default();
    while tally.jobs < jobs {
        let slow = dice.below(4) == 0;
        printer.line_time(Duration::from_millis(if slow { 10 } else { 1 }));
        let burst = BURST.min(jobs - tally.jobs);
        let numbers: Vec<u32> =
            (1..=burst).map(|number| u32::try_from(tally.jobs + number).unwrap()).collect();
        let queued: Vec<_> =
            numbers.iter().map(|number| desk.queue(id, *number, Paper::Ticket(ticket("Steak")))).collect();
        let mut faults = Vec::new();
        for _ in 0..=dice.below(2) {
            dice.pause(250).await;
            faults.push(dice.fault(model));
            printer.fault(faults[faults.len() - 1]);
            dice.pause(700).await;
            printer.fault(Fault::None);
        }
        desk.until("proof of a burst", |inner| queued.iter().all(|job| is_proven(&inner.jobs[job].state)))
            .await;
        sleep(Duration::from_millis(50)).await;
        for number in &numbers {
            let what = format!("seed {seed}: job {number} of {model:?} {index} at {wire:?} after {faults:?}");
            tally.reprinted += u64::from(look_at(&printer, *number, &what));
        }
        tally.jobs += burst;
        tally.faults += faults.len() as u64;
    }
    tally
}

/// Whether a job needed a marked copy.
fn look_at(printer: &VirtualPrinter, number: u32, what: &str) -> bool {
    let copies = complete_slips(printer, number);
    let unmarked = copies.iter().filter(|slip| !is_marked(slip)).count();
    assert!(!copies.is_empty(), "{what} was lost");
    assert!(unmarked <= 1, "{what} has unmarked copies");
    unmarked < copies.len()
}

/// Tickets at a healthy printer, one after the other; ends with the first that waits too long.
async fn print_beside() {
    let printer = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
    let (desk, id) = (Desk::new(), named("neighbour"));
    let _worker = work_for(&desk, id, printer.address(), default_profile(), steady());
    for number in 1.. {
        let job = desk.queue(id, number, Paper::Ticket(ticket("Soup")));
        if timeout(NEIGHBOUR_WAIT_MAX, desk.printed(job)).await.is_err() {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_loses_no_job_doubles_none_silently_and_delays_no_other_printer() {
    let (jobs, seed) = (number_from("MAITRED_JOBS", JOBS_DEFAULT), number_from("MAITRED_SEED", 20_260_302));
    println!("{jobs} jobs, MAITRED_SEED={seed}");
    let mut kitchens = JoinSet::new();
    for index in 0..PRINTERS {
        kitchens.spawn(fail_at_random(index, jobs.div_ceil(PRINTERS), seed));
    }
    let neighbour = tokio::spawn(print_beside());
    let tallies = kitchens.join_all().await;
    assert!(!neighbour.is_finished(), "a healthy printer waited {NEIGHBOUR_WAIT_MAX:?} for another");
    neighbour.abort();
    let sum = |count: fn(&Tally) -> u64| tallies.iter().map(count).sum::<u64>();
    println!(
        "{} jobs, {} faults, {} jobs needed a marked copy",
        sum(|tally| tally.jobs),
        sum(|tally| tally.faults),
        sum(|tally| tally.reprinted)
    );
    assert!(sum(|tally| tally.reprinted) > 0, "the faults must reach the middle of tickets");
}
