//! Puts entries together again, with all the hashes that were not sent.

use std::collections::BTreeMap;

use super::row::{Dep, Deps, Head, Part, Row, RowChange, RowDoc, RowPut, RowValue};
use super::text::{Id, Reader, Scene};
use super::trail::Trail;
use crate::document::RawChange;
use crate::document::flat::{self, Flat, Name, Put, Value};
use crate::entry::{hash_change, hash_facts};
use crate::session::batch::{BatchError, Unpacked, at};
use crate::session::{Parcel, Snapshot};
use crate::{AuthorId, ChangeDigest, DocId, Hash, Header, Hlc, Origin, Vector};

pub(super) struct Unpacker<'a> {
    origins: Vec<Origin>,
    authors: Vec<AuthorId>,
    kinds: Vec<String>,
    docs: Vec<(DocId, u32)>,
    trails: Vec<Trail>,
    texts: Reader<'a>,
    ends: BTreeMap<Origin, Hash>,
    /// Where each journal's part has got to: its last entry so far, and that one's hash.
    tips: BTreeMap<Origin, (u64, Hash)>,
    hlc: u64,
    /// Of each change so far; `None` of one whose bytes were dropped or are no change.
    names: Vec<Option<Name>>,
}

impl<'a> Unpacker<'a> {
    pub fn new(head: &Head, texts: Reader<'a>) -> Result<Self, BatchError> {
        let mut unpacker = Self {
            origins: head.origins.iter().map(|part| Origin::from_bytes(part.origin)).collect(),
            authors: head.authors.iter().copied().map(AuthorId::from).collect(),
            kinds: head.kinds.clone(),
            docs: Vec::new(),
            trails: Vec::new(),
            texts,
            ends: BTreeMap::new(),
            tips: BTreeMap::new(),
            hlc: 0,
            names: Vec::new(),
        };
        for Part { origin, ends } in &head.origins {
            let Some(ends) = ends else { continue };
            let origin = Origin::from_bytes(*origin);
            let seq = ends.first_seq.checked_sub(1).ok_or(BatchError::Malformed)?;
            unpacker.tips.insert(origin, (seq, Hash::from(ends.before)));
            unpacker.ends.insert(origin, Hash::from(ends.last));
        }
        Ok(unpacker)
    }

    pub fn unpack(mut self, head: Head, rows: Vec<Row>) -> Result<Unpacked, BatchError> {
        let parcels = rows.into_iter().map(|row| self.parcel(row)).collect::<Result<_, _>>()?;
        if !self.texts.is_done() {
            return Err(BatchError::Malformed);
        }
        let snapshot = |(doc, kind, bytes): (Id, u32, Vec<u8>)| {
            Ok(Snapshot { doc: DocId::from(doc), kind: at(&self.kinds, kind)?.clone(), bytes })
        };
        let snapshots = head.snapshots.into_iter().map(snapshot).collect::<Result<_, BatchError>>()?;
        Ok(Unpacked { snapshots, parcels, ends: self.ends })
    }

    fn parcel(&mut self, row: Row) -> Result<Parcel, BatchError> {
        let origin = *at(&self.origins, row.origin)?;
        let author = *at(&self.authors, row.author)?;
        let (last_seq, prev_hash) = *self.tips.get(&origin).ok_or(BatchError::Dangling)?;
        let seq = last_seq.checked_add(1).ok_or(BatchError::Malformed)?;
        self.hlc = self.hlc.wrapping_add(row.hlc_step.cast_unsigned());
        let docs = self.known(&row);
        self.texts.enter(Scene { author: *author.as_bytes(), hlc: self.hlc, docs });
        let facts = (0..row.facts).map(|_| self.texts.read_fact()).collect::<Result<Vec<_>, _>>()?;
        let mut digests = Vec::with_capacity(row.changes.len());
        let mut changes = Vec::with_capacity(row.changes.len());
        for (doc, change) in row.changes {
            let place = self.doc(doc)?;
            let (hash, raw) = self.change(change, place, origin)?;
            let (doc, kind) = self.docs[place];
            digests.push(ChangeDigest { doc, kind: at(&self.kinds, kind)?.clone(), hash });
            changes.push(raw);
        }
        let after = row.after.into_iter().map(|(origin, seq)| Ok((*at(&self.origins, origin)?, seq)));
        let header = Header {
            origin,
            seq,
            prev_hash,
            after: after.collect::<Result<Vector, BatchError>>()?,
            hlc: Hlc::from_bits(self.hlc),
            author,
            facts_hash: hash_facts(&facts),
            changes: digests,
        };
        self.tips.insert(origin, (seq, header.hash()));
        Parcel::of(header, facts, changes).map_err(|_| BatchError::Malformed)
    }

