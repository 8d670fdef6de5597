//! A sent line is not edited: it is voided, and a new line stands for it, linked; old and new quantity are both there.
//! Where several hubs do it, the first stands; where one voids all of it, nothing does.

use std::collections::BTreeMap;

use maitred_domain::check::CheckFact;
use maitred_domain::decide::{Command, LineChange};
use maitred_domain::ids::LineId;
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, only_check, pick};
use crate::support::{Venue1, order_line};

#[derive(Clone, Copy, Debug)]
enum Act {
    Quantity { line: usize, quantity: u32 },
    Note { line: usize },
    VoidSome { line: usize, quantity: u32 },
    Void { line: usize },
}

const ORDERED: u32 = 4;

fn acts() -> impl Strategy<Value = Evening<Act>> {
    let which = || 0..8_usize;
    evenings(prop_oneof![
        3 => (which(), 1..7_u32).prop_map(|(line, quantity)| Act::Quantity { line, quantity }),
        1 => which().prop_map(|line| Act::Note { line }),
        2 => (which(), 1..ORDERED).prop_map(|(line, quantity)| Act::VoidSome { line, quantity }),
        1 => which().prop_map(|line| Act::Void { line }),
    ])
}

fn fire(venue: &Venue1) {
    let check = venue.open_check("open", "T1");
    let line = maitred_domain::decide::OrderLine { quantity: ORDERED, ..order_line("steak") };
    venue.done("lines", Command::AddLines { check, lines: vec![line] });
    venue.done("fire", Command::Fire { check, course: None });
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let check = only_check(venue);
    let lines: Vec<LineId> = venue.check(check).lines.keys().copied().collect();
    let change = |line, change| Some(Command::ChangeLine { check, line: pick(&lines, line)?, change });
    let void = |line, quantity| {
        let (line, reason) = (pick(&lines, line)?, "too much".into());
        Some(Command::VoidLine { check, line, reason, quantity })
    };
    match *act {
        Act::Quantity { line, quantity } => {
            change(line, LineChange { quantity: Some(quantity), ..LineChange::default() })
        }
        Act::Note { line } => change(line, LineChange { note: Some("rare".into()), ..LineChange::default() }),
        Act::VoidSome { line, quantity } => void(line, Some(quantity)),
        Act::Void { line } => void(line, None),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_sent_line_that_is_edited_is_voided_and_linked_to_a_new_one(evening in acts()) {
        let apart = Apart::play(&evening, fire, command, |_, _| {});
        let check = apart.check(only_check(apart.at(0)));
        let mut as_written = BTreeMap::new();
        let (mut gone_on, mut undone) = (BTreeMap::new(), Vec::new());
        for fact in apart.check_facts() {
            match fact.fact {
                CheckFact::LineAdded { line } => drop(as_written.insert(line.id, line)),
                CheckFact::LineVoided { line, goes_on: Some(other), .. } => drop(gone_on.insert(other, line)),
                CheckFact::LineVoided { line, goes_on: None, .. } => undone.push(line),
                _ => {}
            }
        }
        for (id, line) in &check.lines {
            prop_assert_eq!(&line.line, &*as_written[id], "what was ordered is never edited");
            prop_assert_eq!(line.line.replaces, gone_on.get(id).copied(), "the new line names the old");
        }
        for old in gone_on.values().chain(&undone) {
            prop_assert!(check.lines[old].void.is_some(), "an edited line is voided");
        }
        let is_undone = |mut id: LineId| loop {
            if undone.contains(&id) {
                return true;
            }
            match check.lines[&id].line.replaces {
                Some(old) => id = old,
                None => return false,
            }
        };
        let standing: Vec<_> = check.lines.values().filter(|line| line.is_standing()).collect();
        prop_assert!(standing.len() <= 1, "one line stands for one that was ordered: {standing:?}");
        prop_assert!(standing.iter().all(|line| !is_undone(line.line.id)), "a void of all of it stands");
        if undone.is_empty() {
            prop_assert_eq!(standing.len(), 1, "what nobody undid is still wanted");
        }
        apart.close();
    }
}
