//! Transfer, move, merge, split.

use maitred_domain::check::{CheckState, LINES_MAX};
use maitred_domain::decide::{Command, Refusal, Split};
use maitred_domain::ids::{CheckId, LineId, ShareId, named};
use maitred_domain::money::Money;
use maitred_domain::permission::Permission;
use maitred_domain::permission::Role::{Kitchen, Manager, Waiter};

use super::support::Room;
use super::support::commands::{
    add, all_of, at_seat, card, carry, comp, merge, one, percent_off, refund, some, some_of, split, void,
};
use super::support::menu;

fn transfer(check: CheckId) -> Command {
    Command::TransferCheck { check, table: None, server: None, covers: None, name: None }
}

fn lines(room: &Room, check: CheckId) -> Vec<LineId> {
    room.checks[&check].lines_in_order().iter().map(|line| line.line.id).collect()
}

fn shares(room: &Room, check: CheckId) -> Vec<(String, i64)> {
    room.checks[&check].shares.iter().map(|share| (share.label.clone(), share.amount.0)).collect()
}

fn pay_share(check: CheckId, share: ShareId, amount_minor: i64) -> Command {
    match card(check, amount_minor) {
        Command::Tender { check, kind, amount, tip, reference, .. } => {
            Command::Tender { check, kind, amount, tip, share: Some(share), reference }
        }
        other => other,
    }
}

#[test]
fn a_check_goes_to_another_table_server_size_and_name() {
    let mut room = Room::given();
    let check = room.seats();
    let to = Command::TransferCheck {
        check,
        table: Some(menu::table("2")),
        server: Some(menu::staff("Ada")),
        covers: Some(5),
        name: Some(" Bianchi ".into()),
    };
    room.when(Waiter, to).then(|room, _| {
        let check = &room.checks[&check];
        assert_eq!((check.table, check.server), (Some(menu::table("2")), menu::staff("Ada")));
        assert_eq!((check.covers, check.name.as_str()), (5, "Bianchi"));
    });
}

#[test]
fn a_check_only_goes_where_there_is_something() {
    let mut room = Room::given();
    let check = room.seats();
    let to = |table: Option<&str>, server: Option<&str>, covers| Command::TransferCheck {
        check,
        table: table.map(menu::table),
        server: server.map(menu::staff),
        covers,
        name: None,
    };
    for (command, refusal) in [
        (to(Some("9"), None, None), Refusal::Unknown("table")),
        (to(Some("gone"), None, None), Refusal::Unknown("table")),
        (to(None, Some("Nobody"), None), Refusal::Unknown("staff member")),
        (to(None, Some("Left"), None), Refusal::Unknown("staff member")),
        (to(None, None, Some(501)), Refusal::OutOfRange { field: "covers", min: 0, max: 500 }),
        (transfer(check), Refusal::Nothing("transfer")),
    ] {
        room.when(Waiter, command).refuses(&refusal);
    }
    room.when(Kitchen, transfer(check)).refuses(&Refusal::Forbidden(Permission::Transfer));
}

#[test]
fn moved_lines_take_their_worth_along() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup, bread] = room.orders(check, [some(3, "soup"), one("bread")]);
    let answer = room.when(Waiter, carry(check, None, &[some_of(1, soup), all_of(bread)])).happens();
    let other = answer.checks[1];
    assert_eq!((room.total(check), room.total(other)), (1800, 1233));
    assert_eq!(room.checks[&other].table, room.checks[&check].table, "beside the first");
    assert_eq!(room.checks[&other].covers, 0, "the party is no larger for it");
    let back = lines(&room, other);
    room.when(Waiter, carry(other, Some(check), &[all_of(back[0]), all_of(back[1])])).happens();
    assert_eq!((room.total(check), room.total(other)), (3033, 0));
}

#[test]
fn lines_that_are_not_there_cannot_be_moved() {
    let mut room = Room::given();
    let (check, other) = (room.seats(), room.seats());
    let [soup, bread] = room.orders(check, [some(3, "soup"), one("bread")]);
    room.when(Waiter, void(check, bread)).happens();
    let quantity = Refusal::OutOfRange { field: "quantity", min: 1, max: 999 };
    for (parts, refusal) in [
        (vec![], Refusal::Nothing("move")),
        (vec![all_of(named("none"))], Refusal::Unknown("line")),
        (vec![all_of(bread)], Refusal::LineGone),
        (vec![some_of(1, soup), some_of(1, soup)], Refusal::LineGone),
        (vec![some_of(0, soup)], quantity.clone()),
        (vec![some_of(4, soup)], quantity),
    ] {
        room.when(Waiter, carry(check, Some(other), &parts)).refuses(&refusal);
    }
    room.when(Waiter, carry(check, Some(check), &[all_of(soup)])).refuses(&Refusal::SameCheck);
    let nowhere = carry(check, Some(named("none")), &[all_of(soup)]);
    room.when(Waiter, nowhere).refuses(&Refusal::Unknown("check"));
    room.when(Waiter, carry(check, Some(other), &[all_of(soup)])).happens();
    room.when(Waiter, carry(check, Some(other), &[all_of(soup)])).refuses(&Refusal::LineGone);
}

