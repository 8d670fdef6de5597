//! A microcontroller behind frames.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use maitred_device::field::message::{self, EventId, Happened};
use maitred_device::field::{DeviceId, DeviceKind};
use maitred_wire::{self as wire, BridgeEnd, Heard, Hello, Noise};
use serialport::SerialPort as _;
use uuid::Uuid;

use super::{FromPort, Line, Met, ToPort};

/// How long a read waits for bytes: what the bridge has to say waits no longer.
const READ_TIMEOUT: Duration = Duration::from_millis(5);
/// Garbled frames within [`NOISE_WINDOW`] that are worth a word.
const NOISE_MAX: u32 = 20;
const NOISE_WINDOW: Duration = Duration::from_secs(10);

/// Speaks over the port until it is closed.
pub fn run(line: &Line, baud: u32, draw: fn() -> u32) -> io::Result<()> {
    let path = line.path.to_string_lossy();
    let mut port = serialport::new(path, baud).timeout(READ_TIMEOUT).open_native()?;
    // What was written before anybody listened has lost its beginning. A pseudo-terminal has no such thing.
    let _ = port.clear(serialport::ClearBuffer::Input);
    tracing::info!(port = %line.path.display(), "port open");
    let mut framed = Framed::new(line, draw());
    let mut bytes = [0; 256];
    loop {
        match port.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                for byte in &bytes[..length] {
                    framed.hear(*byte);
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
        if !framed.take_orders() {
            return Ok(());
        }
        framed.watch_silence();
        framed.watch_noise();
        while let Some(frame) = framed.end.poll(framed.now_ms()) {
            port.write_all(&frame.packet())?;
        }
    }
}

struct Framed<'a> {
    line: &'a Line,
    begun: Instant,
    end: BridgeEnd,
    receiver: wire::Receiver,
    to_port: Sender<ToPort>,
    orders: Receiver<ToPort>,
    is_met: bool,
    is_silent: bool,
    /// Commands that wait for the one before them.
    waiting: VecDeque<(Uuid, wire::Action)>,
    /// The command under way, with its number.
    under_way: Option<(u32, Uuid)>,
    noise: u32,
    noise_since: Instant,
    is_noise_told: bool,
}

