//! Databases that were one, copied while nobody looked, and all at work: however they meet, they end up showing the same,
//! and what was acknowledged by any of them is known to all.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "other tests use more of it")]
#[path = "support/meeting.rs"]
mod meeting;
#[expect(dead_code, reason = "other tests use more of it")]
mod support;

use std::path::Path;

use maitred_domain::catalogue::EntityChanged;
use maitred_domain::check::TenderKind;
use maitred_domain::decide::Command;
use maitred_domain::ids::named;
use maitred_domain::money::Money;
use maitred_domain::table::TableMark;
use maitred_store::{CheckFilter, CommandError, Store};
use maitred_sync::{Delivery, Output};
use meeting::{connect, healthy, meet, newcomer, settle};
use proptest::prelude::*;
use support::{Venue1, order_line};
use tempfile::TempDir;

/// Hubs of the venue before one is copied: one at work, and two more.
const HUBS: usize = 3;
/// Who belongs together.
const REALM: [u8; 16] = [1; 16];
/// The most copies that are made.
const COPIES_MAX: usize = 2;
/// The most rounds of meetings after which nobody has anything new to say.
const ROUNDS_MAX: usize = 12;

struct Box1 {
    venue: Venue1,
    folder: TempDir,
}

fn first_box() -> Box1 {
    let folder = tempfile::tempdir().unwrap();
    Box1 { venue: Venue1::open(folder.path()), folder }
}

fn next_box(first: &Box1, prefix: &str) -> Box1 {
    let folder = tempfile::tempdir().unwrap();
    let venue = newcomer(folder.path(), prefix);
    assert_eq!(meet(&first.venue.store, &venue.store), []);
    Box1 { venue, folder }
}

