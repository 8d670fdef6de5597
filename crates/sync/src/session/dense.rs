//! Many entries in one frame, as versions 2 and 3 of the protocol say them: [`batch`](super::batch) with texts taken apart.
//!
//! Three streams: what an entry is made of, the texts of facts and changes, and what cannot be compressed. The first two
//! are compressed together, the third stands beside them. As in version 1 no hash is sent that follows from the rest.

mod packer;
mod row;
mod text;
mod trail;
mod unpacker;

use serde::Deserialize;

use self::packer::Packer;
use self::row::{Frame, Head, Row, RowChange};
pub(super) use self::text::Dialect;
use self::text::{MadeId, Reader, Writer};
use self::unpacker::Unpacker;
use super::batch::{BatchError, UNPACKED_BYTES_MAX, Unpacked};
use super::{Parcel, Snapshot};

/// How hard a batch is compressed: 19 levels, of which those beyond this one cost a small box more than they save.
const COMPRESSION_LEVEL: i32 = 9;
/// The most facts, changes and values in one batch: what is small on the way takes more room in memory.
const ITEMS_MAX: usize = 1 << 18;
/// A change that puts more values than this is sent whole.
const PUTS_MAX: usize = 1 << 16;

/// How texts are taken apart.
#[derive(Clone, Copy)]
pub(super) struct Speech {
    pub dialect: Dialect,
    pub made_id: MadeId,
}

/// Packs `parcels`, which stand in an order in which they can be applied.
pub(super) fn pack(snapshots: &[Snapshot], parcels: &[Parcel], speech: Speech) -> Vec<u8> {
    let mut packer = Packer::new(Writer::new(speech));
    let rows: Vec<Row> = parcels.iter().map(|parcel| packer.row(parcel)).collect();
    let (head, texts) = packer.finish(snapshots, rows.len() as u64);
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
pub(super) fn unpack(bytes: &[u8], speech: Speech) -> Result<Unpacked, BatchError> {
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
    let texts = Reader::new(speech, (rest, frame.noise), UNPACKED_BYTES_MAX);
    Unpacker::new(&head, texts)?.unpack(head, rows)
}

fn taken<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(T, &'a [u8]), BatchError> {
    postcard::take_from_bytes(bytes).map_err(|_| BatchError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::text::Id;
    use super::*;
    use crate::{Chain, Change, DocId, Document, Draft, Hlc, Origin};
    use proptest::prelude::*;

    const SPEECHES: [Speech; 2] = [
        Speech { dialect: Dialect::Second, made_id: made },
        Speech { dialect: Dialect::Third, made_id: made },
    ];
    const SPEECH: Speech = SPEECHES[1];
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
        for speech in SPEECHES {
            let unpacked = unpack(&pack(&[], &parcels, speech), speech).unwrap();
            assert_eq!(unpacked.parcels, parcels);
            assert_eq!(unpacked.ends[&A], parcels.last().unwrap().header().hash());
        }
    }

    #[test]
    fn changes_without_bytes_come_with_their_hashes() {
        let emptied = |parcel: Parcel| {
            let none = vec![None; parcel.header().changes.len()];
            Parcel::assemble(parcel.header().clone(), parcel.facts().to_vec(), none).unwrap()
        };
        let parcels: Vec<Parcel> = parcels().into_iter().map(emptied).collect();
        let snapshot = Snapshot { doc: DocId::from([1; 16]), kind: "check".into(), bytes: vec![1, 2, 3] };
        let unpacked = unpack(&pack(std::slice::from_ref(&snapshot), &parcels, SPEECH), SPEECH).unwrap();
        assert_eq!(unpacked.parcels, parcels);
        assert_eq!(unpacked.snapshots, [snapshot]);
    }

    proptest! {
        #[test]
        fn whatever_it_unpacks_to_is_read_or_refused(at in any::<usize>(), to in any::<u8>(), noise in any::<bool>()) {
            let bytes = pack(&[], &parcels(), SPEECH);
            let (frame, _) = taken::<Frame>(&bytes).unwrap();
            let mut inside = zstd::bulk::decompress(frame.packed, UNPACKED_BYTES_MAX).unwrap();
            let mut beside = frame.noise.to_vec();
            let altered = if noise { &mut beside } else { &mut inside };
            let at = at % altered.len();
            altered[at] = to;
            let packed = zstd::bulk::compress(&inside, 1).unwrap();
            let frame = Frame { packed: &packed, noise: &beside };
            let _ = unpack(&postcard::to_allocvec(&frame).unwrap(), SPEECH);
        }

        #[test]
        fn any_bytes_are_read_or_refused(inside in prop::collection::vec(any::<u8>(), 0..300)) {
            let packed = zstd::bulk::compress(&inside, 1).unwrap();
            let frame = Frame { packed: &packed, noise: &inside };
            let _ = unpack(&postcard::to_allocvec(&frame).unwrap(), SPEECH);
            let _ = unpack(&inside, SPEECH);
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
        assert_eq!(unpack(&bytes, SPEECH).unwrap_err(), BatchError::Malformed);
    }
}
