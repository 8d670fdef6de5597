//! One story, on every backend: what a relay's storage promises.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{Read, Write};

use jiff::{SignedDuration, Timestamp};
use maitred_link::PublicKey;
use maitred_relay::ids::{OrganisationId, UserId, VenueId};
use maitred_relay::limits::{HUBS_PER_VENUE_MAX, SNAPSHOT_BYTES_MAX};
use maitred_relay::storage::accounts::{NewUser, Sighting, UserError, UserRole};
use maitred_relay::storage::backups::Sealed;
use maitred_relay::storage::postgres::Postgres;
use maitred_relay::storage::sqlite::Sqlite;
use maitred_relay::storage::{EnrolError, Enrolment, NewToken, Storage, StorageError};
use maitred_sync::{
    AuthorId, Chain, Change, Delivery, DocId, Document, Draft, Entry, Hlc, Origin, Parcel, Snapshot,
    SubjectKey, Vector,
};
use uuid::Uuid;

const NOON: i64 = 1_795_262_400_000;
const REALM: [u8; 16] = [7; 16];

type Story = fn(&dyn Storage);

/// Runs a story on every backend.
macro_rules! on_every_backend {
    ($($story:ident)*) => {
        mod sqlite {
            $(#[test]
            fn $story() {
                let folder = tempfile::tempdir().unwrap();
                super::$story(&super::Sqlite::open(folder.path()).unwrap());
            })*
        }

        /// One server is enough for all of them, each with a database of its own.
        #[cfg(target_os = "linux")]
        #[test]
        fn every_story_is_true_on_postgresql() {
            let Some(server) = maitred_testkit::servers::Postgres::start().unwrap() else { return };
            let stories: &[(&str, Story)] = &[$((stringify!($story), $story),)*];
            for (n, (name, story)) in stories.iter().enumerate() {
                println!("{name}");
                let database = format!("story_{n}");
                server.create(&database).unwrap();
                story(&Postgres::open(&server.url(&database), None).unwrap());
            }
        }
    };
}

on_every_backend! {
    a_token_lets_in_one_hub_once
    a_token_that_is_too_old_or_unknown_lets_nobody_in
    a_hub_of_another_realm_is_kept_out_and_a_new_one_is_told_the_realm
    a_revoked_hub_stays_known_and_comes_back_only_with_a_token
    a_venue_has_only_so_many_hubs
    hubs_that_are_connected_are_looked_up_together
    names_belong_to_their_organisation
    the_relay_keeps_its_key
    entries_come_back_as_they_were_in_the_order_of_arrival
    what_is_known_is_left_as_it_is_and_a_gap_or_a_fork_undoes_everything
    a_venue_knows_nothing_of_another
    two_snapshots_of_one_document_hold_what_either_held
    a_snapshot_has_a_limit
    keys_are_told_in_order_and_a_destroyed_one_never_comes_back
    a_batch_ends_where_it_is_long_enough
    where_several_nodes_write_it_is_seen_that_a_venue_grew
    an_address_is_one_user_of_one_organisation
    a_new_password_ends_every_session_of_its_user
    guesses_count_until_one_is_right
    an_organisation_sees_its_own_venues_only
    a_hub_is_seen_as_it_was_last
    the_newest_backup_of_a_recovery_key_comes_back_as_it_was_and_old_ones_go
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(NOON).unwrap()
}

