//! The three kinds of value, and how a stamped register value is laid out in bytes.

use crate::{Hlc, Origin};

/// The longest value of a fact or a register, in bytes (1 MiB).
pub const VALUE_BYTES_MAX: usize = 1024 * 1024;

const STAMP_BYTES: usize = 8 + 16;
const CLEARED: u8 = 0;
const PRESENT: u8 = 1;

/// One value that was written to a register, and by whom.
///
/// Of two, the greater stands: the later, and of two of one moment the one that says the greater. Who wrote it comes last,
/// since what a replica wrote may be said again by another.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Stamped {
    /// When it was written.
    pub hlc: Hlc,
    /// The value; `None` when the register was cleared.
    pub value: Option<String>,
    /// The replica that wrote it.
    pub origin: Origin,
}

/// What a register holds, and what it would hold had the winner not been written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Register {
    /// The value that stands; `None` when the register was cleared.
    pub value: Option<String>,
    /// When it was written.
    pub hlc: Hlc,
    /// The replica that wrote it.
    pub origin: Origin,
    /// Values written beside it by replicas that had not seen it, greatest stamp first. The next writer that has
    /// seen them settles the disagreement, and they leave the register (but not the journal).
    pub losers: Vec<Stamped>,
}

impl Register {
    /// `None` when nothing readable was written.
    pub(super) fn settle(mut written: Vec<Stamped>) -> Option<Self> {
        written.sort_unstable_by(|a, b| b.cmp(a));
        let mut written = written.into_iter();
        let Stamped { hlc, value, origin } = written.next()?;
        Some(Self { value, hlc, origin, losers: written.collect() })
    }
}

/// `hlc` (8 bytes, big-endian), `origin` (16), then 0 for cleared or 1 and the text.
pub(super) fn encode(stamped: &Stamped) -> Vec<u8> {
    let text = stamped.value.as_deref().unwrap_or_default();
    let mut bytes = Vec::with_capacity(STAMP_BYTES + 1 + text.len());
    bytes.extend_from_slice(&stamped.hlc.to_bits().to_be_bytes());
    bytes.extend_from_slice(stamped.origin.as_bytes());
    bytes.push(if stamped.value.is_some() { PRESENT } else { CLEARED });
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// `None` for bytes that [`encode`] never wrote.
pub(super) fn decode(bytes: &[u8]) -> Option<Stamped> {
    let (hlc, rest) = bytes.split_first_chunk()?;
    let (origin, rest) = rest.split_first_chunk::<16>()?;
    let value = match rest.split_first()? {
        (&CLEARED, []) => None,
        (&PRESENT, text) => Some(str::from_utf8(text).ok()?.to_owned()),
        _ => return None,
    };
    Some(Stamped { hlc: Hlc::from_bits(u64::from_be_bytes(*hlc)), origin: Origin::from(*origin), value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_stamped_value_survives_its_bytes(
            hlc in any::<u64>(), origin in any::<[u8; 16]>(), value in any::<Option<String>>()
        ) {
            let stamped = Stamped { hlc: Hlc::from_bits(hlc), origin: Origin::from(origin), value };
            prop_assert_eq!(decode(&encode(&stamped)), Some(stamped));
        }

        #[test]
        fn arbitrary_bytes_are_skipped_or_say_one_thing(bytes in any::<Vec<u8>>()) {
            if let Some(stamped) = decode(&bytes) {
                prop_assert_eq!(encode(&stamped), bytes);
            }
        }
    }
}
