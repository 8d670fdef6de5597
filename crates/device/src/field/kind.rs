//! What a device is called in topics.

use std::fmt;
use std::str::FromStr;

use maitred_domain::catalogue::DeviceKind;
use serde::{Deserialize, Serialize};

/// Characters of a device's id.
const ID_CHARS_MAX: usize = 64;

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
        Self::joined(kind.as_homie(), serial)
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
