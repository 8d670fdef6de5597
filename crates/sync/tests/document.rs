//! What one document promises, case by case.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc};
use maitred_sync::{
    ApplyError, Document, EDIT_BYTES_MAX, EditError, Hlc, KeyError, LoadError, Origin, VALUE_BYTES_MAX,
};

const A: Origin = Origin::from_bytes([0xaa; 16]);
const B: Origin = Origin::from_bytes([0xbb; 16]);
const C: Origin = Origin::from_bytes([0xcc; 16]);

fn at(millis: u64) -> Hlc {
    Hlc::new(millis, 0)
}

fn insert(document: &mut Document, id: &str, value: &str) -> Vec<u8> {
    let mut edit = document.edit(at(1));
    edit.insert("line", id, value).unwrap();
    edit.commit().unwrap()
}

fn set(document: &mut Document, millis: u64, value: &str) -> Vec<u8> {
    let mut edit = document.edit(at(millis));
    edit.set("state", "1", Some(value)).unwrap();
    edit.commit().unwrap()
}

fn add(document: &mut Document, epoch: &str, id: &str, delta: i64) -> Vec<u8> {
    let mut edit = document.edit(at(1));
    edit.add("stock", epoch, id, delta).unwrap();
    edit.commit().unwrap()
}

fn facts(document: &Document, section: &str) -> Vec<(String, String)> {
    document.facts(section).map(|(id, value)| (id.into_owned(), value.into_owned())).collect()
}

fn pair(id: &str, value: &str) -> (String, String) {
    (id.to_owned(), value.to_owned())
}

#[test]
fn two_roots_never_hide_each_other() {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    let (from_a, from_b) = (insert(&mut a, "1", "soup"), insert(&mut b, "2", "fish"));
    a.apply(&from_b).unwrap();
    b.apply(&from_a).unwrap();
    assert_eq!(facts(&a, "line"), [pair("1", "soup"), pair("2", "fish")]);
    assert_eq!(facts(&a, "line"), facts(&b, "line"));
}

#[test]
fn a_busier_stale_sent_does_not_beat_paid() {
    let (mut paid, mut busy) = (Document::new(A), Document::new(B));
    let paying = set(&mut paid, 100, "paid");
    for millis in 1..50 {
        let change = set(&mut busy, millis, if millis % 2 == 0 { "sent" } else { "open" });
        paid.apply(&change).unwrap();
    }
    busy.apply(&paying).unwrap();
    for document in [&paid, &busy] {
        let register = document.register("state", "1").unwrap();
        assert_eq!((register.value.as_deref(), register.hlc, register.origin), (Some("paid"), at(100), A));
        let losers: Vec<_> = register.losers.iter().map(|loser| loser.value.as_deref()).collect();
        assert_eq!(losers, [Some("open")], "the loser stays readable");
        assert_eq!(document.registers("state").collect::<Vec<_>>(), [("1".into(), register)]);
    }
}

#[test]
fn an_edit_beside_a_clearing_is_not_lost() {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    b.apply(&set(&mut a, 1, "first")).unwrap();
    let mut edit = a.edit(at(3));
    edit.set("state", "1", None).unwrap();
    let cleared = edit.commit().unwrap();
    a.apply(&set(&mut b, 2, "edited")).unwrap();
    b.apply(&cleared).unwrap();
    for document in [&a, &b] {
        let register = document.register("state", "1").unwrap();
        assert_eq!(register.value, None);
        assert_eq!(register.losers[0].value.as_deref(), Some("edited"));
    }
}

#[test]
fn the_next_writer_who_saw_both_settles_the_disagreement() {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    let (from_a, from_b) = (set(&mut a, 5, "a"), set(&mut b, 5, "b"));
    a.apply(&from_b).unwrap();
    b.apply(&from_a).unwrap();
    assert_eq!(a.register("state", "1").unwrap().origin, B, "one hlc: the greater value stands");
    set(&mut a, 6, "both");
    let register = a.register("state", "1").unwrap();
    assert_eq!((register.value.as_deref(), register.losers.len()), (Some("both"), 0));
}

#[test]
fn a_writer_beats_what_it_has_seen_even_with_a_clock_that_lags() {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    b.apply(&set(&mut a, 100, "ahead")).unwrap();
    set(&mut b, 7, "behind");
    let register = b.register("state", "1").unwrap();
    assert_eq!((register.value.as_deref(), register.hlc), (Some("behind"), at(100).next()));
}

