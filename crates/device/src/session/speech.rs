//! The questions of a session, in the printer's language.

use super::ProcessId;
use crate::profile::Dialect;

impl Dialect {
    /// How many questions its whole status takes.
    pub(super) fn status_questions(self) -> u8 {
        match self {
            Self::EscPos => 4,
            Self::StarPrnt => 1,
        }
    }

    /// `DLE EOT n`; `ESC ACK SOH`, which is answered with all of it.
    pub(super) fn ask_status(self, n: u8) -> Vec<u8> {
        match self {
            Self::EscPos => vec![0x10, 0x04, n],
            Self::StarPrnt => vec![0x1b, 0x06, 0x01],
        }
    }

    /// `ESC @`, which turns automatic status off, and `GS a`, which turns all of it on; `ESC @`, and `ESC RS a 0`, because a
    /// printer that tells by itself must not be asked.
    pub(super) fn wake(self) -> Vec<u8> {
        match self {
            Self::EscPos => vec![0x1b, 0x40, 0x1d, 0x61, 0x0f],
            Self::StarPrnt => vec![0x1b, 0x40, 0x1b, 0x1e, 0x61, 0x00],
        }
    }

    /// `GS r 1`; `ESC GS ETX 0`, answered in its turn without waiting for paper.
    pub(super) fn ask_processed(self) -> Vec<u8> {
        match self {
            Self::EscPos => vec![0x1d, 0x72, 0x01],
            Self::StarPrnt => vec![0x1b, 0x1d, 0x03, 0x00, 0x00, 0x00],
        }
    }

    /// `GS ( H` 48; `ESC GS ETX 1`, answered when printing has ended, with the id.
    pub(super) fn ask_printed(self, id: ProcessId) -> Vec<u8> {
        match self {
            Self::EscPos => {
                let [a, b, c, d] = id.to_wire();
                vec![0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, a, b, c, d]
            }
            Self::StarPrnt => {
                let [low, high] = id.short().to_le_bytes();
                vec![0x1b, 0x1d, 0x03, 0x01, low, high]
            }
        }
    }
}
