//! Who this hub is: a key of its own, in its data folder and nowhere else.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use maitred_store::{HubKey, OpenError};
use maitred_sync::Hash;
use serde::{Deserialize, Serialize};

use super::{next_prefix, secure};
use maitred_process::clock;

const FILE: &str = "hub.json";

/// Why a hub does not know who it is.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file cannot be read or made.
    #[error("cannot use the key of the data folder, {FILE}")]
    Io(#[from] io::Error),
    /// The file is none.
    #[error("the key of the data folder, {FILE}, is damaged")]
    Damaged(#[source] serde_json::Error),
    /// The database that says which hubs there are cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
}

/// Who this hub is, to other hubs and to the relay.
#[derive(Clone)]
pub struct Identity {
    /// What the others know it by.
    pub key: HubKey,
    /// What proves it.
    pub secret: [u8; 32],
    /// What the numbers of its checks start with.
    pub prefix: String,
    /// Another hub of the venue let it in.
    pub is_let_in: bool,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Kept {
    key: HubKey,
    secret: Hash,
    prefix: String,
    #[serde(default)]
    let_in: bool,
}

impl Identity {
    /// A new one.
    pub fn mint() -> Self {
        let (secret, key) = secure::key_pair();
        Self { key: key.into(), secret, prefix: String::new(), is_let_in: false }
    }

    /// Reads it from a data folder; `None` when there is none.
    ///
    /// # Errors
    /// [`IdentityError`] when the file cannot be used.
    pub fn read(data: &Path) -> Result<Option<Self>, IdentityError> {
        let bytes = match fs::read(data.join(FILE)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Kept { key, secret, prefix, let_in } =
            serde_json::from_slice(&bytes).map_err(IdentityError::Damaged)?;
        Ok(Some(Self { key, secret: *secret.as_bytes(), prefix, is_let_in: let_in }))
    }

    /// Reads it, or makes it: a database that was restored is another hub than the one it is a copy of, and gives other
    /// numbers, since that one may have given more of its own meanwhile.
    ///
    /// # Errors
    /// [`IdentityError`] when the file cannot be used.
    pub fn open(data: &Path) -> Result<Self, IdentityError> {
        if let Some(identity) = Self::read(data)? {
            return Ok(identity);
        }
        let hubs = maitred_store::hubs_of(data)?.unwrap_or_default();
        let prefix = if hubs.is_empty() { String::new() } else { next_prefix(&hubs) };
        let identity = Self { prefix, ..Self::mint() };
        identity.keep(data)?;
        Ok(identity)
    }

    /// The secret of the key that the relay knows this hub by.
    pub fn secret_at_relay(&self) -> [u8; 32] {
        blake3::derive_key("maitred 2026 key of a hub at its relay", &self.secret)
    }

    /// Writes it into a data folder, readable by its owner only.
    ///
    /// # Errors
    /// [`IdentityError`] when the file cannot be made.
    pub fn keep(&self, data: &Path) -> Result<(), IdentityError> {
        fs::create_dir_all(data)?;
        let (secret, prefix) = (Hash::from(self.secret), self.prefix.clone());
        let kept = Kept { key: self.key, secret, prefix, let_in: self.is_let_in };
        let json = serde_json::to_vec(&kept).map_err(IdentityError::Damaged)?;
        Ok(keep_secret(&data.join(FILE), &json)?)
    }
}

/// Writes a file that its owner alone may read: whole, or not at all.
///
/// # Errors
/// When it cannot be made.
pub fn keep_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension(format!("{:x}", u64::from_be_bytes(clock::random())));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, path)?;
    match path.parent() {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_the_same_after_a_restart_and_nobody_else_reads_its_key() {
        let data = tempfile::tempdir().unwrap();
        let (first, again) = (Identity::open(data.path()).unwrap(), Identity::open(data.path()).unwrap());
        assert_eq!((first.key, first.secret), (again.key, again.secret));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(data.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
    }
}
