//! Hybrid logical time: wall-clock milliseconds that never run backwards.

use serde::{Deserialize, Serialize};

const COUNTER_BITS: u32 = 16;

/// The latest wall clock a stamp is made from, and the latest stamp a clock follows: 47 bits, the year 6429.
///
/// The bit above it is headroom, so that a clock pushed to the edge by a broken peer can still tick.
pub const HLC_MILLIS_MAX: u64 = (1 << 47) - 1;

/// How far ahead of our wall clock a peer may be before [`HlcClock::observe`] reports it, in milliseconds (24 h).
pub const HLC_AHEAD_MILLIS_MAX: u64 = 24 * 60 * 60 * 1000;

/// One hybrid time stamp: 48 bits of milliseconds since the Unix epoch, then a 16-bit counter.
///
/// Ordered as a number. It orders and labels; it is not a measurement of time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Hlc(u64);

impl Hlc {
    /// A stamp of `millis` (cut to [`HLC_MILLIS_MAX`]) and `counter`.
    pub const fn new(millis: u64, counter: u16) -> Self {
        let millis = if millis > HLC_MILLIS_MAX { HLC_MILLIS_MAX } else { millis };
        Self(millis << COUNTER_BITS | counter as u64)
    }

    /// The stamp whose number is `bits`, as [`Hlc::to_bits`] gave it.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The stamp as one number, ordered like the stamp.
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> u64 {
        self.0 >> COUNTER_BITS
    }

    /// Position among the stamps of one millisecond.
    pub const fn counter(self) -> u16 {
        (self.0 & 0xffff) as u16
    }

    /// The stamp right after this one; a full counter carries into the milliseconds.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What a clock made of a peer's stamp.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Observed {
    /// Near enough to our own wall clock.
    InStep,
    /// Followed, so that order stays right, but one of the two wall clocks is wrong: warn.
    FarAhead {
        /// Milliseconds by which the peer is ahead of our wall clock.
        ahead_millis: u64,
    },
    /// Beyond [`HLC_MILLIS_MAX`] and not followed: no wall clock says this.
    Refused,
}

/// Mints stamps that ascend strictly, and follows what it has seen of others.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct HlcClock {
    last: Hlc,
}

impl HlcClock {
    /// A clock that goes on after `last`, the highest stamp its database holds.
    pub const fn resume(last: Hlc) -> Self {
        Self { last }
    }

    /// The highest stamp minted or followed.
    pub const fn last(&self) -> Hlc {
        self.last
    }

    /// Mints the next stamp, above every earlier one even when the wall clock `now_millis` went back.
    pub fn tick(&mut self, now_millis: u64) -> Hlc {
        self.last = Hlc::new(now_millis, 0).max(self.last.next());
        self.last
    }

    /// Follows a peer's stamp, so that whatever is minted next is above it.
    pub fn observe(&mut self, remote: Hlc, now_millis: u64) -> Observed {
        if remote.millis() > HLC_MILLIS_MAX {
            return Observed::Refused;
        }
        self.last = self.last.max(remote);
        match remote.millis().saturating_sub(now_millis) {
            ahead_millis if ahead_millis > HLC_AHEAD_MILLIS_MAX => Observed::FarAhead { ahead_millis },
            _ => Observed::InStep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn stamps_ascend_whatever_the_wall_clock_does(
            steps in prop::collection::vec((any::<u64>(), any::<Option<u64>>()), 1..50)
        ) {
            let mut clock = HlcClock::default();
            let mut last = clock.last();
            for (now_millis, remote) in steps {
                if let Some(remote) = remote.map(Hlc::from_bits) {
                    let seen = clock.observe(remote, now_millis);
                    prop_assert!(clock.last() >= remote || seen == Observed::Refused);
                }
                let stamp = clock.tick(now_millis);
                prop_assert!(stamp > last);
                last = stamp;
            }
        }
    }

    #[test]
    fn a_full_counter_carries_into_the_milliseconds() {
        let mut clock = HlcClock::resume(Hlc::new(1_000, u16::MAX));
        assert_eq!(clock.tick(1_000), Hlc::new(1_001, 0));
    }

    #[test]
    fn a_peer_a_day_ahead_is_followed_and_reported() {
        let mut clock = HlcClock::default();
        let ahead_millis = HLC_AHEAD_MILLIS_MAX + 1;
        let remote = Hlc::new(5_000 + ahead_millis, 7);
        assert_eq!(clock.observe(remote, 5_000), Observed::FarAhead { ahead_millis });
        assert_eq!(clock.tick(5_000), remote.next());
        assert_eq!(clock.observe(Hlc::new(HLC_AHEAD_MILLIS_MAX, 0), 0), Observed::InStep);
    }

    #[test]
    fn a_stamp_from_no_wall_clock_is_not_followed() {
        let mut clock = HlcClock::default();
        assert_eq!(clock.observe(Hlc::from_bits(u64::MAX), 0), Observed::Refused);
        assert_eq!(clock.last(), Hlc::default());
    }

    #[test]
    fn a_stamp_reads_back_its_parts_and_is_a_number_in_json() {
        let stamp = Hlc::new(1_700_000_000_123, 9);
        assert_eq!((stamp.millis(), stamp.counter()), (1_700_000_000_123, 9));
        assert_eq!(serde_json::to_string(&stamp).unwrap(), stamp.to_bits().to_string());
    }
}
