//! Stores of one venue that work apart and meet: real databases, and the sessions that hubs hold.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/meeting.rs"]
mod meeting;
#[path = "replicas/names.rs"]
mod names;
mod support;

use maitred_domain::check::{CheckState, TenderKind};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::{CheckId, named};
use maitred_domain::money::Money;
use maitred_domain::table::{TableMark, TableStatus};
use maitred_store::{CheckFilter, CommandError, JobFilter, backup, restore};
use maitred_sync::Output;
use meeting::{End, alike, connect, healthy, meet, newcomer, settle};
use proptest::prelude::*;
use support::{Venue1, order_line};

/// A hub at work and its standby, which knows what it knows.
struct Pair {
    hub: Venue1,
    standby: Venue1,
    folders: [tempfile::TempDir; 2],
}

impl Pair {
    fn new() -> Self {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let hub = Venue1::open(folders[0].path());
        let standby = newcomer(folders[1].path(), "B");
        let pair = Self { hub, standby, folders };
        pair.meet();
        pair
    }

    fn meet(&self) {
        assert_eq!(meet(&self.hub.store, &self.standby.store), []);
        alike(&self.hub.store, &self.standby.store);
    }

    fn close(self) {
        for venue in [&self.hub, &self.standby] {
            venue.store.shut_down();
        }
        for folder in &self.folders {
            healthy(folder.path());
        }
    }
}

#[test]
fn a_standby_that_caught_up_is_the_hub_again() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let hub = Venue1::open(folders[0].path());
    hub.serve("a", "T1", &["margherita", "steak"]);
    let check = hub.open_check("b", "T2");
    let lines = hub.order("b1", check, &["steak"]);
    hub.done("b2", Command::Fire { check, course: None });
    let standby = newcomer(folders[1].path(), "B");
    assert_eq!(meet(&hub.store, &standby.store), []);
    alike(&hub.store, &standby.store);
    // The client whose answer was lost with the hub asks again.
    let again = standby.done("b1", Command::AddLines { check, lines: vec![order_line("steak")] });
    assert!(again.replayed);
    assert_eq!(again.answer, lines.answer);
    let other = standby.send("b1", Command::CloseCheck { check });
    assert!(matches!(other, Err(CommandError::KeyReused)));
    assert!(standby.store.print_jobs(&JobFilter::default(), 10).unwrap().is_empty(), "the hub printed it");
    standby.pay("b3", check, TenderKind::Card, 2400);
    standby.done("b4", Command::CloseCheck { check });
    standby.open_check("c", "T3");
    assert_eq!(standby.store.open_checks()[0].number, "B3");
    assert_eq!(meet(&hub.store, &standby.store), []);
    Pair { hub, standby, folders }.close();
}

#[test]
fn what_is_delivered_again_changes_nothing() {
    let pair = Pair::new();
    let check = pair.hub.open_check("open", "T1");
    pair.hub.order("order", check, &["margherita", "steak"]);
    pair.hub.done("fire", Command::Fire { check, course: None });
    let (mut there, mut here) = connect(&pair.hub.store, &pair.standby.store);
    settle(&mut there, &mut here);
    for delivery in here.into_heard() {
        pair.standby.store.deliver_blocking(delivery).unwrap();
    }
    alike(&pair.hub.store, &pair.standby.store);
    pair.close();
}

#[test]
fn two_waiters_on_two_hubs_add_to_one_table_and_both_sets_of_lines_are_kept() {
    let pair = Pair::new();
    let check = pair.hub.open_check("open", "T1");
    pair.meet();
    pair.hub.order("one", check, &["margherita"]);
    pair.standby.order("two", check, &["steak"]);
    pair.meet();
    assert_eq!(pair.standby.check(check).lines.len(), 2);
    let then = pair.hub.store.check_at(check, pair.hub.now()).unwrap();
    assert_eq!(then, pair.standby.store.check_at(check, pair.hub.now()).unwrap());
    pair.close();
}

