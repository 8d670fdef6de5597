//! Takes entries apart.

use std::collections::BTreeMap;

use super::PUTS_MAX;
use super::row::{Dep, Deps, Ends, Head, Part, Row, RowChange, RowDoc, RowPut, RowValue};
use super::text::{Id, Scene, Writer};
use super::trail::Trail;
use crate::document::flat::{self, Name, Put, Value};
use crate::session::batch::Table;
use crate::session::{Parcel, Snapshot};
use crate::{AuthorId, ChangeDigest, DocId, Origin};

pub(super) struct Packer {
    origins: Table<Origin>,
    authors: Table<AuthorId>,
    kinds: Table<String>,
    docs: Table<(DocId, u32)>,
    parts: BTreeMap<Origin, Ends>,
    texts: Writer,
    trails: Vec<Trail>,
    hlc: u64,
    /// Where the changes of this batch stand, by name; and how many there are.
    names: BTreeMap<Name, u32>,
    changes: u32,
}

impl Packer {
    pub fn new(texts: Writer) -> Self {
        Self {
            origins: Table::default(),
            authors: Table::default(),
            kinds: Table::default(),
            docs: Table::default(),
            parts: BTreeMap::new(),
            texts,
            trails: Vec::new(),
            hlc: 0,
            names: BTreeMap::new(),
            changes: 0,
        }
    }

    pub fn row(&mut self, parcel: &Parcel) -> Row {
        let header = parcel.header();
        let hash = *header.hash().as_bytes();
        let before = *header.prev_hash.as_bytes();
        let ends = self.parts.entry(header.origin);
        ends.or_insert(Ends { first_seq: header.seq, before, last: hash }).last = hash;
        let hlc = header.hlc.to_bits();
        let hlc_step = hlc.wrapping_sub(std::mem::replace(&mut self.hlc, hlc)).cast_signed();
        let origin = self.origins.place(header.origin);
        let after = header.after.iter().map(|(origin, seq)| (self.origins.place(origin), seq)).collect();
        let docs = header.changes.iter().map(|digest| self.known(digest)).collect();
        self.texts.enter(Scene { author: *header.author.as_bytes(), hlc, docs });
        for fact in parcel.facts() {
            self.texts.write_fact(fact);
        }
        Row {
            origin,
            author: self.authors.place(header.author),
            hlc_step,
            after,
            facts: u32::try_from(parcel.facts().len()).expect("an entry holds fewer facts"),
            changes: parcel.changes().map(|(digest, raw)| self.change(digest, raw, header.origin)).collect(),
        }
    }

    /// What stands before `rows` rows, and the texts of them all.
    pub fn finish(mut self, snapshots: &[Snapshot], rows: u64) -> (Head, Writer) {
        let snapshot = |snapshot: &Snapshot| {
            let kind = self.kinds.place(snapshot.kind.clone());
            (*snapshot.doc.as_bytes(), kind, snapshot.bytes.clone())
        };
        let snapshots = snapshots.iter().map(snapshot).collect();
        let ends = |origin: &Origin| self.parts.get(origin).cloned();
        let part = |origin: Origin| Part { origin: *origin.as_bytes(), ends: ends(&origin) };
        let head = Head {
            origins: self.origins.items.into_iter().map(part).collect(),
            authors: self.authors.items.iter().map(|author| *author.as_bytes()).collect(),
            kinds: self.kinds.items,
            snapshots,
            rows,
        };
        (head, self.texts)
    }

    fn known(&mut self, digest: &ChangeDigest) -> Option<Id> {
        let kind = self.kinds.place(digest.kind.clone());
        self.docs.places.contains_key(&(digest.doc, kind)).then_some(*digest.doc.as_bytes())
    }

    fn change(&mut self, digest: &ChangeDigest, raw: Option<&[u8]>, author: Origin) -> (RowDoc, RowChange) {
        let kind = self.kinds.place(digest.kind.clone());
        let count = self.trails.len();
        let place = self.docs.place((digest.doc, kind)) as usize;
        let doc = if place == count {
            self.trails.push(Trail::default());
            self.texts.write_id(*digest.doc.as_bytes());
            RowDoc::New(kind)
        } else {
            RowDoc::Back(u32::try_from(count - place).expect("a batch in memory holds fewer documents"))
        };
        let change =
            raw.map_or(RowChange::Dropped(*digest.hash.as_bytes()), |raw| self.body(raw, place, author));
        self.changes += 1;
        (doc, change)
    }

    fn body(&mut self, raw: &[u8], place: usize, author: Origin) -> RowChange {
        let flat = flat::flatten(raw, author).filter(|(flat, ..)| flat.puts.len() <= PUTS_MAX);
        let (change, name) = match flat {
            Some((flat, deps, name)) => {
                let (seq, op) = self.trails[place].expected(author);
                let deps = self.deps(place, deps);
                let puts = flat.puts.iter().map(|put| self.put(put, flat.start_op)).collect();
                self.trails[place].follow(author, &flat);
                let seq_step = flat.seq.wrapping_sub(seq).cast_signed();
                let op_step = flat.start_op.wrapping_sub(op).cast_signed();
                (RowChange::Flat { seq_step, op_step, time: flat.time, deps, puts }, Some(name))
            }
            None => (RowChange::Whole(raw.to_vec()), flat::name(raw)),
        };
        if let Some(name) = name {
            self.trails[place].last = Some(name);
            self.names.insert(name, self.changes);
        }
        change
    }

    fn deps(&self, place: usize, deps: Vec<Name>) -> Deps {
        if deps == self.trails[place].deps() {
            return Deps::Before;
        }
        let named = |name: Name| {
            self.names.get(&name).map_or(Dep::Name(name), |earlier| Dep::Back(self.changes - earlier))
        };
        Deps::Names(deps.into_iter().map(named).collect())
    }

    fn put(&mut self, put: &Put, start_op: u64) -> RowPut {
        self.texts.write(put.key.as_bytes());
        let value = match &put.value {
            Value::Text(text) => {
                self.texts.write(text.as_bytes());
                RowValue::Text
            }
            Value::Number(number) => RowValue::Number(*number),
            Value::Bytes(bytes) => {
                self.texts.write(bytes);
                RowValue::Bytes
            }
        };
        let replaced = |(op, actor): &(u64, Id)| {
            (start_op.wrapping_sub(*op).cast_signed(), self.origins.place(Origin::from_bytes(*actor)))
        };
        RowPut { value, replaces: put.replaces.iter().map(replaced).collect() }
    }
}
