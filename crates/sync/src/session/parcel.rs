//! What is sent of a journal: entries whose change bytes may have been dropped, and the snapshots that cover those.

use std::collections::BTreeMap;

use crate::document::RawChange;
use crate::entry::{hash_change, hash_facts};
use crate::{ApplyError, Change, ChangeDigest, DocId, Document, Entry, EntryError, Hash, Header};

/// An entry as it is kept and sent: the bytes of a change are missing once a snapshot of its document covers them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parcel {
    header: Header,
    facts: Vec<Vec<u8>>,
    changes: Vec<Option<RawChange>>,
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
        let changes = changes.into_iter().map(|bytes| bytes.map(RawChange::read)).collect();
        Self::of(header, facts, changes)
    }

    /// The same of changes that may have been written here.
    pub(super) fn of(
        header: Header,
        facts: Vec<Vec<u8>>,
        changes: Vec<Option<RawChange>>,
    ) -> Result<Self, EntryError> {
        if hash_facts(&facts) != header.facts_hash {
            return Err(EntryError::FactsDiffer);
        }
        let fits = |(digest, change): (&ChangeDigest, &Option<RawChange>)| {
            change.as_ref().is_none_or(|change| hash_change(change.bytes()) == digest.hash)
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
        self.header
            .changes
            .iter()
            .zip(self.changes.iter().map(|change| change.as_ref().map(RawChange::bytes)))
    }

    /// Applies the change at `place` to its document, as [`Document::apply`] does; `None` when a snapshot covers it, or
    /// there is no such change.
    pub fn apply(&self, place: usize, document: &mut Document) -> Option<Result<bool, ApplyError>> {
        Some(document.apply_raw(self.changes.get(place)?.as_ref()?))
    }

    /// Puts the bytes of a document's changes back in their places, where they are among `changes`. False when some are
    /// not.
    pub(super) fn restore(&mut self, doc: DocId, changes: &BTreeMap<Hash, Vec<u8>>) -> bool {
        let mut is_whole = true;
        for (digest, bytes) in self.header.changes.iter().zip(&mut self.changes) {
            if digest.doc == doc && bytes.is_none() {
                *bytes = changes.get(&digest.hash).cloned().map(RawChange::read);
                is_whole &= bytes.is_some();
            }
        }
        is_whole
    }

    /// About how much room it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let facts: usize = self.facts.iter().map(Vec::len).sum();
        let changes: usize = self.changes.iter().flatten().map(|change| change.bytes().len()).sum();
        PARCEL_OVERHEAD_BYTES + facts + changes
    }
}

/// What an entry takes beside its facts and changes, about.
const PARCEL_OVERHEAD_BYTES: usize = 64;

impl From<Entry> for Parcel {
    fn from(entry: Entry) -> Self {
        let (header, facts, changes) = entry.into_parts();
        let changes = changes.into_iter().map(|Change { bytes, .. }| Some(RawChange::read(bytes))).collect();
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
