//! A whole hub through power cuts and kills: what it answered is there, once, and the doctor finds nothing.
//!
//! `MAITRED_HUB_POWER_CUTS` and `MAITRED_HUB_KILLS` say how many.
#![cfg(target_os = "linux")]

mod hub;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use maitred_testkit::power_cut::{FileSystem, PowerCutDisk, available};
use maitred_testkit::trial::{self, BlowReport, Blows, Subject};

struct WholeHub;

impl Subject for WholeHub {
    fn command(&self, data: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hub-worker"));
        // It complains when its hub is gone, as it should.
        command.arg(data).stderr(Stdio::null());
        command
    }

    fn present(&self, data: &Path) -> Result<BTreeSet<u64>, String> {
        maitred_testkit::hub::present(&hub::maitred(), data)
    }
}

fn blows(variable: &str, default: usize) -> Blows {
    // Everything is sent again after every blow, so it must not grow large.
    Blows { per_folder_max: 5, ..Blows::from_env(variable, default) }
}

fn nothing_is_lost(report: &BlowReport, blows: Blows) {
    eprintln!("{report}");
    assert_eq!(report.lost, [], "{report}");
    assert_eq!(report.blows, blows.count);
    assert!(report.acknowledged >= blows.count, "{report}");
}

#[test]
fn a_power_cut_loses_nothing_that_a_hub_has_answered_and_doubles_nothing() {
    if let Err(reason) = available(FileSystem::Ext4) {
        eprintln!("SKIPPED: {reason}");
        return;
    }
    let mut disk = PowerCutDisk::mount(FileSystem::Ext4).expect("a disk was just mounted");
    let blows = blows("MAITRED_HUB_POWER_CUTS", 20);
    let report = trial::power_cuts(&mut disk, &WholeHub, blows).expect("the trial ends");
    nothing_is_lost(&report, blows);
}

#[test]
fn a_killed_hub_loses_nothing_that_it_has_answered_and_doubles_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let blows = blows("MAITRED_HUB_KILLS", 15);
    let report = trial::kills(home.path(), &WholeHub, blows).expect("the trial ends");
    nothing_is_lost(&report, blows);
}
