//! Commands that a printer obeys on arrival, wherever they stand.

/// A command that does not wait its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RealTime {
    Status(u8),
    Recover,
    Kick,
    Clear,
}

const CLEAR: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/// The command that the last byte of `tail` completes, and its length.
pub(super) fn completed(tail: &[u8]) -> Option<(RealTime, usize)> {
    match *tail {
        [.., 0x10, 0x04, n @ 1..=4] => Some((RealTime::Status(n), 3)),
        [.., 0x10, 0x05, 1..=2] => Some((RealTime::Recover, 3)),
        [.., 0x10, 0x14, 0x01, 0..=1, 1..=8] => Some((RealTime::Kick, 5)),
        _ if tail.ends_with(&CLEAR) => Some((RealTime::Clear, CLEAR.len())),
        _ => None,
    }
}

/// The longest command: so many bytes must be looked back at.
pub(super) const LENGTH_MAX: usize = CLEAR.len();

/// Whether `front` may still become a real-time command, and so must not be processed yet.
pub(super) fn may_become(front: &[u8]) -> bool {
    let fits = |whole: &[u8]| front.len() < whole.len() && whole.starts_with(front);
    fits(&CLEAR) || matches!(front, [0x10, 0x04 | 0x05] | [0x10, 0x14, 0x01] | [0x10, 0x14, 0x01, 0..=1])
}
