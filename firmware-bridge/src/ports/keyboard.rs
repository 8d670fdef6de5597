//! A USB bump bar that the kernel takes for a keyboard.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::channel;

use maitred_device::field::message::{EventId, Happened};

use super::{FromPort, InputEvents, Line, Profile, plain};

/// Hears keys until the port is closed. It cannot be told anything.
pub fn run(line: &Line, draw: fn() -> u32) -> io::Result<()> {
    let mut keys = open(line)?;
    let Some(device) = plain::met(line, Profile::Keyboard) else { return Ok(()) };
    let (to_port, orders) = channel();
    line.tell(FromPort::Met { port: line.port, device, to_port });
    // Commands are refused by the bridge at once: nobody hears them here.
    drop(orders);
    let mut id = EventId { boot: draw(), seq: 0 };
    let mut events = InputEvents::default();
    let mut bytes = [0; 24 * 16];
    loop {
        let length = keys.file.read(&mut bytes)?;
        if length == 0 {
            return Ok(());
        }
        for press in events.push(&bytes[..length]) {
            id.seq += 1;
            let event = Happened::Key { code: press.code };
            if !line.tell(FromPort::Happened { port: line.port, id, event }) {
                return Ok(());
            }
        }
    }
}

/// Where keys are read from.
struct Keys {
    file: File,
    /// Grabbed as long as this lives.
    #[cfg(target_os = "linux")]
    _grabbed: Option<evdev::Device>,
}

/// Opens it for this process alone: what is typed on a bump bar must not reach a console. What is no input device, such as
/// a pipe with recorded events, is read as it is.
#[cfg(target_os = "linux")]
fn open(line: &Line) -> io::Result<Keys> {
    use std::os::fd::AsFd as _;

    if !line.path.canonicalize()?.starts_with("/dev/input") {
        return Ok(Keys { file: File::open(&line.path)?, _grabbed: None });
    }
    let mut device = evdev::Device::open(&line.path)?;
    device.grab()?;
    let file = File::from(device.as_fd().try_clone_to_owned()?);
    Ok(Keys { file, _grabbed: Some(device) })
}

#[cfg(not(target_os = "linux"))]
fn open(line: &Line) -> io::Result<Keys> {
    Ok(Keys { file: File::open(&line.path)? })
}
