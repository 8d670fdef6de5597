//! The outside of Automerge's storage format: 4 magic bytes, 4 of checksum, the kind, a LEB128 length, the content.
//!
//! Automerge loads no bytes at all as an empty document, and whatever follows the first chunk unchecked. Here
//! bytes are exactly one chunk of the expected kind.

use std::ops::Range;

const CHECKSUM: Range<usize> = 4..8;
const KIND_AT: usize = CHECKSUM.end;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(super) enum Kind {
    Document = 0,
    /// Raw. A compressed one could unpack to any size.
    Change = 1,
}

/// True when `bytes` are one chunk of `kind` and nothing else.
pub(super) fn is_one(kind: Kind, bytes: &[u8]) -> bool {
    let Some((_, [found, rest @ ..])) = bytes.split_at_checked(KIND_AT) else { return false };
    *found == kind as u8 && content_length(rest).is_some_and(|(length, content)| length == content.len())
}

/// True when the checksum in `bytes` is the beginning of `hash`, as it must be.
pub(super) fn has_checksum(hash: [u8; 32], bytes: &[u8]) -> bool {
    bytes.get(CHECKSUM) == hash.get(..CHECKSUM.len())
}

fn content_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut length = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(u64::BITS as usize / 7) {
        length |= u64::from(byte & 0x7f) << (at * 7);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(length).ok()?, &bytes[at + 1..]));
        }
    }
    None
}
