//! What a change is expected to be, so that only what is otherwise is said.

use std::collections::BTreeMap;

use crate::Origin;
use crate::document::flat::{Flat, Name};

/// What is expected of the next change of a document.
#[derive(Clone, Default)]
pub(super) struct Trail {
    /// The last change in this batch.
    pub last: Option<Name>,
    next_op: u64,
    seqs: BTreeMap<Origin, u64>,
}

impl Trail {
    pub fn expected(&self, author: Origin) -> (u64, u64) {
        (self.seqs.get(&author).map_or(1, |seq| seq.wrapping_add(1)), self.next_op.max(1))
    }

    pub fn deps(&self) -> Vec<Name> {
        self.last.into_iter().collect()
    }

    pub fn follow(&mut self, author: Origin, flat: &Flat) {
        self.next_op = flat.start_op.wrapping_add(flat.puts.len() as u64);
        self.seqs.insert(author, flat.seq);
    }
}
