//! A backup as one file: the database and what else a new box needs, sealed. It is age around zstd around tar, so that those
//! three open it without this program.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use age::{DecryptError, Decryptor, Encryptor};

use super::key::{RecoveryKey, SealingKey};
use crate::auth::PEPPER_FILE;

/// How a sealed file begins.
pub const BEGINNING: &[u8] = b"age-encryption.org/v1\n";
/// The database in it.
pub const DATABASE: &str = "maitred.db";
/// Files of the data folder that lie beside the database and that the venue cannot be without.
pub const SECRETS: [&str; 2] = [PEPPER_FILE, super::kept::FILE];
/// As hard as a small box compresses while the kitchen works.
const LEVEL: i32 = 3;
/// Bytes that are moved at once.
const STEP_BYTES: usize = 64 * 1024;

/// Why a sealed file was not opened.
#[derive(Debug, thiserror::Error)]
pub enum UnsealError {
    /// The file is of another kind.
    #[error("that is no sealed backup")]
    NotSealed,
    /// The key is another one, or so is the file's.
    #[error("this recovery key does not open the backup, or the first bytes of the backup are damaged")]
    WrongKey,
    /// It is not as it was sealed.
    #[error("the backup is damaged or cut short: take another one")]
    Damaged(#[source] io::Error),
    /// There is no room for what is in it, or no right to put it there.
    #[error("cannot write what is in the backup")]
    Io(#[source] io::Error),
}

/// What was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// How long the file is.
    pub bytes: u64,
    /// BLAKE3 of the file.
    pub hash: [u8; 32],
}

/// Seals the copy `database` with the secrets of the folder `data` into the file `to`, which is synced.
///
/// # Errors
/// When a file cannot be read or written, or `key` is none.
pub fn seal(database: &Path, data: &Path, key: &SealingKey, to: &Path) -> io::Result<Sealed> {
    let recipient = key.recipient().ok_or_else(|| io::Error::other("the sealing key is damaged"))?;
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
    let out = Measured::new(BufWriter::with_capacity(STEP_BYTES, private(to)?));
    let mut tar = tar::Builder::new(zstd::Encoder::new(encryptor.wrap_output(out)?, LEVEL)?);
    append(&mut tar, DATABASE, database)?;
    for name in SECRETS {
        match append(&mut tar, name, &data.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    let Measured { out, bytes, hasher } = tar.into_inner()?.finish()?.finish()?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Sealed { bytes, hash: *hasher.finalize().as_bytes() })
}

fn append(tar: &mut tar::Builder<impl Write>, name: &str, file: &Path) -> io::Result<()> {
    let file = File::open(file)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(file.metadata()?.len());
    header.set_mode(0o600);
    tar.append_data(&mut header, name, file)
}

/// Opens what was sealed into the folder `into`, whose files by those names are replaced. Reads to the last byte: what is
/// there then is what was sealed.
///
/// # Errors
/// [`UnsealError`]; what was written until then is still there.
pub fn unseal(from: impl BufRead, key: &RecoveryKey, into: &Path) -> Result<(), UnsealError> {
    let opened = open(from, key)?;
    let mut tar = tar::Archive::new(zstd::Decoder::new(opened).map_err(UnsealError::Damaged)?);
    let mut is_whole = false;
    for part in tar.entries().map_err(UnsealError::Damaged)? {
        let mut part = part.map_err(UnsealError::Damaged)?;
        let name = part.path().ok().and_then(|path| path.to_str().map(str::to_owned)).unwrap_or_default();
        // Parts of a newer version are its own.
        if name == DATABASE || SECRETS.contains(&name.as_str()) {
            let mut file = private(&into.join(&name)).map_err(UnsealError::Io)?;
            pour(&mut part, &mut file)?;
            file.sync_all().map_err(UnsealError::Io)?;
            is_whole |= name == DATABASE;
        }
    }
    let mut rest = tar.into_inner();
    pour(&mut rest, &mut io::sink())?;
    pour(&mut rest.finish(), &mut io::sink())?;
    if is_whole { Ok(()) } else { Err(UnsealError::Damaged(io::Error::other("no database is in it"))) }
}

/// Whether `key` is the one of that file.
pub fn opens(from: impl BufRead, key: &RecoveryKey) -> bool {
    open(from, key).is_ok()
}

fn open<R: BufRead>(from: R, key: &RecoveryKey) -> Result<age::stream::StreamReader<R>, UnsealError> {
    let decryptor = Decryptor::new_buffered(from).map_err(refusal)?;
    decryptor.decrypt(std::iter::once(&key.0 as &dyn age::Identity)).map_err(refusal)
}

fn refusal(error: DecryptError) -> UnsealError {
    match error {
        DecryptError::Io(error) => UnsealError::Damaged(error),
        DecryptError::InvalidHeader | DecryptError::UnknownFormat => {
            UnsealError::Damaged(io::Error::other("its first bytes make no sense"))
        }
        DecryptError::InvalidMac | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            UnsealError::Damaged(io::Error::other("its first bytes were changed"))
        }
        _ => UnsealError::WrongKey,
    }
}

/// Copies, and tells apart what cannot be read from what cannot be written.
fn pour(from: &mut impl Read, to: &mut impl Write) -> Result<(), UnsealError> {
    let mut step = vec![0; STEP_BYTES];
    loop {
        let count = match from.read(&mut step) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(UnsealError::Damaged(error)),
        };
        to.write_all(&step[..count]).map_err(UnsealError::Io)?;
    }
}

