//! Receiving: one change of another replica, checked before Automerge sees it.
//!
//! Automerge 0.12 ignores a change's checksum, asserts what it should report (a gap in an actor's sequence, an
//! unknown actor), queues a change whose dependencies are missing, and lets one replace what was never written. So everything it takes on trust is verified here first.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;

use automerge::legacy::{Key, ObjectId, OpId, OpType};
use automerge::{ActorId, AutomergeError, Change, ExpandedChange, ObjId, ReadDoc};

use super::{Document, RawChange, chunk};

/// The longest change that is applied, in bytes (16 MiB); an edit stays below it by `EDIT_BYTES_MAX`.
pub const CHANGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Why a change was not applied. The document is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Longer than [`CHANGE_BYTES_MAX`].
    #[error("change of {bytes} bytes is longer than {CHANGE_BYTES_MAX}")]
    TooLong {
        /// Bytes of the change.
        bytes: usize,
    },
    /// Damaged, compressed, several, or no change at all.
    #[error("not one raw change")]
    Malformed(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// It builds on changes this document does not hold yet. Apply those first; nothing is kept waiting inside.
    #[error("change builds on {missing} changes that are not here")]
    MissingDependencies {
        /// How many are missing.
        missing: usize,
    },
    /// Another change of the same actor has the same number: two databases wrote as one origin.
    #[error("actor {actor} wrote two different changes numbered {seq}")]
    ReusedSequence {
        /// The actor, in hex: the origin's bytes.
        actor: String,
        /// The number used twice.
        seq: u64,
    },
    /// Its numbering does not follow from the changes it builds on; no replica writes this.
    #[error("change {seq} of actor {actor} is numbered wrongly")]
    Misnumbered {
        /// The actor, in hex.
        actor: String,
        /// The change's number.
        seq: u64,
    },
    /// It does more than put values into the root map; no replica writes this.
    #[error("change is outside the flat vocabulary")]
    NotFlat,
    /// It claims to replace what is not in this document, or writes one key twice; no replica writes this.
    #[error("change {seq} of actor {actor} replaces what was never written")]
    Unfounded {
        /// The actor, in hex.
        actor: String,
        /// The change's number.
        seq: u64,
    },
    /// It is not the one encoding of what it says; Automerge might save it and be unable to load it again.
    #[error("change is not canonically encoded")]
    NotCanonical,
    /// Automerge refused it for another reason.
    #[error("change was refused")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Document {
    /// Applies one change as [`Edit::commit`](super::Edit::commit) returned it, here or elsewhere. False when it was
    /// already in.
    ///
    /// # Errors
    /// [`ApplyError`]; the document is then as it was.
    pub fn apply(&mut self, change: &[u8]) -> Result<bool, ApplyError> {
        self.take_in(parse(change)?, canonical)
    }

    pub(crate) fn apply_raw(&mut self, change: &RawChange) -> Result<bool, ApplyError> {
        match change {
            RawChange::Read(bytes) => self.apply(bytes),
            RawChange::Written(change) => self.take_in(Change::clone(change), |change| Some(change.decode())),
        }
    }

    fn take_in(
        &mut self,
        change: Change,
        expand: impl FnOnce(&Change) -> Option<ExpandedChange>,
    ) -> Result<bool, ApplyError> {
        if self.automerge.get_missing_deps(&[change.hash()]).is_empty() {
            return Ok(false);
        }
        let missing = self.automerge.get_missing_deps(change.deps()).len();
        if missing > 0 {
            return Err(ApplyError::MissingDependencies { missing });
        }
        self.check_numbering(&change)?;
        let expanded = expand(&change).ok_or(ApplyError::NotCanonical)?;
        check_flat(&expanded)?;
        self.check_replaced(&expanded)?;
        let (actor, seq) = (change.actor_id().clone(), change.seq());
        self.automerge.apply_changes([change]).map_err(refusal)?;
        self.last_seqs().insert(actor, seq);
        Ok(true)
    }

    fn check_numbering(&mut self, change: &Change) -> Result<(), ApplyError> {
        let (actor, seq) = (change.actor_id(), change.seq());
        let last_seqs = self.last_seqs();
        let last = last_seqs.get(actor).copied().unwrap_or(0);
        if seq <= last {
            return Err(ApplyError::ReusedSequence { actor: actor.to_string(), seq });
        }
        let strangers = change.other_actor_ids().iter().any(|other| !last_seqs.contains_key(other));
        let metas = change.deps().iter().filter_map(|dep| self.automerge.get_change_meta_by_hash(dep));
        let ops_before = metas.map(|meta| meta.max_op).max().unwrap_or(0);
        let numbers_follow = seq == last + 1
            && ops_before.checked_add(1) == Some(change.start_op().get())
            // Automerge keeps operation numbers in 32 bits and cuts what is longer.
            && change.max_op() < u64::from(u32::MAX);
        if strangers || !numbers_follow {
            return Err(ApplyError::Misnumbered { actor: actor.to_string(), seq });
        }
        Ok(())
    }

    /// An operation names those it replaces. Automerge would apply one that names operations which do not exist, or
    /// of another key, and save a document that it cannot load again.
    fn check_replaced(&self, change: &ExpandedChange) -> Result<(), ApplyError> {
        let mut keys = BTreeSet::new();
        for op in &change.operations {
            let mut replaced = BTreeSet::new();
            let sound = keys.insert(key_text(&op.key))
                && op.pred.iter().all(|id| {
                    let earlier = id.counter() < change.start_op.get();
                    replaced.insert(id) && earlier && self.key_of(id).is_some_and(|key| key == op.key)
                });
            if !sound {
                let actor = change.actor_id.to_string();
                return Err(ApplyError::Unfounded { actor, seq: change.seq });
            }
        }
        Ok(())
    }

    /// The key that an operation of this document wrote.
    fn key_of(&self, id: &OpId) -> Option<Key> {
        let hash = self.automerge.hash_for_opid(&ObjId::Id(id.counter(), id.actor().clone(), 0))?;
        let change = self.automerge.get_change_by_hash(&hash)?.decode();
        let index = id.counter().checked_sub(change.start_op.get())?;
        Some(change.operations.get(usize::try_from(index).ok()?)?.key.clone())
    }

    /// Takes in changes that were made from this document as it is, one after the other.
    pub(super) fn take_own(&mut self, changes: Vec<Change>) {
        for change in &changes {
            self.note_last(change);
        }
        self.automerge.apply_changes(changes).expect("a change that was made from this document fits");
    }

    pub(super) fn note_last(&mut self, change: &Change) {
        if let Some(last_seqs) = &mut self.last_seqs {
            last_seqs.insert(change.actor_id().clone(), change.seq());
        }
    }

    fn last_seqs(&mut self) -> &mut BTreeMap<ActorId, u64> {
        let automerge = &self.automerge;
        self.last_seqs.get_or_insert_with(|| {
            let mut last_seqs = BTreeMap::new();
            for meta in automerge.get_changes_meta(&[]) {
                let last = last_seqs.entry(meta.actor.into_owned()).or_insert(0);
                *last = meta.seq.max(*last);
            }
            last_seqs
        })
    }
}

