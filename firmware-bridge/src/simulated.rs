//! One simulated microcontroller: the real firmware, on a thread, behind a pseudo-terminal.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use maitred_firmware::embedded_hal::digital::{self, InputPin};
use maitred_firmware::embedded_io::{self, ReadReady};
use maitred_firmware::{Beacon, BumpBar, Core, Outputs, Probe, Thermometer};
use maitred_wire::{Action, Call, DeviceKind, Event, Fault, Outcome};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use serde::Serialize;

/// Keys of a simulated bump bar.
pub const KEYS: usize = 32;
/// How long a finger stays on one.
const PRESSED_FOR: Duration = Duration::from_millis(60);
/// How long the firmware sleeps when nothing comes.
const STEP: Timespec = Timespec { tv_sec: 0, tv_nsec: 2_000_000 };
/// What is remembered of what a device was told.
const DONE_MAX: usize = 20;
/// What the thermometer says when it is broken.
const BROKEN: i64 = i64::MAX;

/// What a person does to a device.
#[derive(Clone, Copy, Debug)]
pub enum Touch {
    /// Presses a key.
    Press(usize),
    /// Presses a guest's button.
    Call {
        /// Which.
        button: u16,
        /// What for.
        what: Call,
    },
}

/// A simulated device that is switched on, until this is dropped.
pub struct Powered {
    touches: Sender<Touch>,
    is_on: Arc<AtomicBool>,
    link: PathBuf,
}

/// What can be seen of a device from outside.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// Whether a bridge listens to it.
    pub welcome: bool,
    /// What it did lately, the latest last.
    pub done: VecDeque<String>,
}

/// A device's outside, shared with its thread.
#[derive(Clone, Default)]
pub struct Outside {
    seen: Arc<Mutex<Seen>>,
    milli_celsius: Arc<AtomicI64>,
}

impl Outside {
    /// What can be seen.
    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn show(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The temperature around it; nothing when its sensor is broken.
    pub fn set_temperature(&self, milli_celsius: Option<i32>) {
        self.milli_celsius.store(milli_celsius.map_or(BROKEN, i64::from), Ordering::Relaxed);
    }

    /// The temperature around it.
    pub fn temperature(&self) -> Option<i32> {
        i32::try_from(self.milli_celsius.load(Ordering::Relaxed)).ok()
    }
}

impl Powered {
    /// Switches a device on, with its port at `link`.
    pub fn on(link: &Path, kind: DeviceKind, serial: &str, boot: u32, outside: Outside) -> io::Result<Self> {
        let (port, name) = Port::open()?;
        let is_on = Arc::new(AtomicBool::new(true));
        let (touches, received) = channel();
        let text = serial.chars().take(24).collect::<String>();
        let text = text.as_str().try_into().unwrap_or_default();
        let board = Board {
            core: Core::new(kind, text, (0, 1, 0), boot),
            port,
            kind,
            outside,
            touches: received,
            is_on: Arc::clone(&is_on),
        };
        thread::Builder::new().name(format!("simulated {serial}")).spawn(move || board.run())?;
        std::os::unix::fs::symlink(name, link)?;
        Ok(Self { touches, is_on, link: link.to_owned() })
    }

    /// Does something to it.
    pub fn touch(&self, touch: Touch) {
        // Its thread lives as long as this does.
        let _ = self.touches.send(touch);
    }
}

impl Drop for Powered {
    /// As a plug that is pulled: the port is gone in the middle of whatever it said.
    fn drop(&mut self) {
        self.is_on.store(false, Ordering::Relaxed);
        let _ = std::fs::remove_file(&self.link);
    }
}

/// A board with the firmware on it.
struct Board {
    core: Core,
    port: Port,
    kind: DeviceKind,
    outside: Outside,
    touches: Receiver<Touch>,
    is_on: Arc<AtomicBool>,
}

impl Board {
    fn run(mut self) {
        let begun = Instant::now();
        let pins: [Pin; KEYS] = std::array::from_fn(|_| Pin::default());
        let mut bar = BumpBar::new(pins.clone());
        let mut probe = Probe::new(Air(self.outside.clone()));
        let mut outputs = Shown { kind: self.kind, beacon: Beacon::default(), outside: self.outside.clone() };
        let mut fingers = Fingers::default();
        while self.is_on.load(Ordering::Relaxed) {
            let now = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.take_touches(&pins, &mut fingers);
            let Ok(()) = match self.kind {
                DeviceKind::BumpBar => bar.step(now, &mut self.core, &mut self.port, &mut outputs),
                DeviceKind::Probe => probe.step(now, &mut self.core, &mut self.port),
                DeviceKind::PagerBase
                | DeviceKind::CallButton
                | DeviceKind::CustomerDisplay
                | DeviceKind::Beacon
                | DeviceKind::Drawer => self.core.talk(now, &mut self.port, &mut outputs),
            };
            let is_welcome = self.core.is_welcome();
            self.outside.show(|seen| seen.welcome = is_welcome);
            self.port.wait();
        }
        self.outside.show(|seen| seen.welcome = false);
    }