/// How long a file is and what it hashes to, read from the disk again.
///
/// # Errors
/// When it cannot be read.
pub fn measure(file: &Path) -> io::Result<Sealed> {
    let mut out = Measured::new(io::sink());
    io::copy(&mut BufReader::with_capacity(STEP_BYTES, File::open(file)?), &mut out)?;
    Ok(Sealed { bytes: out.bytes, hash: *out.hasher.finalize().as_bytes() })
}

/// Makes a file anew that its owner alone reads.
fn private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Passes on, and measures what it passes.
struct Measured<W> {
    out: W,
    bytes: u64,
    hasher: Box<blake3::Hasher>,
}

impl<W> Measured<W> {
    fn new(out: W) -> Self {
        Self { out, bytes: 0, hasher: Box::default() }
    }
}

impl<W: Write> Write for Measured<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sealed database of bytes that do not compress, its key, and where it is.
    fn sealed(folder: &Path) -> (Vec<u8>, RecoveryKey) {
        let key = RecoveryKey::mint();
        let mut database = Vec::new();
        blake3::Hasher::new().finalize_xof().take(200_000).read_to_end(&mut database).unwrap();
        fs::write(folder.join("copy"), &database).unwrap();
        fs::write(folder.join(PEPPER_FILE), [7; 32]).unwrap();
        let sealed = seal(&folder.join("copy"), folder, &key.seal(), &folder.join("sealed")).unwrap();
        assert_eq!(measure(&folder.join("sealed")).unwrap(), sealed);
        (fs::read(folder.join("sealed")).unwrap(), key)
    }

    #[test]
    fn what_was_sealed_is_opened_by_its_key_and_by_no_other() {
        let (folder, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (bytes, key) = sealed(folder.path());
        assert!(bytes.starts_with(BEGINNING));
        unseal(&bytes[..], &key, into.path()).unwrap();
        let database = fs::read(folder.path().join("copy")).unwrap();
        assert_eq!(fs::read(into.path().join(DATABASE)).unwrap(), database);
        assert_eq!(fs::read(into.path().join(PEPPER_FILE)).unwrap(), [7; 32]);
        let other = unseal(&bytes[..], &RecoveryKey::mint(), into.path());
        assert!(matches!(other, Err(UnsealError::WrongKey)), "{other:?}");
    }

    #[test]
    fn one_flipped_bit_or_a_byte_too_few_or_too_many_is_found_wherever_it_is() {
        let (folder, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (bytes, key) = sealed(folder.path());
        let header = bytes.windows(5).position(|five| five == b"\n--- ").unwrap() + 70;
        let places =
            (0..header).chain((header..bytes.len()).step_by(bytes.len() / 60)).chain([bytes.len() - 1]);
        for place in places {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << (place % 8);
            assert!(unseal(&flipped[..], &key, into.path()).is_err(), "byte {place}");
        }
        for length in (0..bytes.len()).step_by(bytes.len() / 40).chain([bytes.len() - 1]) {
            assert!(unseal(&bytes[..length], &key, into.path()).is_err(), "{length} bytes");
        }
        let longer = [&bytes[..], b"."].concat();
        assert!(unseal(&longer[..], &key, into.path()).is_err());
    }
}
