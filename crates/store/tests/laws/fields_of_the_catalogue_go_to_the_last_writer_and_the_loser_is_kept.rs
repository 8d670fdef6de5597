//! Menu, floor, settings fields, and each cell of who may do what: last writer per field by hybrid clock; the loser is
//! kept in the history.

use std::collections::BTreeMap;

use maitred_domain::catalogue::{Entity, EntityChanged, Right, Rights};
use maitred_domain::check::Marked;
use maitred_domain::decide::Command;
use maitred_domain::fact::Fact;
use maitred_domain::ids::named;
use maitred_domain::money::Money;
use maitred_domain::permission::{Permission, Role};
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings};
use crate::support::Venue1;

#[derive(Clone, Copy, Debug)]
enum Act {
    Price(i64),
    Description(u32),
    TableName(u32),
    Seats(u32),
    VenueName(u32),
    Decide(Role, Permission, Right),
}

fn acts() -> impl Strategy<Value = Evening<Act>> {
    evenings(prop_oneof![
        (1..5000_i64).prop_map(Act::Price),
        any::<u32>().prop_map(Act::Description),
        any::<u32>().prop_map(Act::TableName),
        (1..20_u32).prop_map(Act::Seats),
        any::<u32>().prop_map(Act::VenueName),
        (roles(), permissions(), rights()).prop_map(|(role, of, right)| Act::Decide(role, of, right)),
    ])
}

fn roles() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Host, Role::Waiter])
}

fn permissions() -> impl Strategy<Value = Permission> {
    prop::sample::select(vec![Permission::Comp, Permission::Seat, Permission::Refund])
}

fn rights() -> impl Strategy<Value = Right> {
    prop_oneof![Just(Right::May), Just(Right::MayNot)]
}

fn decided(before: Option<&Rights>, role: Role, permission: Permission, right: Right) -> Option<Command> {
    let mut after = before.cloned().unwrap_or(Rights { role, cells: BTreeMap::new() });
    after.cells.insert(permission, right);
    Some(Command::Edit { changes: vec![EntityChanged::between(before, &after)?] })
}

fn changed<E: Entity + Clone>(before: &E, edit: impl FnOnce(&mut E)) -> Option<Command> {
    let mut after = before.clone();
    edit(&mut after);
    Some(Command::Edit { changes: vec![EntityChanged::between(Some(before), &after)?] })
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let catalogue = venue.store.catalogue();
    let (item, table) = (&catalogue.items[&named("steak")], &catalogue.tables[&named("T1")]);
    match *act {
        Act::Price(price) => changed(item, |item| item.price = Money(price)),
        Act::Description(edition) => changed(item, |item| item.description = format!("edition {edition}")),
        Act::TableName(edition) => changed(table, |table| table.name = format!("Table {edition}")),
        Act::Seats(seats) => changed(table, |table| table.seats = seats),
        Act::VenueName(edition) => changed(&catalogue.venue, |venue| venue.name = format!("Chez {edition}")),
        Act::Decide(role, of, right) => decided(catalogue.rights.get(&role), role, of, right),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn fields_of_the_catalogue_go_to_the_last_writer_and_the_loser_is_kept(evening in acts()) {
        let apart = Apart::play(&evening, |_| {}, command, |_, _| {});
        // By clock alone: of two that wrote in the same instant either may be the last.
        let mut last = BTreeMap::new();
        let mut history = Vec::new();
        for Marked { mark, fact } in apart.facts() {
            let Fact::Entity { change } = fact else { continue };
            for (field, value) in &change.fields {
                let writers: &mut (u64, Vec<_>) =
                    last.entry((change.kind.as_str(), change.id.to_string(), field.clone())).or_default();
                if mark.hlc > writers.0 {
                    *writers = (mark.hlc, Vec::new());
                }
                if mark.hlc == writers.0 {
                    writers.1.push(value.clone());
                }
            }
            history.push(change);
        }
        let now = apart.at(0).store.catalogue().as_changes();
        for ((kind, id, field), (_, values)) in &last {
            let entity = now.iter().find(|it| it.kind.as_str() == *kind && it.id.to_string() == *id).unwrap();
            prop_assert!(values.contains(&entity.fields[field]), "{} of {} {}", field, kind, id);
        }
        for told in &apart.told {
            let Command::Edit { changes } = &told.command else { continue };
            for change in changes {
                prop_assert!(history.contains(change), "{change:?} is in nobody's history");
            }
        }
        apart.close();
    }
}
