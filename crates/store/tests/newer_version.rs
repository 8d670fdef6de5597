//! A hub of a newer version beside an older one: what it says that is not known yet waits, and everything else goes on.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "other tests use more of it")]
#[path = "support/meeting.rs"]
mod meeting;
#[expect(dead_code, reason = "other tests use more of it")]
mod support;

use maitred_domain::check::Marked;
use maitred_domain::fact::Fact;
use maitred_domain::ids::CheckId;
use maitred_store::Store;
use maitred_sync::{AuthorId, Chain, Change, Delivery, DocId, Document, Draft, Hlc, Origin, Parcel, Vector};
use meeting::{connect, healthy, meet, newcomer, settle};
use support::Venue1;

/// Tells a store what another knows. The changes of one document that it heard.
fn told(venue: &Venue1, other: &Store, doc: DocId) -> Vec<Vec<u8>> {
    let (mut there, mut here) = connect(&venue.store, other);
    settle(&mut there, &mut here);
    let parcels = here.into_heard().into_iter().flat_map(|delivery| delivery.parcels);
    let changes = |parcel: Parcel| {
        let of_doc = parcel.changes().filter(|(digest, _)| digest.doc == doc);
        of_doc.filter_map(|(_, bytes)| bytes.map(<[u8]>::to_vec)).collect::<Vec<_>>()
    };
    parcels.flat_map(changes).collect()
}

/// A hub of a version that does not exist yet.
struct Newer {
    chain: Chain,
    document: Document,
    doc: DocId,
}

impl Newer {
    /// Writes an entry that puts facts into its document.
    fn writes(&mut self, after: Vector, at: u64, lines: &[Vec<u8>]) -> Parcel {
        let mut edit = self.document.edit(Hlc::from_bits(at));
        for (n, line) in lines.iter().enumerate() {
            let (key, value) = match serde_json::from_slice::<Marked<Fact>>(line) {
                Ok(Marked { mark, fact: Fact::Check { fact, .. } }) => {
                    (fact.key(), serde_json::to_string(&Marked { mark, fact: &fact }).unwrap())
                }
                _ => (format!("newer/{n}"), String::from_utf8(line.clone()).unwrap()),
            };
            edit.insert("fact", &key, &value).unwrap();
        }
        let change = Change { doc: self.doc, kind: "check".into(), bytes: edit.commit().unwrap() };
        let (hlc, author) = (Hlc::from_bits(at), AuthorId::SYSTEM);
        let draft = Draft { after, hlc, author, facts: lines.to_vec(), changes: vec![change] };
        self.chain.next(draft).unwrap().into()
    }
}

#[test]
fn what_a_newer_hub_says_waits_until_this_one_is_newer_and_the_rest_goes_on() {
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let older = Venue1::open(folders[0].path());
    let [standby, helper] = [1, 2].map(|n| newcomer(folders[n].path(), "B"));
    for venue in [&standby, &helper] {
        assert_eq!(meet(&older.store, &venue.store), []);
    }
    let check = standby.open_check("open", "T1");
    let doc = DocId::from(check.0.into_bytes());
    assert_eq!(meet(&standby.store, &older.store), []);
    let known = standby.store.vector().unwrap();
    let changes = told(&standby, &helper.store, doc);
    // The helper orders on the same check; the newer hub will say it, as if the order had been its own.
    helper.wait_minutes(1);
    for n in 0..2 {
        helper.order(&format!("order {n}"), check, &["steak"]);
    }
    let facts: Vec<_> = helper.store.entries_after(helper.store.head() - 2, 2).unwrap();
    let line_of = |n: usize| serde_json::to_vec(&facts[n].facts[0]).unwrap();

    let origin = Origin::from_bytes([0xee; 16]);
    let mut newer = Newer { chain: Chain::new(origin), document: Document::new(origin), doc };
    for change in &changes {
        newer.document.apply(change).unwrap();
    }
    let unheard_of = br#"{"mark":{"hlc":1,"index":0,"by":"00000000-0000-0000-0000-000000000000"},"fact":{"about":"weather","rain":true}}"#;
    let at = u64::try_from(standby.now().as_millisecond() + 120_000).unwrap() << 16;
    let mut parcels = vec![newer.writes(known, at, &[unheard_of.to_vec()])];
    parcels.push(newer.writes(Vector::default(), at + 1, &[line_of(0)]));
    let delivery = |parcels| Delivery {
        number: 1,
        keys: Vec::new(),
        snapshots: Vec::new(),
        parcels,
        forked: Vec::new(),
    };
    older.store.deliver_blocking(delivery(parcels.clone())).unwrap();

    assert_eq!(lines_of(&older, check), 1, "what the newer hub says that is known");
    let aside = older.store.set_aside(10).unwrap();
    assert!(
        matches!(aside.as_slice(), [one] if one.is_newer && one.seq == 1 && one.origin == origin),
        "{aside:?}"
    );
    standby.order("goes on", check, &["margherita"]);
    assert_eq!(meet(&standby.store, &older.store), []);
    assert_eq!(lines_of(&older, check), 2, "and everybody else");
    assert_eq!(lines_of(&standby, check), 2, "hears of it");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(older.store.dismiss_set_aside(origin, 1)).unwrap();
    assert_eq!(older.store.set_aside(10).unwrap(), []);

    // As a newer version reads it.
    let database = rusqlite::Connection::open(folders[0].path().join("maitred.db")).unwrap();
    database.execute("UPDATE set_aside SET facts = ?1 WHERE seq = 1", [line_of(1)]).unwrap();
    drop(database);
    standby.order("and on", check, &["margherita"]);
    assert_eq!(meet(&standby.store, &older.store), []);
    assert_eq!(lines_of(&older, check), 4, "it has waited, whether somebody had seen it or not");
    for (venue, folder) in [older, standby, helper].iter().zip(&folders) {
        venue.store.shut_down();
        healthy(folder.path());
    }
}

fn lines_of(venue: &Venue1, check: CheckId) -> usize {
    venue.check(check).lines.len()
}