#[test]
fn a_full_check_takes_no_more_lines() {
    let mut room = Room::given();
    let (check, full) = (room.seats(), room.seats());
    let [soup] = room.orders(check, [one("soup")]);
    room.when(Waiter, add(full, vec![one("water"); LINES_MAX])).happens();
    let refusal = Refusal::OutOfRange { field: "lines", min: 1, max: 500 };
    room.when(Waiter, carry(check, Some(full), &[all_of(soup)])).refuses(&refusal);
    room.when(Waiter, merge(check, full)).refuses(&refusal);
}

#[test]
fn nothing_moves_to_or_from_a_check_that_is_closed() {
    let mut room = Room::given();
    let (paid, check) = (room.seats(), room.seats());
    let [soup] = room.orders(check, [one("soup")]);
    room.when(Waiter, Command::CloseCheck { check: paid }).happens();
    let closed = Refusal::CheckNotOpen(CheckState::Closed);
    room.when(Waiter, carry(check, Some(paid), &[all_of(soup)])).refuses(&closed);
    room.when(Waiter, merge(check, paid)).refuses(&closed);
    room.when(Waiter, merge(paid, check)).refuses(&closed);
    room.when(Waiter, split(paid, Split::BySeat)).refuses(&closed);
    room.when(Waiter, transfer(paid)).refuses(&closed);
}

#[test]
fn a_merged_check_is_empty_and_its_party_sits_at_the_other() {
    let mut room = Room::given();
    let (from, into) = (room.seats(), room.seats());
    let [soup, bread] = room.orders(from, [some(2, "soup"), one("bread")]);
    room.when(Manager, comp(from, bread)).happens();
    room.when(Manager, percent_off(from, 50)).happens();
    room.when(Waiter, void(from, soup)).happens();
    room.orders(from, [one("spritz")]);
    room.when(Waiter, merge(from, into)).happens();
    assert_eq!(room.state(from), CheckState::Merged { into });
    assert_eq!((room.total(from), room.total(into), room.checks[&into].covers), (0, 700, 4));
    assert_eq!(room.checks[&into].totals().comp, Money(333), "a gift stays one");
    let merged = Refusal::CheckNotOpen(CheckState::Merged { into });
    room.when(Waiter, add(from, vec![one("soup")])).refuses(&merged);
    room.when(Manager, super::support::commands::reopen(from)).refuses(&merged);
}

#[test]
fn a_check_with_payments_is_not_merged_until_they_are_given_back() {
    let mut room = Room::given();
    let (from, into) = (room.seats(), room.seats());
    room.orders(from, [one("soup")]);
    let tender = room.when(Waiter, card(from, 100)).happens().tender.unwrap();
    room.when(Waiter, merge(from, into)).refuses(&Refusal::HasTenders);
    room.when(Waiter, merge(into, into)).refuses(&Refusal::SameCheck);
    room.when(Manager, refund(from, tender, 100)).happens();
    room.when(Waiter, merge(from, into)).happens();
}

#[test]
fn a_line_added_beside_a_merge_opens_the_check_again() {
    let mut here = Room::given();
    let (from, into) = (here.seats(), here.seats());
    here.orders(from, [one("soup")]);
    let mut there = here.copied_to("b");
    here.when(Waiter, merge(from, into)).happens();
    there.orders(from, [one("water")]);
    here.learns_from(&there);
    assert_eq!(here.state(from), CheckState::Open, "water costs nothing, and somebody is thirsty");
    here.when(Waiter, merge(from, into)).happens();
    assert_eq!(here.state(from), CheckState::Merged { into });
    assert_eq!(here.checks[&into].lines.len(), 2);
}

#[test]
fn money_taken_beside_a_merge_is_due_back() {
    let mut here = Room::given();
    let (from, into) = (here.seats(), here.seats());
    here.orders(from, [one("soup")]);
    let mut there = here.copied_to("b");
    here.when(Waiter, merge(from, into)).happens();
    there.pays(from);
    here.learns_from(&there);
    assert_eq!((here.state(from), here.due(from)), (CheckState::Open, -900));
    let tender = *here.checks[&from].tenders.keys().next().unwrap();
    here.when(Manager, refund(from, tender, 900)).happens();
    assert_eq!(here.state(from), CheckState::Merged { into });
}

#[test]
fn a_line_that_two_hubs_move_at_once_is_owed_to_nobody() {
    let mut here = Room::given();
    let check = here.seats();
    let [soup] = here.orders(check, [one("soup")]);
    let mut there = here.copied_to("b");
    let one = here.when(Waiter, carry(check, None, &[all_of(soup)])).happens().checks[1];
    let two = there.when(Waiter, carry(check, None, &[all_of(soup)])).happens().checks[1];
    here.learns_from(&there);
    assert_eq!((here.total(one), here.total(two), here.total(check)), (900, 900, 0));
    let left = &here.checks[&check].lines[&soup];
    assert!(left.is_moved_twice(), "somebody has to look at it");
    assert_eq!(left.became.iter().map(|(check, _)| *check).collect::<Vec<_>>(), [one, two]);
}

