//! Two checks opened on one empty table: both kept; the table shows one party with two checks.

use std::collections::BTreeSet;

use maitred_domain::check::CheckState;
use maitred_domain::decide::Command;
use maitred_domain::ids::{CheckId, named};
use maitred_domain::table::TableStatus;
use proptest::prelude::*;

use crate::apart::{Apart, config, evenings};
use crate::support::Venue1;

fn open(_: &Venue1, covers: &u32) -> Option<Command> {
    Some(Command::OpenCheck { table: Some(named("T1")), covers: *covers, name: String::new() })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn two_checks_opened_on_one_table_are_both_kept(evening in evenings(1..5_u32)) {
        let apart = Apart::play(&evening, |_| {}, open, |_, _| {});
        let opened: BTreeSet<CheckId> = apart.told.iter().map(|told| told.reply.answer.checks[0]).collect();
        let standing = apart.at(0).store.open_checks();
        prop_assert_eq!(standing.iter().map(|check| check.id).collect::<BTreeSet<_>>(), opened.clone());
        prop_assert!(standing.iter().all(|check| check.table == Some(named("T1"))));
        prop_assert!(standing.iter().all(|check| check.state() == CheckState::Open));
        let numbers: BTreeSet<&str> = standing.iter().map(|check| check.number.as_str()).collect();
        prop_assert_eq!(numbers.len(), opened.len(), "a number is one check's");
        for told in &apart.told {
            let Command::OpenCheck { covers, .. } = told.command else { continue };
            let check = apart.check(told.reply.answer.checks[0]);
            prop_assert_eq!(check.covers, covers);
            // Opened by one command at two hubs, it has the number that one of them gave.
            let mut numbers = apart.told.iter().flat_map(|told| &told.reply.checks);
            prop_assert!(numbers.any(|it| it.id == check.id && it.number == check.number));
        }
        if !opened.is_empty() {
            prop_assert_eq!(apart.at(0).store.tables()[&named("T1")], TableStatus::Seated);
        }
        apart.close();
    }
}
