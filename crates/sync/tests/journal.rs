//! The journal: entries that cannot be altered, re-ordered or left out unseen.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use maitred_sync::{
    AFTER_MAX, AuthorId, CHANGES_MAX, Chain, ChainError, Change, DecodeError, DocId, Draft, Entry,
    EntryError, FACTS_MAX, HEADER_BYTES_MAX, Hash, Header, Hlc, KIND_BYTES_MAX, Origin, Tip, Vector,
};
use proptest::prelude::*;

const A: Origin = Origin::from_bytes([0xaa; 16]);
const B: Origin = Origin::from_bytes([0xbb; 16]);

fn draft(millis: u64) -> Draft {
    let change = Change { doc: DocId::from([7; 16]), kind: "check".to_owned(), bytes: vec![1, 2, 3] };
    Draft {
        after: [(B, 4)].into_iter().collect(),
        hlc: Hlc::new(millis, 0),
        author: AuthorId::from([9; 16]),
        facts: vec![b"opened".to_vec(), b"line added".to_vec()],
        changes: vec![change],
    }
}

fn entries(count: u64) -> Vec<Entry> {
    let mut chain = Chain::new(A);
    (1..=count).map(|n| chain.next(draft(n)).unwrap()).collect()
}

fn origins() -> impl Strategy<Value = Origin> {
    any::<[u8; 16]>().prop_map(Origin::from)
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (any::<[u8; 16]>(), "[a-zé]{0,9}", any::<Vec<u8>>());
    let change = change.prop_map(|(doc, kind, bytes)| Change { doc: doc.into(), kind, bytes });
    prop::collection::vec(change, 0..5)
}

fn drafts() -> impl Strategy<Value = Draft> {
    let after = prop::collection::vec((origins(), 1..u64::MAX), 0..5);
    let facts = prop::collection::vec(any::<Vec<u8>>(), 0..5);
    (after, 1..u64::MAX, any::<[u8; 16]>(), facts, changes()).prop_map(
        |(after, hlc, author, facts, changes)| {
            let after: Vector = after.into_iter().collect();
            Draft { after, hlc: Hlc::from_bits(hlc), author: author.into(), facts, changes }
        },
    )
}

proptest! {
    #[test]
    fn a_header_survives_its_bytes_and_verifies_its_parts(draft in drafts(), seq in 0..u64::MAX, prev in any::<[u8; 32]>()) {
        let mut chain = Chain::resume(A, Tip { seq, hash: prev.into(), hlc: Hlc::from_bits(0) });
        let entry = chain.next(draft).unwrap();
        let encoded = entry.header().encode();
        prop_assert!(encoded.len() <= HEADER_BYTES_MAX);
        let decoded = Header::decode(&encoded).unwrap();
        prop_assert_eq!(&decoded, entry.header());
        prop_assert_eq!(decoded.hash(), chain.tip().hash);
        for (index, change) in entry.changes().iter().enumerate() {
            prop_assert!(decoded.holds_change(index, &change.bytes));
        }
        let (_, facts, changes) = entry.clone().into_parts();
        prop_assert_eq!(Entry::assemble(decoded, facts, changes), Ok(entry));
    }

    #[test]
    fn arbitrary_bytes_never_panic_the_decoder(mut bytes in any::<Vec<u8>>(), versioned in any::<bool>()) {
        if let (Some(first), true) = (bytes.first_mut(), versioned) {
            *first = 1;
        }
        prop_assert!(Header::decode(&bytes).is_err(), "so few bytes are no header");
    }

    #[test]
    fn bytes_that_decode_are_the_one_encoding(draft in drafts(), at in any::<prop::sample::Index>(), with in any::<u8>()) {
        let mut bytes = Chain::new(A).next(draft).unwrap().header().encode();
        let at = at.index(bytes.len());
        bytes[at] = with;
        if let Ok(header) = Header::decode(&bytes) {
            prop_assert_eq!(header.encode(), bytes);
        }
    }

    #[test]
    fn a_header_cut_or_prolonged_is_refused(draft in drafts(), cut in any::<prop::sample::Index>()) {
        let mut bytes = Chain::new(A).next(draft).unwrap().header().encode();
        prop_assert!(Header::decode(&bytes[..cut.index(bytes.len())]).is_err());
        bytes.push(0);
        prop_assert_eq!(Header::decode(&bytes), Err(DecodeError::Trailing { bytes: 1 }));
    }
}

#[test]
fn a_chain_verifies_from_headers_alone() {
    let headers: Vec<_> = entries(5).into_iter().map(|entry| entry.into_parts().0).collect();
    let mut chain = Chain::new(A);
    for header in &headers {
        chain.accept(header).unwrap();
    }
    assert_eq!((chain.tip().seq, chain.tip().hash), (5, headers[4].hash()));

    let third = Tip { seq: 3, hash: headers[2].hash(), hlc: headers[2].hlc };
    let mut resumed = Chain::resume(A, third);
    resumed.accept(&headers[3]).unwrap();
    assert_eq!(resumed.verify(&headers[4]), Ok(()));
}

