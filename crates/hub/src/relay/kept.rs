//! What is kept about the relay: the key with which this hub is known there, and the relay's.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use maitred_link::{BadKey, Identity, PublicKey};
use serde::{Deserialize, Serialize};

use maitred_process::clock;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    seed: [u8; 32],
    /// The relay's key, once it was reached.
    pub relay: Option<PublicKey>,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Text {
    /// As 64 hexadecimal digits.
    secret: String,
    relay: Option<String>,
}

impl Kept {
    /// Reads it from a data folder, or makes it.
    pub fn open(data: &Path) -> Result<Self, KeptError> {
        match fs::read(data.join(FILE)) {
            Ok(bytes) => Self::read(&bytes).ok_or(KeptError::Damaged),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let new = Self { seed: clock::random(), relay: None };
                new.keep(data)?;
                Ok(new)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let Text { secret, relay } = serde_json::from_slice(bytes).ok()?;
        let key = |text: &str| -> Result<PublicKey, BadKey> { text.parse() };
        Some(Self { seed: key(&secret).ok()?.0, relay: relay.map(|relay| key(&relay)).transpose().ok()? })
    }

    /// Who this hub is there.
    pub fn identity(&self) -> Identity {
        Identity::of_seed(&self.seed)
    }

    /// The same, with the relay's key.
    pub fn with_relay(self, relay: PublicKey) -> Self {
        Self { relay: Some(relay), ..self }
    }

    /// Writes it into a data folder, readable by its owner only: whole, or not at all.
    pub fn keep(&self, data: &Path) -> Result<(), KeptError> {
        let text =
            Text { secret: PublicKey(self.seed).to_string(), relay: self.relay.map(|key| key.to_string()) };
        let json = serde_json::to_vec(&text).map_err(|_| KeptError::Damaged)?;
        let (whole, part) = (data.join(FILE), data.join(format!("{FILE}.part")));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part)?;
        file.write_all(&json)?;
        file.sync_all()?;
        fs::rename(part, whole)?;
        Ok(fs::File::open(data)?.sync_all()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_the_same_to_its_relay_after_a_restart_and_nobody_else_reads_its_key() {
        let data = tempfile::tempdir().unwrap();
        let first = Kept::open(data.path()).unwrap();
        assert_eq!(Kept::open(data.path()).unwrap(), first);
        let relay = first.with_relay(PublicKey([3; 32]));
        relay.keep(data.path()).unwrap();
        assert_eq!(Kept::open(data.path()).unwrap(), relay);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(data.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        fs::write(data.path().join(FILE), b"{}").unwrap();
        assert!(matches!(Kept::open(data.path()), Err(KeptError::Damaged)));
    }
}
