//! Many entries in one frame, as version 2 of the protocol says them: [`batch`](super::batch) with texts taken apart.
//!
//! Three streams: what an entry is made of, the texts of facts and changes, and what cannot be compressed. The first two
//! are compressed together, the third stands beside them. As in version 1 no hash is sent that follows from the rest.

mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::text::{Id, MadeId, Reader, Scene, Writer};
use super::batch::{BatchError, Table, UNPACKED_BYTES_MAX, Unpacked, at};
use super::{Parcel, Snapshot};
use crate::document::flat::{self, Flat, Name, Put, Value};
use crate::entry::{hash_change, hash_facts};
use crate::{AuthorId, ChangeDigest, DocId, Hash, Header, Hlc, Origin, Vector};

/// How hard a batch is compressed: 19 levels, of which those beyond this one cost a small box more than they save.
const COMPRESSION_LEVEL: i32 = 6;
/// The most facts, changes and values in one batch: what is small on the way takes more room in memory.
const ITEMS_MAX: usize = 1 << 18;
/// A change that puts more values than this is sent whole.
const PUTS_MAX: usize = 1 << 16;

#[derive(Serialize, Deserialize)]
struct Frame<'a> {
    /// A [`Head`], its rows and the text, in one zstd frame.
    packed: &'a [u8],
    noise: &'a [u8],
}

#[derive(Serialize, Deserialize)]
struct Head {
    origins: Vec<Part>,
    authors: Vec<Id>,
    kinds: Vec<String>,
    snapshots: Vec<(Id, u32, Vec<u8>)>,
    /// How many rows follow, and then the text.
    rows: u64,
}

/// One journal's part of the batch, or a journal that is only mentioned.
#[derive(Serialize, Deserialize)]
struct Part {
    origin: Id,
    ends: Option<Ends>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Ends {
    first_seq: u64,
    /// Hash of the entry before the first.
    before: [u8; 32],
    last: [u8; 32],
}

/// An entry. Its texts are those of the facts, then, for each change, the document's id if it is new, and what is put: key
/// and value.
#[derive(Serialize, Deserialize)]
struct Row {
    origin: u32,
    author: u32,
    /// From the entry before in this batch, whosever it is.
    hlc_step: i64,
    after: Vec<(u32, u64)>,
    facts: u32,
    changes: Vec<(RowDoc, RowChange)>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum RowDoc {
    /// Counted back from the last document that was new: 1 is that one.
    Back(u32),
    /// New, and of this kind.
    New(u32),
}

#[derive(Serialize, Deserialize)]
enum RowChange {
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
enum Deps {
    /// The change of its document before it in this batch, or nothing when there is none.
    Before,
    Names(Vec<Dep>),
}

#[derive(Serialize, Deserialize)]
enum Dep {
    /// A change of this batch, counted back from this one: 1 is the one before.
    Back(u32),
    Name(Name),
}

/// A value put under a key: how many operations before the change the replaced ones are, and whose.
#[derive(Serialize, Deserialize)]
struct RowPut {
    value: RowValue,
    replaces: Vec<(i64, u32)>,
}

#[derive(Serialize, Deserialize)]
enum RowValue {
    Text,
    Number(i64),
    Bytes,
}

/// What is expected of the next change of a document.
#[derive(Clone, Default)]
struct Trail {
    /// The last change in this batch.
    last: Option<Name>,
    next_op: u64,
    seqs: BTreeMap<Origin, u64>,
}

impl Trail {
    fn expected(&self, author: Origin) -> (u64, u64) {
        (self.seqs.get(&author).map_or(1, |seq| seq.wrapping_add(1)), self.next_op.max(1))
    }

    fn deps(&self) -> Vec<Name> {
        self.last.into_iter().collect()
    }

