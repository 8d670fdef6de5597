use super::{Health, Refusal};
use crate::decode::AutoStatus;

/// The printer's state, as far as it last said.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one bit that the printer sends, and they are independent"
)]
pub(super) struct Conditions {
    is_offline: bool,
    /// `None` until it was said.
    pub(super) is_drawer_high: Option<bool>,
    is_cover_open: bool,
    is_paper_low: bool,
    is_paper_out: bool,
    has_error: bool,
    /// The cutter: `DLE ENQ 2` frees it once its cause is gone.
    pub(super) is_recoverable: bool,
}

impl Conditions {
    /// Reads the answer to `DLE EOT n`.
    pub(super) fn read_status(&mut self, n: u8, byte: u8) {
        match n {
            1 => {
                self.is_offline = byte & 0x08 != 0;
                self.is_drawer_high = Some(byte & 0x04 != 0);
            }
            2 => self.is_cover_open = byte & 0x04 != 0,
            3 => {
                self.has_error = byte & 0x68 != 0;
                self.is_recoverable = byte & 0x08 != 0;
            }
            _ => {
                self.is_paper_low = byte & 0x0c != 0;
                self.is_paper_out = byte & 0x60 != 0;
            }
        }
    }

    pub(super) fn read_auto(&mut self, status: AutoStatus) {
        self.is_drawer_high = Some(status.is_drawer_high());
        self.is_offline = status.is_offline();
        self.is_cover_open = status.is_cover_open();
        self.is_paper_low = status.is_paper_low();
        self.is_paper_out = status.is_paper_out();
        self.has_error = status.has_error();
    }

    pub(super) fn has_error(self) -> bool {
        self.has_error
    }

    pub(super) fn health(self) -> Health {
        match self.refusal() {
            Some(Refusal::CoverOpen) => Health::CoverOpen,
            Some(Refusal::PaperOut) => Health::PaperOut,
            Some(_) => Health::Error,
            None if self.is_paper_low => Health::PaperLow,
            None => Health::Ready,
        }
    }

    /// Why it would not print now.
    pub(super) fn refusal(self) -> Option<Refusal> {
        if self.has_error {
            Some(Refusal::Error)
        } else if self.is_cover_open {
            Some(Refusal::CoverOpen)
        } else if self.is_paper_out {
            Some(Refusal::PaperOut)
        } else if self.is_offline {
            Some(Refusal::Error)
        } else {
            None
        }
    }
}
