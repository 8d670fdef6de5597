//! Receiving: one change of another replica, checked before Automerge sees it.
//!
//! Automerge 0.12 asserts what it should report (a gap in an actor's sequence, an unknown actor) and queues a change
//! whose dependencies are missing. So everything it takes on trust is verified here first.

use std::collections::BTreeMap;

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{ActorId, AutomergeError, Change, ReadDoc};

use super::Document;

/// The longest change that is applied, in bytes (16 MiB); an edit stays below it by `EDIT_BYTES_MAX`.
pub const CHANGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Where the kind of an Automerge chunk stands: after 4 magic and 4 checksum bytes.
const CHUNK_KIND_AT: usize = 8;
const CHUNK_KIND_CHANGE: u8 = 1;

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
        let change = parse(change)?;
        if self.automerge.get_missing_deps(&[change.hash()]).is_empty() {
            return Ok(false);
        }
        let missing = self.automerge.get_missing_deps(change.deps()).len();
        if missing > 0 {
            return Err(ApplyError::MissingDependencies { missing });
        }
        self.check_numbering(&change)?;
        check_flat(&change)?;
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
    // A compressed chunk could unpack to any size.
    if bytes.get(CHUNK_KIND_AT) != Some(&CHUNK_KIND_CHANGE) {
        return Err(ApplyError::Malformed(None));
    }
    Change::try_from(bytes).map_err(|e| ApplyError::Malformed(Some(Box::new(e))))
}

fn check_flat(change: &Change) -> Result<(), ApplyError> {
    let flat = change.decode().operations.iter().all(|op| {
        let put = matches!(op.action, OpType::Put(_)) && !op.insert;
        put && matches!(op.obj, ObjectId::Root) && matches!(op.key, Key::Map(_))
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