    /// The document of each change, where it came before this entry.
    fn known(&self, row: &Row) -> Vec<Option<Id>> {
        let mut count = self.docs.len();
        let of = |(doc, _): &(RowDoc, RowChange)| match doc {
            RowDoc::New(_) => {
                count += 1;
                None
            }
            RowDoc::Back(back) => {
                let place = count.checked_sub(*back as usize)?;
                self.docs.get(place).map(|(doc, _)| *doc.as_bytes())
            }
        };
        row.changes.iter().map(of).collect()
    }

    fn doc(&mut self, doc: RowDoc) -> Result<usize, BatchError> {
        match doc {
            RowDoc::Back(back) => {
                let place = self.docs.len().checked_sub(back as usize).ok_or(BatchError::Dangling)?;
                if place < self.docs.len() { Ok(place) } else { Err(BatchError::Dangling) }
            }
            RowDoc::New(kind) => {
                let doc = DocId::from(self.texts.read_id()?);
                self.docs.push((doc, kind));
                self.trails.push(Trail::default());
                Ok(self.docs.len() - 1)
            }
        }
    }

    fn change(
        &mut self,
        change: RowChange,
        place: usize,
        author: Origin,
    ) -> Result<(Hash, Option<RawChange>), BatchError> {
        let (hash, raw, name) = match change {
            RowChange::Dropped(hash) => (Hash::from(hash), None, None),
            RowChange::Whole(raw) => {
                let name = flat::name(&raw);
                (hash_change(&raw), Some(RawChange::read(raw)), name)
            }
            RowChange::Flat { seq_step, op_step, time, deps, puts } => {
                let (seq, op) = self.trails[place].expected(author);
                let (seq, start_op) =
                    (seq.wrapping_add(seq_step.cast_unsigned()), op.wrapping_add(op_step.cast_unsigned()));
                let deps = self.deps(deps, place)?;
                let puts = puts.into_iter().map(|put| self.put(put, start_op)).collect::<Result<_, _>>()?;
                let flat = Flat { seq, start_op, time, puts };
                self.trails[place].follow(author, &flat);
                let (raw, name) = flat::raise(&flat, author, &deps).ok_or(BatchError::Malformed)?;
                (hash_change(raw.bytes()), Some(raw), Some(name))
            }
        };
        if name.is_some() {
            self.trails[place].last = name;
        }
        self.names.push(name);
        Ok((hash, raw))
    }

    fn deps(&self, deps: Deps, place: usize) -> Result<Vec<Name>, BatchError> {
        let named = |dep: Dep| match dep {
            Dep::Name(name) => Ok(name),
            Dep::Back(back) => {
                let place = self.names.len().checked_sub(back as usize).ok_or(BatchError::Dangling)?;
                self.names.get(place).copied().flatten().ok_or(BatchError::Dangling)
            }
        };
        match deps {
            Deps::Before => Ok(self.trails[place].deps()),
            Deps::Names(deps) => deps.into_iter().map(named).collect(),
        }
    }

    fn put(&mut self, put: RowPut, start_op: u64) -> Result<Put, BatchError> {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| BatchError::Malformed);
        let key = text(self.texts.read()?)?;
        let value = match put.value {
            RowValue::Text => Value::Text(text(self.texts.read()?)?),
            RowValue::Number(number) => Value::Number(number),
            RowValue::Bytes => Value::Bytes(self.texts.read()?),
        };
        let operation = |(back, actor): (i64, u32)| {
            Ok((start_op.wrapping_sub(back.cast_unsigned()), *at(&self.origins, actor)?.as_bytes()))
        };
        let replaces = put.replaces.into_iter().map(operation).collect::<Result<_, BatchError>>()?;
        Ok(Put { key, value, replaces })
    }
}
