//! The store through power cuts and kills: what was acknowledged is there, once, and the doctor finds nothing.
//!
//! `MAITRED_POWER_CUTS` says how many cuts; without it there are few enough for the whole file to take two minutes.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

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

/// The doctor walks all there is after every blow, so it must not grow large.
fn blows(count: Blows) -> Blows {
    Blows { per_folder_max: 10, ..count }
}

/// `None`, with the reason printed, where power cannot be cut.
fn cut_power(synchronous: &'static str, blows: Blows) -> Option<BlowReport> {
    if let Err(reason) = available(FileSystem::Ext4) {
        eprintln!("SKIPPED: {reason}");
        return None;
    }
    let mut disk = PowerCutDisk::mount(FileSystem::Ext4).expect("a disk was just mounted");
    let report = trial::power_cuts(&mut disk, &StoreWorker(synchronous), blows).expect("the trial ends");
    eprintln!("store, {synchronous}: {report}");
    assert_eq!(report.blows, blows.count);
    assert!(report.acknowledged >= blows.count, "{report}");
    Some(report)
}

#[test]
fn every_acknowledged_command_survives_power_cuts() {
    if let Some(report) = cut_power("FULL", blows(Blows::from_env("MAITRED_POWER_CUTS", 90))) {
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
