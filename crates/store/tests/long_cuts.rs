//! Hubs of one venue that no line joined for days, both of them busy: what they know when they meet, and how often they
//! have to speak for it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "other tests use more of it")]
#[path = "support/meeting.rs"]
mod meeting;
#[expect(dead_code, reason = "other tests use more of it")]
mod support;

use std::sync::atomic::Ordering;

use maitred_domain::decide::Command;
use maitred_domain::ids::named;
use maitred_domain::money::Money;
use maitred_store::{CheckFilter, Store};
use meeting::{End, alike, connect, healthy, meet, newcomer};
use support::Venue1;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// What a change takes on the wire, with everything around it, in bytes.
const CHANGE_BYTES_MAX: usize = 100;

/// An evening at one of two hubs: parties at its own tables, a dish that runs out, the day closed. What was sold.
fn evening(venue: &Venue1, hub: &str, tables: [&str; 2], day: i64) -> Money {
    venue.clock.store(support::OPENING + day * DAY_MS, Ordering::Relaxed);
    let key = |what: &str| format!("{hub}/{}.{what}", day + 1);
    let sold = tables.map(|table| venue.serve(&key(table), table, &["margherita", "steak"]));
    let item = named("steak");
    venue.done(&key("off"), Command::SetAvailability { item, available: day % 2 == 0, remaining: None });
    venue.done(&key("on"), Command::SetAvailability { item, available: true, remaining: None });
    venue.done(&key("day"), Command::CloseDay { date: None, counted: vec![] });
    sold[0] + sold[1]
}

/// Everything that an end has to say to so many frames that came.
fn answers(end: &mut End, heard: usize) -> Vec<Vec<u8>> {
    let mut said: Vec<Vec<u8>> = (0..heard).flat_map(|_| end.turn()).collect();
    loop {
        let more = end.turn();
        if more.is_empty() {
            return said;
        }
        said.extend(more);
    }
}

/// Lets two stores tell each other everything. How often both spoke, and how many bytes went over the wire.
fn heal(one: &Store, other: &Store) -> (usize, usize) {
    let (mut one, mut other) = connect(one, other);
    let (mut to_one, mut to_other, mut rounds) = (1, 1, 1);
    loop {
        let (of_one, of_other) = (answers(&mut one, to_one), answers(&mut other, to_other));
        if of_one.is_empty() && of_other.is_empty() {
            assert_eq!([one.alarms, other.alarms].concat(), []);
            return (rounds, one.bytes + other.bytes);
        }
        (to_one, to_other, rounds) = (of_other.len(), of_one.len(), rounds + 1);
        other.hears(of_one);
        one.hears(of_other);
    }
}

/// Cuts a venue in two for so many days, and joins it again.
fn cut(days: i64) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let hub = Venue1::open(folders[0].path());
    let standby = newcomer(folders[1].path(), "B");
    assert_eq!(meet(&hub.store, &standby.store), []);
    let known = entries(&hub.store);
    let mut sold = Money::ZERO;
    for day in 0..days {
        sold =
            sold + evening(&hub, "hub", ["T1", "T2"], day) + evening(&standby, "standby", ["T3", "T1"], day);
    }
    let written = entries(&hub.store) + entries(&standby.store) - 2 * known;
    let (rounds, bytes) = heal(&hub.store, &standby.store);
    alike(&hub.store, &standby.store);
    // The greetings, what each has to tell, and that the other has it.
    assert!(rounds <= 4, "{rounds} rounds");
    assert!(bytes <= written * CHANGE_BYTES_MAX, "{bytes} bytes for {written} entries");
    for venue in [&hub, &standby] {
        let checks = venue.store.checks(&CheckFilter::default(), 1_000).unwrap();
        assert_eq!(checks.len(), usize::try_from(days).unwrap() * 4);
        let closed = venue.store.closed_days(None, 100).unwrap();
        let in_books =
            closed.iter().map(|(_, _, z)| z.figures.sales()).fold(Money::ZERO, |sum, day| sum + day);
        assert_eq!(in_books, sold);
    }
    let idle = heal(&hub.store, &standby.store);
    assert!(idle.0 == 1 && idle.1 == 0, "nothing is left to say: {idle:?}");
    for (venue, folder) in [hub, standby].iter().zip(&folders) {
        venue.store.shut_down();
        healthy(folder.path());
    }
}

fn entries(store: &Store) -> usize {
    store.sync_state().unwrap().vector.values().map(|seq| usize::try_from(*seq).unwrap()).sum()
}

#[test]
fn two_hubs_are_equal_after_a_cut_of_seventy_two_hours_when_each_has_spoken_twice() {
    cut(3);
}

#[test]
fn a_hub_that_was_offline_for_thirty_days_and_its_venue_are_one_again() {
    cut(30);
}
