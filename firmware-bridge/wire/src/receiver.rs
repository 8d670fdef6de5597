//! Bytes of a line, cut into frames.

use crate::{Frame, PACKET_BYTES_MAX};

/// What came and is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// Bytes were lost or changed, or it never was a frame.
    Garbled,
    /// A frame of that version of the protocol.
    Version(u8),
    /// A whole frame, with something in it that this version does not know.
    Unknown,
}

/// Cuts bytes into frames, however they are split.
#[derive(Debug)]
pub struct Receiver {
    bytes: [u8; PACKET_BYTES_MAX],
    length: usize,
    /// More came than any frame has: nothing counts until the next zero.
    is_too_long: bool,
}

impl Default for Receiver {
    fn default() -> Self {
        Self { bytes: [0; PACKET_BYTES_MAX], length: 0, is_too_long: false }
    }
}

impl Receiver {
    /// Takes one byte; the frame that it ends, or what was none.
    pub fn push(&mut self, byte: u8) -> Option<Result<Frame, Noise>> {
        if byte != 0 {
            match self.bytes.get_mut(self.length) {
                Some(free) => {
                    *free = byte;
                    self.length += 1;
                }
                None => self.is_too_long = true,
            }
            return None;
        }
        let (length, is_too_long) = (self.length, self.is_too_long);
        (self.length, self.is_too_long) = (0, false);
        match (length, is_too_long) {
            (0, _) => None,
            (_, true) => Some(Err(Noise::Garbled)),
            (_, false) => Some(Frame::read(&mut self.bytes[..length])),
        }
    }
}