#[test]
fn two_checks_opened_on_one_empty_table_are_both_kept() {
    let pair = Pair::new();
    pair.hub.open_check("one", "T1");
    pair.standby.open_check("two", "T1");
    pair.meet();
    let open = pair.hub.store.open_checks();
    assert!(open.iter().all(|check| check.table == Some(named("T1"))));
    let mut numbers: Vec<&str> = open.iter().map(|check| check.number.as_str()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["1", "B1"]);
    assert_eq!(pair.standby.store.tables()[&named("T1")], TableStatus::Seated);
    pair.close();
}

#[test]
fn a_party_over_two_tables_is_one_party_on_every_hub_until_it_leaves_both() {
    let pair = Pair::new();
    let check = pair.hub.open_check("open", "T1");
    pair.hub.order("lines", check, &["margherita"]);
    let tables = vec![named("T2")];
    pair.hub.done("join", Command::JoinTables { check, tables });
    pair.meet();
    let state = |venue: &Venue1, table: &str| venue.store.tables()[&named(table)];
    assert_eq!(state(&pair.standby, "T2"), TableStatus::Seated);
    let found = CheckFilter { table: Some(named("T2")), ..CheckFilter::default() };
    assert_eq!(pair.standby.store.checks(&found, 10).unwrap().len(), 1);
    pair.hub.pay("pay", check, TenderKind::Cash, 850);
    pair.hub.done("close", Command::CloseCheck { check });
    pair.meet();
    for venue in [&pair.hub, &pair.standby] {
        assert_eq!((state(venue, "T1"), state(venue, "T2")), (TableStatus::Dirty, TableStatus::Dirty));
    }
    pair.close();
}

#[test]
fn a_command_that_both_hubs_accepted_happened_once() {
    let pair = Pair::new();
    let check = pair.hub.open_check("open", "T1");
    pair.meet();
    pair.hub.order("lines", check, &["margherita"]);
    pair.standby.order("lines", check, &["margherita"]);
    pair.hub.pay("pay", check, TenderKind::Cash, 850);
    pair.standby.pay("pay", check, TenderKind::Cash, 850);
    pair.meet();
    let merged = pair.hub.check(check);
    assert_eq!((merged.lines.len(), merged.tenders.len()), (1, 1));
    assert_eq!(merged.totals().due(), Money::ZERO);
    pair.close();
}

#[test]
fn a_line_added_beside_the_close_opens_the_check_again() {
    let pair = Pair::new();
    let check = pair.hub.open_check("open", "T1");
    pair.hub.order("lines", check, &["margherita"]);
    pair.meet();
    pair.hub.pay("pay", check, TenderKind::Cash, 850);
    pair.hub.done("close", Command::CloseCheck { check });
    pair.standby.order("late", check, &["steak"]);
    pair.meet();
    let merged = pair.hub.check(check);
    assert_eq!(merged.state(), CheckState::Open);
    assert_eq!(merged.totals().due(), Money(2400));
    pair.close();
}

#[test]
fn what_was_paid_on_both_sides_is_paid() {
    let pair = Pair::new();
    let check = pair.hub.open_check("open", "T1");
    pair.hub.order("lines", check, &["margherita"]);
    pair.meet();
    pair.hub.pay("cash", check, TenderKind::Cash, 850);
    pair.standby.pay("card", check, TenderKind::Card, 850);
    pair.meet();
    let merged = pair.standby.check(check);
    assert_eq!(merged.totals().paid, Money(1700), "nothing paid is forgotten");
    assert_eq!(merged.totals().due(), Money(-850), "and too much is to be given back");
    pair.close();
}

