//! Sealed backups as files: a folder for each venue, and for each token the venue that it is of.

use std::cmp::Reverse;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use maitred_link::deposit::to_hex;
use tempfile::NamedTempFile;

use crate::storage::backups::{Kept, Sealed, expired};

const ENDING: &str = ".age";
/// Says of a token which venue's backups it is for.
const TOKENS: &str = "tokens";

pub fn draft(folder: &Path) -> io::Result<NamedTempFile> {
    fs::create_dir_all(folder)?;
    NamedTempFile::with_suffix_in(".part", folder)
}

/// Gives a backup its name, and lets old ones go.
pub fn keep(folder: &Path, sealed: &Sealed, draft: NamedTempFile) -> io::Result<()> {
    let venue = sealed.venue.to_string();
    let (tokens, of_venue) = (folder.join(TOKENS), folder.join(&venue));
    fs::create_dir_all(&tokens)?;
    fs::create_dir_all(&of_venue)?;
    let fetch = to_hex(sealed.fetch);
    fs::write(tokens.join(&fetch), venue)?;
    let at_ms = sealed.at.as_millisecond().max(0);
    draft.persist(of_venue.join(format!("{fetch}-{at_ms:016x}-{:.8}{ENDING}", sealed.hub.to_string())))?;
    File::open(&of_venue)?.sync_all()?;
    for old in expired(list(&of_venue)?, sealed.at) {
        fs::remove_file(of_venue.join(&old))?;
        let is_last = !list(&of_venue)?.iter().any(|other| fetch_of(&other.name) == fetch_of(&old));
        if is_last {
            fs::remove_file(tokens.join(fetch_of(&old)))?;
        }
    }
    Ok(())
}

pub fn newest(folder: &Path, fetch: [u8; 32]) -> io::Result<Option<File>> {
    let fetch = to_hex(fetch);
    let venue = match fs::read_to_string(folder.join(TOKENS).join(&fetch)) {
        Ok(venue) => folder.join(venue),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let found = list(&venue)?.into_iter().find(|it| fetch_of(&it.name) == fetch);
    found.map(|it| File::open(venue.join(it.name))).transpose()
}

/// Every backup in a folder, the newest first. A name says who may fetch it, when it came, and of which hub it is.
fn list(folder: &Path) -> io::Result<Vec<Kept<String>>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(ENDING) {
            let at_ms = i64::from_str_radix(part(&name, 1), 16).unwrap_or_default();
            found.push(Kept { name, at_ms, bytes: entry.metadata()?.len() });
        }
    }
    found.sort_by_key(|it| Reverse(it.at_ms));
    Ok(found)
}

fn fetch_of(name: &str) -> &str {
    part(name, 0)
}

fn part(name: &str, place: usize) -> &str {
    name.split('-').nth(place).unwrap_or_default()
}
