//! A thermometer in a fridge.

use embedded_io::{Read, ReadReady, Write};
use maitred_wire::{Event, Fault};

use crate::{Core, Refuses};

/// How often it measures, in milliseconds.
const MEASURE_EVERY_MS: u64 = 2_000;
/// What difference is worth a word, in thousandths of a degree.
const DIFFERENCE_MILLI: u32 = 100;
/// After how long it says a temperature that did not change, in milliseconds.
const SAY_AFTER_MS: u64 = 30_000;

/// Something that measures a temperature.
pub trait Thermometer {
    /// Begins to measure.
    ///
    /// # Errors
    /// When no sensor answers.
    fn begin(&mut self) -> Result<(), Fault>;

    /// What was measured since, in thousandths of a degree Celsius. Asked no earlier than [`Thermometer::TAKES_MS`] later.
    ///
    /// # Errors
    /// When no sensor answers, or one answers nonsense.
    fn end(&mut self) -> Result<i32, Fault>;

    /// How long it takes, in milliseconds.
    const TAKES_MS: u64;
}

/// A probe with its thermometer.
#[derive(Debug)]
pub struct Probe<T> {
    thermometer: T,
    measuring_since: Option<u64>,
    next_at: u64,
    said: Option<Said>,
}

#[derive(Clone, Copy, Debug)]
struct Said {
    what: Result<i32, Fault>,
    at: u64,
}

impl<T: Thermometer> Probe<T> {
    /// A probe that was just switched on.
    pub fn new(thermometer: T) -> Self {
        Self { thermometer, measuring_since: None, next_at: 0, said: None }
    }

    /// Measures when it is time, and talks to the bridge.
    ///
    /// # Errors
    /// Of the port.
    pub fn step<P: Read + ReadReady + Write>(
        &mut self,
        now_ms: u64,
        core: &mut Core,
        port: &mut P,
    ) -> Result<(), P::Error> {
        if let Some(measured) = self.measure(now_ms) {
            self.say(now_ms, measured, core);
        }
        core.talk(now_ms, port, &mut Refuses)
    }

    fn measure(&mut self, now_ms: u64) -> Option<Result<i32, Fault>> {
        if let Some(since) = self.measuring_since {
            if now_ms.saturating_sub(since) < T::TAKES_MS {
                return None;
            }
            self.measuring_since = None;
            return Some(self.thermometer.end());
        }
        if now_ms < self.next_at {
            return None;
        }
        self.next_at = now_ms + MEASURE_EVERY_MS;
        match self.thermometer.begin() {
            Ok(()) => {
                self.measuring_since = Some(now_ms);
                None
            }
            Err(fault) => Some(Err(fault)),
        }
    }

    fn say(&mut self, now_ms: u64, measured: Result<i32, Fault>, core: &mut Core) {
        let is_news = self.said.is_none_or(|said| match (said.what, measured) {
            (Ok(before), Ok(now)) => {
                before.abs_diff(now) >= DIFFERENCE_MILLI || now_ms.saturating_sub(said.at) >= SAY_AFTER_MS
            }
            (before, now) => before != now,
        });
        if !is_news {
            return;
        }
        let event = match measured {
            Ok(milli_celsius) => Event::Reading { milli_celsius },
            Err(what) => Event::Fault { what },
        };
        // One that finds no room is said after the next measurement.
        if core.push(event).is_ok() {
            self.said = Some(Said { what: measured, at: now_ms });
        }
    }
}
