//! What is sent of a journal: entries whose change bytes may have been dropped, and the snapshots that cover those.

use std::collections::BTreeMap;

use crate::entry::{hash_change, hash_facts};
use crate::{Change, ChangeDigest, DocId, Entry, EntryError, Hash, Header};

/// An entry as it is kept and sent: the bytes of a change are missing once a snapshot of its document covers them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parcel {
    header: Header,
    facts: Vec<Vec<u8>>,
    changes: Vec<Option<Vec<u8>>>,
}

impl Parcel {
    /// Puts together what was stored apart.
    ///
    /// # Errors
    /// [`EntryError::FactsDiffer`] or [`EntryError::ChangesDiffer`] when something was altered, added or left out.
    pub fn assemble(
        header: Header,
        facts: Vec<Vec<u8>>,
        changes: Vec<Option<Vec<u8>>>,
    ) -> Result<Self, EntryError> {
        if hash_facts(&facts) != header.facts_hash {
            return Err(EntryError::FactsDiffer);
        }
        let fits = |(digest, bytes): (&ChangeDigest, &Option<Vec<u8>>)| {
            bytes.as_ref().is_none_or(|bytes| hash_change(bytes) == digest.hash)
        };
        if changes.len() != header.changes.len() || !header.changes.iter().zip(&changes).all(fits) {
            return Err(EntryError::ChangesDiffer);
        }
        Ok(Self { header, facts, changes })
    }

    /// What is chained.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The facts, encoded by the layer above.
    pub fn facts(&self) -> &[Vec<u8>] {
        &self.facts
    }

    /// The changes in the order they were made, each with its bytes unless a snapshot covers them.
    pub fn changes(&self) -> impl ExactSizeIterator<Item = (&ChangeDigest, Option<&[u8]>)> {
        self.header.changes.iter().zip(self.changes.iter().map(Option::as_deref))
    }

    /// Puts the bytes of a document's changes back in their places, where they are among `changes`. False when some are
    /// not.
    pub(super) fn restore(&mut self, doc: DocId, changes: &BTreeMap<Hash, Vec<u8>>) -> bool {
        let mut is_whole = true;
        for (digest, bytes) in self.header.changes.iter().zip(&mut self.changes) {
            if digest.doc == doc && bytes.is_none() {
                *bytes = changes.get(&digest.hash).cloned();
                is_whole &= bytes.is_some();
            }
        }
        is_whole
    }

    /// About how much room it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let facts: usize = self.facts.iter().map(Vec::len).sum();
        let changes: usize = self.changes.iter().flatten().map(Vec::len).sum();
        PARCEL_OVERHEAD_BYTES + facts + changes
    }
}

/// What an entry takes beside its facts and changes, about.
const PARCEL_OVERHEAD_BYTES: usize = 64;

impl From<Entry> for Parcel {
    fn from(entry: Entry) -> Self {
        let (header, facts, changes) = entry.into_parts();
        let changes = changes.into_iter().map(|Change { bytes, .. }| Some(bytes)).collect();
        Self { header, facts, changes }
    }
}

/// A document as it was saved compact, in place of changes whose bytes were dropped.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Snapshot {
    /// The document.
    pub doc: DocId,
    /// What sort of document it is.
    pub kind: String,
    /// As `Document::save` wrote it.
    pub bytes: Vec<u8>,
}
