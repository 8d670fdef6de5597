//! What is kept about the relay: its key, from the first time that it was reached.

use std::fs;
use std::io;
use std::path::Path;

use maitred_link::PublicKey;
use serde::{Deserialize, Serialize};

use crate::peer::keep_secret;

const FILE: &str = "relay.json";

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// The file cannot be read or made.
    #[error("cannot use {FILE} of the data folder")]
    Io(#[from] io::Error),
    /// The file is none.
    #[error("{FILE} of the data folder is damaged")]
    Damaged,
}

/// What is kept about the relay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The relay's key, once it was reached.
    pub relay: Option<PublicKey>,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Text {
    /// As 64 hexadecimal digits.
    relay: Option<String>,
}

impl Kept {
    /// Reads it from a data folder.
    pub fn open(data: &Path) -> Result<Self, KeptError> {
        match fs::read(data.join(FILE)) {
            Ok(bytes) => Self::read(&bytes).ok_or(KeptError::Damaged),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let Text { relay } = serde_json::from_slice(bytes).ok()?;
        Some(Self { relay: relay.map(|relay| relay.parse()).transpose().ok()? })
    }

    /// Writes it into a data folder: whole, or not at all.
    pub fn keep(&self, data: &Path) -> Result<(), KeptError> {
        let text = Text { relay: self.relay.map(|key| key.to_string()) };
        let json = serde_json::to_vec(&text).map_err(|_| KeptError::Damaged)?;
        Ok(keep_secret(&data.join(FILE), &json)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relay_is_the_same_after_a_restart() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(Kept::open(data.path()).unwrap(), Kept::default());
        let relay = Kept { relay: Some(PublicKey([3; 32])) };
        relay.keep(data.path()).unwrap();
        assert_eq!(Kept::open(data.path()).unwrap(), relay);
        fs::write(data.path().join(FILE), b"[]").unwrap();
        assert!(matches!(Kept::open(data.path()), Err(KeptError::Damaged)));
    }
}
