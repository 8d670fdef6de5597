//! Many entries in one frame, as version 1 of the protocol says them: what follows from what stands around it is left out, the rest is compressed.
//!
//! No hash is sent but those at the two ends of each journal's part, and those of changes whose bytes were dropped.
//! Whoever unpacks computes all others, and arrives at the last one only if every byte is what was written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Parcel, Snapshot};
use crate::document::RawChange;
use crate::document::flat::{self, Flat, Name};
use crate::entry::{hash_change, hash_facts};
use crate::{AuthorId, ChangeDigest, DocId, Hash, Header, Hlc, Origin, Vector};

/// The most a batch unpacks to, in bytes: room for one entry of the largest kind.
pub(super) const UNPACKED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How hard a batch is compressed: 19 levels, of which those beyond this one cost a small box more than they save.
const COMPRESSION_LEVEL: i32 = 3;

/// Why a batch cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BatchError {
    /// It is not compressed as it should be, or unpacks to more than [`UNPACKED_BYTES_MAX`].
    #[error("batch does not unpack")]
    Compression,
    /// It unpacks to something else.
    #[error("batch is not encoded as it should be")]
    Malformed,
    /// It names something that it does not hold.
    #[error("batch points outside itself")]
    Dangling,
}

/// Entries of several journals in an order in which they can be applied, as unpacked and not yet believed.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub snapshots: Vec<Snapshot>,
    pub parcels: Vec<Parcel>,
    /// The hash that the last entry of each journal must have.
    pub ends: BTreeMap<Origin, Hash>,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    origins: Vec<Part>,
    authors: Vec<[u8; 16]>,
    kinds: Vec<String>,
    docs: Vec<([u8; 16], u32)>,
    snapshots: Vec<(u32, Vec<u8>)>,
    entries: Vec<WireEntry>,
}

/// One journal's part of the batch, or a journal that is only mentioned.
#[derive(Serialize, Deserialize)]
struct Part {
    origin: [u8; 16],
    ends: Option<Ends>,
}

#[derive(Serialize, Deserialize)]
struct Ends {
    first_seq: u64,
    /// Hash of the entry before the first.
    before: [u8; 32],
    last: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct WireEntry {
    origin: u32,
    author: u32,
    /// From the entry before in this batch, whosever it is.
    hlc_step: i64,
    after: Vec<(u32, u64)>,
    facts: Vec<Vec<u8>>,
    changes: Vec<(u32, WireChange)>,
}

#[derive(Serialize, Deserialize)]
enum WireChange {
    Flat(Flat, Vec<Dep>),
    Whole(Vec<u8>),
    /// A snapshot covers it: its hash.
    Dropped([u8; 32]),
}

/// What a change builds on.
#[derive(Serialize, Deserialize)]
enum Dep {
    /// A change of this batch, counted back from this one: 1 is the one before.
    Back(u32),
    Name(Name),
}

/// Packs `parcels`, which stand in an order in which they can be applied.
pub(super) fn pack(snapshots: &[Snapshot], parcels: &[Parcel]) -> Vec<u8> {
    let mut packer = Packer::default();
    let snapshots: Vec<_> = snapshots
        .iter()
        .map(|snapshot| (packer.doc(snapshot.doc, &snapshot.kind), snapshot.bytes.clone()))
        .collect();
    let entries: Vec<_> = parcels.iter().map(|parcel| packer.entry(parcel)).collect();
    let Packer { origins, authors, kinds, docs, parts, .. } = packer;
    let part = |origin: Origin| Part { origin: *origin.as_bytes(), ends: parts.get(&origin).map(Ends::of) };
    let wire = Wire {
        origins: origins.items.into_iter().map(part).collect(),
        authors: authors.items.into_iter().map(|author| *author.as_bytes()).collect(),
        kinds: kinds.items,
        docs: docs.items.into_iter().map(|(doc, kind)| (*doc.as_bytes(), kind)).collect(),
        snapshots,
        entries,
    };
    let bytes = postcard::to_allocvec(&wire).expect("memory takes any batch");
    zstd::bulk::compress(&bytes, COMPRESSION_LEVEL).expect("memory takes what is smaller")
}

/// Reads what [`pack`] wrote.
pub(super) fn unpack(bytes: &[u8]) -> Result<Unpacked, BatchError> {
    let bytes = zstd::bulk::decompress(bytes, UNPACKED_BYTES_MAX).map_err(|_| BatchError::Compression)?;
    let wire: Wire = match postcard::take_from_bytes(&bytes) {
        Ok((wire, [])) => wire,
        Ok(_) | Err(_) => return Err(BatchError::Malformed),
    };
    Unpacker::unpack(wire)
}

/// Things that are named by where they stand in a list.
pub(super) struct Table<T> {
    pub items: Vec<T>,
    pub places: BTreeMap<T, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: BTreeMap::new() }
    }
}