#[test]
fn an_item_counted_down_on_both_sides_has_lost_both() {
    let pair = Pair::new();
    let few = Command::SetAvailability { item: named("steak"), available: true, remaining: Some(5) };
    pair.hub.done("count", few);
    pair.meet();
    for (venue, key, table) in [(&pair.hub, "one", "T1"), (&pair.standby, "two", "T2")] {
        let check = venue.open_check(&format!("{key}-open"), table);
        venue.order(key, check, &["steak", "steak"]);
    }
    pair.meet();
    assert_eq!(pair.hub.store.stock()[&named("steak")].remaining, Some(1));
    pair.close();
}

#[test]
fn both_close_the_day_and_one_close_stands() {
    let pair = Pair::new();
    pair.hub.serve("a", "T1", &["margherita"]);
    pair.meet();
    pair.standby.wait_minutes(1);
    pair.standby.done("z-standby", Command::CloseDay { date: None, counted: vec![] });
    pair.hub.done("z-hub", Command::CloseDay { date: None, counted: vec![] });
    assert_eq!(meet(&pair.hub.store, &pair.standby.store), []);
    let closed = |venue: &Venue1| venue.store.day(Some("2026-11-21".parse().unwrap())).unwrap().closed;
    assert_eq!(closed(&pair.hub), closed(&pair.standby));
    let again = pair.hub.send("z-again", Command::CloseDay { date: None, counted: vec![] });
    assert!(matches!(again, Err(CommandError::Refused(Refusal::DayClosed))), "{again:?}");
    pair.close();
}

#[test]
fn a_hub_that_was_restored_from_a_backup_gets_back_what_it_had_lost() {
    let Pair { hub, standby, folders } = Pair::new();
    let copy = folders[0].path().join("copy.backup");
    backup(folders[0].path(), &copy).unwrap();
    hub.serve("after the backup", "T1", &["steak"]);
    assert_eq!(meet(&hub.store, &standby.store), []);
    hub.store.shut_down();
    let data = tempfile::tempdir().unwrap();
    restore(&copy, data.path()).unwrap();
    let restored = Venue1::open(data.path());
    assert_eq!(meet(&restored.store, &standby.store), []);
    alike(&restored.store, &standby.store);
    restored.open_check("as another", "T2");
    assert_eq!(meet(&restored.store, &standby.store), []);
    alike(&restored.store, &standby.store);
    restored.store.shut_down();
    healthy(data.path());
}

