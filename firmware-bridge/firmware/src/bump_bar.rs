//! Keys beside a kitchen screen.

use embedded_hal::digital::InputPin;
use embedded_io::{Read, ReadReady, Write};
use maitred_wire::{Event, Fault};

use crate::{Core, Debounce, Edge, Outputs};

/// A key that is down for longer is stuck, in milliseconds.
const STUCK_AFTER_MS: u64 = 20_000;

/// A bump bar of `N` keys, each of which pulls its pin low. Its codes count from 0.
#[derive(Debug)]
pub struct BumpBar<Pin, const N: usize> {
    keys: [Key<Pin>; N],
}

#[derive(Debug)]
struct Key<Pin> {
    pin: Pin,
    contact: Debounce,
    down_since: Option<u64>,
}

impl<Pin: InputPin, const N: usize> BumpBar<Pin, N> {
    /// A bar with these keys.
    pub fn new(pins: [Pin; N]) -> Self {
        Self { keys: pins.map(|pin| Key { pin, contact: Debounce::default(), down_since: None }) }
    }

    /// Looks at the keys and talks to the bridge; to be called every millisecond or two.
    ///
    /// # Errors
    /// Of the port.
    pub fn step<P: Read + ReadReady + Write>(
        &mut self,
        now_ms: u64,
        core: &mut Core,
        port: &mut P,
        outputs: &mut impl Outputs,
    ) -> Result<(), P::Error> {
        for (key, code) in self.keys.iter_mut().zip(0..) {
            if let Some(event) = key.look(now_ms, code) {
                // One that finds no room is counted, and the count is told.
                let _ = core.push(event);
            }
        }
        core.talk(now_ms, port, outputs)
    }
}

impl<Pin: InputPin> Key<Pin> {
    fn look(&mut self, now_ms: u64, code: u16) -> Option<Event> {
        // A pin that cannot be read counts as let go.
        let is_down = self.pin.is_low().unwrap_or(false);
        match self.contact.sample(now_ms, is_down) {
            Some(Edge::Down) => {
                self.down_since = Some(now_ms);
                return Some(Event::Key { code });
            }
            Some(Edge::Up) => self.down_since = None,
            None => {}
        }
        self.down_since.take_if(|since| now_ms.saturating_sub(*since) > STUCK_AFTER_MS)?;
        Some(Event::Fault { what: Fault::KeyStuck })
    }
}
