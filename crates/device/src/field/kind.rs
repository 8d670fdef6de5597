//! What a device is, and what it is called in topics.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Characters of a device's id.
const ID_CHARS_MAX: usize = 64;

/// What a device is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// Keys beside a kitchen screen.
    BumpBar,
    /// Calls the pagers that guests carry.
    PagerBase,
    /// A button on a table.
    CallButton,
    /// Two lines towards the guest.
    CustomerDisplay,
    /// A light and a buzzer in the kitchen.
    Beacon,
    /// A thermometer in a fridge or a hot-hold.
    Probe,
    /// A cash drawer that says whether it is open.
    Drawer,
}

impl DeviceKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::BumpBar,
        Self::PagerBase,
        Self::CallButton,
        Self::CustomerDisplay,
        Self::Beacon,
        Self::Probe,
        Self::Drawer,
    ];

    /// As it stands in ids and descriptions.
    pub fn word(self) -> &'static str {
        match self {
            Self::BumpBar => "bump-bar",
            Self::PagerBase => "pager-base",
            Self::CallButton => "call-button",
            Self::CustomerDisplay => "customer-display",
            Self::Beacon => "beacon",
            Self::Probe => "probe",
            Self::Drawer => "drawer",
        }
    }

    /// The kind of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A device's id in topics: small letters, digits and hyphens, 1 to 64 of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceId(String);

/// What is no id of a device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no device id: 1 to 64 small letters, digits and hyphens")]
pub struct NoDeviceId(String);

impl DeviceId {
    /// A device of `kind`, told apart from others by what it says of itself; other characters become hyphens.
    pub fn of(kind: DeviceKind, serial: &str) -> Self {
        Self::joined(kind.word(), serial)
    }

    /// The bridge of that name: the root of what is wired to it.
    pub fn of_bridge(name: &str) -> Self {
        Self::joined("bridge", name)
    }

    fn joined(first: &str, second: &str) -> Self {
        let second = second.chars().map(|it| it.to_ascii_lowercase());
        let second = second.map(|it| if is_plain(it) { it } else { '-' });
        Self(format!("{first}-").chars().chain(second).take(ID_CHARS_MAX).collect())
    }

    /// The id as it stands in topics.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_plain(it: char) -> bool {
    it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-'
}

impl FromStr for DeviceId {
    type Err = NoDeviceId;

    fn from_str(text: &str) -> Result<Self, NoDeviceId> {
        let fits = (1..=ID_CHARS_MAX).contains(&text.len()) && text.chars().all(is_plain);
        if fits { Ok(Self(text.to_owned())) } else { Err(NoDeviceId(text.chars().take(80).collect())) }
    }
}

impl TryFrom<String> for DeviceId {
    type Error = NoDeviceId;

    fn try_from(text: String) -> Result<Self, NoDeviceId> {
        text.parse()
    }
}

impl From<DeviceId> for String {
    fn from(id: DeviceId) -> Self {
        id.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
