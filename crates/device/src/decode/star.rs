//! What Star's printers say, cut into replies (`StarPRNT` Command Specifications, appendix "ASB status").

use super::{AutoStatus, Reply};

/// `ESC GS ETX s n1 n2`, the counter, and a zero.
const ECHO_BYTES: usize = 8;
/// A status says how long it is; a shorter one says too little.
const STATUS_BYTES_MIN: usize = 6;

/// Cuts bytes into replies, however they are split; keeps at most one incomplete reply.
#[derive(Debug, Default)]
pub(super) struct StarDecoder {
    partial: Vec<u8>,
}

impl StarDecoder {
    pub(super) fn push_byte(&mut self, byte: u8) -> Option<Reply> {
        if self.partial.is_empty() && length(byte).is_none() {
            return match byte {
                0x11 => Some(Reply::Resume),
                0x13 => Some(Reply::Pause),
                _ => None,
            };
        }
        self.partial.push(byte);
        if self.partial.len() < length(self.partial[0]).unwrap_or(0) {
            return None;
        }
        let whole = std::mem::take(&mut self.partial);
        match *whole {
            [0x1b, 0x1d, 0x03, 0, ..] => Some(Reply::Processed(0)),
            [0x1b, 0x1d, 0x03, 1, low, high, ..] => Some(Reply::Counted(u16::from_le_bytes([low, high]))),
            [0x1b, ..] => Some(Reply::Unknown),
            _ => Some(Reply::Auto(status(&whole))),
        }
    }
}

/// By its first byte: an echo, or header 1 of a status, whose bits 1 to 3, 5 and 6 count its bytes.
fn length(first: u8) -> Option<usize> {
    if first == 0x1b {
        return Some(ECHO_BYTES);
    }
    let is_header = first & 0x91 == 0x01;
    let count = usize::from(first >> 1 & 0x07 | first >> 2 & 0x18);
    (is_header && count >= STATUS_BYTES_MIN).then_some(count)
}

/// In the terms of the other language.
fn status(bytes: &[u8]) -> AutoStatus {
    let is = |at: usize, bits: u8| bytes.get(at).is_some_and(|byte| byte & bits != 0);
    let flag = |is_set: bool, bits: u8| if is_set { bits } else { 0 };
    let first = 0x10 | flag(is(2, 0x04), 0x04) | flag(is(2, 0x08), 0x08) | flag(is(2, 0x20), 0x20);
    let second = flag(is(3, 0x0c), 0x08) | flag(is(3, 0x20), 0x20);
    let third = flag(is(5, 0x06), 0x03) | flag(is(5, 0x08), 0x0c);
    AutoStatus([first, second, third, 0x0f])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn replies(bytes: &[u8]) -> Vec<Reply> {
        let mut decoder = StarDecoder::default();
        bytes.iter().filter_map(|byte| decoder.push_byte(*byte)).collect()
    }

    #[test]
    fn statuses_and_echoes_are_told_apart_in_one_stream() {
        let stream = [
            &[0x23, 0x86, 0, 0, 0, 0, 0, 0, 0][..],
            &[0x1b, 0x1d, 0x03, 0, 0x07, 0x01, 0x05, 0],
            &[0x13, 0x11, 0x1b, 0x1d, 0x03, 1, 0x07, 0x01, 0x06, 0],
            &[0x0f, 0x86, 0x28, 0, 0, 0x0c, 0],
        ]
        .concat();
        let expected = [
            Reply::Auto(AutoStatus([0x10, 0, 0, 0x0f])),
            Reply::Processed(0),
            Reply::Pause,
            Reply::Resume,
            Reply::Counted(0x0107),
            Reply::Auto(AutoStatus([0x38, 0, 0x0f, 0x0f])),
        ];
        assert_eq!(replies(&stream), expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived_in_bounded_memory(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut decoder = StarDecoder::default();
            for byte in bytes {
                decoder.push_byte(byte);
                prop_assert!(decoder.partial.len() < 32);
            }
        }
    }
}
