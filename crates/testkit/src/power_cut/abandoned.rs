//! Disks that a killed process (Ctrl-C) left mounted are cleared away by whoever makes the next one.
//!
//! A disk's folder holds a file that its owner keeps locked; the kernel gives the lock back when the owner ends,
//! however it ends.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::Command;

use rustix::mount::UnmountFlags;

pub(super) const PREFIX: &str = "maitred-power-cut-";
pub(super) const IMAGE: &str = "disk.img";
pub(super) const MOUNT_POINT: &str = "disk";
const OWNED: &str = "owned";

/// Marks `folder` as owned for as long as the file is open. It appears under its name only once it is locked.
pub(super) fn own(folder: &Path) -> io::Result<File> {
    let draft = folder.join("owned.new");
    let file = File::create(&draft)?;
    file.lock()?;
    fs::rename(draft, folder.join(OWNED))?;
    Ok(file)
}

/// Unmounts and removes the disks that nobody owns any more. What cannot be cleared stays for the next time.
pub(super) fn clear() {
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let folder = entry.path();
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if ours && File::open(folder.join(OWNED)).is_ok_and(|file| file.try_lock().is_ok()) {
            remove(&folder);
        }
    }
}

fn remove(folder: &Path) {
    let _ = rustix::mount::unmount(folder.join(MOUNT_POINT), UnmountFlags::DETACH);
    let devices = super::run(
        Command::new("losetup")
            .args(["--noheadings", "--output", "NAME", "--associated"])
            .arg(folder.join(IMAGE)),
    );
    for device in devices.unwrap_or_default().lines() {
        let _ = super::run(Command::new("losetup").arg("--detach").arg(device.trim()));
    }
    let _ = fs::remove_dir_all(folder);
}