fn token(n: u8, organisation: &str, venue: &str) -> NewToken {
    let id = |what: u8| Uuid::from_bytes([n, what, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    NewToken {
        organisation: (organisation.into(), OrganisationId(id(1))),
        venue: (venue.into(), VenueId(id(2))),
        hash: [n; 32],
        expires_at: now() + SignedDuration::from_hours(1),
    }
}

fn enrolment(token: u8, hub: u8) -> Enrolment {
    Enrolment {
        token_hash: [token; 32],
        hub: PublicKey([hub; 32]),
        realm: Some(REALM),
        new_realm: [0xee; 16],
        at: now(),
    }
}

fn a_token_lets_in_one_hub_once(storage: &dyn Storage) {
    let venue = storage.issue(&token(1, "Ada", "Aurora")).unwrap();
    let enrolled = storage.enrol(&enrolment(1, 1)).unwrap();
    assert_eq!((enrolled.venue, enrolled.realm, enrolled.is_revoked), (venue, REALM, false));
    assert!(matches!(storage.enrol(&enrolment(1, 2)), Err(EnrolError::UsedToken)));
    assert!(matches!(storage.enrol(&enrolment(1, 1)), Err(EnrolError::UsedToken)));
    assert_eq!(storage.hub(PublicKey([1; 32])).unwrap(), Some(enrolled));
    assert_eq!(storage.hub(PublicKey([2; 32])).unwrap(), None);
}

fn a_token_that_is_too_old_or_unknown_lets_nobody_in(storage: &dyn Storage) {
    storage.issue(&token(1, "Ada", "Aurora")).unwrap();
    let late = Enrolment { at: now() + SignedDuration::from_hours(2), ..enrolment(1, 1) };
    assert!(matches!(storage.enrol(&late), Err(EnrolError::ExpiredToken)));
    assert!(matches!(storage.enrol(&enrolment(9, 1)), Err(EnrolError::UnknownToken)));
    assert_eq!(storage.hub(PublicKey([1; 32])).unwrap(), None);
}

fn a_hub_of_another_realm_is_kept_out_and_a_new_one_is_told_the_realm(storage: &dyn Storage) {
    for n in 1..=4 {
        storage.issue(&token(n, "Ada", if n == 4 { "Borealis" } else { "Aurora" })).unwrap();
    }
    storage.enrol(&enrolment(1, 1)).unwrap();
    let other = Enrolment { realm: Some([8; 16]), ..enrolment(2, 2) };
    assert!(matches!(storage.enrol(&other), Err(EnrolError::OtherRealm)));
    let new = Enrolment { realm: None, ..enrolment(2, 2) };
    assert_eq!(storage.enrol(&new).unwrap().realm, REALM, "the token was not used up");
    let first = Enrolment { realm: None, ..enrolment(4, 4) };
    assert_eq!(storage.enrol(&first).unwrap().realm, first.new_realm);
}

fn a_revoked_hub_stays_known_and_comes_back_only_with_a_token(storage: &dyn Storage) {
    let venue = storage.issue(&token(1, "Ada", "Aurora")).unwrap();
    storage.issue(&token(2, "Ada", "Aurora")).unwrap();
    let hub = storage.enrol(&enrolment(1, 1)).unwrap().hub;
    assert!(storage.revoke(hub, now()).unwrap());
    assert!(!storage.revoke(PublicKey([9; 32]), now()).unwrap());
    assert!(storage.hub(hub).unwrap().unwrap().is_revoked);
    assert_eq!(storage.hubs(venue).unwrap().len(), 1);
    storage.enrol(&enrolment(2, 1)).unwrap();
    assert!(!storage.hub(hub).unwrap().unwrap().is_revoked);
}

fn a_venue_has_only_so_many_hubs(storage: &dyn Storage) {
    let most = u8::try_from(HUBS_PER_VENUE_MAX).unwrap();
    for n in 0..=most {
        storage.issue(&token(n, "Ada", "Aurora")).unwrap();
    }
    for n in 0..most {
        storage.enrol(&enrolment(n, n)).unwrap();
    }
    assert!(matches!(storage.enrol(&enrolment(most, most)), Err(EnrolError::TooManyHubs)));
    storage.revoke(PublicKey([0; 32]), now()).unwrap();
    storage.enrol(&enrolment(most, most)).unwrap();
}

fn hubs_that_are_connected_are_looked_up_together(storage: &dyn Storage) {
    let aurora = storage.issue(&token(1, "Ada", "Aurora")).unwrap();
    let borealis = storage.issue(&token(2, "Ada", "Borealis")).unwrap();
    storage.issue(&token(3, "Ada", "Aurora")).unwrap();
    storage.enrol(&enrolment(1, 1)).unwrap();
    storage.enrol(&enrolment(3, 3)).unwrap();
    let key = |n: u8| PublicKey([n; 32]);
    let connected = [(key(1), aurora), (key(1), borealis), (key(3), aurora), (key(9), aurora)];
    let sorted = |mut keys: Vec<PublicKey>| {
        keys.sort();
        keys
    };
    assert_eq!(sorted(storage.let_in_no_more(&connected).unwrap()), [key(1), key(9)]);
    storage.revoke(key(3), now()).unwrap();
    assert_eq!(sorted(storage.let_in_no_more(&connected).unwrap()), [key(1), key(3), key(9)]);
    assert!(storage.let_in_no_more(&[]).unwrap().is_empty());
}

fn names_belong_to_their_organisation(storage: &dyn Storage) {
    let aurora = storage.issue(&token(1, "Ada", "Aurora")).unwrap();
    assert_eq!(storage.issue(&token(2, "Ada", "Aurora")).unwrap(), aurora);
    assert_ne!(storage.issue(&token(3, "Bob", "Aurora")).unwrap(), aurora);
    let venues = storage.venues().unwrap();
    let names: Vec<_> = venues.iter().map(|it| (it.organisation.as_str(), it.name.as_str())).collect();
    assert_eq!(names, [("Ada", "Aurora"), ("Bob", "Aurora")]);
}

fn the_relay_keeps_its_key(storage: &dyn Storage) {
    storage.check().unwrap();
    assert_eq!(storage.seed([1; 32]).unwrap(), [1; 32]);
    assert_eq!(storage.seed([2; 32]).unwrap(), [1; 32]);
}

/// A replica that writes.
struct Author {
    chain: Chain,
    hlc: Hlc,
}

impl Author {
    fn new(n: u8) -> Self {
        Self { chain: Chain::new(Origin::from_bytes([n; 16])), hlc: Hlc::from_bits(1 << 16) }
    }

    fn write(&mut self, text: &str, after: Vector) -> Parcel {
        self.hlc = self.hlc.next();
        let origin = self.chain.origin();
        let mut document = Document::new(origin);
        let mut edit = document.edit(self.hlc);
        edit.insert("fact", text, text).unwrap();
        let bytes = edit.commit().unwrap();
        let draft = Draft {
            after,
            hlc: self.hlc,
            author: AuthorId::SYSTEM,
            facts: vec![text.as_bytes().to_vec()],
            changes: vec![Change { doc: DocId::from([1; 16]), kind: "note".into(), bytes }],
        };
        let entry: Entry = self.chain.next(draft).unwrap();
        entry.into()
    }
}

fn delivery(parcels: Vec<Parcel>) -> Delivery {
    Delivery { number: 1, keys: Vec::new(), forked: Vec::new(), snapshots: Vec::new(), parcels }
}

fn venue(storage: &dyn Storage, n: u8) -> VenueId {
    storage.issue(&token(n, "Ada", &format!("Venue {n}"))).unwrap()
}

fn entries_come_back_as_they_were_in_the_order_of_arrival(storage: &dyn Storage) {
    let venue = venue(storage, 1);
    let (mut one, mut two) = (Author::new(1), Author::new(2));
    let first = one.write("a", Vector::new());
    let second = two.write("b", [(one.chain.origin(), 1)].into_iter().collect());
    let third = one.write("c", Vector::new());
    // One whose change bytes its author had dropped.
    let none = vec![None; third.header().changes.len()];
    let third = Parcel::assemble(third.header().clone(), third.facts().to_vec(), none).unwrap();
    let all = vec![first, second, third];
    let known = storage.store(venue, &[delivery(all[..2].to_vec()), delivery(all[2..].to_vec())]).unwrap();
    assert_eq!((known.get(one.chain.origin()), known.get(two.chain.origin())), (2, 1));
    assert_eq!(storage.beyond(venue, &Vector::new(), usize::MAX).unwrap(), all);
    let some: Vector = [(one.chain.origin(), 1)].into_iter().collect();
    assert_eq!(storage.beyond(venue, &some, usize::MAX).unwrap(), all[1..]);
    assert!(storage.beyond(venue, &known, usize::MAX).unwrap().is_empty());
    let tips = storage.tips(venue).unwrap();
    assert_eq!(tips[&one.chain.origin()], one.chain.tip());
    let hash = storage.hash_at(venue, one.chain.origin(), 1).unwrap();
    assert_eq!(hash, Some(all[0].header().hash()));
    assert_eq!(storage.hash_at(venue, one.chain.origin(), 3).unwrap(), None);
}

fn what_is_known_is_left_as_it_is_and_a_gap_or_a_fork_undoes_everything(storage: &dyn Storage) {
    let venue = venue(storage, 1);
    let (mut one, mut twin, mut other) = (Author::new(1), Author::new(1), Author::new(2));
    let first = one.write("a", Vector::new());
    storage.store(venue, &[delivery(vec![first.clone()])]).unwrap();
    twin.write("another a", Vector::new());
    let forked = twin.write("b of the twin", Vector::new());
    let fine = other.write("fine", Vector::new());
    let refused = storage.store(venue, &[delivery(vec![first.clone(), fine.clone(), forked])]);
    assert!(matches!(refused, Err(StorageError::Chain(_))), "{refused:?}");
    one.write("b", Vector::new());
    let gap = one.write("c", Vector::new());
    assert!(matches!(storage.store(venue, &[delivery(vec![gap])]), Err(StorageError::Chain(_))));
    assert_eq!(storage.beyond(venue, &Vector::new(), usize::MAX).unwrap(), [first]);
    storage.store(venue, &[delivery(vec![fine])]).unwrap();
}

fn a_venue_knows_nothing_of_another(storage: &dyn Storage) {
    let (one, two) = (venue(storage, 1), venue(storage, 2));
    let mut author = Author::new(1);
    let snapshot = Snapshot { doc: DocId::from([1; 16]), kind: "note".into(), bytes: vec![1] };
    let parcels = vec![author.write("a", Vector::new())];
    storage
        .store(
            one,
            &[Delivery {
                number: 1,
                keys: Vec::new(),
                forked: Vec::new(),
                snapshots: vec![snapshot.clone()],
                parcels,
            }],
        )
        .unwrap();
    assert!(storage.tips(two).unwrap().is_empty());
    assert_eq!(storage.hash_at(two, author.chain.origin(), 1).unwrap(), None);
    assert!(storage.beyond(two, &Vector::new(), usize::MAX).unwrap().is_empty());
    assert_eq!(storage.snapshot(two, snapshot.doc).unwrap(), None);
    assert_eq!(storage.snapshot(one, snapshot.doc).unwrap(), Some(snapshot));
    assert!(storage.hubs(two).unwrap().is_empty());
}

fn two_snapshots_of_one_document_hold_what_either_held(storage: &dyn Storage) {
    let venue = venue(storage, 1);
    let doc = DocId::from([1; 16]);
    let saved = |n: u8| {
        let mut document = Document::new(Origin::from_bytes([n; 16]));
        let mut edit = document.edit(Hlc::from_bits(1 << 16));
        edit.insert("fact", &format!("of {n}"), "here").unwrap();
        edit.commit().unwrap();
        Snapshot { doc, kind: "note".into(), bytes: document.save() }
    };
    let keep = |snapshot: Snapshot| {
        let delivery = Delivery {
            number: 1,
            keys: Vec::new(),
            forked: Vec::new(),
            snapshots: vec![snapshot],
            parcels: Vec::new(),
        };
        storage.store(venue, &[delivery]).unwrap();
    };
    keep(saved(1));
    keep(saved(2));
    keep(saved(1));
    keep(Snapshot { bytes: b"no document".to_vec(), ..saved(1) });
    let kept = storage.snapshot(venue, doc).unwrap().unwrap();
    let document = Document::load(&kept.bytes, Origin::from_bytes([9; 16])).unwrap();
    let facts: Vec<_> = document.facts("fact").map(|(id, _)| id.to_string()).collect();
    assert_eq!(facts, ["of 1", "of 2"]);
}

fn keys_are_told_in_order_and_a_destroyed_one_never_comes_back(storage: &dyn Storage) {
    let (one, two) = (venue(storage, 1), venue(storage, 2));
    let key =
        |subject: u8, key: Option<u8>| SubjectKey { subject: [subject; 16], key: key.map(|it| [it; 32]) };
    let tell = |keys: &[SubjectKey]| {
        storage.store(one, &[Delivery { number: 1, keys: keys.to_vec(), ..Delivery::default() }]).unwrap();
    };
    let (ada, again, wim) = (key(1, Some(1)), key(1, Some(2)), key(2, Some(3)));
    tell(&[ada, wim]);
    tell(&[again, ada]);
    assert_eq!(storage.keys_beyond(two, 0).unwrap(), None, "another venue's");
    assert_eq!(storage.keys_beyond(one, 0).unwrap(), Some((3, vec![ada, wim, again])));
    assert_eq!(storage.keys_beyond(one, 2).unwrap(), Some((3, vec![again])));
    assert_eq!(storage.keys_beyond(one, 3).unwrap(), None);
    let erased = key(1, None);
    tell(&[erased]);
    tell(&[erased, ada, key(1, Some(9))]);
    assert_eq!(storage.keys_beyond(one, 0).unwrap(), Some((4, vec![wim, erased])));
}

fn a_snapshot_has_a_limit(storage: &dyn Storage) {
    let venue = venue(storage, 1);
    let store = |bytes: usize| {
        let snapshot = Snapshot { doc: DocId::from([1; 16]), kind: "note".into(), bytes: vec![0; bytes] };
        storage.store(
            venue,
            &[Delivery {
                number: 1,
                keys: Vec::new(),
                forked: Vec::new(),
                snapshots: vec![snapshot],
                parcels: Vec::new(),
            }],
        )
    };
    let refused = store(SNAPSHOT_BYTES_MAX + 1);
    assert!(matches!(refused, Err(StorageError::SnapshotTooLong { .. })), "{refused:?}");
    store(SNAPSHOT_BYTES_MAX).unwrap();
}

fn a_batch_ends_where_it_is_long_enough(storage: &dyn Storage) {
    let venue = venue(storage, 1);
    let mut author = Author::new(1);
    let parcels: Vec<_> = (0..5).map(|n| author.write(&format!("{n}"), Vector::new())).collect();
    let two: usize = parcels[..2].iter().map(Parcel::bytes).sum();
    storage.store(venue, &[delivery(parcels.clone())]).unwrap();
    assert_eq!(storage.beyond(venue, &Vector::new(), two).unwrap(), parcels[..2]);
    assert_eq!(storage.beyond(venue, &Vector::new(), 1).unwrap(), parcels[..1], "one at least");
}

fn where_several_nodes_write_it_is_seen_that_a_venue_grew(storage: &dyn Storage) {
    let (one, two) = (venue(storage, 1), venue(storage, 2));
    let before = storage.growth(&[one, two]).unwrap();
    storage.store(one, &[delivery(vec![Author::new(1).write("a", Vector::new())])]).unwrap();
    let after = storage.growth(&[one, two]).unwrap();
    assert_eq!(before.get(&two), after.get(&two));
    assert_eq!(storage.is_shared(), before.get(&one) != after.get(&one));
}

fn user(n: u8, organisation: &str, email: &str) -> NewUser {
    let id = |what: u8| Uuid::from_bytes([n, what, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    NewUser {
        id: UserId(id(1)),
        organisation: (organisation.into(), OrganisationId(id(2))),
        email: email.into(),
        name: "Olga".into(),
        role: UserRole::Owner,
        password_hash: format!("hash {n}"),
        must_change: true,
    }
}

fn an_address_is_one_user_of_one_organisation(storage: &dyn Storage) {
    let first = storage.put_user(&user(1, "Ada", "olga@example.org")).unwrap();
    let again = NewUser { role: UserRole::Viewer, ..user(2, "Ada", "olga@example.org") };
    assert_eq!(storage.put_user(&again).unwrap(), first, "who is there keeps the id");
    let elsewhere = storage.put_user(&user(3, "Grace", "olga@example.org"));
    assert!(matches!(elsewhere, Err(UserError::Taken)));
    let found = storage.user_of_email("olga@example.org").unwrap().unwrap();
    assert_eq!((found.id, found.role, found.organisation_name.as_str()), (first, UserRole::Viewer, "Ada"));
    assert_eq!((found.password_hash.as_str(), found.must_change), ("hash 2", true));
    assert_eq!(storage.user_of_email("nobody@example.org").unwrap(), None);
}

fn a_new_password_ends_every_session_of_its_user(storage: &dyn Storage) {
    let olga = storage.put_user(&user(1, "Ada", "olga@example.org")).unwrap();
    let pete = storage.put_user(&user(2, "Ada", "pete@example.org")).unwrap();
    let later = now() + SignedDuration::from_hours(1);
    for (hash, user) in [([1; 32], olga), ([2; 32], olga), ([3; 32], pete)] {
        storage.open_user_session(hash, user, now(), later).unwrap();
    }
    let who = |hash: u8, at| storage.user_of_session([hash; 32], at).unwrap().map(|user| user.id);
    assert_eq!((who(1, now()), who(3, now()), who(9, now())), (Some(olga), Some(pete), None));
    assert_eq!(who(1, later), None, "it has expired");
    storage.end_user_session([1; 32]).unwrap();
    assert_eq!((who(1, now()), who(2, now())), (None, Some(olga)));
    storage.set_password(olga, "hash 9").unwrap();
    assert_eq!((who(2, now()), who(3, now())), (None, Some(pete)));
    let olga = storage.user_of_email("olga@example.org").unwrap().unwrap();
    assert_eq!((olga.password_hash.as_str(), olga.must_change), ("hash 9", false));
}

fn guesses_count_until_one_is_right(storage: &dyn Storage) {
    for failures in 1..=5 {
        let (guesses, counts) = storage.charge(7, now()).unwrap();
        assert_eq!((guesses.failures, counts), (failures, true));
    }
    let until = now() + SignedDuration::from_mins(1);
    let (guesses, counts) = storage.charge(7, now()).unwrap();
    assert_eq!(
        (guesses.locked_until, counts),
        (Some(until), false),
        "nothing is looked at while it is locked"
    );
    assert_eq!(storage.charge(8, now()).unwrap().0.failures, 1);
    let (guesses, counts) = storage.charge(7, until).unwrap();
    assert_eq!((guesses.failures, counts), (6, true));
    storage.forgive(7).unwrap();
    assert_eq!(storage.charge(7, now()).unwrap().0.failures, 1);
}

fn an_organisation_sees_its_own_venues_only(storage: &dyn Storage) {
    let aurora = storage.issue(&token(1, "Ada", "Aurora")).unwrap();
    storage.issue(&token(2, "Grace", "Aurora")).unwrap();
    storage.put_user(&user(1, "Ada", "olga@example.org")).unwrap();
    let olga = storage.user_of_email("olga@example.org").unwrap().unwrap();
    let venues = storage.venues_of(olga.organisation).unwrap();
    let names: Vec<_> = venues.iter().map(|venue| (venue.id, venue.organisation.as_str())).collect();
    assert_eq!(names, [(aurora, "Ada")]);
    storage.put_user(&user(3, "Nobody", "new@example.org")).unwrap();
    let new = storage.user_of_email("new@example.org").unwrap().unwrap();
    assert_eq!(storage.venues_of(new.organisation).unwrap(), []);
}

fn a_hub_is_seen_as_it_was_last(storage: &dyn Storage) {
    let venue = storage.issue(&token(1, "Ada", "Aurora")).unwrap();
    storage.enrol(&enrolment(1, 1)).unwrap();
    let mut known = Vector::default();
    known.advance(Origin::from_bytes([4; 16]), 12);
    let first = Sighting {
        hub: PublicKey([1; 32]),
        venue,
        seen_at: now(),
        is_connected: true,
        version: "maitred/0.1.0".into(),
        origin: Some(Origin::from_bytes([3; 16])),
        known,
    };
    storage.sight(&first).unwrap();
    assert_eq!(storage.sightings(venue).unwrap(), std::slice::from_ref(&first));
    let last = Sighting { is_connected: false, seen_at: now() + SignedDuration::from_secs(5), ..first };
    storage.sight(&last).unwrap();
    assert_eq!(storage.sightings(venue).unwrap(), [last]);
    assert_eq!(storage.sightings(VenueId(Uuid::from_u128(9))).unwrap(), []);
    storage.revoke(PublicKey([1; 32]), now()).unwrap();
    assert_eq!(storage.sightings(venue).unwrap(), []);
}

fn the_newest_backup_of_a_recovery_key_comes_back_as_it_was_and_old_ones_go(storage: &dyn Storage) {
    let [aurora, borealis] = [(1, "Aurora"), (2, "Borealis")].map(|(n, name)| {
        storage.issue(&token(n, "Ada", name)).unwrap();
        storage.enrol(&Enrolment { realm: None, ..enrolment(n, n) }).unwrap().venue
    });
    let keep = |venue, fetch: u8, day: i64, bytes: &[u8]| {
        let mut draft = storage.draft().unwrap();
        draft.write_all(bytes).unwrap();
        let at = now() + SignedDuration::from_hours(24 * day);
        let bytes = bytes.len() as u64;
        let sealed = Sealed { fetch: [fetch; 32], venue, hub: PublicKey([1; 32]), at, bytes };
        storage.keep_backup(&sealed, draft).unwrap();
    };
    let newest = |fetch: u8| {
        let file = storage.newest_backup([fetch; 32]).unwrap();
        file.map(|mut file| {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            bytes
        })
    };
    // Longer than what is written or read at once, and not a multiple of it.
    let long: Vec<u8> = (0..5_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    assert_eq!(newest(1), None);
    keep(aurora, 1, 0, b"first");
    keep(borealis, 2, 0, b"of another");
    keep(aurora, 1, 1, &long);
    assert_eq!(newest(1).as_ref(), Some(&long));
    assert_eq!(newest(2).unwrap(), b"of another");
    // Another recovery key, and a month later nothing of the first is left.
    keep(aurora, 3, 40, b"third");
    assert_eq!(newest(1), None);
    assert_eq!((newest(3).unwrap(), newest(2).unwrap()), (b"third".to_vec(), b"of another".to_vec()));
}
