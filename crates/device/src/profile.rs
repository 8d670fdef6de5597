//! What a model of printer can do, by name.

use serde::{Deserialize, Serialize};

/// The one code page a profile pins: clones number the others differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePage {
    /// CP858: western Europe with the euro, `ESC t 19`.
    Cp858,
    /// Windows-1252, `ESC t 16`.
    Cp1252,
}

/// What a printer says back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackChannel {
    /// Unknown: ask at the first job.
    Probe,
    /// Status, processed, and printed (process ids).
    Full,
    /// Status and processed.
    Basic,
    /// Nothing: jobs end as spooled.
    Mute,
}

/// How to write for one model of printer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name, as settings store it.
    pub name: String,
    /// Characters of font A on a line.
    pub columns: u16,
    /// Dots on a line.
    pub width_dots: u16,
    /// For text; everything else is drawn.
    pub code_page: CodePage,
    /// Cuts by itself.
    pub has_cutter: bool,
    /// Has a drawer connector.
    pub has_drawer: bool,
    /// What it says back.
    pub back_channel: BackChannel,
}

/// All names [`profile`] knows.
pub const PROFILES: [&str; 6] = ["default", "cp1252", "58mm", "42-columns", "basic", "mute"];

/// The profile called `name`; `None` when there is none.
///
/// `default` is an 80 mm printer at 203 dpi that is asked what it can do.
pub fn profile(name: &str) -> Option<Profile> {
    let base = Profile {
        name: name.to_owned(),
        columns: 48,
        width_dots: 576,
        code_page: CodePage::Cp858,
        has_cutter: true,
        has_drawer: true,
        back_channel: BackChannel::Probe,
    };
    match name {
        "default" => Some(base),
        "cp1252" => Some(Profile { code_page: CodePage::Cp1252, ..base }),
        "58mm" => Some(Profile { columns: 32, width_dots: 384, has_cutter: false, ..base }),
        "42-columns" => Some(Profile { columns: 42, width_dots: 512, ..base }),
        "basic" => Some(Profile { back_channel: BackChannel::Basic, ..base }),
        "mute" => Some(Profile { back_channel: BackChannel::Mute, ..base }),
        _ => None,
    }
}

impl Default for Profile {
    fn default() -> Self {
        profile("default").expect("`default` is one of the names")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_profile_and_its_columns_fit_its_dots() {
        for name in PROFILES {
            let found = profile(name).unwrap();
            assert_eq!(found.name, name);
            assert!(found.columns * 12 <= found.width_dots, "{name}");
            assert_eq!(found.width_dots % 8, 0, "{name}");
        }
        assert_eq!(profile("no such"), None);
    }
}
