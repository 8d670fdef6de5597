//! What a batch is made of besides its texts.

use serde::{Deserialize, Serialize};

use super::text::Id;
use crate::document::flat::Name;

#[derive(Serialize, Deserialize)]
pub(super) struct Frame<'a> {
    /// A [`Head`], its rows and the text, in one zstd frame.
    pub packed: &'a [u8],
    pub noise: &'a [u8],
}

#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub origins: Vec<Part>,
    pub authors: Vec<Id>,
    pub kinds: Vec<String>,
    pub snapshots: Vec<(Id, u32, Vec<u8>)>,
    /// How many rows follow, and then the text.
    pub rows: u64,
}

/// One journal's part of the batch, or a journal that is only mentioned.
#[derive(Serialize, Deserialize)]
pub(super) struct Part {
    pub origin: Id,
    pub ends: Option<Ends>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Ends {
    pub first_seq: u64,
    /// Hash of the entry before the first.
    pub before: [u8; 32],
    pub last: [u8; 32],
}

/// An entry. Its texts are those of the facts, then, for each change, the document's id if it is new, and what is put: key
/// and value.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    pub origin: u32,
    pub author: u32,
    /// From the entry before in this batch, whosever it is.
    pub hlc_step: i64,
    pub after: Vec<(u32, u64)>,
    pub facts: u32,
    pub changes: Vec<(RowDoc, RowChange)>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum RowDoc {
    /// Counted back from the last document that was new: 1 is that one.
    Back(u32),
    /// New, and of this kind.
    New(u32),
}

#[derive(Serialize, Deserialize)]
pub(super) enum RowChange {
    Flat {
        seq_step: i64,
        op_step: i64,
        time: i64,
        deps: Deps,
        puts: Vec<RowPut>,
    },
    Whole(Vec<u8>),
    /// A snapshot covers it: its hash.
    Dropped([u8; 32]),
}

/// What a change builds on.
#[derive(Serialize, Deserialize)]
pub(super) enum Deps {
    /// The change of its document before it in this batch, or nothing when there is none.
    Before,
    Names(Vec<Dep>),
}

#[derive(Serialize, Deserialize)]
pub(super) enum Dep {
    /// A change of this batch, counted back from this one: 1 is the one before.
    Back(u32),
    Name(Name),
}

/// A value put under a key: how many operations before the change the replaced ones are, and whose.
#[derive(Serialize, Deserialize)]
pub(super) struct RowPut {
    pub value: RowValue,
    pub replaces: Vec<(i64, u32)>,
}

#[derive(Serialize, Deserialize)]
pub(super) enum RowValue {
    Text,
    Number(i64),
    Bytes,
}