fn parse(bytes: &[u8]) -> Result<Change, ApplyError> {
    if bytes.len() > CHANGE_BYTES_MAX {
        return Err(ApplyError::TooLong { bytes: bytes.len() });
    }
    if !chunk::is_one(chunk::Kind::Change, bytes) {
        return Err(ApplyError::Malformed(None));
    }
    let change = Change::try_from(bytes).map_err(|e| ApplyError::Malformed(Some(Box::new(e))))?;
    // Automerge checks this for documents only.
    if !chunk::has_checksum(change.hash().0, bytes) {
        return Err(ApplyError::Malformed(None));
    }
    Ok(change)
}

/// What the change says; `None` unless its bytes are what Automerge writes for that.
fn canonical(change: &Change) -> Option<ExpandedChange> {
    // Decoding unwraps indexes into the change's own table of actors. It only reads the change and makes a new value,
    // so a panic leaves nothing half-done. (Built with `panic = "abort"` a forged change could end the process.)
    std::panic::catch_unwind(AssertUnwindSafe(|| {
        let expanded = change.decode();
        (Change::from(expanded.clone()).hash() == change.hash()).then_some(expanded)
    }))
    .ok()
    .flatten()
}

fn key_text(key: &Key) -> Option<&str> {
    match key {
        Key::Map(text) => Some(text),
        Key::Seq(_) => None,
    }
}

fn check_flat(change: &ExpandedChange) -> Result<(), ApplyError> {
    let flat = change.operations.iter().all(|op| {
        let put = matches!(op.action, OpType::Put(_)) && !op.insert;
        put && matches!(op.obj, ObjectId::Root) && op.key.is_map_key()
    });
    if flat { Ok(()) } else { Err(ApplyError::NotFlat) }
}

fn refusal(error: AutomergeError) -> ApplyError {
    match error {
        AutomergeError::DuplicateSeqNumber(seq, actor) => {
            ApplyError::ReusedSequence { actor: actor.to_string(), seq }
        }
        other => ApplyError::Refused(Box::new(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::flat::{Flat, Put, Value, raise};
    use super::*;
    use crate::Origin;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![0_u64..1_000, (u64::from(u32::MAX) - 9)..(u64::from(u32::MAX) + 9), any::<u64>()]
    }

    prop_compose! {
        fn put()(
            key in ".{0,8}",
            value in prop_oneof![
                ".{0,20}".prop_map(Value::Text),
                any::<i64>().prop_map(Value::Number),
                any::<Vec<u8>>().prop_map(Value::Bytes),
            ],
            replaces in prop::collection::vec((number(), any::<[u8; 16]>()), 0..4),
        ) -> Put {
            Put { key, value, replaces }
        }
    }

    proptest! {
        // What is written here is not looked at once more when it is applied.
        #[test]
        fn what_is_said_shortly_is_written_in_the_one_encoding_of_it_or_looked_at_again(
            (seq, start_op, time) in (number(), number(), any::<i64>()),
            puts in prop::collection::vec(put(), 0..4),
            deps in prop::collection::vec(any::<[u8; 32]>(), 0..4),
            author in any::<[u8; 16]>(),
        ) {
            let flat = Flat { seq, start_op, time, puts };
            if let Some((RawChange::Written(change), _)) = raise(&flat, Origin::from_bytes(author), &deps) {
                prop_assert!(canonical(&change).is_some());
                prop_assert!(parse(change.raw_bytes()).is_ok());
            }
        }
    }
}
