//! Printers at a device of the kernel: USB (`usblp`) and serial lines.
//!
//! *Invariant:* nothing here waits for a device: it is opened, read, written and closed without blocking, and what it
//! still holds after a doubt is thrown away.

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::{FileTypeExt, OpenOptionsExt},
    path::Path,
    time::Duration,
};

use maitred_domain::address::{Flow, Parity, SerialLine};
use rustix::{
    fs::{FlockOperation, OFlags, flock},
    termios::{ControlModes, InputModes, OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr},
};
use tokio::{
    io::Interest,
    net::unix::pipe::{Receiver, Sender},
    time::{sleep, timeout},
};

/// A printer that says nothing for so long has said all that it had to say to somebody else.
const QUIET: Duration = Duration::from_millis(30);
/// Reads of what was said to somebody else; a printer that says more is answered as it comes.
const DRAINS_MAX: u32 = 64;
/// Some printers answer with nothing, over and over: they are not asked as fast as they can.
const EMPTY_READ_PAUSE: Duration = Duration::from_millis(20);
/// The kernel gives up on a serial line later; it is unreachable meanwhile.
const CLOSE_MAX: Duration = Duration::from_secs(1);
/// Start bit, eight bits, stop bit.
const BITS_PER_BYTE: u32 = 10;

/// A device, open.
#[derive(Debug)]
pub(super) struct Port {
    file: File,
    // Both ends are the same device: a pipe's ends are what can be waited for on any file that the kernel can poll.
    reader: Receiver,
    writer: Sender,
    /// What the line alone needs for a byte; `None` where the kernel's driver holds bytes back by itself.
    byte_time: Option<Duration>,
}

impl Port {
    /// Opens a printer of the kernel's printer driver. What it said to an earlier connection is thrown away.
    pub(super) async fn open_usb(path: &Path) -> io::Result<Self> {
        let port = Self::of(open(path)?, None)?;
        port.drain().await?;
        Ok(port)
    }

    /// Opens and sets a serial line. What came on it before is thrown away.
    pub(super) async fn open_line(line: &SerialLine) -> io::Result<Self> {
        let file = open(&line.path)?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        set_line(&file, line)?;
        tcflush(&file, QueueSelector::IOFlush)?;
        let byte_time = Duration::from_secs(1) * BITS_PER_BYTE / line.baud;
        let port = Self::of(file, Some(byte_time))?;
        port.drain().await?;
        Ok(port)
    }

    fn of(file: File, byte_time: Option<Duration>) -> io::Result<Self> {
        let reader = Receiver::from_file_unchecked(file.try_clone()?)?;
        let writer = Sender::from_file_unchecked(file.try_clone()?)?;
        Ok(Self { file, reader, writer, byte_time })
    }

    async fn drain(&self) -> io::Result<()> {
        let mut bytes = [0; 256];
        for _ in 0..DRAINS_MAX {
            match timeout(QUIET, self.read(&mut bytes)).await {
                Ok(read) => drop(read?),
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// What `bytes` bytes need on the line, whatever the printer does.
    pub(super) fn transfer_time(&self, bytes: usize) -> Duration {
        self.byte_time.unwrap_or_default() * u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    /// Waits for bytes; fails when the device is gone. Cancel safe.
    pub(super) async fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            let is_gone = self.reader.ready(Interest::READABLE).await?.is_read_closed();
            match self.reader.try_read(bytes) {
                Ok(0) if is_gone => return Err(ErrorKind::BrokenPipe.into()),
                Ok(0) => sleep(EMPTY_READ_PAUSE).await,
                Err(error) if error.kind() == ErrorKind::WouldBlock && !is_gone => {}
                read => return read,
            }
        }
    }

    /// Writes as much as the device takes now. Cancel safe.
    pub(super) async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let is_gone = self.writer.ready(Interest::WRITABLE).await?.is_write_closed();
            match self.writer.try_write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock && !is_gone => {}
                wrote => return wrote,
            }
        }
    }

    /// Closes; after a doubt without what is not out yet. Until it is closed it cannot be opened again.
    pub(super) async fn close(self, is_in_doubt: bool) {
        if is_in_doubt && self.byte_time.is_some() {
            tcflush(&self.file, QueueSelector::OFlush).ok();
        }
        let Self { file, reader, writer, .. } = self;
        drop((reader, writer));
        // The kernel may wait for a printer that takes nothing more; the others of this thread may not.
        let closed = tokio::task::spawn_blocking(move || drop(file));
        timeout(CLOSE_MAX, closed).await.ok();
    }
}

/// Only a character device: what is written to a printer must never land on a disk.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)?;
    if file.metadata()?.file_type().is_char_device() {
        Ok(file)
    } else {
        Err(io::Error::new(ErrorKind::InvalidInput, "not a character device"))
    }
}

/// Raw bytes, modem lines ignored. A pseudo-terminal takes the speed, too, and has no modem lines to fail on.
fn set_line(file: &File, line: &SerialLine) -> io::Result<()> {
    let mut modes = tcgetattr(file)?;
    modes.make_raw();
    modes.set_speed(line.baud)?;
    modes.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
    let parity = match line.parity {
        Parity::None => ControlModes::empty(),
        Parity::Even => ControlModes::PARENB,
        Parity::Odd => ControlModes::PARENB | ControlModes::PARODD,
    };
    modes.control_modes.remove(ControlModes::PARENB | ControlModes::PARODD | ControlModes::CRTSCTS);
    modes.control_modes.insert(parity);
    modes.control_modes.set(ControlModes::CRTSCTS, line.flow == Flow::Hardware);
    // No reply of a printer but XON and XOFF themselves has the value of one of them.
    modes.input_modes.set(InputModes::IXON | InputModes::IXOFF, line.flow == Flow::Software);
    Ok(tcsetattr(file, OptionalActions::Now, &modes)?)
}
