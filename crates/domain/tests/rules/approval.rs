//! What somebody may not do, and somebody else says yes to.

use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::{CheckId, LineId, StaffId};
use maitred_domain::permission::Permission::{self, Comp, Discount, Refund, Void, VoidSent};
use maitred_domain::permission::Role::{self, Host, Kitchen, Manager, Waiter};

use super::room::every_command;
use super::support::commands::{add, comp, fire, one, open, void};
use super::support::{Room, menu};

/// A room with a soup that the kitchen has.
fn given() -> (Room, CheckId, LineId) {
    let mut room = Room::given();
    let check = room.when(Waiter, open("1")).happens().checks[0];
    let soup = room.when(Waiter, add(check, vec![one("soup")])).happens().lines[0];
    room.when(Waiter, fire(check)).happens();
    (room, check, soup)
}

/// Who did the last thing on a check, and who approved it.
fn last(room: &Room, check: CheckId) -> (StaffId, Option<StaffId>) {
    let mark = room.facts[&check].last().unwrap().mark;
    (mark.by, mark.approved_by)
}

#[test]
fn given_a_waiter_who_may_not_comp_when_a_manager_approves_it_then_both_are_written_down() {
    let (mut room, check, soup) = given();
    room.when(Waiter, comp(check, soup)).refuses(&Refusal::Forbidden(Comp));
    room.when_approved(Waiter, Manager, &[Comp], comp(check, soup)).happens();
    assert_eq!(last(&room, check), (menu::someone(Waiter), Some(menu::someone(Manager))));
}

#[test]
fn given_an_approval_when_the_next_thing_is_done_then_nobody_approved_that() {
    let (mut room, check, soup) = given();
    room.when_approved(Waiter, Manager, &[Comp], comp(check, soup)).happens();
    room.when(Waiter, add(check, vec![one("soup")])).happens();
    assert_eq!(last(&room, check), (menu::someone(Waiter), None));
}

#[test]
fn given_an_approval_of_one_thing_when_another_is_done_then_it_is_refused() {
    let (mut room, check, soup) = given();
    for other in [&[Discount][..], &[Refund, Discount], &[]] {
        let outcome = room.when_approved(Waiter, Manager, other, comp(check, soup));
        outcome.refuses(&Refusal::Forbidden(Comp));
    }
}

#[test]
fn given_somebody_who_may_not_either_when_they_approve_then_it_is_refused() {
    let (mut room, check, soup) = given();
    room.when_approved(Waiter, Host, &[Comp], comp(check, soup)).refuses(&Refusal::Forbidden(Comp));
}

#[test]
fn given_an_act_of_two_rights_when_one_is_approved_then_the_other_is_still_wanted() {
    let (mut room, check, soup) = given();
    room.when_approved(Kitchen, Manager, &[Void], void(check, soup)).refuses(&Refusal::Forbidden(VoidSent));
    room.when_approved(Host, Manager, &[VoidSent], void(check, soup)).happens();
    let (mut room, check, soup) = given();
    room.when_approved(Kitchen, Manager, &[Void, VoidSent], void(check, soup)).happens();
}

#[test]
fn nobody_approves_what_is_more_than_one_act() {
    let room = Room::given();
    for (command, permission) in every_command() {
        for role in Role::ALL {
            let approved = |permissions: &[Permission]| {
                room.clone().when_approved(role, Manager, permissions, command.clone()).result().map(drop)
            };
            let is_refused = approved(&Permission::ALL) == Err(Refusal::Forbidden(permission));
            let may = room.catalogue.may(role, permission) || Permission::APPROVABLE.contains(&permission);
            assert_eq!(is_refused, !may, "{role:?} {permission:?}: {command:?}");
        }
    }
}

#[test]
fn a_fact_that_was_written_before_there_were_approvals_is_read() {
    let (room, check, _) = given();
    let fact = room.facts[&check].last().unwrap();
    let text = serde_json::to_string(fact).unwrap();
    assert!(!text.contains("approved"), "{text}");
    assert_eq!(serde_json::from_str::<maitred_domain::check::Marked<_>>(&text).unwrap(), *fact);
}

#[test]
fn every_act_that_can_be_approved_is_of_some_command() {
    let commands: Vec<Command> = every_command().into_iter().map(|(command, _)| command).collect();
    for permission in Permission::APPROVABLE {
        let is_asked = commands.iter().any(|it| it.permission() == Some(permission));
        assert!(is_asked || permission == VoidSent, "{permission:?}");
    }
}