#[test]
fn an_entry_that_does_not_follow_is_refused_and_named() {
    let entries = entries(3);
    let mut chain = Chain::new(A);
    let header = |n: usize| entries[n].header().clone();
    assert_eq!(chain.verify(&header(1)), Err(ChainError::Gap { expected: 1, got: 2 }));
    chain.accept(&header(0)).unwrap();
    assert_eq!(chain.verify(&header(0)), Err(ChainError::Gap { expected: 2, got: 1 }));
    let foreign = Header { origin: B, ..header(1) };
    assert_eq!(chain.verify(&foreign), Err(ChainError::WrongOrigin { expected: A, got: B }));
    let forked = Header { prev_hash: Hash::ZERO, ..header(1) };
    assert_eq!(chain.verify(&forked), Err(ChainError::WrongPrevHash { seq: 2 }));
    let back = Header { hlc: header(0).hlc, ..header(1) };
    assert_eq!(chain.verify(&back), Err(ChainError::HlcBack { seq: 2 }));
    let looped = Header { after: [(A, 1)].into_iter().collect(), ..header(1) };
    assert_eq!(chain.verify(&looped), Err(ChainError::AfterSelf { seq: 2 }));
    assert_eq!(chain.verify(&header(1)), Ok(()));
}

#[test]
fn changing_any_part_changes_the_hash() {
    let entry = &entries(1)[0];
    let header = entry.header();
    let mut altered = vec![
        Header { seq: 2, ..header.clone() },
        Header { origin: B, ..header.clone() },
        Header { prev_hash: Hash::from([1; 32]), ..header.clone() },
        Header { after: Vector::new(), ..header.clone() },
        Header { hlc: header.hlc.next(), ..header.clone() },
        Header { author: AuthorId::SYSTEM, ..header.clone() },
        Header { facts_hash: Hash::ZERO, ..header.clone() },
        Header { changes: Vec::new(), ..header.clone() },
    ];
    for n in 0..3 {
        let mut changed = header.clone();
        match n {
            0 => changed.changes[0].doc = DocId::from([8; 16]),
            1 => "guest".clone_into(&mut changed.changes[0].kind),
            _ => changed.changes[0].hash = Hash::ZERO,
        }
        altered.push(changed);
    }
    assert!(altered.iter().all(|other| other.hash() != entry.hash()));
}

#[test]
fn altered_facts_or_changes_do_not_assemble() {
    let (header, facts, changes) = entries(1).remove(0).into_parts();
    let recut = vec![b"openedline".to_vec(), b" added".to_vec()];
    let differ = Err(EntryError::FactsDiffer);
    assert_eq!(Entry::assemble(header.clone(), recut, changes.clone()), differ);
    assert_eq!(Entry::assemble(header.clone(), facts[..1].to_vec(), changes.clone()), differ);
    assert_eq!(Entry::assemble(header.clone(), facts.clone(), Vec::new()), Err(EntryError::ChangesDiffer));
    let mut other = changes;
    other[0].bytes.push(4);
    assert_eq!(Entry::assemble(header, facts, other), Err(EntryError::ChangesDiffer));
}

#[test]
fn a_draft_out_of_bounds_leaves_the_chain_where_it_was() {
    let mut chain = Chain::new(A);
    chain.next(draft(1)).unwrap();
    let before = chain.clone();
    let fact = vec![Vec::new(); FACTS_MAX + 1];
    let change = draft(2).changes.remove(0);
    let long_kind = Change { kind: "k".repeat(KIND_BYTES_MAX + 1), ..change.clone() };
    let after = (0..=AFTER_MAX as u128).map(|n| (Origin::from(n.to_be_bytes()), 1)).collect();
    let too_many = |count_max| EntryError::TooMany { count: count_max + 1, count_max };
    let cases = [
        (Draft { facts: fact, ..draft(2) }, too_many(FACTS_MAX)),
        (Draft { changes: vec![change; CHANGES_MAX + 1], ..draft(2) }, too_many(CHANGES_MAX)),
        (Draft { after, ..draft(2) }, too_many(AFTER_MAX)),
        (
            Draft { changes: vec![long_kind], ..draft(2) },
            EntryError::KindTooLong { bytes: KIND_BYTES_MAX + 1 },
        ),
    ];
    for (draft, error) in cases {
        assert_eq!(chain.next(draft), Err(ChainError::Draft(error)));
    }
    assert_eq!(chain.next(draft(1)), Err(ChainError::HlcBack { seq: 2 }));
    assert_eq!(chain, before);
}

#[test]
fn the_largest_header_decodes() {
    let kind = "k".repeat(KIND_BYTES_MAX);
    let change = Change { kind, ..draft(1).changes.remove(0) };
    let after = (0..AFTER_MAX as u128).map(|n| (Origin::from(n.to_be_bytes()), u64::MAX)).collect();
    let largest = Draft { after, changes: vec![change; CHANGES_MAX], ..draft(1) };
    let header = Chain::new(A).next(largest).unwrap().into_parts().0;
    let encoded = header.encode();
    assert_eq!(encoded.len(), HEADER_BYTES_MAX);
    assert_eq!(Header::decode(&encoded), Ok(header));
}

#[test]
fn a_version_from_the_future_is_named() {
    let mut bytes = entries(1)[0].header().encode();
    bytes[0] = 2;
    assert_eq!(Header::decode(&bytes), Err(DecodeError::Version(2)));
}