fn copy_files(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

impl Box1 {
    /// A copy of it as it is; both run from now on.
    fn copied(&mut self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = self.venue.clock.load(std::sync::atomic::Ordering::Relaxed);
        self.venue.store.shut_down();
        copy_files(self.folder.path(), folder.path());
        self.venue = Venue1::open(self.folder.path());
        let venue = Venue1::open(folder.path());
        for it in [&self.venue, &venue] {
            it.clock.store(clock, std::sync::atomic::Ordering::Relaxed);
        }
        Self { venue, folder }
    }
}

/// Lets two meet, and do what they are told. Whether one of them learned that it is not the only one.
fn meet_and_heed(one: &Store, other: &Store) -> bool {
    let (mut one_end, mut other_end) = connect(one, other);
    settle(&mut one_end, &mut other_end);
    let mut is_other = false;
    for (store, end) in [(one, one_end), (other, other_end)] {
        if end.alarms.iter().any(|alarm| matches!(alarm, Output::Rewound { .. })) {
            store.become_another_blocking().unwrap();
            is_other = true;
        }
    }
    is_other
}

/// Lets all meet until nobody learns anything.
fn meet_all(boxes: &[Box1]) {
    let heads = || boxes.iter().map(|it| it.venue.store.head()).collect::<Vec<_>>();
    for _ in 0..ROUNDS_MAX {
        let before = heads();
        let mut is_news = false;
        for (n, one) in boxes.iter().enumerate() {
            for other in &boxes[n + 1..] {
                is_news |= meet_and_heed(&one.venue.store, &other.venue.store);
            }
        }
        if !is_news && before == heads() {
            return;
        }
    }
    panic!("they tell each other the same for ever: {:?}", heads());
}

/// Two show the same, whatever journals they know, and each agrees with itself.
fn show_the_same(one: &Store, other: &Store) {
    let all = |store: &Store| store.checks(&CheckFilter::default(), 1_000).unwrap();
    assert_eq!(all(one), all(other));
    assert_eq!(one.tables(), other.tables());
    assert_eq!(one.stock(), other.stock());
    assert_eq!(*one.catalogue(), *other.catalogue());
    let books = |store: &Store| format!("{:?}", store.day(None).unwrap());
    assert_eq!(books(one), books(other));
}

/// All show the same, know every command in `done`, and put nothing before a person.
fn are_one(boxes: Vec<Box1>, done: &[String]) {
    for it in &boxes {
        show_the_same(&boxes[0].venue.store, &it.venue.store);
        for key in done {
            assert!(it.venue.store.answer_to(key).unwrap().is_some(), "{key} is lost");
        }
        assert_eq!(it.venue.store.set_aside(10).unwrap(), []);
    }
    for Box1 { venue, folder } in boxes {
        venue.store.shut_down();
        healthy(folder.path());
    }
}

#[test]
fn what_builds_on_a_copy_is_heard_for_as_long_as_the_line_holds() {
    let mut hub = first_box();
    let standby = next_box(&hub, "B");
    let copy = hub.copied();
    hub.venue.open_check("of the first", "T1");
    assert_eq!(meet(&hub.venue.store, &standby.venue.store), []);
    let check = copy.venue.open_check("of the copy", "T2");
    assert!(meet_and_heed(&copy.venue.store, &standby.venue.store));
    // One line, and what comes over it builds on what stands elsewhere in another version.
    let (mut there, mut here) = connect(&copy.venue.store, &standby.venue.store);
    let mut done = vec!["of the first".to_owned(), "of the copy".to_owned()];
    for n in 0..5 {
        let key = format!("order {n}");
        copy.venue.order(&key, check, &["steak"]);
        settle(&mut there, &mut here);
        assert!(standby.venue.store.answer_to(&key).unwrap().is_some(), "{key}");
        assert_eq!(standby.venue.check(check).lines.len(), n + 1);
        done.push(key);
    }
    drop((there, here));
    let boxes = vec![hub, standby, copy];
    meet_all(&boxes);
    are_one(boxes, &done);
}

/// What `one` has to tell `other`, who has not written it down yet.
fn told(one: &Store, other: &Store) -> Vec<Delivery> {
    let (mut there, greeting) = one.open_session(REALM).unwrap();
    let (mut here, answer) = other.open_session(REALM).unwrap();
    one.receive(&mut there, &answer).unwrap();
    let mut outputs = other.receive(&mut here, &greeting).unwrap();
    while let Some(frame) = one.next_frame(&mut there).unwrap() {
        outputs.extend(other.receive(&mut here, &frame).unwrap());
    }
    let delivery = |output| if let Output::Store(delivery) = output { Some(delivery) } else { None };
    outputs.into_iter().filter_map(delivery).collect()
}

#[test]
fn of_two_versions_that_come_over_two_lines_at_once_neither_is_dropped() {
    let mut hub = first_box();
    let standby = next_box(&hub, "B");
    let copy = hub.copied();
    let (store, boxes) = (&standby.venue.store, [&hub, &copy]);
    for (n, it) in boxes.iter().enumerate() {
        it.venue.open_check(&format!("of {n}"), "T1");
    }
    let deliveries: Vec<_> = boxes.iter().flat_map(|it| told(&it.venue.store, store)).collect();
    for delivery in deliveries {
        store.deliver_blocking(delivery).unwrap();
    }
    for n in 0..boxes.len() {
        assert!(store.answer_to(&format!("of {n}")).unwrap().is_some(), "of {n}");
    }
    assert_eq!(store.open_checks().len(), 2);
    let boxes = vec![hub, standby, copy];
    meet_all(&boxes);
    are_one(boxes, &["of 0".to_owned(), "of 1".to_owned()]);
}

#[test]
fn a_command_of_a_copy_that_changes_nothing_any_more_is_known_all_the_same() {
    let mut hub = first_box();
    let standby = next_box(&hub, "B");
    let copy = hub.copied();
    let mark = |table| Command::MarkTable { table: named(table), mark: TableMark::Dirty };
    copy.venue.done("early", mark("T1"));
    hub.venue.wait_minutes(1);
    hub.venue.done("late", mark("T1"));
    let boxes = vec![hub, standby, copy];
    assert_eq!(meet(&boxes[0].venue.store, &boxes[1].venue.store), []);
    meet_all(&boxes);
    are_one(boxes, &["early".to_owned(), "late".to_owned()]);
}

#[test]
fn of_what_a_hub_and_its_copy_say_at_one_moment_the_same_stands_for_all() {
    let mut hub = first_box();
    let standby = next_box(&hub, "B");
    let copy = hub.copied();
    let mark = |mark| Command::MarkTable { table: named("T1"), mark };
    assert_eq!(hub.venue.now(), copy.venue.now());
    hub.venue.done("of the first", mark(TableMark::Dirty));
    copy.venue.done("of the copy", mark(TableMark::Blocked));
    let boxes = vec![hub, standby, copy];
    meet_all(&boxes);
    are_one(boxes, &["of the first".to_owned(), "of the copy".to_owned()]);
}

/// What happens.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody sends a command.
    Act { at: usize, kind: u8, which: usize },
    /// Somebody sends one again, perhaps to another hub.
    Again { at: usize, which: usize },
    /// Two hubs meet.
    Meet { one: usize, other: usize },
    /// A hub's card is copied.
    Copy { of: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let at = || 0..HUBS + COPIES_MAX;
    prop_oneof![
        12 => (at(), 0..11_u8, 0..6_usize).prop_map(|(at, kind, which)| Step::Act { at, kind, which }),
        2 => (at(), 0..40_usize).prop_map(|(at, which)| Step::Again { at, which }),
        5 => (at(), at()).prop_map(|(one, other)| Step::Meet { one, other }),
        1 => (0..HUBS).prop_map(|of| Step::Copy { of }),
    ]
}

const ITEMS: [&str; 3] = ["margherita", "steak", "crème brûlée"];
const TABLES: [&str; 3] = ["T1", "T2", "T3"];

/// A command that makes sense in the picture that a hub shows.
fn command(venue: &Venue1, kind: u8, which: usize) -> Option<Command> {
    let checks = venue.store.checks(&CheckFilter::default(), 100).unwrap();
    let check = checks.get(which % checks.len().max(1));
    let id = || check.map(|check| check.id);
    let (item, table) = (ITEMS[which % ITEMS.len()], named(TABLES[which % TABLES.len()]));
    Some(match kind {
        0 => Command::OpenCheck { table: Some(table), covers: 2, name: String::new() },
        1 | 2 => Command::AddLines { check: id()?, lines: vec![order_line(item)] },
        3 => Command::Fire { check: id()?, course: None },
        4 => Command::VoidLine {
            check: id()?,
            line: check?.lines.keys().next().copied()?,
            reason: "changed their mind".into(),
            quantity: None,
        },
        5 => Command::Tender {
            check: id()?,
            kind: TenderKind::Card,
            amount: check?.totals().due(),
            tip: Money::ZERO,
            share: None,
            reference: String::new(),
        },
        6 => Command::CloseCheck { check: id()? },
        7 => Command::MarkTable { table, mark: if which > 2 { TableMark::Free } else { TableMark::Dirty } },
        8 => Command::SetAvailability {
            item: named(item),
            available: true,
            remaining: Some(i64::try_from(which).unwrap()),
        },
        9 => {
            let catalogue = venue.store.catalogue();
            let before = catalogue.items.get(&named(item))?;
            let mut after = before.clone();
            after.price = Money(100 * (1 + i64::try_from(which).unwrap()));
            Command::Edit { changes: vec![EntityChanged::between(Some(before), &after)?] }
        }
        _ => Command::BumpTicket { check: id()?, ticket: check?.tickets().first()?.id },
    })
}

/// Everything that was sent, and what of it was acknowledged.
#[derive(Default)]
struct Client {
    sent: Vec<(String, Command)>,
    done: Vec<String>,
}

impl Client {
    fn send(&mut self, venue: &Venue1, key: String, command: Command) {
        match venue.send(&key, command) {
            Ok(_) => self.done.push(key),
            Err(CommandError::Refused(_)) => {}
            Err(e) => panic!("{key}: {e}"),
        }
    }
}

/// Databases on disks, some of them copies.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").is_ok();
    let usual = ProptestConfig::default();
    ProptestConfig { cases: if asked { usual.cases } else { 24 }, ..usual }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_is_copied_and_however_they_meet_all_end_alike_and_nothing_is_lost(
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let first = first_box();
        let others = ["B", "C"].map(|prefix| next_box(&first, prefix));
        let mut boxes: Vec<Box1> = std::iter::once(first).chain(others).collect();
        let mut client = Client::default();
        for (n, step) in steps.iter().enumerate() {
            let count = boxes.len();
            match *step {
                Step::Act { at, kind, which } => {
                    let venue = &boxes[at % count].venue;
                    if let Some(command) = command(venue, kind, which) {
                        let key = format!("step-{n}");
                        client.sent.push((key.clone(), command.clone()));
                        client.send(venue, key, command);
                    }
                    // Every box has a clock of its own: those of a hub and its copy say the same until one of them acts.
                    venue.clock.fetch_add(40_000 + 7 * i64::try_from(at).unwrap(), std::sync::atomic::Ordering::Relaxed);
                }
                Step::Again { at, which } => {
                    if let Some((key, command)) = client.sent.get(which).cloned() {
                        client.send(&boxes[at % count].venue, key, command);
                    }
                }
                Step::Meet { one, other } => {
                    if one % count != other % count {
                        meet_and_heed(&boxes[one % count].venue.store, &boxes[other % count].venue.store);
                    }
                }
                Step::Copy { of } => {
                    if count < HUBS + COPIES_MAX {
                        let copy = boxes[of].copied();
                        boxes.push(copy);
                    }
                }
            }
        }
        meet_all(&boxes);
        are_one(boxes, &client.done);
    }
}
