//! Stock: deltas against a count epoch; a recount opens an epoch. It may go negative, and never blocks a sale that
//! another hub accepted. An order that two hubs accepted under different counts is taken under each, so that none of them
//! shows more than there is; it may show less, by that order, until somebody counts again.

use std::collections::{BTreeMap, BTreeSet};

use maitred_domain::check::CheckFact;
use maitred_domain::decide::{Command, LineChange, OrderLine};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{ChangeId, ItemId, LineId, named};
use maitred_domain::stock::StockFact;
use maitred_sync::Hlc;
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, only_check, pick};
use crate::support::{Venue1, order_line};

#[derive(Clone, Copy, Debug)]
enum Act {
    Order { quantity: u32 },
    Void { line: usize },
    VoidSome { line: usize, quantity: u32 },
    Change { line: usize, quantity: u32 },
    Count { remaining: Option<i64> },
}

fn acts() -> impl Strategy<Value = Evening<Act>> {
    let which = || 0..6_usize;
    evenings(prop_oneof![
        4 => (1..5_u32).prop_map(|quantity| Act::Order { quantity }),
        2 => which().prop_map(|line| Act::Void { line }),
        3 => (which(), 1..4_u32).prop_map(|(line, quantity)| Act::VoidSome { line, quantity }),
        2 => (which(), 1..6_u32).prop_map(|(line, quantity)| Act::Change { line, quantity }),
        1 => prop::option::weighted(0.8, 5..30_i64).prop_map(|remaining| Act::Count { remaining }),
    ])
}

fn steak() -> ItemId {
    named("steak")
}

fn count(remaining: Option<i64>) -> Command {
    Command::SetAvailability { item: steak(), available: true, remaining }
}

fn prepare(venue: &Venue1) {
    venue.done("count", count(Some(20)));
    let check = venue.open_check("open", "T1");
    let line = OrderLine { quantity: 4, ..order_line("steak") };
    venue.done("lines", Command::AddLines { check, lines: vec![line] });
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let check = only_check(venue);
    let picture = venue.check(check);
    let lines: Vec<LineId> =
        picture.lines.values().filter(|line| line.is_standing()).map(|line| line.line.id).collect();
    let void = |line, quantity| {
        let (line, reason) = (pick(&lines, line)?, "too much".into());
        Some(Command::VoidLine { check, line, reason, quantity })
    };
    match *act {
        Act::Order { quantity } => {
            let line = OrderLine { quantity, ..order_line("steak") };
            Some(Command::AddLines { check, lines: vec![line] })
        }
        Act::Void { line } => void(line, None),
        Act::VoidSome { line, quantity } => void(line, Some(quantity)),
        Act::Change { line, quantity } => {
            let change = LineChange { quantity: Some(quantity), ..LineChange::default() };
            Some(Command::ChangeLine { check, line: pick(&lines, line)?, change })
        }
        Act::Count { remaining } => Some(count(remaining)),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn stock_is_what_was_counted_less_what_was_taken_since(evening in acts()) {
        let apart = Apart::play(&evening, prepare, command, |_, _| {});
        let mut counts: BTreeMap<Hlc, BTreeMap<ChangeId, Option<i64>>> = BTreeMap::new();
        for it in apart.facts() {
            if let Fact::Stock { fact: StockFact::AvailabilitySet { count, remaining, .. }, .. } = it.fact {
                counts.entry(Hlc::from_bits(it.mark.hlc)).or_default().insert(count, remaining);
            }
        }
        let stock = apart.at(0).store.stock()[&steak()];
        // Of counts of one instant any may be the last, and it is the same everywhere.
        let (_, last) = counts.last_key_value().unwrap();
        let (epoch, counted) = last.get_key_value(&stock.count.unwrap()).expect("the last count holds");
        let check = apart.check(only_check(apart.at(0)));
        // Nothing was made of what was voided, so that all of it came back to the count it was taken under.
        let taken: i64 = check.lines.values()
            .filter(|line| line.line.counted == Some(*epoch))
            .map(|line| i64::from(line.quantity()))
            .sum();
        // By line, every count that it was taken under, as whoever took the order knew.
        let mut under: BTreeMap<LineId, BTreeSet<Option<ChangeId>>> = BTreeMap::new();
        for fact in apart.check_facts() {
            let CheckFact::LineAdded { line } = fact.fact else { continue };
            under.entry(line.id).or_default().insert(line.counted);
        }
        let twice = check.lines.values().filter(|line| under[&line.line.id].len() > 1);
        let twice: i64 = twice.map(|line| i64::from(line.line.quantity)).sum();
        let is_so = match (counted, stock.remaining) {
            (Some(counted), Some(left)) => (counted - taken - twice..=counted - taken).contains(&left),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        prop_assert!(is_so, "{:?} of {:?}: {:#?}", stock.remaining, counted, check.lines);
        apart.close();
    }
}
