//! The one system call that cuts the power.
#![expect(unsafe_code, reason = "an ioctl that rustix has no safe function for")]

use std::fs::File;
use std::io;

use rustix::ioctl::{Setter, ioctl, opcode};

/// `FS_IOC_SHUTDOWN` of linux/fs.h, once `XFS_IOC_GOINGDOWN`: `_IOR('X', 125, __u32)` = 0x8004587d.
const SHUTDOWN: rustix::ioctl::Opcode = opcode::read::<u32>(b'X', 125);

/// `XFS_FSOP_GOING_FLAGS_NOLOGFLUSH`: drop what is not on the disk, the log's tail in memory too.
const NO_LOG_FLUSH: u32 = 2;

/// Shuts down the file system that `root` is on.
pub(super) fn without_flushing(root: &File) -> io::Result<()> {
    // SAFETY: the kernel reads one u32 from the pointer that `Setter` passes, and writes nothing.
    unsafe { ioctl(root, Setter::<SHUTDOWN, u32>::new(NO_LOG_FLUSH)) }.map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_call_has_the_number_that_the_kernel_gave_it() {
        assert_eq!(super::SHUTDOWN, 0x8004_587d);
    }
}