    fn follow(&mut self, author: Origin, flat: &Flat) {
        self.next_op = flat.start_op.wrapping_add(flat.puts.len() as u64);
        self.seqs.insert(author, flat.seq);
    }
}

/// Packs `parcels`, which stand in an order in which they can be applied.
pub(super) fn pack(snapshots: &[Snapshot], parcels: &[Parcel], made_id: MadeId) -> Vec<u8> {
    let mut packer = Packer::new(Writer::new(made_id));
    let rows: Vec<Row> = parcels.iter().map(|parcel| packer.row(parcel)).collect();
    let snapshots = snapshots
        .iter()
        .map(|snapshot| {
            let kind = packer.kinds.place(snapshot.kind.clone());
            (*snapshot.doc.as_bytes(), kind, snapshot.bytes.clone())
        })
        .collect();
    let Packer { origins, authors, kinds, parts, texts, .. } = packer;
    let part = |origin: Origin| Part { origin: *origin.as_bytes(), ends: parts.get(&origin).cloned() };
    let head = Head {
        origins: origins.items.into_iter().map(part).collect(),
        authors: authors.items.into_iter().map(|author| *author.as_bytes()).collect(),
        kinds: kinds.items,
        snapshots,
        rows: rows.len() as u64,
    };
    let mut bytes = postcard::to_allocvec(&head).expect("memory takes any batch");
    for row in &rows {
        bytes = postcard::to_extend(row, bytes).expect("memory takes any batch");
    }
    bytes.extend_from_slice(&texts.text);
    let small = zstd::bulk::compress(&bytes, COMPRESSION_LEVEL).expect("memory takes what is smaller");
    let frame = Frame { packed: &small, noise: &texts.noise };
    postcard::to_allocvec(&frame).expect("memory takes what is smaller")
}

/// Reads what [`pack`] wrote.
pub(super) fn unpack(bytes: &[u8], made_id: MadeId) -> Result<Unpacked, BatchError> {
    let Ok((frame, [])) = postcard::take_from_bytes::<Frame>(bytes) else {
        return Err(BatchError::Malformed);
    };
    let bytes =
        zstd::bulk::decompress(frame.packed, UNPACKED_BYTES_MAX).map_err(|_| BatchError::Compression)?;
    let (head, mut rest) = taken::<Head>(&bytes)?;
    let mut rows = Vec::new();
    let mut items = ITEMS_MAX;
    for _ in 0..head.rows {
        let (row, after) = taken::<Row>(rest)?;
        let puts = row.changes.iter().map(|(_, change)| match change {
            RowChange::Flat { puts, .. } => puts.len(),
            RowChange::Whole(_) | RowChange::Dropped(_) => 0,
        });
        let count =
            puts.fold(1 + row.changes.len(), usize::saturating_add).saturating_add(row.facts as usize);
        items = items.checked_sub(count).ok_or(BatchError::Malformed)?;
        rows.push(row);
        rest = after;
    }
    let texts = Reader::new(rest, frame.noise, made_id, UNPACKED_BYTES_MAX);
    Unpacker::new(&head, texts)?.unpack(head, rows)
}

fn taken<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(T, &'a [u8]), BatchError> {
    postcard::take_from_bytes(bytes).map_err(|_| BatchError::Malformed)
}

struct Packer {
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
    fn new(texts: Writer) -> Self {
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

    fn row(&mut self, parcel: &Parcel) -> Row {
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
            self.texts.write(fact);
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

struct Unpacker<'a> {
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
    fn new(head: &Head, texts: Reader<'a>) -> Result<Self, BatchError> {
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

    fn unpack(mut self, head: Head, rows: Vec<Row>) -> Result<Unpacked, BatchError> {
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
        let facts = (0..row.facts).map(|_| self.texts.read()).collect::<Result<Vec<_>, _>>()?;
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
        Parcel::assemble(header, facts, changes).map_err(|_| BatchError::Malformed)
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
    ) -> Result<(Hash, Option<Vec<u8>>), BatchError> {
        let (hash, raw, name) = match change {
            RowChange::Dropped(hash) => (Hash::from(hash), None, None),
            RowChange::Whole(raw) => {
                let name = flat::name(&raw);
                (hash_change(&raw), Some(raw), name)
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
                (hash_change(&raw), Some(raw), Some(name))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chain, Change, Document, Draft};
    use proptest::prelude::*;

    const A: Origin = Origin::from_bytes([0xaa; 16]);

    fn made(first: &[u8], n: u64) -> Option<Id> {
        first.starts_with(b"{\"command\"").then(|| [u8::try_from(n).unwrap_or(u8::MAX); 16])
    }

    /// Entries of two documents, the second of which is new in the entry that changes both.
    fn parcels() -> Vec<Parcel> {
        let (mut one, mut other) = (Document::new(A), Document::new(A));
        let mut chain = Chain::new(A);
        let mut entry = |n: u64| {
            let hlc = Hlc::new(n, 0);
            let change = |document: &mut Document, doc: u8| {
                let mut edit = document.edit(hlc);
                edit.insert("line", &format!("{n}"), "00000000-0000-0000-0000-000000000000 soup").unwrap();
                edit.set("state", "check", Some(&format!("[1,2,3,{n}]"))).unwrap();
                edit.add("stock", "monday", &format!("{n}"), -1).unwrap();
                Change { doc: DocId::from([doc; 16]), kind: "check".into(), bytes: edit.commit().unwrap() }
            };
            let mut changes = vec![change(&mut one, 1)];
            if n > 2 {
                changes.extend([change(&mut other, 2)]);
            }
            let facts =
                vec![b"{\"command\":[1,2,3,255]}".to_vec(), format!("{}", hlc.to_bits()).into_bytes()];
            chain.next(Draft { hlc, facts, changes, ..Draft::default() }).unwrap().into()
        };
        (1..6).map(&mut entry).collect()
    }

    #[test]
    fn entries_come_back_as_they_were() {
        let parcels = parcels();
        let unpacked = unpack(&pack(&[], &parcels, made), made).unwrap();
        assert_eq!(unpacked.parcels, parcels);
        assert_eq!(unpacked.ends[&A], parcels.last().unwrap().header().hash());
    }

    #[test]
    fn changes_without_bytes_come_with_their_hashes() {
        let emptied = |parcel: Parcel| {
            let none = vec![None; parcel.header().changes.len()];
            Parcel::assemble(parcel.header().clone(), parcel.facts().to_vec(), none).unwrap()
        };
        let parcels: Vec<Parcel> = parcels().into_iter().map(emptied).collect();
        let snapshot = Snapshot { doc: DocId::from([1; 16]), kind: "check".into(), bytes: vec![1, 2, 3] };
        let unpacked = unpack(&pack(std::slice::from_ref(&snapshot), &parcels, made), made).unwrap();
        assert_eq!(unpacked.parcels, parcels);
        assert_eq!(unpacked.snapshots, [snapshot]);
    }

    proptest! {
        #[test]
        fn whatever_it_unpacks_to_is_read_or_refused(at in any::<usize>(), to in any::<u8>(), noise in any::<bool>()) {
            let bytes = pack(&[], &parcels(), made);
            let (frame, _) = taken::<Frame>(&bytes).unwrap();
            let mut inside = zstd::bulk::decompress(frame.packed, UNPACKED_BYTES_MAX).unwrap();
            let mut beside = frame.noise.to_vec();
            let altered = if noise { &mut beside } else { &mut inside };
            let at = at % altered.len();
            altered[at] = to;
            let packed = zstd::bulk::compress(&inside, 1).unwrap();
            let frame = Frame { packed: &packed, noise: &beside };
            let _ = unpack(&postcard::to_allocvec(&frame).unwrap(), made);
        }

        #[test]
        fn any_bytes_are_read_or_refused(inside in prop::collection::vec(any::<u8>(), 0..300)) {
            let packed = zstd::bulk::compress(&inside, 1).unwrap();
            let frame = Frame { packed: &packed, noise: &inside };
            let _ = unpack(&postcard::to_allocvec(&frame).unwrap(), made);
            let _ = unpack(&inside, made);
        }
    }

    #[test]
    fn more_rows_than_there_may_be_are_refused() {
        let head =
            Head { origins: vec![], authors: vec![], kinds: vec![], snapshots: vec![], rows: u64::MAX };
        let mut inside = postcard::to_allocvec(&head).unwrap();
        inside.resize(ITEMS_MAX * 7, 0);
        let packed = zstd::bulk::compress(&inside, 1).unwrap();
        let bytes = postcard::to_allocvec(&Frame { packed: &packed, noise: &[] }).unwrap();
        assert_eq!(unpack(&bytes, made).unwrap_err(), BatchError::Malformed);
    }
}
