//! Writing ahead of Automerge.
//!
//! What a change says follows from little: what it builds on, the numbers that are free, and which operations wrote the
//! keys before. Automerge finds that in a document by putting the change into it, which takes longer than to write the
//! change down. Somebody may be waiting for that, and nobody for the document: it takes the changes in when it is read.

use std::collections::HashMap;

use automerge::{ActorId, Change, ChangeHash, ObjId, ROOT, ReadDoc, ScalarValue};

use super::edit::{Page, Writes};
use super::flat::{self, Flat, Put, Value};
use super::{Document, Edit};
use crate::Hlc;

/// A document that is written to far more often than it is read. Its edits are those that the document would make, to the
/// byte.
#[derive(Debug)]
pub struct Ahead {
    document: Document,
    /// Made here, in this order, and not taken in by the document.
    changes: Vec<Change>,
    /// What they left under each key: the number of the operation, and its value.
    written: HashMap<String, (u64, ScalarValue)>,
    /// Where the next begins; none, as when there are no changes ahead, until it is looked up in the document.
    end: Option<End>,
}

/// What the next change starts from.
#[derive(Debug)]
struct End {
    /// The changes that it builds on.
    deps: Vec<ChangeHash>,
    last_seq: u64,
    last_op: u64,
}

impl Ahead {
    /// Nothing is ahead yet.
    pub fn of(document: Document) -> Self {
        Self { document, changes: Vec::new(), written: HashMap::new(), end: None }
    }

    /// As [`Document::edit`].
    pub fn edit(&mut self, hlc: Hlc) -> Edit<'_> {
        Edit::on(self, hlc, false)
    }

    /// As [`Document::edit_late`].
    pub fn edit_late(&mut self, hlc: Hlc) -> Edit<'_> {
        Edit::on(self, hlc, true)
    }

    /// The document with everything that was written.
    pub fn document(&mut self) -> &mut Document {
        self.end = None;
        self.written.clear();
        self.document.take_own(std::mem::take(&mut self.changes));
        &mut self.document
    }

    /// The operations that writing to a key replaces: number and author.
    fn replaced(&self, key: &str) -> Vec<(u64, [u8; 16])> {
        if let Some((op, _)) = self.written.get(key) {
            return vec![(*op, *self.document.origin.as_bytes())];
        }
        let held = self.document.automerge.get_all(ROOT, key).unwrap_or_default();
        let name = |id: ObjId| match id {
            ObjId::Id(op, actor, _) => Some((op, actor.to_bytes().try_into().ok()?)),
            ObjId::Root => None,
        };
        held.into_iter().filter_map(|(_, id)| name(id)).collect()
    }
}

impl Page for Ahead {
    fn document(&self) -> &Document {
        &self.document
    }

    fn held(&self, key: &str) -> Vec<ScalarValue> {
        match self.written.get(key) {
            Some((_, value)) => vec![value.clone()],
            None => self.document.scalars(key),
        }
    }

    fn take(&mut self, writes: Writes) -> Option<Vec<u8>> {
        let put = |(key, value): (&String, &ScalarValue)| Put {
            key: key.clone(),
            value: Value::of(value).expect("an edit writes facts, registers and deltas"),
            replaces: self.replaced(key),
        };
        let puts = writes.iter().map(put).collect();
        let end = self.end.take().unwrap_or_else(|| End::of(self.document()));
        let flat = Flat { seq: end.last_seq + 1, start_op: end.last_op + 1, time: 0, puts };
        // None would say that nothing changed.
        let change = flat::change(&flat, self.document.origin, end.deps).expect("an edit is a change");
        self.end = Some(End { deps: vec![change.hash()], last_seq: change.seq(), last_op: change.max_op() });
        self.written.extend((flat.start_op..).zip(writes).map(|(op, (key, value))| (key, (op, value))));
        let bytes = change.raw_bytes().to_vec();
        self.changes.push(change);
        Some(bytes)
    }
}

impl End {
    fn of(document: &mut Document) -> Self {
        // Told again who writes here: Automerge finds the last change of an author only if it had one when it was told.
        document.automerge.set_actor(ActorId::from(*document.origin.as_bytes()));
        let own = document.automerge.get_last_local_change();
        let heads = document.automerge.get_heads();
        let ends = heads.iter().filter_map(|head| document.automerge.get_change_meta_by_hash(head));
        let last_op = ends.map(|meta| meta.max_op).max().unwrap_or(0);
        // A change names the one before it of its author, whatever else that is under.
        let mut deps: Vec<ChangeHash> = heads.iter().copied().chain(own.as_ref().map(Change::hash)).collect();
        deps.sort_unstable();
        deps.dedup();
        Self { deps, last_seq: own.map_or(0, |own| own.seq()), last_op }
    }
}
