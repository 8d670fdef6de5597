//! The chain of one journal: giving entries their place, and checking that others kept theirs.

use super::{Draft, Entry, EntryError, Header, digests, hash_facts};
use crate::{Hash, Hlc, Origin};

/// Where a journal ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tip {
    /// The last entry; 0 when there is none.
    pub seq: u64,
    /// Its hash; [`Hash::ZERO`] when there is none.
    pub hash: Hash,
    /// When it was written.
    pub hlc: Hlc,
}

impl Tip {
    /// Before the first entry.
    pub const START: Self = Self { seq: 0, hash: Hash::ZERO, hlc: Hlc::from_bits(0) };
}

/// Why an entry does not follow from the journal as it is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ChainError {
    /// It belongs to another journal.
    #[error("entry of {got} in the journal of {expected}")]
    WrongOrigin {
        /// Whose journal this is.
        expected: Origin,
        /// Whose entry it is.
        got: Origin,
    },
    /// Entries are missing before it, or it was already here.
    #[error("entry {got} where {expected} was due")]
    Gap {
        /// The number due.
        expected: u64,
        /// The number it has.
        got: u64,
    },
    /// It follows another entry than the one known: the journal was forked, by a restore or a clone.
    #[error("entry {seq} follows an entry that is not the one known")]
    WrongPrevHash {
        /// Its number.
        seq: u64,
    },
    /// Its stamp is not above the stamp of the entry before.
    #[error("entry {seq} is stamped no later than the one before")]
    HlcBack {
        /// Its number.
        seq: u64,
    },
    /// It claims to come after an entry of its own journal.
    #[error("entry {seq} is ordered after its own journal")]
    AfterSelf {
        /// Its number.
        seq: u64,
    },
    /// What it says does not fit into an entry.
    #[error("draft makes no entry")]
    Draft(#[from] EntryError),
}

/// One journal's end, to which entries are appended one by one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chain {
    origin: Origin,
    tip: Tip,
}

impl Chain {
    /// An empty journal.
    pub const fn new(origin: Origin) -> Self {
        Self::resume(origin, Tip::START)
    }

    /// A journal that ends at `tip`.
    pub const fn resume(origin: Origin, tip: Tip) -> Self {
        Self { origin, tip }
    }

    /// Whose journal it is.
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Where it ends.
    pub const fn tip(&self) -> Tip {
        self.tip
    }

    /// Makes `draft` the next entry and moves the end to it. Should the entry not be stored, go back by
    /// [`Chain::resume`] from the tip before.
    ///
    /// # Errors
    /// [`ChainError`] when the draft is out of bounds, its hlc not above the last, or its `after` names this very
    /// journal. The chain then stays where it was.
    pub fn next(&mut self, draft: Draft) -> Result<Entry, ChainError> {
        draft.check()?;
        let Draft { after, hlc, author, facts, changes } = draft;
        let header = Header {
            origin: self.origin,
            seq: self.tip.seq.saturating_add(1),
            prev_hash: self.tip.hash,
            after,
            hlc,
            author,
            facts_hash: hash_facts(&facts),
            changes: digests(&changes),
        };
        self.accept(&header)?;
        Ok(Entry { header, facts, changes })
    }

    /// Checks that `header` is the next entry.
    ///
    /// # Errors
    /// [`ChainError`] says in which way it is not.
    pub fn verify(&self, header: &Header) -> Result<(), ChainError> {
        let seq = header.seq;
        if header.origin != self.origin {
            return Err(ChainError::WrongOrigin { expected: self.origin, got: header.origin });
        }
        if Some(seq) != self.tip.seq.checked_add(1) {
            return Err(ChainError::Gap { expected: self.tip.seq.saturating_add(1), got: seq });
        }
        if header.prev_hash != self.tip.hash {
            return Err(ChainError::WrongPrevHash { seq });
        }
        if header.hlc <= self.tip.hlc {
            return Err(ChainError::HlcBack { seq });
        }
        if header.after.get(self.origin) > 0 {
            return Err(ChainError::AfterSelf { seq });
        }
        Ok(())
    }

    /// Checks that `header` is the next entry and moves the end to it.
    ///
    /// # Errors
    /// [`ChainError`] as [`Chain::verify`]; the end then stays where it was.
    pub fn accept(&mut self, header: &Header) -> Result<(), ChainError> {
        self.verify(header)?;
        self.tip = Tip { seq: header.seq, hash: header.hash(), hlc: header.hlc };
        Ok(())
    }
}
