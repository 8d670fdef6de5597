//! A change said shortly: what its author cannot leave out.
//!
//! A raw change repeats its author, carries checksums, and names the changes it builds on by their hashes. In a batch
//! all that follows from what stands around it. The raw bytes that come back are compared with a hash by whoever
//! asked for them: a change that does not survive this is sent whole.

use std::panic::AssertUnwindSafe;

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ScalarValue};
use serde::{Deserialize, Serialize};

use super::{Document, RawChange, chunk};
use crate::Origin;

/// The hash by which other changes name a change.
pub(crate) type Name = [u8; 32];

/// A change without its author and what it builds on.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flat {
    pub seq: u64,
    pub start_op: u64,
    pub time: i64,
    pub puts: Vec<Put>,
}

impl Flat {
    /// Whether its operations have numbers that Automerge does not cut.
    fn is_sound(&self) -> bool {
        let end = self.start_op.saturating_add(self.puts.len() as u64);
        let mut replaced = self.puts.iter().flat_map(|put| &put.replaces);
        end < u64::from(u32::MAX) && replaced.all(|(op, _)| *op < self.start_op)
    }
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Put {
    pub key: String,
    pub value: Value,
    /// The operations it replaces: number and author.
    pub replaces: Vec<(u64, [u8; 16])>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    Bytes(Vec<u8>),
}

impl Value {
    /// `None` when no edit writes such a value.
    pub(super) fn of(value: &ScalarValue) -> Option<Self> {
        match value {
            ScalarValue::Str(text) => Some(Self::Text(text.to_string())),
            ScalarValue::Int(number) => Some(Self::Number(*number)),
            ScalarValue::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            _ => None,
        }
    }
}

/// The name of a raw change; `None` when the bytes are none.
pub(crate) fn name(raw: &[u8]) -> Option<Name> {
    chunk::is_one(chunk::Kind::Change, raw).then(|| Change::try_from(raw).ok())?.map(|change| change.hash().0)
}

/// Says a raw change of `author` shortly, with the names of what it builds on and its own; `None` when it says more than
/// that.
pub(crate) fn flatten(raw: &[u8], author: Origin) -> Option<(Flat, Vec<Name>, Name)> {
    if !chunk::is_one(chunk::Kind::Change, raw) {
        return None;
    }
    let change = Change::try_from(raw).ok()?;
    let deps: Vec<Name> = change.deps().iter().map(|dep| dep.0).collect();
    let expanded = std::panic::catch_unwind(AssertUnwindSafe(|| change.decode())).ok()?;
    let puts = expanded.operations.iter().map(put_of).collect::<Option<Vec<_>>>()?;
    let flat = Flat { seq: expanded.seq, start_op: expanded.start_op.get(), time: expanded.time, puts };
    let (raised, name) = raise(&flat, author, &deps)?;
    (raised.bytes() == raw).then_some((flat, deps, name))
}

/// The change that `author` said shortly, and its name; `None` when there is no such change.
pub(crate) fn raise(flat: &Flat, author: Origin, deps: &[Name]) -> Option<(RawChange, Name)> {
    let change = change(flat, author, deps.iter().map(|dep| ChangeHash(*dep)).collect())?;
    let name = change.hash().0;
    let raw = if flat.is_sound() {
        RawChange::Written(Box::new(change))
    } else {
        RawChange::read(change.raw_bytes().to_vec())
    };
    Some((raw, name))
}

/// The same as Automerge has it.
pub(super) fn change(flat: &Flat, author: Origin, deps: Vec<ChangeHash>) -> Option<Change> {
    let expanded = ExpandedChange {
        operations: flat.puts.iter().map(op_of).collect(),
        actor_id: ActorId::from(*author.as_bytes()),
        hash: None,
        seq: flat.seq,
        start_op: flat.start_op.try_into().ok()?,
        time: flat.time,
        message: None,
        deps,
        extra_bytes: Vec::new(),
        author: None,
    };
    // Encoding asserts what it should report. It makes a new value of its own, so a panic leaves nothing half-done.
    std::panic::catch_unwind(AssertUnwindSafe(|| Change::from(expanded))).ok()
}

/// The raw changes in a document as it was saved, each after those it builds on; none when it cannot be read.
pub(crate) fn lift(saved: &[u8]) -> Vec<Vec<u8>> {
    let document = Document::load(saved, Origin::from_bytes([0; 16]));
    let changes = document.map(|document| document.automerge.get_changes(&[]));
    changes.unwrap_or_default().iter().map(|change| change.raw_bytes().to_vec()).collect()
}

fn put_of(op: &Op) -> Option<Put> {
    let (OpType::Put(value), ObjectId::Root, Key::Map(key), false) =
        (&op.action, &op.obj, &op.key, op.insert)
    else {
        return None;
    };
    let value = Value::of(value)?;
    let replaces = op.pred.iter().map(|id| Some((id.counter(), id.actor().to_bytes().try_into().ok()?)));
    Some(Put { key: key.to_string(), value, replaces: replaces.collect::<Option<_>>()? })
}

fn op_of(put: &Put) -> Op {
    let value = match &put.value {
        Value::Text(text) => ScalarValue::Str(text.as_str().into()),
        Value::Number(number) => ScalarValue::Int(*number),
        Value::Bytes(bytes) => ScalarValue::Bytes(bytes.clone()),
    };
    let replaced = |(counter, actor): &(u64, [u8; 16])| OpId::new(*counter, &ActorId::from(*actor));
    let pred: Vec<OpId> = put.replaces.iter().map(replaced).collect();
    Op {
        action: OpType::Put(value),
        obj: ObjectId::Root,
        key: Key::Map(put.key.as_str().into()),
        pred: pred.into(),
        insert: false,
    }
}
