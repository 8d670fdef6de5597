//! Lines added to one check: union by line id; one check with all lines.

use std::collections::BTreeMap;

use maitred_domain::decide::{Command, OrderLine};
use maitred_domain::ids::LineId;
use maitred_domain::money::Money;
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, only_check};
use crate::support::{Venue1, order_line};

const MENU: [(&str, i64); 3] = [("margherita", 850), ("steak", 2400), ("crème brûlée", 700)];

/// Which items, and how many of each.
type Order = Vec<(usize, u32)>;

fn add(venue: &Venue1, order: &Order) -> Option<Command> {
    let line =
        |(item, quantity): &(usize, u32)| OrderLine { quantity: *quantity, ..order_line(MENU[*item].0) };
    Some(Command::AddLines { check: only_check(venue), lines: order.iter().map(line).collect() })
}

fn orders() -> impl Strategy<Value = Evening<Order>> {
    evenings(prop::collection::vec((0..MENU.len(), 1..4_u32), 1..4))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn lines_added_to_one_check_are_all_kept(evening in orders()) {
        let open = |venue: &Venue1| {
            venue.open_check("open", "T1");
        };
        let apart = Apart::play(&evening, open, add, |_, _| {});
        let mut ordered: BTreeMap<LineId, OrderLine> = BTreeMap::new();
        for told in &apart.told {
            let Command::AddLines { lines, .. } = &told.command else { continue };
            ordered.extend(told.reply.answer.lines.iter().copied().zip(lines.iter().cloned()));
        }
        let check = apart.check(only_check(apart.at(0)));
        let as_kept: BTreeMap<LineId, (_, u32)> =
            check.lines.iter().map(|(id, line)| (*id, (line.line.item, line.quantity()))).collect();
        let as_ordered = ordered.iter().map(|(id, line)| (*id, (line.item, line.quantity))).collect();
        prop_assert_eq!(as_kept, as_ordered);
        let price = |line: &OrderLine| MENU.iter().find(|(name, _)| order_line(name).item == line.item).unwrap().1;
        let worth = ordered.values().map(|line| Money(price(line) * i64::from(line.quantity))).sum::<Money>();
        prop_assert_eq!(check.totals().total(), worth);
        apart.close();
    }
}
