//! What printers say, cut into replies.
//!
//! The classes of first bytes are disjoint (Epson's ESC/POS reference, "how to tell replies apart"), so a reply is known
//! without remembering the question; what a status byte is about, only the asker knows.

mod star;

use crate::profile::Dialect;
use star::StarDecoder;

/// Bytes kept of one block: real ones have at most some dozens.
const BLOCK_BYTES_MAX: usize = 256;

/// One reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Answers `DLE EOT n`.
    Status(u8),
    /// Automatic status (ASB).
    Auto(AutoStatus),
    /// Answers `GS r`: everything before it was processed.
    Processed(u8),
    /// `37 22 d1 d2 d3 d4 00`: everything before this process id is on paper.
    Printed(crate::session::ProcessId),
    /// Star's `ESC GS ETX 1`: everything before the one with this id is on paper.
    Counted(u16),
    /// `37 25 00`: the buffers are empty.
    Cleared,
    /// `3B 31 00`: the printer was switched on, its buffer was lost.
    PowerCycled,
    /// `5F ... 00`: what `GS I` asked for, a maker, a model or a number.
    Named(String),
    /// `11`: go on.
    Resume,
    /// `13`: do not send.
    Pause,
    /// A block that nobody here asked for.
    Unknown,
}

/// The four bytes of ASB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoStatus(pub [u8; 4]);

/// Cuts bytes into replies, however they are split; keeps at most one incomplete reply.
#[derive(Debug)]
pub struct Decoder(Inner);

#[derive(Debug)]
enum Inner {
    EscPos(EscPosDecoder),
    Star(StarDecoder),
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(Dialect::EscPos)
    }
}

impl Decoder {
    /// For what a printer says that is written to in `dialect`.
    pub fn new(dialect: Dialect) -> Self {
        Self(match dialect {
            Dialect::EscPos => Inner::EscPos(EscPosDecoder::default()),
            Dialect::StarPrnt => Inner::Star(StarDecoder::default()),
        })
    }

    /// The replies that `bytes` complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Reply> {
        let push = |byte: &u8| match &mut self.0 {
            Inner::EscPos(decoder) => decoder.push_byte(*byte),
            Inner::Star(decoder) => decoder.push_byte(*byte),
        };
        bytes.iter().filter_map(push).collect()
    }
}

#[derive(Debug, Default)]
struct EscPosDecoder {
    partial: Partial,
}

#[derive(Debug, Default)]
enum Partial {
    #[default]
    None,
    Block(Vec<u8>),
    Auto {
        bytes: [u8; 4],
        filled: usize,
    },
}

impl EscPosDecoder {
    fn push_byte(&mut self, byte: u8) -> Option<Reply> {
        match std::mem::take(&mut self.partial) {
            Partial::None => self.first(byte),
            Partial::Block(block) => self.in_block(block, byte),
            Partial::Auto { mut bytes, filled } => {
                bytes[filled] = byte;
                if filled == 3 {
                    return Some(Reply::Auto(AutoStatus(bytes)));
                }
                self.partial = Partial::Auto { bytes, filled: filled + 1 };
                None
            }
        }
    }

    fn first(&mut self, byte: u8) -> Option<Reply> {
        match byte {
            0x35 | 0x37 | 0x3b | 0x3d | 0x5f => self.partial = Partial::Block(vec![byte]),
            0x11 => return Some(Reply::Resume),
            0x13 => return Some(Reply::Pause),
            _ if byte & 0x93 == 0x12 => return Some(Reply::Status(byte)),
            _ if byte & 0x93 == 0x10 => self.partial = Partial::Auto { bytes: [byte, 0, 0, 0], filled: 1 },
            _ if byte & 0x90 == 0x00 => return Some(Reply::Processed(byte)),
            _ => {}
        }
        None
    }

    fn in_block(&mut self, mut block: Vec<u8>, byte: u8) -> Option<Reply> {
        if byte == 0 {
            return Some(read_block(&block));
        }
        if block.len() < BLOCK_BYTES_MAX {
            block.push(byte);
        }
        self.partial = Partial::Block(block);
        None
    }
}

fn read_block(block: &[u8]) -> Reply {
    match *block {
        [0x37, 0x22, a, b, c, d] => {
            crate::session::ProcessId::from_wire([a, b, c, d]).map_or(Reply::Unknown, Reply::Printed)
        }
        [0x37, 0x25] => Reply::Cleared,
        [0x3b, 0x31] => Reply::PowerCycled,
        [0x5f, ref name @ ..] => Reply::Named(String::from_utf8_lossy(name).trim().to_owned()),
        _ => Reply::Unknown,
    }
}

impl AutoStatus {
    /// What the drawer's switch says: high, which is open or closed by the drawer's make.
    pub fn is_drawer_high(self) -> bool {
        self.0[0] & 0x04 != 0
    }

    /// The cover is open.
    pub fn is_cover_open(self) -> bool {
        self.0[0] & 0x20 != 0
    }

    /// Not printing, for whatever reason.
    pub fn is_offline(self) -> bool {
        self.0[0] & 0x08 != 0
    }

    /// The cutter or something worse.
    pub fn has_error(self) -> bool {
        self.0[1] & 0x28 != 0
    }

    /// The roll is nearly used up.
    pub fn is_paper_low(self) -> bool {
        self.0[2] & 0x03 != 0
    }

    /// The roll is used up.
    pub fn is_paper_out(self) -> bool {
        self.0[2] & 0x0c != 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::session::ProcessId;

    #[test]
    fn every_class_is_told_apart_in_one_stream() {
        let stream = [
            &[0x12, 0x1e][..],
            &[0x10, 0x00, 0x0f, 0x0f],
            &[0x00, 0x0c, 0x11, 0x13],
            &[0x37, 0x22, 0x20, 0x20, 0x20, 0x21, 0x00],
            &[0x37, 0x25, 0x00, 0x3b, 0x31, 0x00, 0x5f, b'T', b'M', 0x00],
        ]
        .concat();
        let expected = [
            Reply::Status(0x12),
            Reply::Status(0x1e),
            Reply::Auto(AutoStatus([0x10, 0, 0x0f, 0x0f])),
            Reply::Processed(0),
            Reply::Processed(0x0c),
            Reply::Resume,
            Reply::Pause,
            Reply::Printed(ProcessId::new(1)),
            Reply::Cleared,
            Reply::PowerCycled,
            Reply::Named("TM".into()),
        ];
        assert_eq!(Decoder::default().push(&stream), expected);
        let mut slow = Decoder::default();
        let one_by_one: Vec<Reply> = stream.iter().flat_map(|byte| slow.push(&[*byte])).collect();
        assert_eq!(one_by_one, expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived_in_bounded_memory(chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..400), 0..8)) {
            let mut decoder = EscPosDecoder::default();
            for chunk in chunks {
                let replies = chunk.iter().filter_map(|byte| decoder.push_byte(*byte)).count();
                prop_assert!(replies <= chunk.len());
                if let Partial::Block(block) = &decoder.partial {
                    prop_assert!(block.len() <= BLOCK_BYTES_MAX);
                }
            }
        }

        #[test]
        fn how_bytes_are_split_changes_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..200) {
            let whole = Decoder::default().push(&bytes);
            let (left, right) = bytes.split_at(at.min(bytes.len()));
            let mut decoder = Decoder::default();
            let mut split = decoder.push(left);
            split.extend(decoder.push(right));
            prop_assert_eq!(whole, split);
        }
    }
}
