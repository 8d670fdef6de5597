//! Whether the machine has slept.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// Two readings of two clocks are never of the same instant.
const NAP_MIN: Duration = Duration::from_secs(2);

/// Compares a clock that goes on while the machine sleeps with one that does not.
pub struct Naps {
    slept: Duration,
}

impl Naps {
    /// Counts from now on.
    pub fn new() -> Self {
        Self { slept: slept() }
    }

    /// Whether the machine has slept since this was last asked.
    pub fn woke(&mut self) -> bool {
        self.has_grown_to(slept())
    }

    fn has_grown_to(&mut self, slept: Duration) -> bool {
        let nap = slept.saturating_sub(self.slept);
        self.slept = slept;
        nap > NAP_MIN
    }
}

/// How long the machine has slept since it started.
fn slept() -> Duration {
    let awake = since_start(clock_gettime(ClockId::Monotonic));
    since_start(clock_gettime(ClockId::Boottime)).saturating_sub(awake)
}

fn since_start(time: Timespec) -> Duration {
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nap_is_noticed_once_and_a_late_look_is_none() {
        let mut naps = Naps { slept: Duration::from_secs(100) };
        assert!(!naps.has_grown_to(Duration::from_millis(100_020)));
        assert!(naps.has_grown_to(Duration::from_secs(400)));
        assert!(!naps.has_grown_to(Duration::from_secs(400)));
        assert!(!Naps::new().woke(), "nobody sleeps in a test");
    }
}