#[test]
fn an_increment_beside_a_recount_is_not_lost_in_its_epoch() {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    b.apply(&add(&mut a, "monday", "count", 10)).unwrap();
    let sold = add(&mut a, "monday", "sale", -3);
    let recount = add(&mut b, "tuesday", "count", 20);
    let sold_after = add(&mut b, "tuesday", "sale", -1);
    b.apply(&sold).unwrap();
    a.apply(&recount).unwrap();
    a.apply(&sold_after).unwrap();
    for document in [&a, &b] {
        assert_eq!((document.counter("stock", "monday"), document.counter("stock", "tuesday")), (7, 19));
        let monday: Vec<_> = document.deltas("stock", "monday").collect();
        assert_eq!(monday, [("count".into(), 10), ("sale".into(), -3)]);
    }
}

#[test]
fn a_counter_stops_at_the_ends_of_i64() {
    let mut a = Document::new(A);
    add(&mut a, "e", "1", i64::MAX);
    add(&mut a, "e", "2", i64::MAX);
    assert_eq!(a.counter("stock", "e"), i64::MAX);
    add(&mut a, "e", "3", i64::MIN);
    assert_eq!(a.counter("stock", "e"), i64::MAX - 1);
    assert_eq!(a.counter("stock", "unknown"), 0);
}

#[test]
fn one_id_given_two_values_has_one_winner_everywhere_and_the_rival_stays_readable() {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    let from_b = insert(&mut b, "1", "an apple");
    let from_a = insert(&mut a, "1", "a pear");
    a.apply(&from_b).unwrap();
    b.apply(&from_a).unwrap();
    for document in [&a, &b] {
        assert_eq!(facts(document, "line"), [pair("1", "a pear")]);
        assert_eq!(document.fact("line", "1").as_deref(), Some("a pear"));
        assert_eq!(document.rivals("line", "1"), ["an apple"]);
    }
    let mut edit = a.edit(at(2));
    assert_eq!(edit.insert("line", "1", "an apple"), Ok(()), "a rival that is there is the same fact again");
    assert_eq!(edit.insert("line", "1", "a plum"), Err(EditError::IdTaken));
    assert_eq!(edit.commit(), None);
}

#[test]
fn what_is_there_already_makes_no_change() {
    let mut a = Document::new(A);
    insert(&mut a, "1", "soup");
    set(&mut a, 1, "open");
    add(&mut a, "e", "d", 3);
    let before = a.save();
    let mut edit = a.edit(at(9));
    edit.insert("line", "1", "soup").unwrap();
    edit.set("state", "1", Some("open")).unwrap();
    edit.set("state", "never set", None).unwrap();
    edit.add("stock", "e", "d", 3).unwrap();
    assert_eq!(edit.commit(), None);
    assert_eq!(a.save(), before);
}

#[test]
fn an_id_is_never_rewritten_nor_a_kind_replaced() {
    let mut a = Document::new(A);
    insert(&mut a, "1", "soup");
    set(&mut a, 1, "open");
    let mut edit = a.edit(at(9));
    assert_eq!(edit.insert("line", "1", "fish"), Err(EditError::IdTaken));
    assert_eq!(edit.set("line", "1", Some("fish")), Err(EditError::OtherKind));
    assert_eq!(edit.insert("state", "1", "open"), Err(EditError::OtherKind));
    edit.insert("line", "2", "fish").unwrap();
    assert_eq!(edit.insert("line", "2", "meat"), Err(EditError::IdTaken), "also within one edit");
    edit.add("stock", "e", "d", 1).unwrap();
    assert_eq!(edit.add("stock", "e", "d", 2), Err(EditError::IdTaken));
    edit.commit().unwrap();
    assert_eq!(facts(&a, "line"), [pair("1", "soup"), pair("2", "fish")]);
}

