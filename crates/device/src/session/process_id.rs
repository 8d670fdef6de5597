use serde::{Deserialize, Serialize};

/// Printable bytes that an id may have: 20 to 7E.
const DIGITS: u32 = 0x7e - 0x20 + 1;
const IDS: u32 = DIGITS.pow(4);

/// Asked for behind a job and answered when all before it is on paper.
///
/// Ids ascend and begin again after 81 million; only the latest asked is answered, and confirms all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProcessId(u32);

impl ProcessId {
    /// The `n`th id.
    pub const fn new(n: u32) -> Self {
        Self(n % IDS)
    }

    /// Which it is, from 0.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// What Star's printers give back of it.
    pub fn short(self) -> u16 {
        let [_, _, high, low] = self.0.to_be_bytes();
        u16::from_be_bytes([high, low])
    }

    /// The following id.
    #[must_use]
    pub const fn next(self) -> Self {
        Self::new(self.0 + 1)
    }

    /// The id before.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self::new(self.0 + IDS - 1)
    }

    /// Whether this id's answer also proves what was sent before `earlier`.
    pub const fn confirms(self, earlier: Self) -> bool {
        (self.0 + IDS - earlier.0) % IDS < IDS / 2
    }

    /// `d1 d2 d3 d4`, the highest digit first.
    pub fn to_wire(self) -> [u8; 4] {
        let digit = |power: u32| u8::try_from(0x20 + self.0 / DIGITS.pow(power) % DIGITS).unwrap_or(0x20);
        [digit(3), digit(2), digit(1), digit(0)]
    }

    /// `None` when a byte is outside 20 to 7E.
    pub fn from_wire(bytes: [u8; 4]) -> Option<Self> {
        bytes
            .iter()
            .try_fold(0, |sum, byte| {
                let digit = (0x20..=0x7e).contains(byte).then(|| u32::from(byte - 0x20))?;
                Some(sum * DIGITS + digit)
            })
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_over_the_wire_and_around_the_end() {
        for n in [0, 1, 94, 95, 9_025, IDS - 1] {
            let id = ProcessId::new(n);
            assert_eq!(ProcessId::from_wire(id.to_wire()), Some(id));
            assert!(id.next().confirms(id) && !id.confirms(id.next()));
            assert_eq!(id.next().previous(), id);
        }
        assert_eq!(ProcessId::from_wire([0x1f, 0x20, 0x20, 0x20]), None);
    }
}