    fn take_touches(&mut self, pins: &[Pin; KEYS], fingers: &mut Fingers) {
        while let Ok(touch) = self.touches.try_recv() {
            match touch {
                Touch::Press(key) => fingers.waiting.push_back(key),
                Touch::Call { button, what } => {
                    // What finds no room is counted by the device, and told.
                    let _ = self.core.push(Event::Call { button, what });
                }
            }
        }
        fingers.step(pins);
    }
}

/// Fingers on keys. One that presses a key again lifts first, for as long.
#[derive(Default)]
struct Fingers {
    waiting: VecDeque<usize>,
    /// Which key, whether it is down, and since when.
    there: Vec<(usize, bool, Instant)>,
}

impl Fingers {
    fn step(&mut self, pins: &[Pin; KEYS]) {
        let Self { waiting, there } = self;
        // Before the others move: a key that was let go is seen so at least once.
        waiting.retain(|key| {
            let is_free = there.iter().all(|(other, ..)| other != key);
            if is_free {
                pins[*key].0.store(true, Ordering::Relaxed);
                there.push((*key, true, Instant::now()));
            }
            !is_free
        });
        there.retain_mut(|(key, is_down, since)| {
            if since.elapsed() < PRESSED_FOR {
                return true;
            }
            let was_down = std::mem::replace(is_down, false);
            pins[*key].0.store(false, Ordering::Relaxed);
            *since = Instant::now();
            was_down
        });
    }
}

/// A pin that is pulled low by a finger.
#[derive(Clone, Default)]
struct Pin(Arc<AtomicBool>);

impl digital::ErrorType for Pin {
    type Error = Infallible;
}

impl InputPin for Pin {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        self.is_low().map(|low| !low)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.load(Ordering::Relaxed))
    }
}

/// The air around a probe.
struct Air(Outside);

impl Thermometer for Air {
    const TAKES_MS: u64 = 0;

    fn begin(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn end(&mut self) -> Result<i32, Fault> {
        self.0.temperature().ok_or(Fault::SensorMissing)
    }
}

/// What a device of a kind does, put where it can be seen.
struct Shown {
    kind: DeviceKind,
    beacon: Beacon,
    outside: Outside,
}

impl Outputs for Shown {
    fn act(&mut self, now_ms: u64, action: &Action) -> Outcome {
        let can = match action {
            Action::Page { .. } => self.kind == DeviceKind::PagerBase,
            Action::Show { .. } => self.kind == DeviceKind::CustomerDisplay,
            Action::Light { .. } => self.kind == DeviceKind::Beacon,
            Action::Sound { .. } => matches!(self.kind, DeviceKind::Beacon | DeviceKind::BumpBar),
        };
        if !can {
            return Outcome::Refused;
        }
        if self.kind == DeviceKind::Beacon {
            self.beacon.act(now_ms, action);
        }
        self.outside.show(|seen| {
            seen.done.push_back(in_words(action));
            if seen.done.len() > DONE_MAX {
                seen.done.pop_front();
            }
        });
        Outcome::Done
    }
}

fn in_words(action: &Action) -> String {
    match action {
        Action::Page { pager, pattern } => format!("pages {pager}: {pattern:?}").to_lowercase(),
        Action::Show { upper, lower } => format!("{upper}\n{lower}"),
        Action::Light { colour, blink } => {
            let blinks = if *blink { ", blinking" } else { "" };
            format!("light {colour:?}{blinks}").to_lowercase()
        }
        Action::Sound { pattern } => format!("sound {pattern:?}").to_lowercase(),
    }
}

/// The device's end of a pseudo-terminal.
struct Port {
    file: File,
    /// Held open, so that it can be read while nobody else has opened it.
    _other_end: OwnedFd,
}

impl Port {
    /// A new one, and the path of its other end.
    fn open() -> io::Result<(Self, PathBuf)> {
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&end)?;
        unlockpt(&end)?;
        let name = ptsname(&end, Vec::new())?;
        let path = PathBuf::from(name.to_string_lossy().into_owned());
        let other_end = rustix::fs::open(
            &path,
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            rustix::fs::Mode::empty(),
        )?;
        // No echo: a device would hear itself.
        let mut attributes = tcgetattr(&other_end)?;
        attributes.make_raw();
        tcsetattr(&other_end, OptionalActions::Now, &attributes)?;
        fcntl_setfl(&end, OFlags::RDWR | OFlags::NONBLOCK)?;
        Ok((Self { file: File::from(end), _other_end: other_end }, path))
    }

    /// Until something comes, or for a step.
    fn wait(&self) {
        let mut fds = [PollFd::from_borrowed_fd(self.file.as_fd(), PollFlags::IN)];
        // Whatever it says, the next step looks.
        let _ = poll(&mut fds, Some(&STEP));
    }
}

impl embedded_io::ErrorType for Port {
    type Error = Infallible;
}

impl ReadReady for Port {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        let mut fds = [PollFd::from_borrowed_fd(self.file.as_fd(), PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let ready = poll(&mut fds, Some(&now)).is_ok_and(|ready| ready > 0);
        Ok(ready && fds[0].revents().contains(PollFlags::IN))
    }
}

impl embedded_io::Read for Port {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.file.read(buffer).unwrap_or(0))
    }
}

impl embedded_io::Write for Port {
    /// What nobody reads is lost, as on a wire.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let _ = self.file.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
