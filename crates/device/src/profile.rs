//! What a kind of printer can do, by name: a table in `assets/profiles.toml`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The one code page a profile pins: clones number the others differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePage {
    /// CP858: western Europe with the euro, mostly `ESC t 19`.
    Cp858,
    /// Windows-1252, mostly `ESC t 16`.
    Cp1252,
}

/// The language that a printer is written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Epson's ESC/POS, which most others understand.
    #[default]
    EscPos,
    /// Star's `StarPRNT` line mode.
    StarPrnt,
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

/// How to write for one kind of printer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name, as settings store it.
    pub name: String,
    /// What it is written to in.
    #[serde(default, rename = "language")]
    pub dialect: Dialect,
    /// Characters of font A on a line.
    pub columns: u16,
    /// Dots on a line.
    #[serde(rename = "dots")]
    pub width_dots: u16,
    /// For text; everything else is drawn.
    pub code_page: CodePage,
    /// The number of that page on this kind of printer.
    pub table: u8,
    /// Cuts by itself.
    #[serde(rename = "cutter")]
    pub has_cutter: bool,
    /// Has a drawer connector.
    #[serde(rename = "drawer")]
    pub has_drawer: bool,
    /// What it says back.
    pub back_channel: BackChannel,
    /// How models begin that are of this kind.
    #[serde(default)]
    pub models: Vec<String>,
}

#[derive(Deserialize)]
struct Table {
    profile: Vec<Profile>,
}

/// All profiles, from `assets/profiles.toml`; `default` is the first.
pub fn profiles() -> &'static [Profile] {
    static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
        let table: Table =
            toml::from_str(include_str!("../assets/profiles.toml")).expect("the embedded table is one");
        table.profile
    });
    &PROFILES
}

/// The profile called `name`; `None` when there is none.
///
/// `default` is an 80 mm printer at 203 dpi that is asked what it can do.
pub fn profile(name: &str) -> Option<Profile> {
    profiles().iter().find(|profile| profile.name == name).cloned()
}

/// The profile of printers that say they are a `model`; the longest beginning that fits decides.
pub fn profile_of_model(model: &str) -> Option<&'static Profile> {
    let fit = |profile: &'static Profile| {
        let fits = profile.models.iter().filter(|start| model.starts_with(start.as_str()));
        fits.map(String::len).max().map(|length| (length, profile))
    };
    profiles().iter().filter_map(fit).max_by_key(|(length, _)| *length).map(|(_, profile)| profile)
}

impl Profile {
    /// The same printer, written to in `dialect`.
    #[must_use]
    pub fn speaking(&self, dialect: Dialect) -> Self {
        let table = match (dialect, self.code_page) {
            _ if dialect == self.dialect => self.table,
            (Dialect::EscPos, CodePage::Cp858) => 19,
            (Dialect::EscPos, CodePage::Cp1252) => 16,
            (Dialect::StarPrnt, CodePage::Cp858) => 4,
            (Dialect::StarPrnt, CodePage::Cp1252) => 32,
        };
        Self { dialect, table, ..self.clone() }
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
    fn the_columns_of_every_profile_fit_its_dots_and_no_name_is_there_twice() {
        for profile in profiles() {
            assert!(profile.columns * 12 <= profile.width_dots, "{}", profile.name);
            assert_eq!(profile.width_dots % 8, 0, "{}", profile.name);
            assert_eq!(profiles().iter().filter(|other| other.name == profile.name).count(), 1);
        }
        assert_eq!(profiles()[0], Profile::default());
        assert_eq!(profile("no such"), None);
    }

    #[test]
    fn a_model_chooses_its_profile() {
        let name = |model: &str| profile_of_model(model).map(|profile| profile.name.as_str());
        assert_eq!(name("TM-T88VI"), Some("42-columns"));
        assert_eq!(name("TM-m30III"), Some("default"));
        assert_eq!(name("SPP-R200III"), Some("58mm"));
        assert_eq!(name("mC-Print31"), Some("starprnt"));
        assert_eq!(name("LaserJet"), None);
    }
}