impl<'a> Framed<'a> {
    fn new(line: &'a Line, session: u32) -> Self {
        let (to_port, orders) = channel();
        Self {
            line,
            begun: Instant::now(),
            end: BridgeEnd::new(session, 0),
            receiver: wire::Receiver::default(),
            to_port,
            orders,
            is_met: false,
            is_silent: false,
            waiting: VecDeque::new(),
            under_way: None,
            noise: 0,
            noise_since: Instant::now(),
            is_noise_told: false,
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn hear(&mut self, byte: u8) {
        match self.receiver.push(byte) {
            None => {}
            Some(Ok(frame)) => {
                if let Some(heard) = self.end.received(self.now_ms(), frame) {
                    self.tell(heard);
                }
            }
            Some(Err(noise)) => self.count(noise),
        }
    }

    fn tell(&mut self, heard: Heard) {
        let port = self.line.port;
        let what = match heard {
            Heard::Device(hello) => {
                self.is_met = true;
                FromPort::Met { port, device: met(&hello), to_port: self.to_port.clone() }
            }
            Heard::Event { boot, seq, event } => {
                FromPort::Happened { port, id: EventId { boot, seq }, event: happened(event) }
            }
            Heard::Status(status) => FromPort::Health {
                port,
                battery_percent: status.battery_percent.map(|percent| percent.min(100)),
                dropped: status.dropped,
            },
            Heard::Answered { seq, outcome } => {
                let Some((_, id)) = self.under_way.take_if(|(under_way, _)| *under_way == seq) else {
                    return;
                };
                let outcome = match outcome {
                    wire::Outcome::Done => message::Outcome::Done,
                    wire::Outcome::Refused => message::Outcome::Refused,
                };
                FromPort::Answered { id, outcome }
            }
        };
        self.line.tell(what);
    }

    /// Garbage is nothing special on a serial line; much of it means a wrong speed or a broken cable.
    fn count(&mut self, noise: Noise) {
        self.noise += 1;
        if self.noise <= NOISE_MAX || self.is_noise_told {
            return;
        }
        self.is_noise_told = true;
        let what = match noise {
            Noise::Garbled => "the line garbles frames: look at its cable and speed".to_owned(),
            Noise::Version(version) => format!("the device speaks version {version} of the protocol"),
            Noise::Unknown => "the device says what this bridge does not know".to_owned(),
        };
        tracing::warn!(port = %self.line.path.display(), "{what}");
        self.line.tell(FromPort::Garbled { port: self.line.port, what: Some(what) });
    }

    fn watch_noise(&mut self) {
        if self.noise_since.elapsed() < NOISE_WINDOW {
            return;
        }
        if self.is_noise_told && self.noise <= NOISE_MAX {
            self.is_noise_told = false;
            self.line.tell(FromPort::Garbled { port: self.line.port, what: None });
        }
        (self.noise, self.noise_since) = (0, Instant::now());
    }

    /// Takes what the bridge wants; false when there is no bridge any more.
    fn take_orders(&mut self) -> bool {
        while let Ok(order) = self.orders.try_recv() {
            match order {
                ToPort::Safe(id) => self.end.safe(self.now_ms(), id.boot, id.seq),
                ToPort::Do { id, action } => self.waiting.push_back((id, action_of(&action))),
                ToPort::GiveUp(id) => {
                    self.waiting.retain(|(waiting, _)| *waiting != id);
                    if self.under_way.take_if(|(_, under_way)| *under_way == id).is_some() {
                        self.end.give_up();
                    }
                }
            }
        }
        if self.under_way.is_none()
            && let Some((id, action)) = self.waiting.pop_front()
            && let Ok(seq) = self.end.command(self.now_ms(), action)
        {
            self.under_way = Some((seq, id));
        }
        !self.line.to_bridge.is_closed()
    }

    fn watch_silence(&mut self) {
        let is_silent = self.is_met && !self.end.is_heard(self.now_ms());
        if is_silent != self.is_silent {
            self.is_silent = is_silent;
            self.line.tell(FromPort::Silent { port: self.line.port, is_silent });
        }
    }
}

fn met(hello: &Hello) -> Met {
    let kind = match hello.kind {
        wire::DeviceKind::BumpBar => DeviceKind::BumpBar,
        wire::DeviceKind::PagerBase => DeviceKind::PagerBase,
        wire::DeviceKind::CallButton => DeviceKind::CallButton,
        wire::DeviceKind::CustomerDisplay => DeviceKind::CustomerDisplay,
        wire::DeviceKind::Beacon => DeviceKind::Beacon,
        wire::DeviceKind::Probe => DeviceKind::Probe,
        wire::DeviceKind::Drawer => DeviceKind::Drawer,
    };
    let (major, minor, patch) = hello.firmware;
    Met {
        id: DeviceId::of(kind, &hello.serial),
        kind,
        name: hello.serial.as_str().to_owned(),
        firmware: Some(format!("{major}.{minor}.{patch}")),
    }
}

fn happened(event: wire::Event) -> Happened {
    match event {
        wire::Event::Key { code } => Happened::Key { code },
        wire::Event::Call { button, what } => {
            let what = match what {
                wire::Call::Call => message::Call::Call,
                wire::Call::Bill => message::Call::Bill,
                wire::Call::Cancel => message::Call::Cancel,
            };
            Happened::Call { button, what }
        }
        wire::Event::Reading { milli_celsius } => Happened::Reading { milli_celsius },
        wire::Event::Fault { what } => {
            let what = match what {
                wire::Fault::SensorMissing => "no sensor answers",
                wire::Fault::SensorGarbled => "the sensor answers nonsense",
                wire::Fault::Supply => "the supply is weak",
                wire::Fault::KeyStuck => "a key is stuck",
                wire::Fault::Internal => "an internal fault",
            };
            Happened::Fault { what: what.to_owned() }
        }
    }
}

fn action_of(action: &message::Action) -> wire::Action {
    match action {
        message::Action::Page { pager, pattern } => {
            wire::Action::Page { pager: *pager, pattern: pattern_of(*pattern) }
        }
        message::Action::Show { lines } => {
            let text = |line: usize| text_of(lines.get(line).map_or("", String::as_str));
            wire::Action::Show { upper: text(0), lower: text(1) }
        }
        message::Action::Light { colour, blink } => {
            let colour = match colour {
                message::Colour::Off => wire::Colour::Off,
                message::Colour::Red => wire::Colour::Red,
                message::Colour::Amber => wire::Colour::Amber,
                message::Colour::Green => wire::Colour::Green,
                message::Colour::Blue => wire::Colour::Blue,
                message::Colour::White => wire::Colour::White,
            };
            wire::Action::Light { colour, blink: *blink }
        }
        message::Action::Sound { pattern } => wire::Action::Sound { pattern: pattern_of(*pattern) },
    }
}

fn pattern_of(pattern: message::Pattern) -> wire::Pattern {
    match pattern {
        message::Pattern::Off => wire::Pattern::Off,
        message::Pattern::Short => wire::Pattern::Short,
        message::Pattern::Double => wire::Pattern::Double,
        message::Pattern::Long => wire::Pattern::Long,
        message::Pattern::Alarm => wire::Pattern::Alarm,
    }
}

/// As much as fits.
fn text_of(line: &str) -> wire::Text {
    let mut text = wire::Text::new();
    for letter in line.chars().take(20) {
        if text.push(letter).is_err() {
            break;
        }
    }
    text
}