#[test]
fn splitting_by_seat_leaves_seatless_lines() {
    let mut room = Room::given();
    let check = room.seats();
    let orders =
        [at_seat(1, "soup"), at_seat(2, "soup"), at_seat(2, "spritz"), at_seat(3, "bread"), one("spritz")];
    room.orders(check, orders);
    let checks = room.when(Waiter, split(check, Split::BySeat)).happens().checks;
    let totals: Vec<i64> = checks.iter().map(|id| room.total(*id)).collect();
    assert_eq!(totals, [900 + 700, 900 + 700, 333]);
    assert_eq!(checks[0], check);
}

#[test]
fn splitting_by_line_gives_each_further_group_a_check() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup, bread, spritz] = room.orders(check, [one("soup"), one("bread"), one("spritz")]);
    let groups = vec![vec![soup], vec![bread], vec![spritz]];
    let checks = room.when(Waiter, split(check, Split::ByLine(groups))).happens().checks;
    assert_eq!(checks.iter().map(|id| room.total(*id)).collect::<Vec<_>>(), [900, 333, 700]);
    for (groups, refusal) in [
        (vec![vec![soup]], Refusal::Nothing("split")),
        (vec![vec![], vec![]], Refusal::Nothing("move")),
        (vec![vec![], vec![bread]], Refusal::LineGone),
        (vec![vec![], vec![named("none")]], Refusal::Unknown("line")),
    ] {
        room.when(Waiter, split(check, Split::ByLine(groups))).refuses(&refusal);
    }
    room.when(Waiter, split(check, Split::BySeat)).refuses(&Refusal::Nothing("split"));
}

#[test]
fn a_check_whose_table_is_gone_can_still_be_split() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [at_seat(1, "soup"), at_seat(2, "soup")]);
    let catalogue = std::sync::Arc::make_mut(&mut room.catalogue);
    catalogue.tables.get_mut(&menu::table("1")).unwrap().archived = true;
    room.when(Waiter, split(check, Split::BySeat)).happens();
}

#[test]
fn an_even_split_is_exact_and_its_first_shares_carry_the_odd_minor_units() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [some(2, "bread"), one("bread"), one("bread")]);
    room.when(Waiter, split(check, Split::Evenly(5))).happens();
    let amounts: Vec<i64> = shares(&room, check).iter().map(|(_, amount)| *amount).collect();
    assert_eq!((amounts, shares(&room, check)[0].0.as_str()), (vec![267, 267, 266, 266, 266], "1/5"));
    for parts in [0, 1, 501] {
        let refusal = Refusal::OutOfRange { field: "parts", min: 2, max: 500 };
        room.when(Waiter, split(check, Split::Evenly(parts))).refuses(&refusal);
    }
}

#[test]
fn a_share_is_paid_once_and_what_is_cut_later_is_what_is_left() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("soup")]);
    room.when(Waiter, split(check, Split::Evenly(2))).happens();
    let first = room.checks[&check].shares[0].id;
    room.when(Waiter, pay_share(check, first, 451)).refuses(&Refusal::ExceedsDue(Money(450)));
    room.when(Waiter, pay_share(check, first, 450)).happens();
    assert_eq!(room.checks[&check].share_paid(first), Money(450));
    room.when(Waiter, pay_share(check, first, 1)).refuses(&Refusal::ExceedsDue(Money(0)));
    room.when(Waiter, split(check, Split::Evenly(3))).happens();
    assert_eq!(shares(&room, check).iter().map(|(_, amount)| amount).sum::<i64>(), 450);
    room.when(Waiter, pay_share(check, first, 1)).refuses(&Refusal::Unknown("share"));
}

#[test]
fn a_split_by_amount_has_a_share_for_the_rest() {
    let mut room = Room::given();
    let check = room.seats();
    let by = |amounts: &[i64]| split(check, Split::ByAmount(amounts.iter().copied().map(Money).collect()));
    room.when(Waiter, split(check, Split::Evenly(2))).refuses(&Refusal::Nothing("split"));
    room.orders(check, [one("soup")]);
    room.when(Waiter, by(&[200, 300])).happens();
    assert_eq!(shares(&room, check), [("1/3".into(), 200), ("2/3".into(), 300), ("3/3".into(), 400)]);
    room.when(Waiter, by(&[400, 500])).happens();
    assert_eq!(shares(&room, check).len(), 2);
    room.when(Waiter, by(&[901])).refuses(&Refusal::ExceedsDue(Money(900)));
    for wrong in [&[][..], &[0], &[-5, 10]] {
        let refusal = Refusal::OutOfRange { field: "amounts_minor", min: 1, max: 1_000_000_000 };
        room.when(Waiter, by(wrong)).refuses(&refusal);
    }
}