#[test]
fn writes_are_bounded() {
    let mut a = Document::new(A);
    let mut edit = a.edit(at(1));
    let longest = "v".repeat(VALUE_BYTES_MAX);
    edit.insert("line", "longest", &longest).unwrap();
    let bytes = VALUE_BYTES_MAX + 1;
    assert_eq!(edit.insert("line", "1", &(longest.clone() + "v")), Err(EditError::ValueTooLong { bytes }));
    assert_eq!(edit.set("line/", "1", None), Err(EditError::Key(KeyError::Slash)));
    let tries = 0..EDIT_BYTES_MAX / VALUE_BYTES_MAX;
    let fitting = tries.take_while(|n| edit.insert("line", &n.to_string(), &longest).is_ok()).count();
    assert_eq!(fitting, EDIT_BYTES_MAX / VALUE_BYTES_MAX - 2);
    assert_eq!(edit.insert("line", "one more", &longest), Err(EditError::EditTooLarge));
    let change = edit.commit().unwrap();
    assert!(Document::new(B).apply(&change).unwrap(), "the largest edit can be applied");
}

#[test]
fn a_change_that_came_too_early_is_refused_and_not_parked() {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    let first = insert(&mut a, "1", "soup");
    let second = insert(&mut a, "2", "fish");
    let empty = b.save();
    assert!(matches!(b.apply(&second), Err(ApplyError::MissingDependencies { missing: 1 })));
    assert_eq!(b.save(), empty);
    assert!(b.apply(&first).unwrap());
    assert_eq!(facts(&b, "line"), [pair("1", "soup")]);
    assert!(b.apply(&second).unwrap());
    assert!(!b.apply(&second).unwrap());
    assert_eq!(facts(&b, "line").len(), 2);
}

#[test]
fn own_changes_come_back_after_a_restart_from_an_older_save() {
    let mut a = Document::new(A);
    insert(&mut a, "1", "soup");
    let older = a.save();
    let second = insert(&mut a, "2", "fish");
    let mut restarted = Document::load(&older, A).unwrap();
    assert!(restarted.apply(&second).unwrap());
    let third = insert(&mut restarted, "3", "cake");
    assert!(a.apply(&third).unwrap());
    assert_eq!(a.save(), restarted.save());

    let mut from_nothing = Document::new(A);
    assert!(matches!(from_nothing.apply(&third), Err(ApplyError::MissingDependencies { .. })));
}

#[test]
fn a_reused_origin_is_an_error_of_its_own() {
    let mut a = Document::new(A);
    let saved = a.save();
    let first = insert(&mut a, "1", "soup");
    let mut clone = Document::load(&saved, A).unwrap();
    let other_first = insert(&mut clone, "1", "fish");
    let mut b = Document::new(B);
    b.apply(&first).unwrap();
    let before = b.save();
    assert!(
        matches!(b.apply(&other_first), Err(ApplyError::ReusedSequence { seq: 1, actor }) if actor == A.to_string())
    );
    assert_eq!(b.save(), before);
    insert(&mut b, "2", "cake");
}

#[test]
fn only_a_whole_saved_document_loads() {
    let mut a = Document::new(A);
    let change = insert(&mut a, "1", "soup");
    let saved = a.save();
    assert!(Document::load(&Document::new(A).save(), B).unwrap().is_empty());
    for wrong in [&saved[..saved.len() - 1], &[saved.clone(), change.clone()].concat(), &change, b"junk", b""]
    {
        assert!(matches!(Document::load(wrong, B), Err(LoadError::Malformed)));
    }
    for at in 0..saved.len() {
        let mut damaged = saved.clone();
        damaged[at] ^= 0x10;
        assert!(Document::load(&damaged, B).is_err());
    }
}

/// A replica that does not keep to the vocabulary.
fn foreign(write: impl FnOnce(&mut Automerge)) -> (Vec<u8>, Vec<u8>) {
    let mut automerge = Automerge::new().with_actor(ActorId::from(*C.as_bytes()));
    write(&mut automerge);
    (automerge.save(), automerge.get_last_local_change().unwrap().raw_bytes().to_vec())
}

#[test]
fn junk_is_skipped_by_every_reader_and_may_be_written_over() {
    let (saved, change) = foreign(|automerge| {
        let mut transaction = automerge.transaction();
        transaction.put(ROOT, "state/1", vec![1_u8, 2]).unwrap();
        transaction.put(ROOT, "line/1", ()).unwrap();
        transaction.put(ROOT, "stock/e/1", 1.5).unwrap();
        transaction.put(ROOT, "no section", "x").unwrap();
        transaction.put(ROOT, "/", "x").unwrap();
        transaction.commit();
    });
    let mut b = Document::new(B);
    assert!(b.apply(&change).unwrap());
    for mut document in [b, Document::load(&saved, B).unwrap()] {
        assert_eq!(document.all_facts().count(), 0);
        assert_eq!(document.registers("state").count(), 0);
        assert_eq!(document.register("state", "1"), None);
        assert_eq!(document.deltas("stock", "e").count(), 0);
        insert(&mut document, "1", "soup");
        set(&mut document, 1, "open");
        add(&mut document, "e", "1", 2);
        assert_eq!(document.all_facts().count(), 1);
        assert_eq!(document.counter("stock", "e"), 2);
        assert_eq!(document.register("state", "1").unwrap().value.as_deref(), Some("open"));
    }
}

