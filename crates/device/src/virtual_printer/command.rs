//! ESC/POS from the front of a buffer, one command at a time.

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Byte(u8),
    LineFeed,
    Reset,
    Bold(bool),
    Underline(bool),
    Inverse(bool),
    /// Width and height, from 1.
    Size(u8, u8),
    Align(u8),
    CodeTable(u8),
    FeedLines(u8),
    FeedDots(u8),
    Cut {
        feeds: bool,
    },
    Kick,
    AutoStatus(u8),
    AskProcessed(u8),
    AskName(u8),
    AskPrinted([u8; 4]),
    /// Star's print-end counter: 0 tells it, 1 counts and tells it, 2 clears it.
    Counter {
        action: u8,
        id: [u8; 2],
    },
    RealTime {
        function: u8,
        is_on: bool,
    },
    Picture {
        bytes_across: usize,
        across: u8,
        down: u8,
        data: Vec<u8>,
    },
    QrStore(Vec<u8>),
    QrModule(u8),
    QrPrint,
    /// Known to have this length, and no effect here.
    Ignored,
}

/// The command at the front and its length; `None` when it is not complete.
pub(super) fn parse(bytes: &[u8]) -> Option<(Command, usize)> {
    match *bytes.first()? {
        0x0a => Some((Command::LineFeed, 1)),
        0x10 => Some((Command::Ignored, if bytes.len() < 2 { return None } else { 1 })),
        0x1b => parse_esc(bytes),
        0x1c => parse_fs(bytes),
        0x1d => parse_gs(bytes),
        byte if byte >= 0x20 => Some((Command::Byte(byte), 1)),
        _ => Some((Command::Ignored, 1)),
    }
}

fn parse_esc(bytes: &[u8]) -> Option<(Command, usize)> {
    let n = || bytes.get(2).copied();
    let command = match *bytes.get(1)? {
        b'@' => return Some((Command::Reset, 2)),
        b'2' | b'<' | b'L' | b'S' | 0x0c => return Some((Command::Ignored, 2)),
        b'p' => return (bytes.len() >= 5).then_some((Command::Kick, 5)),
        b'$' | b'\\' | b'c' => return (bytes.len() >= 4).then_some((Command::Ignored, 4)),
        b'D' => return bytes.iter().position(|byte| *byte == 0).map(|at| (Command::Ignored, at + 1)),
        b'*' => return parse_bit_image(bytes),
        b'i' | b'm' => return Some((Command::Cut { feeds: false }, 2)),
        b'E' | b'G' => Command::Bold(n()? & 1 == 1),
        b'-' => Command::Underline(n()? & 3 != 0),
        b'a' => Command::Align(n()? & 3),
        b't' => Command::CodeTable(n()?),
        b'd' => Command::FeedLines(n()?),
        b'J' => Command::FeedDots(n()?),
        b'!' => {
            let mode = n()?;
            return Some((Command::Size(1 + (mode >> 5 & 1), 1 + (mode >> 4 & 1)), 3));
        }
        _ => {
            n()?;
            Command::Ignored
        }
    };
    n().map(|_| (command, 3))
}

/// `ESC *`: columns of dots; taken out, not drawn.
fn parse_bit_image(bytes: &[u8]) -> Option<(Command, usize)> {
    let [mode, low, high] = *bytes.get(2..5)? else { return None };
    let columns = usize::from(low) + 256 * usize::from(high);
    let length = 5 + columns * if mode >= 32 { 3 } else { 1 };
    (bytes.len() >= length).then_some((Command::Ignored, length))
}

fn parse_fs(bytes: &[u8]) -> Option<(Command, usize)> {
    match *bytes.get(1)? {
        b'&' | b'.' => Some((Command::Ignored, 2)),
        b'(' => parse_parameters(bytes).map(|(_, length)| (Command::Ignored, length)),
        b'p' => (bytes.len() >= 4).then_some((Command::Ignored, 4)),
        _ => (bytes.len() >= 3).then_some((Command::Ignored, 3)),
    }
}

fn parse_gs(bytes: &[u8]) -> Option<(Command, usize)> {
    let n = || bytes.get(2).copied();
    let command = match *bytes.get(1)? {
        b'(' => {
            let (parameters, length) = parse_parameters(bytes)?;
            return Some((extended(bytes[2], parameters), length));
        }
        b'v' => return parse_raster(bytes),
        b'k' => return parse_barcode(bytes),
        b'V' => {
            return match n()? {
                65 | 66 | 97 | 98 | 103 | 104 => {
                    (bytes.len() >= 4).then_some((Command::Cut { feeds: true }, 4))
                }
                _ => Some((Command::Cut { feeds: false }, 3)),
            };
        }
        b'L' | b'W' | b'$' | b'\\' | b'P' => return (bytes.len() >= 4).then_some((Command::Ignored, 4)),
        b'!' => {
            let size = n()?;
            Command::Size(1 + (size >> 4 & 7), 1 + (size & 7))
        }
        b'B' => Command::Inverse(n()? & 1 == 1),
        b'a' => Command::AutoStatus(n()?),
        b'r' => Command::AskProcessed(n()?),
        b'I' => Command::AskName(n()?),
        _ => Command::Ignored,
    };
    n().map(|_| (command, 3))
}

/// `GS ( x pL pH` and as many bytes as `p` says.
fn parse_parameters(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let [low, high] = *bytes.get(3..5)? else { return None };
    let length = 5 + usize::from(low) + 256 * usize::from(high);
    bytes.get(5..length).map(|parameters| (parameters, length))
}

fn extended(letter: u8, parameters: &[u8]) -> Command {
    match (letter, parameters) {
        (b'H', [0x30, 0x30, a, b, c, d]) => Command::AskPrinted([*a, *b, *c, *d]),
        (b'D', [0x14, function, state, ..]) => Command::RealTime { function: *function, is_on: *state == 1 },
        (b'k', [0x31, 0x43, size]) => Command::QrModule(*size),
        (b'k', [0x31, 0x50, 0x30, data @ ..]) => Command::QrStore(data.to_vec()),
        (b'k', [0x31, 0x51, 0x30]) => Command::QrPrint,
        _ => Command::Ignored,
    }
}

/// `GS v 0 m xL xH yL yH` and `x * y` bytes.
fn parse_raster(bytes: &[u8]) -> Option<(Command, usize)> {
    let [mode, x_low, x_high, y_low, y_high] = *bytes.get(3..8)? else { return None };
    let bytes_across = usize::from(x_low) + 256 * usize::from(x_high);
    let rows = usize::from(y_low) + 256 * usize::from(y_high);
    let length = 8 + bytes_across * rows;
    let data = bytes.get(8..length)?.to_vec();
    let (across, down) = (1 + (mode & 1), 1 + (mode >> 1 & 1));
    Some((Command::Picture { bytes_across, across, down, data }, length))
}

/// `GS k`: taken out, not drawn.
fn parse_barcode(bytes: &[u8]) -> Option<(Command, usize)> {
    let length = match *bytes.get(2)? {
        0..=6 => 1 + bytes.iter().skip(3).position(|byte| *byte == 0)? + 3,
        _ => 4 + usize::from(*bytes.get(3)?),
    };
    (bytes.len() >= length).then_some((Command::Ignored, length))
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
