use serde::{Deserialize, Serialize};

use super::Grade;
use crate::profile::BackChannel;

/// Whether a printer can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// To be found out at the next job.
    #[default]
    Unknown,
    /// It did.
    Yes,
    /// It did not when it should have.
    No,
}

/// What a printer says back, as declared or found out. Worth keeping: a printer that once answered and is now silent is
/// broken, not mute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Abilities {
    /// `DLE EOT`.
    pub status: Known,
    /// `GS a`.
    pub auto_status: Known,
    /// `GS r`.
    pub processed: Known,
    /// `GS ( H`.
    pub printed: Known,
    /// `DLE DC4 8`.
    pub clears: Known,
}

impl Abilities {
    /// What a profile declares.
    pub fn declared(back_channel: BackChannel) -> Self {
        use Known::{No, Unknown, Yes};
        match back_channel {
            BackChannel::Probe => Self::default(),
            BackChannel::Full => {
                Self { status: Yes, auto_status: Yes, processed: Yes, printed: Yes, clears: Yes }
            }
            BackChannel::Basic => {
                Self { status: Yes, auto_status: Unknown, processed: Yes, printed: No, clears: Unknown }
            }
            BackChannel::Mute => Self { status: No, auto_status: No, processed: No, printed: No, clears: No },
        }
    }

    /// The best proof it can give.
    pub fn grade(self) -> Grade {
        match (self.printed, self.processed) {
            (Known::Yes, _) => Grade::A,
            (_, Known::Yes) => Grade::B,
            (Known::Unknown | Known::No, Known::Unknown | Known::No) => Grade::C,
        }
    }
}