/// A copy of a hub's folder, made while the hub was off.
fn copied(Pair { hub, standby, folders }: Pair) -> (Pair, tempfile::TempDir) {
    let copy = tempfile::tempdir().unwrap();
    hub.store.shut_down();
    drop(hub);
    for file in std::fs::read_dir(folders[0].path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    (Pair { hub: Venue1::open(folders[0].path()), standby, folders }, copy)
}

#[test]
fn a_folder_that_was_copied_back_becomes_another_and_gets_back_what_it_had_lost() {
    let pair = Pair::new();
    let check = pair.hub.open_check("open", "T2");
    pair.hub.order("order", check, &["steak"]);
    pair.hub.done("fire", Command::Fire { check, course: None });
    pair.meet();
    let (pair, copy) = copied(pair);
    pair.hub.open_check("lost", "T1");
    assert_eq!(meet(&pair.hub.store, &pair.standby.store), []);
    let old = Venue1::open(copy.path());
    let was = old.store.origin();
    let alarms = meet(&old.store, &pair.standby.store);
    assert!(alarms.contains(&Output::Rewound { seq: 5 }), "{alarms:?}");
    assert_eq!(old.store.open_checks().len(), 1);
    let is = old.store.become_another_blocking().unwrap();
    assert_eq!(old.store.origin(), is);
    assert_ne!(is, was);
    assert_eq!(meet(&old.store, &pair.standby.store), []);
    alike(&old.store, &pair.standby.store);
    let jobs = old.store.print_jobs(&JobFilter::default(), 10).unwrap();
    assert!(!jobs.is_empty() && jobs.iter().all(|job| job.indeterminate_attempts == 1), "printed before");
    old.order("as another", check, &["margherita"]);
    assert_eq!(meet(&old.store, &pair.standby.store), []);
    alike(&old.store, &pair.standby.store);
    old.store.shut_down();
    healthy(copy.path());
    assert_eq!(Venue1::open(copy.path()).store.origin(), is, "also after a restart");
}

/// Two stores show the same, though they know a journal otherwise.
fn show_the_same(one: &Venue1, other: &Venue1) {
    let all = |venue: &Venue1| venue.store.checks(&CheckFilter::default(), 1_000).unwrap();
    assert_eq!(all(one), all(other));
    assert_eq!(one.store.tables(), other.store.tables());
    assert_eq!(one.store.stock(), other.store.stock());
    assert_eq!(*one.store.catalogue(), *other.store.catalogue());
}

#[test]
fn of_two_hubs_that_were_one_the_first_is_kept_and_what_the_second_did_is_said_again() {
    let (pair, copy) = copied(Pair::new());
    let clone = Venue1::open(copy.path());
    let (mut there, mut here) = connect(&clone.store, &pair.standby.store);
    settle(&mut there, &mut here);
    pair.hub.open_check("first", "T1");
    assert_eq!(meet(&pair.hub.store, &pair.standby.store), []);
    let second = clone.open_check("in its place", "T2");
    let done = clone.order("after that", second, &["steak"]);
    settle(&mut there, &mut here);
    let origin = clone.store.origin();
    assert!(here.alarms.contains(&Output::Forked { origin, seq: 2 }), "{:?}", here.alarms);
    assert!(there.alarms.contains(&Output::Rewound { seq: 2 }), "{:?}", there.alarms);
    assert_eq!(pair.standby.store.set_aside(10).unwrap(), [], "nobody need look at what is known again");
    assert_eq!(pair.standby.check(second).lines.len(), 1);
    let line = Command::AddLines { check: second, lines: vec![order_line("steak")] };
    let again = pair.standby.done("after that", line);
    assert!(again.replayed);
    assert_eq!(again.answer, done.answer);
    pair.hub.open_check("goes on", "T1");
    assert_eq!(meet(&pair.hub.store, &pair.standby.store), []);
    alike(&pair.hub.store, &pair.standby.store);
    assert_eq!(pair.hub.store.open_checks().len(), 3);
    pair.close();
}

#[test]
fn what_a_copy_did_alone_is_known_to_all_when_it_is_found_to_be_one() {
    let pair = Pair::new();
    let check = pair.hub.open_check("open", "T1");
    pair.meet();
    let (pair, copy) = copied(pair);
    let clone = Venue1::open(copy.path());
    // Both go on as one, nobody sees the other: on a check that both have, and on checks of their own.
    clone.order("of the copy", check, &["steak"]);
    let alone = clone.open_check("the copy's own", "T2");
    clone.order("the copy's order", alone, &["margherita"]);
    clone.pay("the copy's money", alone, TenderKind::Cash, 850);
    clone.done("the copy's close", Command::CloseCheck { check: alone });
    let few = Command::SetAvailability { item: named("steak"), available: true, remaining: Some(7) };
    clone.done("the copy's count", few);
    pair.hub.wait_minutes(1);
    pair.hub.order("of the first", check, &["margherita"]);
    let own = pair.hub.open_check("the first's own", "T3");
    assert_eq!(meet(&pair.hub.store, &pair.standby.store), []);
    let alarms = meet(&clone.store, &pair.standby.store);
    assert!(alarms.iter().any(|it| matches!(it, Output::Rewound { .. })), "{alarms:?}");
    clone.store.become_another_blocking().unwrap();
    clone.order("as another", check, &["crème brûlée"]);
    for _ in 0..3 {
        meet(&clone.store, &pair.standby.store);
        assert_eq!(meet(&pair.hub.store, &pair.standby.store), []);
    }
    alike(&pair.hub.store, &pair.standby.store);
    show_the_same(&clone, &pair.standby);
    let merged = pair.hub.check(check);
    assert_eq!(merged.lines.len(), 3, "what either ordered, and what was ordered since");
    assert_eq!(pair.hub.check(alone).state(), CheckState::Closed);
    assert_eq!(clone.check(own).table, Some(named("T3")));
    assert_eq!(pair.hub.store.stock()[&named("steak")].remaining, Some(7));
    let before = pair.standby.store.head();
    meet(&clone.store, &pair.standby.store);
    assert_eq!(pair.standby.store.head(), before, "nothing is said a third time");
    clone.store.shut_down();
    healthy(copy.path());
    pair.close();
}

#[test]
fn one_journal_that_does_not_fit_does_not_hold_up_the_others() {
    let (pair, copy) = copied(Pair::new());
    let check = pair.hub.open_check("open", "T1");
    pair.hub.order("first", check, &["steak"]);
    assert_eq!(meet(&pair.hub.store, &pair.standby.store), []);
    let clone = Venue1::open(copy.path());
    let other = clone.open_check("in its place", "T2");
    clone.store.become_another_blocking().unwrap();
    // Builds on what the standby knows otherwise.
    clone.order("on top of it", other, &["margherita"]);
    clone.store.become_another_blocking().unwrap();
    meet(&clone.store, &pair.standby.store);
    assert_eq!(pair.standby.check(other).lines.len(), 1);
    pair.standby.order("goes on", check, &["margherita"]);
    assert_eq!(meet(&pair.hub.store, &pair.standby.store), []);
    alike(&pair.hub.store, &pair.standby.store);
    pair.close();
}

/// What happens in the room.
#[derive(Clone, Debug)]
enum Step {
    Open { at: usize, table: usize },
    Order { at: usize, check: usize, item: usize },
    Fire { at: usize, check: usize },
    Void { at: usize, check: usize },
    Pay { at: usize, check: usize },
    Close { at: usize, check: usize },
    Move { at: usize, check: usize, table: usize },
    Join { at: usize, check: usize, table: usize, on: bool },
    Mark { at: usize, table: usize },
    Meet { one: usize, other: usize },
}

const HUBS: usize = 3;
const ITEMS: [&str; 3] = ["margherita", "steak", "crème brûlée"];
const TABLES: [&str; 3] = ["T1", "T2", "T3"];

fn step() -> impl Strategy<Value = Step> {
    let (at, check) = (0..HUBS, 0..6_usize);
    prop_oneof![
        2 => (at.clone(), 0..3_usize).prop_map(|(at, table)| Step::Open { at, table }),
        4 => (at.clone(), check.clone(), 0..3_usize).prop_map(|(at, check, item)| Step::Order { at, check, item }),
        2 => (at.clone(), check.clone()).prop_map(|(at, check)| Step::Fire { at, check }),
        1 => (at.clone(), check.clone()).prop_map(|(at, check)| Step::Void { at, check }),
        2 => (at.clone(), check.clone()).prop_map(|(at, check)| Step::Pay { at, check }),
        2 => (at.clone(), check.clone()).prop_map(|(at, check)| Step::Close { at, check }),
        1 => (at.clone(), check.clone(), 0..3_usize).prop_map(|(at, check, table)| Step::Move { at, check, table }),
        1 => (at.clone(), check, 0..3_usize, any::<bool>())
            .prop_map(|(at, check, table, on)| Step::Join { at, check, table, on }),
        1 => (at, 0..3_usize).prop_map(|(at, table)| Step::Mark { at, table }),
        3 => (0..HUBS, 1..HUBS).prop_map(|(one, by)| Step::Meet { one, other: (one + by) % HUBS }),
    ]
}

/// Does it, if the rules let it. What they refuse is no failure here.
fn act(venue: &Venue1, n: usize, step: &Step) {
    let nth = |check: usize| -> Option<CheckId> {
        let checks = venue.store.checks(&CheckFilter::default(), 100).unwrap();
        (!checks.is_empty()).then(|| checks[check % checks.len()].id)
    };
    let command = match *step {
        Step::Open { table, .. } => {
            Some(Command::OpenCheck { table: Some(named(TABLES[table])), covers: 2, name: String::new() })
        }
        Step::Order { check, item, .. } => {
            nth(check).map(|check| Command::AddLines { check, lines: vec![order_line(ITEMS[item])] })
        }
        Step::Fire { check, .. } => nth(check).map(|check| Command::Fire { check, course: None }),
        Step::Void { check, .. } => nth(check).and_then(|check| {
            let line = venue.check(check).lines.keys().next().copied()?;
            Some(Command::VoidLine { check, line, reason: "changed their mind".into(), quantity: None })
        }),
        Step::Pay { check, .. } => nth(check).map(|check| Command::Tender {
            check,
            kind: TenderKind::Card,
            amount: venue.check(check).totals().due(),
            tip: Money::ZERO,
            share: None,
            reference: String::new(),
        }),
        Step::Close { check, .. } => nth(check).map(|check| Command::CloseCheck { check }),
        Step::Move { check, table, .. } => nth(check).map(|check| Command::TransferCheck {
            check,
            table: Some(named(TABLES[table])),
            server: None,
            covers: None,
            name: None,
        }),
        Step::Join { check, table, on, .. } => nth(check).map(|check| {
            let tables = vec![named(TABLES[table])];
            if on { Command::JoinTables { check, tables } } else { Command::PartTables { check, tables } }
        }),
        Step::Mark { table, .. } => {
            Some(Command::MarkTable { table: named(TABLES[table]), mark: TableMark::Free })
        }
        Step::Meet { .. } => None,
    };
    if let Some(command) = command {
        match venue.send(&format!("step-{n}"), command) {
            Ok(_) | Err(CommandError::Refused(_)) => {}
            Err(e) => panic!("{e}"),
        }
    }
}

/// Three databases a case: fewer than usual, unless more are asked for.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").is_ok();
    let usual = ProptestConfig::default();
    ProptestConfig { cases: if asked { usual.cases } else { 24 }, ..usual }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn however_three_hubs_meet_they_end_alike_and_whole(steps in prop::collection::vec(step(), 0..60)) {
        let folders: Vec<_> = (0..HUBS).map(|_| tempfile::tempdir().unwrap()).collect();
        let mut hubs = vec![Venue1::open(folders[0].path())];
        for (prefix, folder) in ["B", "C"].iter().zip(&folders[1..]) {
            let hub = newcomer(folder.path(), prefix);
            prop_assert_eq!(meet(&hubs[0].store, &hub.store), []);
            hubs.push(hub);
        }
        for (n, step) in steps.iter().enumerate() {
            match *step {
                Step::Meet { one, other } => {
                    prop_assert_eq!(meet(&hubs[one].store, &hubs[other].store), []);
                }
                Step::Open { at, .. } | Step::Order { at, .. } | Step::Fire { at, .. } | Step::Void { at, .. }
                | Step::Pay { at, .. } | Step::Close { at, .. } | Step::Move { at, .. } | Step::Join { at, .. }
                | Step::Mark { at, .. } => {
                    act(&hubs[at], n, step);
                    hubs[at].wait_minutes(1);
                }
            }
        }
        for (one, other) in [(0, 1), (1, 2), (0, 1)] {
            prop_assert_eq!(meet(&hubs[one].store, &hubs[other].store), []);
        }
        for hub in &hubs {
            alike(&hubs[0].store, &hub.store);
            hub.store.shut_down();
        }
        for folder in &folders {
            healthy(folder.path());
        }
    }
}