#[test]
fn junk_beside_a_value_does_not_hide_it() {
    let (_, change) = foreign(|automerge| {
        let mut transaction = automerge.transaction();
        transaction.put(ROOT, "state/1", "text").unwrap();
        transaction.put(ROOT, "line/1", 7_i64).unwrap();
        transaction.put(ROOT, "stock/e/1", "text").unwrap();
        transaction.commit();
    });
    let mut b = Document::new(B);
    insert(&mut b, "1", "soup");
    set(&mut b, 1, "open");
    add(&mut b, "e", "1", 2);
    b.apply(&change).unwrap();
    assert_eq!(facts(&b, "line"), [pair("1", "soup")]);
    assert_eq!(b.register("state", "1").unwrap().value.as_deref(), Some("open"));
    assert_eq!(b.registers("state").count(), 1);
    assert_eq!(b.counter("stock", "e"), 2);
}

#[test]
fn a_nested_or_deleting_change_is_refused() {
    let (_, nested) = foreign(|automerge| {
        let mut transaction = automerge.transaction();
        transaction.put_object(ROOT, "line", ObjType::Map).unwrap();
        transaction.commit();
    });
    let mut b = Document::new(B);
    assert!(matches!(b.apply(&nested), Err(ApplyError::NotFlat)));

    let change = insert(&mut b, "1", "soup");
    let (_, deleting) = foreign(|automerge| {
        automerge.apply_changes([automerge::Change::try_from(&change[..]).unwrap()]).unwrap();
        let mut transaction = automerge.transaction();
        transaction.delete(ROOT, "line/1").unwrap();
        transaction.commit();
    });
    assert!(matches!(b.apply(&deleting), Err(ApplyError::NotFlat)));
    assert_eq!(facts(&b, "line"), [pair("1", "soup")]);
}

#[test]
fn a_misnumbered_change_is_refused_before_automerge_asserts() {
    let mut a = Document::new(A);
    let change = insert(&mut a, "1", "soup");
    let gap = forge(&change, |change| change.seq = 3);
    let late = forge(&change, |change| change.start_op = 5.try_into().unwrap());
    for forged in [gap, late] {
        assert!(matches!(Document::new(B).apply(&forged), Err(ApplyError::Misnumbered { .. })));
    }
}

fn forge(change: &[u8], alter: impl FnOnce(&mut automerge::ExpandedChange)) -> Vec<u8> {
    let mut forged = automerge::Change::try_from(change).unwrap().decode();
    alter(&mut forged);
    automerge::Change::from(forged).raw_bytes().to_vec()
}

#[test]
fn a_change_that_replaces_what_never_was_is_refused() {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    b.apply(&insert(&mut a, "1", "soup")).unwrap();
    let change = insert(&mut a, "2", "fish");
    // The second operation of A, itself; a later one; one of a replica never heard of; one of another key.
    for (counter, actor) in [(2, A), (999, A), (1, C), (1, A)] {
        let replaced = automerge::legacy::OpId::new(counter, &ActorId::from(*actor.as_bytes()));
        let forged = forge(&change, |change| change.operations[0].pred = vec![replaced].into());
        let refused = b.apply(&forged).unwrap_err();
        assert!(
            matches!(refused, ApplyError::Unfounded { .. } | ApplyError::Misnumbered { .. }),
            "{refused}"
        );
    }
    let twice = forge(&change, |change| change.operations.push(change.operations[0].clone()));
    assert!(matches!(b.apply(&twice), Err(ApplyError::Unfounded { .. })));
    assert_eq!(facts(&b, "line"), [pair("1", "soup")]);
    assert!(Document::load(&b.save(), C).is_ok());
    assert!(b.apply(&change).unwrap());
}

