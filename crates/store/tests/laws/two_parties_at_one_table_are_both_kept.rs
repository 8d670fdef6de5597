//! Two parties seated at one table: both kept, each with its own check, wherever each was last put.

use std::collections::{BTreeMap, BTreeSet};

use maitred_domain::check::{CheckFact, CheckState, Marked};
use maitred_domain::decide::Command;
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, TableId, named};
use maitred_domain::table::TableStatus;
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, pick};
use crate::support::Venue1;

const TABLES: [&str; 3] = ["T1", "T2", "T3"];
/// Of [`TABLES`], the one that is joined and parted.
const SHARED: usize = 2;

#[derive(Clone, Copy, Debug)]
enum Act {
    Seat { table: usize },
    Move { check: usize, table: usize },
    Join { check: usize },
    Part { check: usize },
}

fn acts() -> impl Strategy<Value = Evening<Act>> {
    let which = || (0..4_usize, 0..TABLES.len());
    evenings(prop_oneof![
        2 => (0..TABLES.len()).prop_map(|table| Act::Seat { table }),
        3 => which().prop_map(|(check, table)| Act::Move { check, table }),
        3 => (0..2_usize).prop_map(|check| Act::Join { check }),
        3 => (0..2_usize).prop_map(|check| Act::Part { check }),
    ])
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let mut checks: Vec<CheckId> = venue.store.open_checks().iter().map(|check| check.id).collect();
    checks.sort();
    let at = |table: usize| named::<TableId>(TABLES[table]);
    Some(match *act {
        Act::Seat { table } => Command::OpenCheck { table: Some(at(table)), covers: 2, name: String::new() },
        Act::Move { check, table } => Command::TransferCheck {
            check: pick(&checks, check)?,
            table: Some(at(table)),
            server: None,
            covers: None,
            name: None,
        },
        Act::Join { check } => Command::JoinTables { check: pick(&checks, check)?, tables: vec![at(SHARED)] },
        Act::Part { check } => Command::PartTables { check: pick(&checks, check)?, tables: vec![at(SHARED)] },
    })
}

/// Both have sat at the shared table already.
fn seat_two(venue: &Venue1) {
    for (name, table) in [("one", "T1"), ("two", "T2")] {
        let check = venue.open_check(name, table);
        let tables = vec![named(TABLES[SHARED])];
        venue.done(&format!("{name} joins"), Command::JoinTables { check, tables: tables.clone() });
        venue.done(&format!("{name} parts"), Command::PartTables { check, tables });
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn two_parties_at_one_table_are_both_kept(evening in acts()) {
        let apart = Apart::play(&evening, seat_two, command, |_, _| {});
        // What one command said at two hubs is said once, and stands where it was said first.
        let mut said = BTreeMap::new();
        let (mut joined, mut parted) = (BTreeMap::new(), BTreeSet::new());
        for Marked { mark, fact } in apart.facts() {
            let Fact::Check { id, fact } = fact else { continue };
            let table = match &fact {
                CheckFact::CheckOpened { table, .. } | CheckFact::CheckTransferred { table, .. } => *table,
                CheckFact::TablesJoined { join, tables } => {
                    joined.insert((id, *join), tables.clone());
                    None
                }
                CheckFact::TablesParted { parts, .. } => {
                    parted.extend(parts.iter().map(|(join, table)| (id, *join, *table)));
                    None
                }
                _ => None,
            };
            let known = said.entry((id, fact.key())).or_insert((mark, table));
            *known = (mark, table).min(*known);
        }
        let mut put = BTreeMap::new();
        let mut moves: Vec<_> = said.into_iter().map(|((id, key), (mark, table))| (mark, key, id, table)).collect();
        moves.sort();
        put.extend(moves.into_iter().filter_map(|(_, _, id, table)| Some((id, table?))));
        let standing = apart.at(0).store.open_checks();
        prop_assert_eq!(
            standing.iter().map(|check| check.id).collect::<BTreeSet<_>>(),
            put.keys().copied().collect::<BTreeSet<_>>(),
            "no party is lost"
        );
        for check in &standing {
            prop_assert_eq!(check.state(), CheckState::Open);
            prop_assert_eq!(check.table, Some(put[&check.id]), "where it was last put");
            let joins = joined.iter().filter(|((id, _), _)| *id == check.id);
            let joins = joins.flat_map(|((id, join), tables)| tables.iter().map(|table| (*id, *join, *table)));
            let mut sits_at: BTreeSet<_> =
                joins.filter(|it| !parted.contains(it)).map(|(_, _, table)| table).collect();
            sits_at.insert(put[&check.id]);
            prop_assert_eq!(
                check.tables().into_iter().collect::<BTreeSet<_>>(),
                sits_at,
                "a parting ends the joinings that it knew, no other"
            );
            for table in check.tables() {
                prop_assert_eq!(apart.at(0).store.tables()[&table], TableStatus::Seated);
                let filter = maitred_store::CheckFilter { table: Some(table), ..Default::default() };
                let there = apart.at(0).store.checks(&filter, 100).unwrap();
                prop_assert!(there.iter().any(|it| it.id == check.id), "it is found at its table");
            }
        }
        apart.close();
    }
}
