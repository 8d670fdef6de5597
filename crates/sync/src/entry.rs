//! One command's worth of history: typed facts and document changes, in one origin's journal.
//!
//! The [`Header`] names facts and changes by hash. It alone is chained, so change bytes may be bundled on the wire,
//! or dropped once a snapshot covers them, and the chain still verifies.

mod chain;
mod codec;

pub use self::chain::{Chain, ChainError, Tip};
pub use self::codec::{DecodeError, HEADER_BYTES_MAX, HEADER_VERSION};
use crate::hash::Purpose;
use crate::{Hash, Hlc, Origin, Vector};

/// The most journals `after` may name.
pub const AFTER_MAX: usize = 1_024;
/// The most facts in one entry.
pub const FACTS_MAX: usize = 10_000;
/// The most document changes in one entry.
pub const CHANGES_MAX: usize = 10_000;
/// The longest kind of a document, in bytes.
pub const KIND_BYTES_MAX: usize = 64;

/// Which document a change belongs to; the crate that lays documents out gives it meaning.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DocId([u8; 16]);

crate::hex::hex_newtype!(DocId, 16);

/// Who caused an entry: a user or device known to the layer above.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AuthorId([u8; 16]);

crate::hex::hex_newtype!(AuthorId, 16);

impl AuthorId {
    /// The system itself: a timer, a migration.
    pub const SYSTEM: Self = Self([0; 16]);
}

/// One change of one document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The document changed.
    pub doc: DocId,
    /// What sort of document it is; at most [`KIND_BYTES_MAX`] bytes.
    pub kind: String,
    /// The raw change, as `Edit::commit` returned it.
    pub bytes: Vec<u8>,
}

/// A [`Change`] without its bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChangeDigest {
    /// The document changed.
    pub doc: DocId,
    /// What sort of document it is.
    pub kind: String,
    /// Hash of the change's bytes.
    pub hash: Hash,
}

/// What is chained of an entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    /// Whose journal this is.
    pub origin: Origin,
    /// Position in that journal: gapless, from 1.
    pub seq: u64,
    /// Hash of the entry before; [`Hash::ZERO`] before the first.
    pub prev_hash: Hash,
    /// What this origin had newly seen of other journals: apply those entries first.
    pub after: Vector,
    /// When it was written; ascends within a journal.
    pub hlc: Hlc,
    /// Who caused it.
    pub author: AuthorId,
    /// Hash of all facts, their number, order and lengths included.
    pub facts_hash: Hash,
    /// The changes, in the order they were made.
    pub changes: Vec<ChangeDigest>,
}

impl Header {
    /// The entry's hash: of the encoded header, and through it of facts and changes.
    pub fn hash(&self) -> Hash {
        Purpose::Header.hash([self.encode()])
    }

    /// True when `facts` are this entry's facts.
    pub fn holds_facts(&self, facts: &[Vec<u8>]) -> bool {
        hash_facts(facts) == self.facts_hash
    }

    /// True when `bytes` are this entry's change number `index`.
    pub fn holds_change(&self, index: usize, bytes: &[u8]) -> bool {
        self.changes.get(index).is_some_and(|digest| digest.hash == hash_change(bytes))
    }
}

/// What an entry will say; [`Chain::next`] gives it its place.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Draft {
    /// What was newly seen of other journals since the entry before.
    pub after: Vector,
    /// When: above the entry before.
    pub hlc: Hlc,
    /// Who causes it.
    pub author: AuthorId,
    /// Facts, encoded by the layer above.
    pub facts: Vec<Vec<u8>>,
    /// Document changes, in the order they were made.
    pub changes: Vec<Change>,
}

impl Default for AuthorId {
    fn default() -> Self {
        Self::SYSTEM
    }
}

/// Why facts and changes do not make an entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EntryError {
    /// More than [`FACTS_MAX`], [`CHANGES_MAX`] or [`AFTER_MAX`].
    #[error("{count} items are more than {count_max}")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        count_max: usize,
    },
    /// A document kind is longer than [`KIND_BYTES_MAX`].
    #[error("document kind of {bytes} bytes is longer than {KIND_BYTES_MAX}")]
    KindTooLong {
        /// Bytes of the kind.
        bytes: usize,
    },
    /// The facts are not those of the header.
    #[error("facts do not match the header")]
    FactsDiffer,
    /// The changes are not those of the header.
    #[error("changes do not match the header")]
    ChangesDiffer,
}

/// A whole entry. Its header always matches its facts and changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    header: Header,
    facts: Vec<Vec<u8>>,
    changes: Vec<Change>,
}

impl Entry {
    /// Puts together what was stored or sent apart.
    ///
    /// # Errors
    /// [`EntryError::FactsDiffer`] or [`EntryError::ChangesDiffer`] when something was altered, added or left out.
    pub fn assemble(header: Header, facts: Vec<Vec<u8>>, changes: Vec<Change>) -> Result<Self, EntryError> {
        if !header.holds_facts(&facts) {
            return Err(EntryError::FactsDiffer);
        }
        if header.changes != digests(&changes) {
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

    /// The document changes, in the order they were made.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The hash the next entry names.
    pub fn hash(&self) -> Hash {
        self.header.hash()
    }

    /// The parts, to be stored apart.
    pub fn into_parts(self) -> (Header, Vec<Vec<u8>>, Vec<Change>) {
        (self.header, self.facts, self.changes)
    }
}

impl Draft {
    fn check(&self) -> Result<(), EntryError> {
        check_count(self.after.len(), AFTER_MAX)?;
        check_count(self.facts.len(), FACTS_MAX)?;
        check_count(self.changes.len(), CHANGES_MAX)?;
        match self.changes.iter().map(|change| change.kind.len()).max() {
            Some(bytes) if bytes > KIND_BYTES_MAX => Err(EntryError::KindTooLong { bytes }),
            Some(_) | None => Ok(()),
        }
    }
}

fn check_count(count: usize, count_max: usize) -> Result<(), EntryError> {
    if count > count_max { Err(EntryError::TooMany { count, count_max }) } else { Ok(()) }
}

/// Each fact behind its length (8 bytes, big-endian), so that facts cannot be cut differently.
pub(crate) fn hash_facts(facts: &[Vec<u8>]) -> Hash {
    let lengths: Vec<_> = facts.iter().map(|fact| (fact.len() as u64).to_be_bytes()).collect();
    Purpose::Facts.hash(lengths.iter().zip(facts).flat_map(|(length, fact)| [&length[..], fact]))
}

pub(crate) fn hash_change(bytes: &[u8]) -> Hash {
    Purpose::Change.hash([bytes])
}

fn digests(changes: &[Change]) -> Vec<ChangeDigest> {
    let digest = |change: &Change| ChangeDigest {
        doc: change.doc,
        kind: change.kind.clone(),
        hash: hash_change(&change.bytes),
    };
    changes.iter().map(digest).collect()
}
