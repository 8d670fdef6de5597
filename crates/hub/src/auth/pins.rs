//! PINs, hashed with Argon2id and a pepper that lies beside the database, not in it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};

use maitred_process::clock;

/// Memory of one hash: a Raspberry Pi 4 takes about a tenth of a second.
const MEMORY_KIB: u32 = 8 * 1024;
/// Passes over that memory.
const PASSES: u32 = 2;
/// The pepper in the data folder.
pub const PEPPER_FILE: &str = "pepper";
const PEPPER_BYTES: usize = 32;

/// Why there is no pepper.
#[derive(Debug, thiserror::Error)]
pub enum PepperError {
    /// The file cannot be read or made.
    #[error("cannot use the pepper file of the data folder")]
    Io(#[from] io::Error),
    /// The file is not one.
    #[error("the pepper file of the data folder is damaged")]
    Damaged,
}

/// Hashes and compares PINs.
#[derive(Clone)]
pub struct Pins {
    pepper: Arc<[u8; PEPPER_BYTES]>,
    decoy: Arc<str>,
}

impl Pins {
    /// Reads the pepper of a data folder, or makes it, readable by its owner only.
    ///
    /// # Errors
    /// [`PepperError`] when the file cannot be used.
    pub fn open(data: &Path) -> Result<Self, PepperError> {
        fs::create_dir_all(data)?;
        let path = data.join(PEPPER_FILE);
        let pepper = match fs::read(&path) {
            Ok(bytes) => bytes.try_into().map_err(|_| PepperError::Damaged)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => make_pepper(&path)?,
            Err(error) => return Err(error.into()),
        };
        let mut pins = Self { pepper: Arc::new(pepper), decoy: "".into() };
        pins.decoy = pins.hash(&format!("{:x?}", clock::random::<8>())).into();
        Ok(pins)
    }

    /// The pepper: what another hub of the venue needs to know the same PINs.
    pub fn pepper(&self) -> &[u8; PEPPER_BYTES] {
        &self.pepper
    }

    fn argon2(&self) -> Argon2<'_> {
        let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the figures are in range");
        Argon2::new_with_secret(&*self.pepper, Algorithm::Argon2id, Version::V0x13, params)
            .expect("the pepper is short")
    }

    /// The hash of a PIN, as the catalogue keeps it.
    pub fn hash(&self, pin: &str) -> String {
        self.hash_with(pin, &clock::random::<16>())
    }

    /// The same with a salt of its own for each `context`, which is never used for two PINs.
    pub fn hash_salted_by(&self, pin: &str, context: &str) -> String {
        let salt = blake3::derive_key("maitred 2026 salt of a PIN", context.as_bytes());
        self.hash_with(pin, &salt[..16])
    }

    fn hash_with(&self, pin: &str, salt: &[u8]) -> String {
        self.argon2()
            .hash_password_with_salt(pin.as_bytes(), salt)
            .expect("PINs and salts are of a length that Argon2 takes")
            .to_string()
    }

    /// Whether `pin` is the one of `hash`. Without a hash it takes as long, and it is not.
    pub fn fits(&self, pin: &str, hash: Option<&str>) -> bool {
        let hash = hash.filter(|hash| !hash.is_empty());
        let Ok(parsed) = PasswordHash::new(hash.unwrap_or(&self.decoy)) else { return false };
        let fits = self.argon2().verify_password(pin.as_bytes(), &parsed).is_ok();
        fits && hash.is_some()
    }
}

/// Copies the pepper of a data folder beside a backup: without it nobody's PIN fits after a restore. Keep them apart.
/// Returns where it is; `None` when the folder has none.
///
/// # Errors
/// When a file cannot be read or made.
pub fn back_up_pepper(data: &Path, backup: &Path) -> io::Result<Option<PathBuf>> {
    copy_pepper(&data.join(PEPPER_FILE), beside(backup))
}

/// Brings the pepper that lies beside a backup into a data folder. Returns where it is; `None` when there is none.
///
/// # Errors
/// When a file cannot be read or made.
pub fn restore_pepper(backup: &Path, data: &Path) -> io::Result<Option<PathBuf>> {
    copy_pepper(&beside(backup), data.join(PEPPER_FILE))
}

fn beside(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".pepper");
    name.into()
}

fn copy_pepper(from: &Path, to: PathBuf) -> io::Result<Option<PathBuf>> {
    let pepper = match fs::read(from) {
        Ok(pepper) => pepper,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match fs::remove_file(&to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    write_secret(&to, &pepper)?;
    Ok(Some(to))
}

fn make_pepper(path: &Path) -> Result<[u8; PEPPER_BYTES], io::Error> {
    let pepper = clock::random();
    write_secret(path, &pepper)?;
    Ok(pepper)
}

/// Makes a file that only its owner reads.
fn write_secret(path: &Path, secret: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(secret)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_fits_its_own_hash_under_the_same_pepper_only() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let pins = Pins::open(here.path()).unwrap();
        let hash = pins.hash("2468");
        assert!(Pins::open(here.path()).unwrap().fits("2468", Some(&hash)));
        assert!(!pins.fits("2469", Some(&hash)));
        assert!(!pins.fits("2468", None));
        assert!(!Pins::open(there.path()).unwrap().fits("2468", Some(&hash)));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_pepper() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        Pins::open(data.path()).unwrap();
        let mode = fs::metadata(data.path().join(PEPPER_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
