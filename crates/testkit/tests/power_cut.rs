//! The power-cut harness, and its control: it must catch a database that is known to lose rows.
#![cfg(target_os = "linux")]

mod bare_sqlite;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use maitred_testkit::power_cut::{FileSystem, PowerCutDisk, available};
use maitred_testkit::trial::{self, BlowReport, Blows, Subject};

/// The bare worker, with `synchronous` as given.
struct BareSqlite(&'static str);

impl Subject for BareSqlite {
    fn command(&self, data: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bare_sqlite_worker"));
        // It complains when its disk is gone, as it should.
        command.arg(data.join("rows.db")).arg(self.0).stderr(Stdio::null());
        command
    }

    fn present(&self, data: &Path) -> Result<BTreeSet<u64>, String> {
        bare_sqlite::rows(&data.join("rows.db"))
    }
}

/// `None`, with the reason printed, where power cannot be cut.
fn cut_power(file_system: FileSystem, synchronous: &'static str) -> Option<BlowReport> {
    if let Err(reason) = available(file_system) {
        eprintln!("SKIPPED: {reason}");
        return None;
    }
    let mut disk = PowerCutDisk::mount(file_system).expect("a disk was just mounted");
    let blows = Blows::from_env("MAITRED_POWER_CUTS", 20);
    let report = trial::power_cuts(&mut disk, &BareSqlite(synchronous), blows).expect("the trial ends");
    eprintln!("{file_system:?} {synchronous}: {report}");
    assert_eq!(report.blows, blows.count);
    assert!(report.acknowledged >= blows.count, "{report}");
    Some(report)
}

#[test]
fn what_was_acknowledged_after_a_full_sync_survives_power_cuts() {
    for file_system in [FileSystem::Ext4, FileSystem::Xfs] {
        if let Some(report) = cut_power(file_system, "FULL") {
            assert_eq!(report.lost, [], "{report}");
        }
    }
}

#[test]
fn the_harness_catches_a_database_that_acknowledges_too_early() {
    for file_system in [FileSystem::Ext4, FileSystem::Xfs] {
        if let Some(report) = cut_power(file_system, "NORMAL") {
            assert!(report.blows_that_lost() > 0, "this harness would let anything pass: {report}");
        }
    }
}

#[test]
fn killing_the_process_loses_nothing_even_without_syncs() {
    let data = tempfile::tempdir().unwrap();
    let report = trial::kills(data.path(), &BareSqlite("NORMAL"), Blows::new(10)).unwrap();
    eprintln!("kill -9, NORMAL: {report}");
    assert_eq!(report.lost, []);
    assert_eq!(report.ambiguous, 0);
}

#[test]
fn a_disk_forgets_what_was_not_synced_and_leaves_nothing_behind() {
    if let Err(reason) = available(FileSystem::Ext4) {
        eprintln!("SKIPPED: {reason}");
        return;
    }
    let mut disk = PowerCutDisk::mount(FileSystem::Ext4).unwrap();
    let path = disk.path().to_owned();
    let (synced, unsynced) = (path.join("synced"), path.join("unsynced"));
    fs::write(&synced, "kept").unwrap();
    fs::File::open(&synced).unwrap().sync_all().unwrap();
    fs::File::open(&path).unwrap().sync_all().unwrap();
    fs::write(&unsynced, "forgotten").unwrap();
    disk.cut().unwrap();
    assert!(fs::write(path.join("later"), "too late").is_err(), "a disk without power takes nothing");
    disk.power_up().unwrap();
    assert_eq!(fs::read_to_string(&synced).unwrap(), "kept");
    assert!(!unsynced.exists());

    let mounted =
        |path: &Path| fs::read_to_string("/proc/self/mounts").unwrap().contains(&*path.to_string_lossy());
    assert!(mounted(&path));
    let interrupted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _disk = disk;
        std::panic::resume_unwind(Box::new("as when a test fails, without the noise"));
    }));
    assert!(interrupted.is_err());
    assert!(!mounted(&path) && !path.parent().unwrap().exists());
}
