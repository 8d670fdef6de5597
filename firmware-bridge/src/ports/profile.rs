//! What is to be expected at a port.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use maitred_device::field::DeviceKind;
use serde::Deserialize;

/// The highest system ID of transmitters of Long Range Systems.
const LRS_SYSTEM_MAX: u8 = 200;

/// How to speak with what is at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A microcontroller that says by frames what it is.
    Frames,
    /// A bump bar that sends a character for each key.
    AsciiKeys,
    /// A pager base that takes a line for each page.
    AsciiPager,
    /// A transmitter of Long Range Systems, T74C232 or T74USB, for pagers of that system ID.
    Lrs(u8),
    /// A customer display of two lines by 20, CD5220.
    Cd5220,
    /// A customer display of two lines by 20, ESC/POS.
    EscPosDisplay,
    /// A USB bump bar that the kernel takes for a keyboard.
    Keyboard,
}

impl Profile {
    const WORDS: [(&'static str, Self); 7] = [
        ("frames", Self::Frames),
        ("ascii-keys", Self::AsciiKeys),
        ("ascii-pager", Self::AsciiPager),
        ("lrs", Self::Lrs(0)),
        ("cd5220", Self::Cd5220),
        ("esc-pos-display", Self::EscPosDisplay),
        ("keyboard", Self::Keyboard),
    ];

    /// The profile of that word; of transmitters with the system ID behind a colon, 0 when none is said.
    fn of_word(word: &str) -> Option<Self> {
        if let Some(("lrs", system)) = word.split_once(':') {
            return system.parse().ok().filter(|system| *system <= LRS_SYSTEM_MAX).map(Self::Lrs);
        }
        Self::WORDS.iter().find(|(it, _)| *it == word).map(|(_, profile)| *profile)
    }

    /// The usual speed, in bits a second.
    pub fn baud(self) -> u32 {
        match self {
            Self::Frames => 115_200,
            Self::AsciiKeys
            | Self::AsciiPager
            | Self::Lrs(_)
            | Self::Cd5220
            | Self::EscPosDisplay
            | Self::Keyboard => 9_600,
        }
    }

    /// What is there, unless it says so itself.
    pub fn kind(self) -> Option<DeviceKind> {
        match self {
            Self::Frames => None,
            Self::AsciiKeys | Self::Keyboard => Some(DeviceKind::BumpBar),
            Self::AsciiPager | Self::Lrs(_) => Some(DeviceKind::PagerBase),
            Self::Cd5220 | Self::EscPosDisplay => Some(DeviceKind::CustomerDisplay),
        }
    }
}

/// Ports that are wanted: `PATH[,PROFILE[,BAUD]]`, where the last part of the path may hold one `*`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Wanted {
    /// Which.
    pub path: PathBuf,
    /// What is there.
    pub profile: Profile,
    /// Bits a second.
    pub baud: u32,
}

/// What describes no port.
#[derive(Debug, thiserror::Error)]
pub enum NoProfile {
    /// There is no such profile.
    #[error(
        "{0:?} is no profile: frames, ascii-keys, ascii-pager, lrs, lrs:SYSTEM, cd5220, esc-pos-display or keyboard"
    )]
    Profile(String),
    /// That is no speed.
    #[error("{0:?} is no number of bits a second")]
    Baud(String),
}

impl FromStr for Wanted {
    type Err = NoProfile;

    fn from_str(text: &str) -> Result<Self, NoProfile> {
        let mut parts = text.splitn(3, ',');
        let path = PathBuf::from(parts.next().unwrap_or_default());
        let profile = match parts.next() {
            None if path.starts_with("/dev/input") => Profile::Keyboard,
            None => Profile::Frames,
            Some(word) => Profile::of_word(word).ok_or_else(|| NoProfile::Profile(word.to_owned()))?,
        };
        let baud = match parts.next() {
            None => profile.baud(),
            Some(text) => text.parse().map_err(|_| NoProfile::Baud(text.to_owned()))?,
        };
        Ok(Self { path, profile, baud })
    }
}

impl TryFrom<String> for Wanted {
    type Error = NoProfile;

    fn try_from(text: String) -> Result<Self, NoProfile> {
        text.parse()
    }
}

impl Wanted {
    /// The ports that are there now.
    pub fn present(&self) -> Vec<PathBuf> {
        let name = self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some((begin, end)) = name.split_once('*') else {
            return if self.path.exists() { vec![self.path.clone()] } else { vec![] };
        };
        let Ok(entries) = self.path.parent().unwrap_or(Path::new("/")).read_dir() else { return vec![] };
        let fits = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let long_enough = name.len() >= begin.len() + end.len();
            // A link may point nowhere: its device was unplugged.
            long_enough && name.starts_with(begin) && name.ends_with(end) && path.exists()
        };
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(fits).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transmitter_is_named_with_the_system_of_its_pagers() {
        let profile = |text: &str| text.parse::<Wanted>().map(|wanted| wanted.profile).ok();
        assert_eq!(profile("/dev/ttyUSB0,lrs:4"), Some(Profile::Lrs(4)));
        assert_eq!(profile("/dev/ttyUSB0,lrs"), Some(Profile::Lrs(0)));
        for wrong in ["lrs:", "lrs:201", "lrs:x", "cd5220:4"] {
            assert_eq!(profile(&format!("/dev/ttyUSB0,{wrong}")), None, "{wrong}");
        }
    }
}