impl<T: Ord + Clone> Table<T> {
    pub fn place(&mut self, item: T) -> u32 {
        if let Some(place) = self.places.get(&item) {
            return *place;
        }
        let place = u32::try_from(self.items.len()).expect("a batch in memory holds fewer things");
        self.items.push(item.clone());
        self.places.insert(item, place);
        place
    }
}

#[derive(Default)]
struct Packer {
    origins: Table<Origin>,
    authors: Table<AuthorId>,
    kinds: Table<String>,
    docs: Table<(DocId, u32)>,
    parts: BTreeMap<Origin, (u64, Hash, Hash)>,
    hlc: u64,
    /// Where the changes of this batch stand, by name; and how many there are.
    names: BTreeMap<Name, u32>,
    changes: u32,
}

impl Ends {
    fn of((first_seq, before, last): &(u64, Hash, Hash)) -> Self {
        Self { first_seq: *first_seq, before: *before.as_bytes(), last: *last.as_bytes() }
    }
}

impl Packer {
    fn doc(&mut self, doc: DocId, kind: &str) -> u32 {
        let kind = self.kinds.place(kind.to_owned());
        self.docs.place((doc, kind))
    }

    fn entry(&mut self, parcel: &Parcel) -> WireEntry {
        let header = parcel.header();
        let hash = header.hash();
        self.parts.entry(header.origin).or_insert((header.seq, header.prev_hash, hash)).2 = hash;
        let hlc = header.hlc.to_bits();
        let hlc_step = hlc.wrapping_sub(std::mem::replace(&mut self.hlc, hlc)).cast_signed();
        WireEntry {
            origin: self.origins.place(header.origin),
            author: self.authors.place(header.author),
            hlc_step,
            after: header.after.iter().map(|(origin, seq)| (self.origins.place(origin), seq)).collect(),
            facts: parcel.facts().to_vec(),
            changes: parcel
                .changes()
                .map(|(digest, bytes)| {
                    let doc = self.doc(digest.doc, &digest.kind);
                    (
                        doc,
                        bytes.map_or(WireChange::Dropped(*digest.hash.as_bytes()), |raw| {
                            self.change(raw, header.origin)
                        }),
                    )
                })
                .collect(),
        }
    }

    fn change(&mut self, raw: &[u8], author: Origin) -> WireChange {
        let place = self.changes;
        self.changes += 1;
        let (wire, name) = match flat::flatten(raw, author) {
            Some((flat, deps, name)) => {
                let deps = deps.into_iter().map(|dep| self.dep(place, dep)).collect();
                (WireChange::Flat(flat, deps), Some(name))
            }
            None => (WireChange::Whole(raw.to_vec()), flat::name(raw)),
        };
        self.names.extend(name.map(|name| (name, place)));
        wire
    }

    fn dep(&self, place: u32, name: Name) -> Dep {
        self.names.get(&name).map_or(Dep::Name(name), |earlier| Dep::Back(place - earlier))
    }
}

struct Unpacker {
    origins: Vec<Origin>,
    authors: Vec<AuthorId>,
    docs: Vec<(DocId, String)>,
    ends: BTreeMap<Origin, Hash>,
    /// Where each journal's part has got to: its last entry so far, and that one's hash.
    tips: BTreeMap<Origin, (u64, Hash)>,
    hlc: u64,
    /// Of each change so far; `None` of one whose bytes were dropped or are no change.
    names: Vec<Option<Name>>,
}

impl Unpacker {
    fn unpack(wire: Wire) -> Result<Unpacked, BatchError> {
        let Wire { origins, authors, kinds, docs, snapshots, entries } = wire;
        let mut unpacker = Self::of(&origins, authors, &kinds, docs)?;
        let parcels = entries.into_iter().map(|entry| unpacker.parcel(entry)).collect::<Result<_, _>>()?;
        let snapshot = |(doc, bytes): (u32, Vec<u8>)| {
            let (doc, kind) = at(&unpacker.docs, doc)?.clone();
            Ok(Snapshot { doc, kind, bytes })
        };
        let snapshots = snapshots.into_iter().map(snapshot).collect::<Result<_, BatchError>>()?;
        Ok(Unpacked { snapshots, parcels, ends: unpacker.ends })
    }

