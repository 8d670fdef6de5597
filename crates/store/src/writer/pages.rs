//! The documents that the writer has decoded, and how each is written down.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use maitred_sync::{Ahead, Document, Origin};
use rusqlite::Connection;

use super::batch::WriteError;
use crate::documents::DocId;
use crate::journal::{self, Loaded};

/// Documents kept decoded; beyond it, those that are wanted least are dropped, and if these are not enough all of them.
const DOCUMENTS_MAX: usize = 512;

/// A document that grows for ever is saved compact after so many changes.
const LOOSE_MAX: usize = 64;

/// Documents in memory. Any can be dropped at any time: it is loaded again.
pub struct Pages {
    origin: Origin,
    known: HashMap<DocId, Loaded>,
}

impl Pages {
    /// None yet; what is written is written as `origin`.
    pub fn of(origin: Origin) -> Self {
        Self { origin, known: HashMap::new() }
    }

    /// The document as it is; a new one when there is none.
    pub fn document(&mut self, connection: &Connection, doc: &DocId) -> Result<&mut Document, WriteError> {
        self.page(connection, doc).map(Ahead::document)
    }

    /// The document to write to; a new one when there is none.
    pub fn page(&mut self, connection: &Connection, doc: &DocId) -> Result<&mut Ahead, WriteError> {
        let loaded = match self.known.entry(*doc) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let loaded = journal::load_to_write(connection, doc, self.origin)?;
                let document = || Ahead::of(Document::new(self.origin));
                vacant.insert(loaded.unwrap_or_else(|| Loaded {
                    document: document(),
                    loose: 0,
                    number: None,
                }))
            }
        };
        Ok(&mut loaded.document)
    }

    /// Forgets a document that holds what is not to be written; the next to want it loads it again.
    pub fn drop(&mut self, doc: &DocId) {
        self.known.remove(doc);
    }

    /// Writes a change to a document down. A document with many is saved compact: else one that is written to for
    /// years would take ever longer to load.
    pub fn changed(
        &mut self,
        connection: &Connection,
        place: (u64, usize),
        (doc, kind): (&DocId, &str),
        bytes: &[u8],
    ) -> Result<(), WriteError> {
        let known = self.known.get(doc).and_then(|loaded| loaded.number);
        let number = known.map_or_else(|| journal::add_document(connection, doc, kind), Ok)?;
        journal::add_change(connection, number, place, bytes)?;
        if let Some(loaded) = self.known.get_mut(doc) {
            loaded.number = Some(number);
            loaded.loose += 1;
            if loaded.loose >= LOOSE_MAX {
                self.compact(connection, doc)?;
            }
        }
        Ok(())
    }

    /// Saves a document compact that was written to since it was.
    pub fn compact(&mut self, connection: &Connection, doc: &DocId) -> Result<(), WriteError> {
        if let Some(loaded) = self.known.get_mut(doc).filter(|loaded| loaded.loose > 0)
            && let Some(number) = loaded.number
        {
            journal::compact(connection, number, loaded.document.document())?;
            loaded.loose = 0;
        }
        Ok(())
    }

    /// Saves a document compact that came so.
    pub fn save_compact(
        &mut self,
        connection: &Connection,
        doc: &DocId,
        number: i64,
    ) -> Result<(), WriteError> {
        if let Some(loaded) = self.known.get_mut(doc) {
            journal::compact(connection, number, loaded.document.document())?;
            (loaded.loose, loaded.number) = (0, Some(number));
        }
        Ok(())
    }

    /// Drops those of `first`, and all if that is not enough, when there are too many.
    pub fn forget_beyond_most(&mut self, first: impl Iterator<Item = DocId>) {
        if self.known.len() > DOCUMENTS_MAX {
            first.for_each(|doc| self.drop(&doc));
        }
        if self.known.len() > DOCUMENTS_MAX {
            self.known.clear();
        }
    }
}
