use serde::{Deserialize, Serialize};

use super::Grade;
use crate::profile::{BackChannel, Dialect, Profile};

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
    /// What it is asked in.
    pub dialect: Dialect,
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
    /// What a profile declares. Star's language has no answer to clearing.
    pub fn of(profile: &Profile) -> Self {
        let declared = Self { dialect: profile.dialect, ..Self::declared(profile.back_channel) };
        match profile.dialect {
            Dialect::EscPos => declared,
            Dialect::StarPrnt => Self { clears: Known::No, ..declared },
        }
    }

    /// What a printer that speaks ESC/POS declares.
    pub fn declared(back_channel: BackChannel) -> Self {
        use Known::{No, Unknown, Yes};
        let [status, auto_status, processed, printed, clears] = match back_channel {
            BackChannel::Probe => [Unknown; 5],
            BackChannel::Full => [Yes; 5],
            BackChannel::Basic => [Yes, Unknown, Yes, No, Unknown],
            BackChannel::Mute => [No; 5],
        };
        Self { dialect: Dialect::EscPos, status, auto_status, processed, printed, clears }
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
