//! A light and a buzzer in the kitchen.

use maitred_wire::{Action, Colour, Outcome, Pattern};

use crate::Outputs;

/// Half of a blink, in milliseconds.
const BLINK_MS: u64 = 400;
/// A short tone, and the pause between two, in milliseconds.
const SHORT_MS: u64 = 120;
/// A long tone, in milliseconds.
const LONG_MS: u64 = 1_000;
/// How long an alarm lasts, in milliseconds.
const ALARM_MS: u64 = 60_000;

/// What a beacon is to show at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeaconLook {
    /// The light.
    pub colour: Colour,
    /// Whether the buzzer sounds.
    pub sounds: bool,
}

/// The state of a light and a buzzer; a board shows [`Beacon::look`] on its pins.
#[derive(Debug)]
pub struct Beacon {
    colour: Colour,
    blinks: bool,
    pattern: Pattern,
    since: u64,
}

impl Default for Beacon {
    fn default() -> Self {
        Self { colour: Colour::Off, blinks: false, pattern: Pattern::Off, since: 0 }
    }
}

impl Beacon {
    /// What to show.
    pub fn look(&self, now_ms: u64) -> BeaconLook {
        let is_dark = self.blinks && now_ms / BLINK_MS % 2 == 1;
        let colour = if is_dark { Colour::Off } else { self.colour };
        BeaconLook { colour, sounds: sounds(self.pattern, now_ms.saturating_sub(self.since)) }
    }
}

fn sounds(pattern: Pattern, after_ms: u64) -> bool {
    match pattern {
        Pattern::Off => false,
        Pattern::Short => after_ms < SHORT_MS,
        Pattern::Double => after_ms < 3 * SHORT_MS && after_ms / SHORT_MS != 1,
        Pattern::Long => after_ms < LONG_MS,
        Pattern::Alarm => after_ms < ALARM_MS && (after_ms / BLINK_MS).is_multiple_of(2),
    }
}

impl Outputs for Beacon {
    fn act(&mut self, now_ms: u64, action: &Action) -> Outcome {
        match action {
            Action::Light { colour, blink } => (self.colour, self.blinks) = (*colour, *blink),
            Action::Sound { pattern } => (self.pattern, self.since) = (*pattern, now_ms),
            Action::Page { .. } | Action::Show { .. } => return Outcome::Refused,
        }
        Outcome::Done
    }
}