#[test]
fn a_compressed_change_is_refused_unread() {
    let mut a = Document::new(A);
    let change = insert(&mut a, "1", &"soup ".repeat(1_000));
    let mut change = automerge::Change::try_from(&change[..]).unwrap();
    assert!(matches!(Document::new(B).apply(&change.bytes()), Err(ApplyError::Malformed(None))));
}

#[test]
fn the_same_map_range_reads_a_conflict_in_automerge() {
    // The readers rely on this flag; should Automerge stop setting it, losers would vanish unseen.
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    let (from_a, from_b) = (insert(&mut a, "1", "x"), insert(&mut b, "1", "y"));
    a.apply(&from_b).unwrap();
    let mut automerge = Automerge::new();
    for change in [from_a, from_b] {
        automerge.apply_changes([automerge::Change::try_from(&change[..]).unwrap()]).unwrap();
    }
    assert!(automerge.map_range(ROOT, ..).all(|item| item.conflict));
    let reloaded = Automerge::load(&automerge.save()).unwrap();
    assert!(reloaded.map_range(ROOT, ..).all(|item| item.conflict));
}

#[test]
fn a_change_with_any_bit_flipped_is_refused_and_one_sealed_again_does_no_harm() {
    let (mut a, mut b) = (Document::new(A), Document::new(B));
    b.apply(&set(&mut a, 1, "open")).unwrap();
    let change = set(&mut a, 2, "closed");
    for bit in 0..change.len() * 8 {
        let mut flipped = change.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let outcome = b.apply(&flipped);
        assert!(outcome.is_err(), "bit {bit}: {outcome:?}");

        // The same with a checksum that fits: whatever it says now, it does no harm.
        let Ok(sealed) = automerge::Change::try_from(&flipped[..]) else { continue };
        flipped[4..8].copy_from_slice(&sealed.hash().0[..4]);
        let mut document = b.clone();
        let _ = document.apply(&flipped);
        set(&mut document, 3, "later");
        assert!(Document::load(&document.save(), C).is_ok(), "bit {bit}");
    }
    assert!(b.apply(&change).unwrap());
}

#[test]
fn a_document_may_move_to_and_be_read_from_another_thread() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Document::new(A));
}

#[test]
fn what_is_said_late_comes_to_what_applying_it_would_have_come_to() {
    let mut document = Document::new(A);
    insert(&mut document, "1", "soup");
    set(&mut document, 100, "paid");
    add(&mut document, "monday", "1", 3);
    let mut late = document.edit_late(at(50));
    late.insert("line", "1", "stew").unwrap();
    late.set("state", "1", Some("sent")).unwrap();
    late.add("stock", "monday", "1", 5).unwrap();
    assert_eq!(late.commit(), None);
    let mut late = document.edit_late(at(50));
    late.insert("line", "2", "fish").unwrap();
    late.set("state", "2", Some("sent")).unwrap();
    assert!(late.commit().is_some());
    assert_eq!(facts(&document, "line"), [pair("1", "soup"), pair("2", "fish")]);
    assert_eq!(document.register("state", "1").unwrap().value.as_deref(), Some("paid"));
    assert_eq!(document.register("state", "2").unwrap().value.as_deref(), Some("sent"));
    assert_eq!(document.counter("stock", "monday"), 3);
    // Of rivals the least stands, and of a register what was said last, also when it is what stands already.
    let mut late = document.edit_late(at(120));
    late.insert("line", "1", "bread").unwrap();
    late.add("stock", "monday", "1", 2).unwrap();
    late.set("state", "1", Some("paid")).unwrap();
    assert!(late.commit().is_some());
    assert_eq!(document.fact("line", "1").as_deref(), Some("bread"));
    assert_eq!(document.counter("stock", "monday"), 2);
    let mut late = document.edit_late(at(110));
    late.set("state", "1", Some("open")).unwrap();
    assert_eq!(late.commit(), None);
}

#[test]
fn of_two_values_of_one_moment_the_same_stands_whoever_says_them_again() {
    let values = ["laid", "to clear"];
    let mut standing = Vec::new();
    for (origin, first, then) in [(A, 0, 1), (A, 1, 0), (B, 0, 1), (B, 1, 0)] {
        let mut document = Document::new(origin);
        set(&mut document, 100, values[first]);
        let mut late = document.edit_late(at(100));
        late.set("state", "1", Some(values[then])).unwrap();
        late.commit();
        standing.push(document.register("state", "1").unwrap().value);
    }
    assert_eq!(standing, vec![Some("to clear".to_owned()); 4]);
}