/// Parties of a hub, ten at a time, with keys as the screens make them.
fn serve_apart(venue: &Venue1, parties: std::ops::Range<u32>) {
    let key = |party: u32, step: &str| {
        let (by, random): (CheckId, CheckId) = (named("manager"), named(&format!("{party}-{step}")));
        format!("{by}/{random}")
    };
    let mut checks = std::collections::BTreeMap::new();
    for now in parties.start..parties.end + 10 {
        venue.wait_minutes(1);
        for party in parties.clone().filter(|party| (*party..*party + 10).contains(&now)) {
            let table = format!("T{}", party % 3 + 1);
            match now - party {
                0 => drop(checks.insert(party, venue.open_check(&key(party, "open"), &table))),
                1 => drop(venue.order(
                    &key(party, "order"),
                    checks[&party],
                    &["margherita", "steak", "margherita"],
                )),
                2 => drop(
                    venue.done(&key(party, "fire"), Command::Fire { check: checks[&party], course: None }),
                ),
                4 => drop(venue.order(&key(party, "more"), checks[&party], &["margherita"])),
                5 => {
                    drop(venue.done(
                        &key(party, "fire again"),
                        Command::Fire { check: checks[&party], course: None },
                    ));
                }
                8 => {
                    let total = venue.check(checks[&party]).totals().total();
                    venue.pay(&key(party, "pay"), checks[&party], TenderKind::Card, total.0);
                }
                9 => {
                    venue.done(&key(party, "close"), Command::CloseCheck { check: checks[&party] });
                    let mark = Command::MarkTable { table: named(&table), mark: TableMark::Free };
                    venue.done(&key(party, "free"), mark);
                }
                _ => {}
            }
        }
    }
}

