//! Who may do what, as a venue decides it.

use std::collections::BTreeMap;

use maitred_domain::catalogue::lint::Flaw;
use maitred_domain::catalogue::{Catalogue, EntityChanged, EntityEdit, EntityKind, Right, Rights};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::permission::Role::{Host, Kitchen, Manager, Waiter};
use maitred_domain::permission::{Permission, Role};
use proptest::prelude::*;
use serde_json::json;

use super::room::every_command;
use super::support::commands::{add, one, open};
use super::support::{Room, menu};

/// The command that decides about some cells of a role.
fn decide_on(role: Role, cells: &[(Permission, Right)]) -> Command {
    let fields = cells.iter().map(|(permission, right)| (permission.as_str().to_owned(), json!(right)));
    let id = Rights::id_of(role);
    let fields = fields.chain([("id".to_owned(), json!(id))]).collect();
    Command::Edit { changes: vec![EntityChanged { kind: EntityKind::Rights, id, fields }] }
}

/// What else is wrong with the venue of the stories is not what these are about.
fn given() -> Room {
    Room::given()
}

fn flaws_of(refused: Result<(), Refusal>) -> Vec<Flaw> {
    match refused {
        Err(Refusal::InvalidEdit(flaws)) => flaws,
        other => panic!("{other:?}"),
    }
}

#[test]
fn given_a_waiter_who_may_not_seat_when_a_manager_allows_it_and_takes_it_back_then_it_holds_at_once() {
    let mut room = given();
    room.when(Kitchen, open("1")).refuses(&Refusal::Forbidden(Permission::Seat));
    room.when(Manager, decide_on(Kitchen, &[(Permission::Seat, Right::May)])).happens();
    room.when(Kitchen, open("1")).happens();
    room.when(Manager, decide_on(Kitchen, &[(Permission::Seat, Right::MayNot)])).happens();
    room.when(Kitchen, open("2")).refuses(&Refusal::Forbidden(Permission::Seat));
}

#[test]
fn given_a_role_when_one_cell_is_decided_then_the_others_and_the_other_roles_stay() {
    let mut room = given();
    room.when(Manager, decide_on(Waiter, &[(Permission::Comp, Right::May)])).happens();
    for role in Role::ALL {
        for permission in Permission::ALL {
            let decided = (role, permission) == (Waiter, Permission::Comp);
            let may = decided || role.may_as_delivered(permission);
            assert_eq!(room.catalogue.may(role, permission), may, "{role:?} {permission:?}");
        }
    }
}

#[test]
fn given_two_managers_when_they_decide_about_two_cells_of_one_role_then_both_hold() {
    let mut room = given();
    room.when(Manager, decide_on(Waiter, &[(Permission::Comp, Right::May)])).happens();
    room.when(Manager, decide_on(Waiter, &[(Permission::Fire, Right::MayNot)])).happens();
    let cells = BTreeMap::from([(Permission::Comp, Right::May), (Permission::Fire, Right::MayNot)]);
    assert_eq!(room.catalogue.rights[&Waiter], Rights { role: Waiter, cells });
}

#[test]
fn given_any_table_when_staff_and_rights_are_taken_from_managers_then_it_is_refused_and_says_so() {
    let mut room = given();
    let take =
        decide_on(Manager, &[(Permission::EditStaff, Right::MayNot), (Permission::Comp, Right::MayNot)]);
    let flaws = flaws_of(room.when(Manager, take).result().map(|_| ()));
    assert_eq!(flaws.len(), 1);
    assert_eq!((flaws[0].code, flaws[0].field.as_deref()), ("right-kept", Some("edit_staff")));
    assert!(room.catalogue.rights.is_empty(), "all or nothing");
}

#[test]
fn given_a_manager_who_may_do_little_when_they_change_their_mind_then_they_can() {
    let mut room = given();
    let all = |right| Permission::ALL.map(|permission| (permission, right));
    let but_staff: Vec<_> = all(Right::MayNot).into_iter().filter(|(it, _)| !Manager.keeps(*it)).collect();
    room.when(Manager, decide_on(Manager, &but_staff)).happens();
    assert_eq!(room.catalogue.permissions(Manager), [Permission::EditStaff]);
    room.when(Manager, open("1")).refuses(&Refusal::Forbidden(Permission::Seat));
    room.when(Manager, decide_on(Manager, &all(Right::May))).happens();
    assert_eq!(room.catalogue.permissions(Manager), Permission::ALL);
}

