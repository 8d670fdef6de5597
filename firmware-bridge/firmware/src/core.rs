//! What every device does: talk to the bridge.

use embedded_io::{Read, ReadReady, Write};
use maitred_wire::{Action, DeviceEnd, DeviceKind, Event, Hello, NoRoom, Outcome, Receiver, Serial};

/// Events that wait until they are safe.
pub const EVENTS_MAX: usize = 32;
/// Bytes that are taken from the port at once.
const READ_BYTES: usize = 32;

/// What a device does when it is told to.
pub trait Outputs {
    /// Does it, or refuses what it cannot do.
    fn act(&mut self, now_ms: u64, action: &Action) -> Outcome;
}

/// A device that can do nothing.
#[derive(Debug)]
pub struct Refuses;

impl Outputs for Refuses {
    fn act(&mut self, _now_ms: u64, _action: &Action) -> Outcome {
        Outcome::Refused
    }
}

/// A device's end of its line, with what cuts bytes into frames.
#[derive(Debug)]
pub struct Core {
    end: DeviceEnd<EVENTS_MAX>,
    receiver: Receiver,
    battery_percent: Option<u8>,
}

impl Core {
    /// A device that was just switched on. `boot` is drawn at random, or counted in flash.
    pub fn new(kind: DeviceKind, serial: Serial, firmware: (u8, u8, u8), boot: u32) -> Self {
        let hello = Hello { kind, boot, first: 1, firmware, serial };
        Self { end: DeviceEnd::new(hello), receiver: Receiver::default(), battery_percent: None }
    }

    /// The battery's charge, for the next status.
    pub fn set_battery(&mut self, percent: Option<u8>) {
        self.battery_percent = percent;
    }

    /// Something happened.
    ///
    /// # Errors
    /// [`NoRoom`] when nobody has listened for long.
    pub fn push(&mut self, event: Event) -> Result<(), NoRoom> {
        self.end.push(event)
    }

    /// Whether a bridge listens.
    pub fn is_welcome(&self) -> bool {
        self.end.is_welcome()
    }

    /// Hears what came over `port`, does it with `outputs`, and says what there is to say.
    ///
    /// # Errors
    /// Of the port.
    pub fn talk<P: Read + ReadReady + Write>(
        &mut self,
        now_ms: u64,
        port: &mut P,
        outputs: &mut impl Outputs,
    ) -> Result<(), P::Error> {
        let mut bytes = [0; READ_BYTES];
        while port.read_ready()? {
            let length = port.read(&mut bytes)?;
            if length == 0 {
                break;
            }
            for byte in &bytes[..length] {
                self.hear(now_ms, *byte, outputs);
            }
        }
        self.end.set_status(self.battery_percent, u32::try_from(now_ms / 1000).unwrap_or(u32::MAX));
        while let Some(frame) = self.end.poll(now_ms) {
            port.write_all(&frame.packet())?;
        }
        Ok(())
    }

    fn hear(&mut self, now_ms: u64, byte: u8, outputs: &mut impl Outputs) {
        let Some(Ok(frame)) = self.receiver.push(byte) else { return };
        if let Some(asked) = self.end.received(now_ms, frame) {
            let outcome = outputs.act(now_ms, &asked.action);
            self.end.answer(outcome);
        }
    }
}
