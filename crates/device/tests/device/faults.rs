//! Printers that fail at random, from a seed: no job is lost, and no second copy is unmarked.
//!
//! `MAITRED_FAULTS` is the number of faults, `MAITRED_SEED` repeats a run.

use std::time::Duration;

use crate::support::{Desk, complete_slips, default_profile, fast, is_marked, ticket, work_for};
use maitred_device::{
    paper::Paper,
    virtual_printer::{Fault, Model, VirtualPrinter},
};
use maitred_domain::ids::named;
use tokio::{task::JoinSet, time::sleep};

const FAULTS_DEFAULT: u64 = 200;
const PRINTERS: u64 = 8;

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

    fn fault(&mut self) -> Fault {
        match self.below(6) {
            0 => Fault::PaperOut,
            1 => Fault::PaperOutAfter { lines: u32::try_from(1 + self.below(10)).unwrap() },
            2 => Fault::CoverOpen,
            3 => Fault::Offline,
            4 => Fault::CutCable,
            _ => Fault::PowerCycle,
        }
    }
}

fn number_from(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Returns the number of jobs that needed a marked copy.
async fn fail_at_random(index: u64, faults: u64, seed: u64) -> usize {
    let mut dice = Dice(seed.wrapping_mul(PRINTERS).wrapping_add(index));
    let model = if index.is_multiple_of(2) { Model::Full } else { Model::Basic };
    let printer = VirtualPrinter::bind("127.0.0.1:0", model).await.unwrap();
    printer.line_time(Duration::from_millis(3));
    let (desk, id) = (Desk::new(), named(&format!("printer {index}")));
    let _worker = work_for(&desk, id, printer.address(), default_profile(), fast());
    let mut reprinted = 0;
    for number in 1..=u32::try_from(faults).unwrap() {
        dice.pause(30).await;
        let job = desk.queue(id, number, Paper::Ticket(ticket("Steak")));
        dice.pause(100).await;
        let fault = dice.fault();
        printer.fault(fault);
        dice.pause(900).await;
        printer.fault(Fault::None);
        desk.printed(job).await;
        sleep(Duration::from_millis(50)).await;
        let copies = complete_slips(&printer, number);
        let unmarked = copies.iter().filter(|slip| !is_marked(slip)).count();
        assert!(
            !copies.is_empty(),
            "seed {seed}: job {number} of {model:?} {index} was lost after {fault:?}"
        );
        assert!(
            unmarked <= 1,
            "seed {seed}: job {number} of {model:?} {index} has unmarked copies after {fault:?}"
        );
        reprinted += usize::from(unmarked < copies.len());
    }
    reprinted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_loses_a_job_or_doubles_it_silently() {
    let (faults, seed) =
        (number_from("MAITRED_FAULTS", FAULTS_DEFAULT), number_from("MAITRED_SEED", 20_260_302));
    println!("{faults} faults, MAITRED_SEED={seed}");
    let mut kitchens = JoinSet::new();
    for index in 0..PRINTERS {
        kitchens.spawn(fail_at_random(index, faults.div_ceil(PRINTERS), seed));
    }
    let reprinted: usize = kitchens.join_all().await.into_iter().sum();
    println!("{reprinted} jobs needed a marked copy");
    assert!(reprinted > 0, "the faults must reach the middle of tickets");
}