#[test]
fn given_somebody_who_may_not_change_staff_when_they_decide_about_rights_then_it_is_refused() {
    let mut room = given();
    let settings = decide_on(Host, &[(Permission::EditSettings, Right::May)]);
    room.when(Manager, settings).happens();
    let more = decide_on(Host, &[(Permission::Refund, Right::May)]);
    room.when(Host, more.clone()).refuses(&Refusal::Forbidden(Permission::EditStaff));
    room.when(Manager, decide_on(Host, &[(Permission::EditStaff, Right::May)])).happens();
    room.when(Host, more).happens();
}

#[test]
fn given_a_right_that_depends_on_the_state_when_it_is_decided_then_it_holds_too() {
    let mut room = given();
    let check = room.when(Waiter, open("1")).happens().checks[0];
    let line = room.when(Waiter, add(check, vec![one("soup")])).happens().lines[0];
    room.when(Waiter, Command::Fire { check, course: None }).happens();
    room.when(Manager, decide_on(Waiter, &[(Permission::VoidSent, Right::MayNot)])).happens();
    let void = Command::VoidLine { check, line, reason: "spilt".into(), quantity: None };
    room.when(Waiter, void.clone()).refuses(&Refusal::Forbidden(Permission::VoidSent));
    room.when(Manager, decide_on(Waiter, &[(Permission::VoidSent, Right::May)])).happens();
    room.when(Waiter, void).happens();
}

#[test]
fn a_cell_of_an_editor_that_makes_no_sense_is_refused() {
    let edit = |id, entity: serde_json::Value| {
        let entity = Some(entity.as_object().unwrap().clone());
        let edit = EntityEdit { kind: EntityKind::Rights, id, entity, base: None };
        edit.change(&Catalogue::default()).map_err(|error| error.code)
    };
    let waiter = Rights::id_of(Waiter);
    assert!(edit(waiter, json!({ "comp": "may" })).unwrap().is_some());
    assert_eq!(edit(waiter, json!({ "teleport": "may" })), Err("unknown-field"));
    assert_eq!(edit(waiter, json!({ "comp": "perhaps" })), Err("malformed"));
    assert_eq!(edit(menu::someone(Waiter).0, json!({ "comp": "may" })), Err("malformed"));
    let gone = EntityEdit { kind: EntityKind::Rights, id: waiter, entity: None, base: None };
    assert_eq!(gone.change(&Catalogue::default()).map_err(|error| error.code), Err("not-removable"));
}

/// A row of the table as documents show it.
fn row(permission: Permission) -> String {
    let cell = |role: Role| match (role.keeps(permission), role.may_as_delivered(permission)) {
        (true, _) => "always",
        (false, true) => "yes",
        (false, false) => "-",
    };
    let cells = Role::ALL.map(cell).join(" | ");
    format!("| `{}` | {cells} |", permission.as_str())
}

#[test]
fn the_document_for_operators_shows_the_table_as_delivered() {
    let document = include_str!("../../../../docs/OPERATIONS.md");
    let rows = Permission::ALL.map(row).join("\n");
    assert!(document.contains(&rows), "docs/OPERATIONS.md wants:\n{rows}");
}

fn tables() -> impl Strategy<Value = BTreeMap<Role, BTreeMap<Permission, Right>>> {
    let role = proptest::sample::select(Role::ALL.to_vec());
    let permission = proptest::sample::select(Permission::ALL.to_vec());
    let right = prop_oneof![Just(Right::May), Just(Right::MayNot)];
    proptest::collection::btree_map(role, proptest::collection::btree_map(permission, right, 0..23), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the table: every command of every role is decided by its cell.
    #[test]
    fn every_command_is_decided_by_the_table(table in tables()) {
        let of = |catalogue: &mut Catalogue| {
            let rights = table.iter().map(|(role, cells)| (*role, Rights { role: *role, cells: cells.clone() }));
            catalogue.rights.extend(rights);
        };
        let room = Room::given_with(of);
        for (command, permission) in every_command() {
            for role in Role::ALL {
                let forbidden = Err(Refusal::Forbidden(permission));
                let refused = room.clone().when(role, command.clone()).result().map(|_| ()) == forbidden;
                prop_assert_eq!(refused, !room.catalogue.may(role, permission), "{:?}: {:?}", role, &command);
            }
        }
    }
}
