//! `StarPRNT` from the front of a buffer, one command at a time.

use super::command::Command;

/// The command at the front and its length; `None` when it is not complete.
pub(super) fn parse(bytes: &[u8]) -> Option<(Command, usize)> {
    match *bytes.first()? {
        0x0a => Some((Command::LineFeed, 1)),
        0x07 | 0x1a | 0x1c => Some((Command::Kick, 1)),
        0x1b => parse_esc(bytes),
        byte if byte >= 0x20 => Some((Command::Byte(byte), 1)),
        _ => Some((Command::Ignored, 1)),
    }
}

fn parse_esc(bytes: &[u8]) -> Option<(Command, usize)> {
    let n = |at: usize| bytes.get(at).copied();
    Some(match n(1)? {
        b'@' => (Command::Reset, 2),
        b'E' => (Command::Bold(true), 2),
        b'F' => (Command::Bold(false), 2),
        b'4' => (Command::Inverse(true), 2),
        b'5' => (Command::Inverse(false), 2),
        b'i' => (Command::Size(1 + (n(3)? & 7), 1 + (n(2)? & 7)), 4),
        b'a' => (Command::FeedLines(n(2)?), 3),
        b'd' => (Command::Cut { feeds: n(2)? >= 2 }, 3),
        0x07 => (Command::Ignored, n(3).map(|_| 4)?),
        0x1e => (Command::Ignored, n(3).map(|_| 4)?),
        0x1d => return parse_esc_gs(bytes),
        _ => (Command::Ignored, n(2).map(|_| 3)?),
    })
}

fn parse_esc_gs(bytes: &[u8]) -> Option<(Command, usize)> {
    let n = |at: usize| bytes.get(at).copied();
    match n(2)? {
        0x03 => Some((Command::Counter { action: n(3)?, id: [n(4)?, n(5)?] }, 6)),
        b't' => Some((Command::CodeTable(if n(3)? == 32 { 16 } else { 19 }), 4)),
        b'a' => Some((Command::Align(n(3)? & 3), 4)),
        b'S' => parse_raster(bytes),
        _ => n(3).map(|_| (Command::Ignored, 4)),
    }
}

/// `ESC GS S m xL xH yL yH n` and `x * y` bytes.
fn parse_raster(bytes: &[u8]) -> Option<(Command, usize)> {
    let [_, x_low, x_high, y_low, y_high, _] = *bytes.get(3..9)? else { return None };
    let bytes_across = usize::from(x_low) + 256 * usize::from(x_high);
    let length = 9 + bytes_across * (usize::from(y_low) + 256 * usize::from(y_high));
    let data = bytes.get(9..length)?.to_vec();
    Some((Command::Picture { bytes_across, across: 1, down: 1, data }, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_eaten_piece_by_piece(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            let mut rest = &bytes[..];
            while let Some((_, length)) = parse(rest) {
                prop_assert!(length > 0 && length <= rest.len());
                rest = &rest[length..];
            }
        }
    }
}