    fn of(
        origins: &[Part],
        authors: Vec<[u8; 16]>,
        kinds: &[String],
        docs: Vec<([u8; 16], u32)>,
    ) -> Result<Self, BatchError> {
        let mut unpacker = Self {
            origins: origins.iter().map(|part| Origin::from_bytes(part.origin)).collect(),
            authors: authors.into_iter().map(AuthorId::from).collect(),
            docs: docs
                .into_iter()
                .map(|(doc, kind)| Ok((DocId::from(doc), at(kinds, kind)?.clone())))
                .collect::<Result<_, BatchError>>()?,
            ends: BTreeMap::new(),
            tips: BTreeMap::new(),
            hlc: 0,
            names: Vec::new(),
        };
        for Part { origin, ends } in origins {
            let Some(ends) = ends else { continue };
            let origin = Origin::from_bytes(*origin);
            let seq = ends.first_seq.checked_sub(1).ok_or(BatchError::Malformed)?;
            unpacker.tips.insert(origin, (seq, Hash::from(ends.before)));
            unpacker.ends.insert(origin, Hash::from(ends.last));
        }
        Ok(unpacker)
    }

    fn parcel(&mut self, entry: WireEntry) -> Result<Parcel, BatchError> {
        let origin = *at(&self.origins, entry.origin)?;
        let (last_seq, prev_hash) = *self.tips.get(&origin).ok_or(BatchError::Dangling)?;
        let seq = last_seq.checked_add(1).ok_or(BatchError::Malformed)?;
        self.hlc = self.hlc.wrapping_add(entry.hlc_step.cast_unsigned());
        let (digests, changes) = self.changes(entry.changes, origin)?;
        let after = entry.after.into_iter().map(|(origin, seq)| Ok((*at(&self.origins, origin)?, seq)));
        let header = Header {
            origin,
            seq,
            prev_hash,
            after: after.collect::<Result<Vector, BatchError>>()?,
            hlc: Hlc::from_bits(self.hlc),
            author: *at(&self.authors, entry.author)?,
            facts_hash: hash_facts(&entry.facts),
            changes: digests,
        };
        self.tips.insert(origin, (seq, header.hash()));
        Parcel::of(header, entry.facts, changes).map_err(|_| BatchError::Malformed)
    }

    fn changes(
        &mut self,
        changes: Vec<(u32, WireChange)>,
        author: Origin,
    ) -> Result<(Vec<ChangeDigest>, Vec<Option<RawChange>>), BatchError> {
        let mut digests = Vec::with_capacity(changes.len());
        let mut bytes = Vec::with_capacity(changes.len());
        for (doc, change) in changes {
            let (doc, kind) = at(&self.docs, doc)?.clone();
            let (hash, raw) = match change {
                WireChange::Dropped(hash) => (Hash::from(hash), None),
                WireChange::Whole(raw) => {
                    self.names.push(flat::name(&raw));
                    (hash_change(&raw), Some(RawChange::read(raw)))
                }
                WireChange::Flat(flat, deps) => {
                    let raw = self.raise(&flat, &deps, author)?;
                    (hash_change(raw.bytes()), Some(raw))
                }
            };
            digests.push(ChangeDigest { doc, kind, hash });
            bytes.push(raw);
        }
        Ok((digests, bytes))
    }

    fn raise(&mut self, flat: &Flat, deps: &[Dep], author: Origin) -> Result<RawChange, BatchError> {
        let named = |dep: &Dep| match dep {
            Dep::Name(name) => Ok(*name),
            Dep::Back(back) => {
                let place = self.names.len().checked_sub(*back as usize).ok_or(BatchError::Dangling)?;
                self.names.get(place).copied().flatten().ok_or(BatchError::Dangling)
            }
        };
        let deps = deps.iter().map(named).collect::<Result<Vec<_>, _>>()?;
        let (raw, name) = flat::raise(flat, author, &deps).ok_or(BatchError::Malformed)?;
        self.names.push(Some(name));
        Ok(raw)
    }
}

pub(super) fn at<T>(items: &[T], place: u32) -> Result<&T, BatchError> {
    items.get(place as usize).ok_or(BatchError::Dangling)
}
