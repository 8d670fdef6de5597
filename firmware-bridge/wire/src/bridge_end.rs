//! The bridge's end.

use crate::{Action, Event, Frame, HEARTBEAT_MS, Hello, Outcome, RESEND_AFTER_MS, SILENCE_MS_MAX, Status};

/// How often a bridge asks who is there, in milliseconds.
const GREET_EVERY_MS: u64 = 500;

/// A command is under way already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// What a frame told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Who is there: at first, and each time that it was switched on.
    Device(Hello),
    /// An event, in order and once. Say [`BridgeEnd::safe`] when it cannot be lost any more.
    Event {
        /// Of the device's start.
        boot: u32,
        /// Which.
        seq: u32,
        /// What.
        event: Event,
    },
    /// How the device is.
    Status(Status),
    /// The command under way is answered.
    Answered {
        /// Which.
        seq: u32,
        /// How.
        outcome: Outcome,
    },
}

/// The bridge's end of a line.
#[derive(Debug)]
pub struct BridgeEnd {
    session: u32,
    device: Option<Device>,
    /// The command under way, or the latest.
    command_seq: u32,
    command: Option<UnderWay>,
    greet_at: u64,
    heard_at: u64,
}

#[derive(Debug)]
struct Device {
    boot: u32,
    /// The next event to be taken.
    next: u32,
    /// Events below this are safe.
    safe: u32,
    welcome_is_due: bool,
    ack_at: u64,
}

#[derive(Debug)]
struct UnderWay {
    action: Action,
    say_at: u64,
}

impl BridgeEnd {
    /// The end of a line that was just opened. `session` is drawn anew for each.
    pub fn new(session: u32, now_ms: u64) -> Self {
        Self { session, device: None, command_seq: 0, command: None, greet_at: now_ms, heard_at: now_ms }
    }

    /// Takes a frame.
    pub fn received(&mut self, now_ms: u64, frame: Frame) -> Option<Heard> {
        match frame {
            Frame::Hello(hello) => return self.met(now_ms, hello),
            Frame::Event { boot, seq, event } => return self.taken(now_ms, boot, seq, event),
            Frame::Status(status) => {
                if self.device.is_none() {
                    self.greet_at = self.greet_at.min(now_ms);
                    return None;
                }
                self.heard_at = now_ms;
                return Some(Heard::Status(status));
            }
            Frame::Answer { session, seq, outcome } => {
                self.heard_at = now_ms;
                if session == self.session && seq == self.command_seq && self.command.take().is_some() {
                    return Some(Heard::Answered { seq, outcome });
                }
            }
            // The bridge's own words, come back over a looped line.
            Frame::Greet | Frame::Welcome { .. } | Frame::Ack { .. } | Frame::Command { .. } => {}
        }
        None
    }

    fn met(&mut self, now_ms: u64, hello: Hello) -> Option<Heard> {
        self.heard_at = now_ms;
        let known = self.device.as_ref().filter(|device| device.boot == hello.boot);
        let is_new = known.is_none();
        let next = known.map_or(hello.first, |device| device.next.max(hello.first));
        let safe = known.map_or(hello.first, |device| device.safe.max(hello.first));
        self.device = Some(Device { boot: hello.boot, next, safe, welcome_is_due: true, ack_at: now_ms });
        is_new.then_some(Heard::Device(hello))
    }

    fn taken(&mut self, now_ms: u64, boot: u32, seq: u32, event: Event) -> Option<Heard> {
        let Some(device) = self.device.as_mut().filter(|device| device.boot == boot) else {
            self.greet_at = self.greet_at.min(now_ms);
            self.device = None;
            return None;
        };
        self.heard_at = now_ms;
        if seq < device.safe {
            // Its acknowledgement was lost.
            device.ack_at = now_ms;
        }
        if seq != device.next {
            return None;
        }
        device.next = seq.wrapping_add(1);
        Some(Heard::Event { boot, seq, event })
    }

    /// That event, and all before it, cannot be lost any more.
    pub fn safe(&mut self, now_ms: u64, boot: u32, seq: u32) {
        let Some(device) = self.device.as_mut().filter(|device| device.boot == boot) else { return };
        if seq >= device.safe && seq < device.next {
            device.safe = seq + 1;
            device.ack_at = now_ms;
        }
    }

    /// Begins a command; its number.
    ///
    /// # Errors
    /// [`Busy`] while another is under way.
    pub fn command(&mut self, now_ms: u64, action: Action) -> Result<u32, Busy> {
        if self.command.is_some() {
            return Err(Busy);
        }
        self.command_seq += 1;
        self.command = Some(UnderWay { action, say_at: now_ms });
        Ok(self.command_seq)
    }

    /// Says the command under way no more; the device may have done it.
    pub fn give_up(&mut self) {
        self.command = None;
    }

    /// Whether a device was met, and was heard not long ago.
    pub fn is_heard(&self, now_ms: u64) -> bool {
        self.device.is_some() && now_ms.saturating_sub(self.heard_at) <= SILENCE_MS_MAX
    }

    /// The next frame to write, if there is one at this time. To be asked until there is none.
    pub fn poll(&mut self, now_ms: u64) -> Option<Frame> {
        let session = self.session;
        let Some(device) = &mut self.device else {
            if now_ms < self.greet_at {
                return None;
            }
            self.greet_at = now_ms + GREET_EVERY_MS;
            return Some(Frame::Greet);
        };
        let (boot, safe) = (device.boot, device.safe);
        if core::mem::take(&mut device.welcome_is_due) {
            device.ack_at = now_ms + HEARTBEAT_MS;
            return Some(Frame::Welcome { boot, session, safe });
        }
        if now_ms >= device.ack_at {
            device.ack_at = now_ms + HEARTBEAT_MS;
            return Some(Frame::Ack { boot, safe });
        }
        let command = self.command.as_mut().filter(|command| now_ms >= command.say_at)?;
        command.say_at = now_ms + RESEND_AFTER_MS;
        Some(Frame::Command { session, seq: self.command_seq, action: command.action.clone() })
    }
}
