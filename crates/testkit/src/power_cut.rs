//! A disk whose power can be cut.
//!
//! A file system in a file, mounted through a loop device. [`PowerCutDisk::cut`] shuts it down without flushing its
//! log: what was not synced is lost, exactly as when the plug is pulled, while this process lives on to look at
//! the remains. [`PowerCutDisk::power_up`] mounts it again, which recovers its journal.
//!
//! Needs root, a loop device, `losetup` (util-linux) and `mkfs.ext4` (e2fsprogs) or `mkfs.xfs` (xfsprogs).

mod abandoned;
mod shutdown;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::mount::{MountFlags, UnmountFlags};

/// Size of the disk; its file is sparse. XFS refuses less than 300 MiB.
const DISK_BYTES: u64 = 384 << 20;

/// How long a process that was killed may take to let go of its files.
const RELEASE_MAX: Duration = Duration::from_secs(10);

/// File systems that can be shut down without flushing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileSystem {
    /// What Debian and Raspberry Pi OS install on.
    Ext4,
    /// The one the shutdown call was made for.
    Xfs,
}

impl FileSystem {
    fn name(self) -> &'static str {
        match self {
            Self::Ext4 => "ext4",
            Self::Xfs => "xfs",
        }
    }

    fn format_command(self) -> Command {
        let mut command = Command::new(format!("mkfs.{}", self.name()));
        match self {
            Self::Ext4 => command.args(["-q", "-F"]),
            Self::Xfs => command.args(["-q", "-f"]),
        };
        command
    }
}

/// Why a disk could not be made, cut or powered up.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// Mounting is for root.
    #[error("mounting a disk needs root")]
    NotRoot,
    /// A program could not be started: its package is not installed.
    #[error("cannot run {program}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A program failed.
    #[error("{program} failed: {message}")]
    Failed {
        /// The program.
        program: String,
        /// What it wrote to standard error.
        message: String,
    },
    /// The kernel refused.
    #[error("cannot {action}")]
    Refused {
        /// What it was asked to do.
        action: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Says why power cannot be cut on this machine, by cutting it once on a disk made for it.
///
/// # Errors
/// The reason with its causes, fit for a test to print before it gives up.
pub fn available(file_system: FileSystem) -> Result<(), String> {
    let attempt = || {
        let mut disk = PowerCutDisk::mount(file_system)?;
        disk.cut()?;
        disk.power_up()
    };
    attempt().map_err(|error: DiskError| {
        let cause = std::error::Error::source(&error).map(|it| format!(": {it}")).unwrap_or_default();
        format!("no power cuts on {} here: {error}{cause}", file_system.name())
    })
}

/// A mounted disk whose power can be cut. Dropping it unmounts it and removes every trace, also during a
/// panic; what a killed process leaves behind, the next disk clears away.
#[derive(Debug)]
pub struct PowerCutDisk {
    file_system: FileSystem,
    mount_point: PathBuf,
    mounted: bool,
    device: LoopDevice,
    // After the device, because the folder holds its image; before the lock, which says that all is gone.
    _folder: tempfile::TempDir,
    _owned: File,
}

impl PowerCutDisk {
    /// Formats a disk and mounts it.
    ///
    /// # Errors
    /// [`DiskError`] where that is not possible.
    pub fn mount(file_system: FileSystem) -> Result<Self, DiskError> {
        if !rustix::process::geteuid().is_root() {
            return Err(DiskError::NotRoot);
        }
        let refused = |action| move |source| DiskError::Refused { action, source };
        abandoned::clear();
        let folder = tempfile::Builder::new()
            .prefix(abandoned::PREFIX)
            .tempdir()
            .map_err(refused("create a folder for the disk"))?;
        let owned = abandoned::own(folder.path()).map_err(refused("lock the disk's folder"))?;
        let image = folder.path().join(abandoned::IMAGE);
        let mount_point = folder.path().join(abandoned::MOUNT_POINT);
        File::create(&image)
            .and_then(|file| file.set_len(DISK_BYTES))
            .and_then(|()| std::fs::create_dir(&mount_point))
            .map_err(refused("create the disk's file"))?;
        run(file_system.format_command().arg(&image))?;
        let device = LoopDevice::attach(&image)?;
        let mut disk =
            Self { file_system, mount_point, mounted: false, device, _folder: folder, _owned: owned };
        disk.attach()?;
        Ok(disk)
    }

    /// The disk's root folder.
    pub fn path(&self) -> &Path {
        &self.mount_point
    }

    /// Cuts the power, and says when: only what was acknowledged *before* that instant must survive. It is taken
    /// before the cut, because a process outlives the cut by microseconds.
    ///
    /// # Errors
    /// [`DiskError::Refused`] when the file system cannot be shut down.
    pub fn cut(&mut self) -> Result<Instant, DiskError> {
        let refused = |source| DiskError::Refused { action: "cut the power", source };
        let root = File::open(&self.mount_point).map_err(refused)?;
        let cut_at = Instant::now();
        shutdown::without_flushing(&root).map_err(refused)?;
        Ok(cut_at)
    }

    /// Brings the disk back with what it remembers. Every process that had files open on it must be gone.
    ///
    /// # Errors
    /// [`DiskError::Refused`] when a process holds on to the disk, or when the journal cannot be recovered.
    pub fn power_up(&mut self) -> Result<(), DiskError> {
        self.detach()?;
        self.attach()
    }

    fn attach(&mut self) -> Result<(), DiskError> {
        let device = &self.device.0;
        rustix::mount::mount(device, &self.mount_point, self.file_system.name(), MountFlags::NOATIME, None)
            .map_err(|errno| DiskError::Refused { action: "mount the disk", source: errno.into() })?;
        self.mounted = true;
        Ok(())
    }

    fn detach(&mut self) -> Result<(), DiskError> {
        let give_up_at = Instant::now() + RELEASE_MAX;
        while self.mounted {
            match rustix::mount::unmount(&self.mount_point, UnmountFlags::empty()) {
                Ok(()) => self.mounted = false,
                Err(rustix::io::Errno::BUSY) if Instant::now() < give_up_at => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(errno) => {
                    return Err(DiskError::Refused { action: "unmount the disk", source: errno.into() });
                }
            }
        }
        Ok(())
    }
}

impl Drop for PowerCutDisk {
    fn drop(&mut self) {
        if self.detach().is_err() {
            // Whoever still holds files open keeps the disk until then; nobody else sees it any more.
            let _ = rustix::mount::unmount(&self.mount_point, UnmountFlags::DETACH);
        }
    }
}

/// A loop device, detached when dropped.
#[derive(Debug)]
struct LoopDevice(PathBuf);

impl LoopDevice {
    fn attach(image: &Path) -> Result<Self, DiskError> {
        let device = run(Command::new("losetup").args(["--find", "--show"]).arg(image))?;
        Ok(Self(device.trim().into()))
    }
}

impl Drop for LoopDevice {
    fn drop(&mut self) {
        let _ = run(Command::new("losetup").arg("--detach").arg(&self.0));
    }
}

fn run(command: &mut Command) -> Result<String, DiskError> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => {
            let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(DiskError::Failed { program, message })
        }
        Err(source) => Err(DiskError::Start { program, source }),
    }
}
