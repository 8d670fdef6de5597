//! Recorded bytes: what was once stored must be readable for ever.
//!
//! A failure here is not mended by recording again: the bytes stand for databases in the field. A new format gets new
//! files beside these. (`cargo test -p maitred-sync --test golden -- --ignored` writes files that are missing.)
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use maitred_sync::{AuthorId, Chain, Change, DocId, Document, Draft, Entry, Header, Hlc, Origin};

const A: Origin = Origin::from_bytes([0xaa; 16]);
const B: Origin = Origin::from_bytes([0xbb; 16]);
const FACT: &[u8] = b"{\"opened\":1}";
const ENTRY_HASH: &str = "3c09a277aa82ec4f4715b53cabd0ab7a154dba3ac8c3a79645df0d186ee2eb28";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn golden(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

/// A document two replicas disagreed about, one change that goes on from it, and that change's entry.
fn make() -> (Vec<u8>, Vec<u8>, Entry) {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    let changes = [(&mut a, 10, "soup", "sent"), (&mut b, 20, "fish", "paid")].map(
        |(document, millis, dish, state)| {
            let mut edit = document.edit(Hlc::new(millis, 0));
            edit.insert("line", "1", dish).unwrap();
            edit.insert("line", dish, "1 piece").unwrap();
            edit.set("state", "check", Some(state)).unwrap();
            edit.add("stock", "monday", dish, -1).unwrap();
            edit.commit().unwrap()
        },
    );
    a.apply(&changes[1]).unwrap();
    let saved = a.save();
    let mut edit = a.edit(Hlc::new(30, 1));
    edit.set("state", "table", None).unwrap();
    edit.set("state", "check", Some("closed")).unwrap();
    edit.insert("line", "3", "crème brûlée").unwrap();
    let change = edit.commit().unwrap();
    let draft = Draft {
        after: [(B, 1)].into_iter().collect(),
        hlc: Hlc::new(30, 1),
        author: AuthorId::from([9; 16]),
        facts: vec![FACT.to_vec()],
        changes: vec![Change { doc: DocId::from([7; 16]), kind: "check".to_owned(), bytes: change.clone() }],
    };
    (saved, change, Chain::new(A).next(draft).unwrap())
}

#[test]
#[ignore = "writes the golden files that are missing"]
fn record() {
    let (saved, change, entry) = make();
    let files = [("document.v1", saved), ("change.v1", change), ("header.v1", entry.header().encode())];
    for (name, bytes) in files {
        if !path(name).exists() {
            std::fs::write(path(name), bytes).unwrap();
        }
    }
}

#[test]
fn a_recorded_document_loads_and_takes_its_recorded_change() {
    let mut document = Document::load(&golden("document.v1"), B).unwrap();
    let state = document.register("state", "check").unwrap();
    assert_eq!((state.value.as_deref(), state.hlc, state.origin), (Some("paid"), Hlc::new(20, 0), B));
    assert_eq!(state.losers[0].value.as_deref(), Some("sent"));
    assert_eq!(document.fact("line", "1").as_deref(), Some("fish"));
    assert_eq!(document.rivals("line", "1"), ["soup"]);
    assert_eq!(document.counter("stock", "monday"), -2);

    assert!(document.apply(&golden("change.v1")).unwrap());
    assert_eq!(document.register("state", "check").unwrap().value.as_deref(), Some("closed"));
    assert_eq!(document.fact("line", "3").as_deref(), Some("crème brûlée"));
    assert!(Document::load(&document.save(), A).is_ok());
}

#[test]
fn a_recorded_header_decodes_and_verifies_its_change() {
    let header = Header::decode(&golden("header.v1")).unwrap();
    assert_eq!(header.hash().to_string(), ENTRY_HASH);
    assert!(header.holds_change(0, &golden("change.v1")));
    assert!(header.holds_facts(&[FACT.to_vec()]));
    assert_eq!(Chain::new(A).verify(&header), Ok(()));
}

#[test]
fn today_writes_the_recorded_change_and_header() {
    let (_, change, entry) = make();
    assert_eq!(change, golden("change.v1"));
    assert_eq!(entry.header().encode(), golden("header.v1"));
}
