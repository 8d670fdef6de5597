//! The printer at a pseudo-terminal, where a USB or serial printer would have its device.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::{ffi::OsStringExt, fs::symlink},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustix::{
    fs::{OFlags, fcntl_setfl},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{OptionalActions, tcgetattr, tcsetattr},
};
use tokio::{net::unix::pipe::Receiver, time::sleep};

use super::{Plug, Shared};

const READ_BYTES_MAX: usize = 4_096;

/// A pseudo-terminal whose far end is found at a link, for as long as it lives.
struct Terminal {
    near: File,
    reader: Receiver,
    /// Held open: a printer does not notice who opens and closes its device.
    _far: File,
    link: PathBuf,
}

impl Terminal {
    fn open(link: &Path) -> io::Result<Self> {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&near)?;
        unlockpt(&near)?;
        fcntl_setfl(&near, OFlags::NONBLOCK)?;
        let name = std::ffi::OsString::from_vec(ptsname(&near, Vec::new())?.into_bytes());
        let far = OpenOptions::new().read(true).write(true).open(&name)?;
        let mut modes = tcgetattr(&far)?;
        modes.make_raw();
        tcsetattr(&far, OptionalActions::Now, &modes)?;
        fs::remove_file(link).ok();
        symlink(&name, link)?;
        let near = File::from(near);
        let reader = Receiver::from_file_unchecked(near.try_clone()?)?;
        Ok(Self { near, reader, _far: far, link: link.to_owned() })
    }

    async fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            self.reader.readable().await?;
            match self.reader.try_read(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }

    /// What nobody reads is lost, as on a real line.
    fn say(&self, bytes: &[u8]) {
        (&self.near).write_all(bytes).ok();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        fs::remove_file(&self.link).ok();
    }
}

/// Serves at `link` until the printer is dropped.
pub(super) async fn serve(shared: Arc<Shared>, link: PathBuf, plug: Plug) {
    loop {
        if plug == Plug::Usb && shared.machine().is_cable_cut() {
            shared.server.notified().await;
            continue;
        }
        match Terminal::open(&link) {
            Ok(terminal) => converse(&shared, &terminal, plug).await,
            Err(error) => {
                tracing::warn!(%error, link = %link.display(), "a virtual printer has no device");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Until the device is gone: a USB printer takes it along, a serial line stays.
async fn converse(shared: &Shared, terminal: &Terminal, plug: Plug) {
    let mut life = shared.machine().connected();
    let mut bytes = vec![0; READ_BYTES_MAX];
    loop {
        let (is_cut, is_dead, room, replies) = {
            let mut machine = shared.machine();
            (machine.is_cable_cut(), machine.life != life, machine.room(), machine.take_replies())
        };
        if plug == Plug::Usb && (is_dead || is_cut) {
            return;
        }
        if is_dead {
            life = shared.machine().connected();
            continue;
        }
        if is_cut {
            shared.server.notified().await;
            continue;
        }
        if !replies.is_empty() {
            terminal.say(&replies);
        }
        let room = room.min(bytes.len());
        tokio::select! {
            read = terminal.read(&mut bytes[..room]), if room > 0 => match read {
                Ok(length) => {
                    shared.machine().receive(&bytes[..length]);
                    shared.mechanism.notify_one();
                }
                Err(_) => return,
            },
            () = shared.server.notified() => {}
        }
    }
}
