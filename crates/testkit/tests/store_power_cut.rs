//! The store through power cuts and kills: what was acknowledged is there, once, and the doctor finds nothing.
//!
//! `MAITRED_POWER_CUTS` says how many cuts; without it there are 500, on two disks at once.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use maitred_testkit::power_cut::{FileSystem, PowerCutDisk, available};
use maitred_testkit::trial::{self, BlowReport, Blows, Subject};
use maitred_testkit::venue::{options, service};

/// The store's worker, with `synchronous` as given.
struct StoreWorker(&'static str);

impl Subject for StoreWorker {
    fn command(&self, data: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_store_worker"));
        // It complains when its disk is gone, as it should.
        command.arg(data).arg(self.0).stderr(Stdio::null());
        command
    }

    fn present(&self, data: &Path) -> Result<BTreeSet<u64>, String> {
        service::present(&options(data))
    }
}

/// Disks that are cut side by side.
const DISKS: usize = 2;

/// The doctor walks all there is after every blow, and everything is asked for again: what a folder holds decides how
/// long a blow takes. Three to a folder are enough for a recovery of what was recovered.
fn blows(count: Blows) -> Blows {
    let (run_min, run_max) = (Duration::from_millis(10), Duration::from_millis(110));
    Blows { per_folder_max: 3, run_min, run_max, ..count }
}

/// `None`, with the reason printed, where power cannot be cut.
fn cut_power(synchronous: &'static str, blows: Blows) -> Option<BlowReport> {
    if let Err(reason) = available(FileSystem::Ext4) {
        eprintln!("SKIPPED: {reason}");
        return None;
    }
    let disk = |_| PowerCutDisk::mount(FileSystem::Ext4).expect("a disk was just mounted");
    let mut disks: Vec<PowerCutDisk> = (0..DISKS).map(disk).collect();
    let report =
        trial::power_cuts_side_by_side(&mut disks, &StoreWorker(synchronous), blows).expect("the trial ends");
    eprintln!("store, {synchronous}: {report}");
    assert_eq!(report.blows, blows.count);
    assert!(report.acknowledged >= blows.count, "{report}");
    Some(report)
}

#[test]
fn every_acknowledged_command_survives_power_cuts() {
    if let Some(report) = cut_power("FULL", blows(Blows::from_env("MAITRED_POWER_CUTS", 500))) {
        assert_eq!(report.lost, [], "{report}");
    }
}

#[test]
fn the_trial_catches_a_store_that_acknowledges_too_early() {
    if let Some(report) = cut_power("NORMAL", blows(Blows::new(15))) {
        assert!(report.blows_that_lost() > 0, "this trial would let anything pass: {report}");
    }
}

#[test]
fn every_acknowledged_command_survives_kills_once() {
    let home = tempfile::tempdir().unwrap();
    let report = trial::kills(home.path(), &StoreWorker("FULL"), blows(Blows::new(20))).unwrap();
    eprintln!("store, kill -9: {report}");
    assert_eq!(report.lost, []);
    assert_eq!(report.ambiguous, 0);
}
