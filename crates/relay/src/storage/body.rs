//! What an entry carries, as one value of a database; and two snapshots of one document.

use maitred_sync::{Document, Header, Origin, Parcel, Snapshot};
use serde::{Deserialize, Serialize};

use super::StorageError;
use crate::limits::SNAPSHOT_BYTES_MAX;

#[derive(Serialize, Deserialize)]
struct Body {
    facts: Vec<Vec<u8>>,
    changes: Vec<Option<Vec<u8>>>,
}

/// The facts and changes of an entry.
pub fn encode(parcel: &Parcel) -> Vec<u8> {
    let changes = parcel.changes().map(|(_, bytes)| bytes.map(<[u8]>::to_vec)).collect();
    let body = Body { facts: parcel.facts().to_vec(), changes };
    postcard::to_allocvec(&body).expect("memory takes any entry")
}

/// An entry as it was stored; what does not hash to what it should is damage.
pub fn decode(header: &[u8], body: &[u8]) -> Result<Parcel, StorageError> {
    let damaged = |error: &dyn std::fmt::Display| StorageError::Damaged(format!("an entry: {error}"));
    let header = Header::decode(header).map_err(|error| damaged(&error))?;
    let body: Body = postcard::from_bytes(body).map_err(|error| damaged(&error))?;
    Parcel::assemble(header, body.facts, body.changes).map_err(|error| damaged(&error))
}

/// What is to be kept of a document of which `old` is kept, when `new` comes: what either holds. This is the one place
/// where the relay opens a document, and only when two replicas that had worked apart both saved it compact.
pub fn merge(old: Option<Snapshot>, new: &Snapshot) -> Result<Snapshot, StorageError> {
    let merged = match old {
        Some(old) if old.bytes != new.bytes => joined(&old, new),
        Some(_) | None => new.clone(),
    };
    match merged.bytes.len() {
        bytes if bytes > SNAPSHOT_BYTES_MAX => Err(StorageError::SnapshotTooLong { bytes }),
        _ => Ok(merged),
    }
}

/// One that cannot be read gives way to the other.
fn joined(old: &Snapshot, new: &Snapshot) -> Snapshot {
    // Nothing is written under this name.
    let reader = Origin::from_bytes([0; 16]);
    let Ok(mut document) = Document::load(&old.bytes, reader) else { return new.clone() };
    match document.absorb(&new.bytes) {
        Ok(()) => Snapshot { bytes: document.save(), ..old.clone() },
        Err(_) => old.clone(),
    }
}