/// Of each command: its key, and what tells it from others under the same key.
const RANDOM_BYTES: usize = 16 + 8;

#[test]
fn a_day_apart_is_told_in_little_more_than_what_is_random_of_it() {
    let pair = Pair::new();
    serve_apart(&pair.hub, 0..60);
    serve_apart(&pair.standby, 60..120);
    let (mut one, mut other) = connect(&pair.hub.store, &pair.standby.store);
    settle(&mut one, &mut other);
    let bytes = one.bytes + other.bytes;
    let heard = [one, other].map(End::into_heard).concat();
    let changes: usize =
        heard.iter().flat_map(|delivery| &delivery.parcels).map(|parcel| parcel.changes().len()).sum();
    assert!(changes > 900, "{changes} changes");
    assert!(bytes <= (RANDOM_BYTES + 16) * changes, "{changes} changes in {bytes} bytes");
    alike(&pair.hub.store, &pair.standby.store);
    pair.close();
}

#[test]
fn a_command_is_known_for_a_month_whatever_arrives_late_from_a_hub_that_was_away() {
    const DAY: i64 = 24 * 60;
    let pair = Pair::new();
    let mark = |table| Command::MarkTable { table: named(table), mark: TableMark::Free };
    let seat = |venue: &Venue1, key: &str, table: &str| venue.open_check(key, table);
    pair.hub.wait_minutes(5 * DAY);
    seat(&pair.hub, "late", "T1");
    pair.standby.wait_minutes(20 * DAY);
    seat(&pair.standby, "young", "T2");
    pair.hub.wait_minutes(15 * DAY);
    pair.meet();
    pair.standby.wait_minutes(12 * DAY);
    pair.standby.done("night", Command::CloseDay { date: None, counted: vec![] });
    for key in ["late", "young"] {
        assert!(pair.standby.store.answer_to(key).unwrap().is_some(), "{key}");
    }
    pair.standby.wait_minutes(19 * DAY);
    pair.standby.done("marked", mark("T3"));
    pair.standby.done("next night", Command::CloseDay { date: None, counted: vec![] });
    let is_known = |key: &str| pair.standby.store.answer_to(key).unwrap().is_some();
    assert_eq!(["young", "marked"].map(is_known), [false, true]);
    pair.hub.wait_minutes(31 * DAY);
    pair.meet();
    pair.close();
}
