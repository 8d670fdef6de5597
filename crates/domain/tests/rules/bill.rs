//! Voids, comps, discounts, service charge.

use maitred_domain::check::{CheckState, LineState, NOTE_CHARS_MAX};
use maitred_domain::decide::{Command, DiscountBy, LineChange, Refusal};
use maitred_domain::ids::{CheckId, LineId, named};
use maitred_domain::money::Money;
use maitred_domain::permission::Permission;
use maitred_domain::permission::Role::{Host, Kitchen, Manager, Waiter};

use super::support::Room;
use super::support::commands::{
    all_of, amount_off, bump, carry, change, comp, fire, one, percent_off, progress, service, some, some_of,
    void, void_some,
};
use super::support::menu;

fn void_because(check: CheckId, line: LineId, reason: &str) -> Command {
    Command::VoidLine { check, line, reason: reason.into(), quantity: None }
}

fn discount(check: CheckId, by: DiscountBy, lines: &[LineId]) -> Command {
    Command::Discount { check, reason: "friends".into(), by, lines: lines.to_vec() }
}

#[test]
fn a_voided_line_costs_nothing_and_stays_visible() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup, _] = room.orders(check, [one("soup"), one("bread")]);
    room.when(Waiter, void_because(check, soup, "")).then(|room, _| {
        let totals = room.checks[&check].totals();
        assert_eq!((totals.total(), totals.void), (Money(333), Money(900)));
        assert_eq!(room.checks[&check].lines.len(), 2);
    });
    room.when(Waiter, void(check, soup)).refuses(&Refusal::LineGone);
}

#[test]
fn voiding_what_was_sent_needs_a_reason_and_permission() {
    let mut room = Room::given();
    let check = room.seats();
    let [sent, new] = room.orders(check, [one("soup"), one("soup")]);
    room.when(Host, void(check, new)).happens();
    room.when(Waiter, fire(check)).happens();
    room.when(Waiter, void_because(check, sent, "  ")).refuses(&Refusal::NoReason);
    room.when(Host, void(check, sent)).refuses(&Refusal::Forbidden(Permission::VoidSent));
    room.when(Kitchen, void(check, sent)).refuses(&Refusal::Forbidden(Permission::Void));
    room.when(Waiter, void(check, sent)).happens();
}

#[test]
fn a_reason_is_short_and_never_a_card_number() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [one("soup")]);
    let long = "x".repeat(NOTE_CHARS_MAX + 1);
    let too_long = Refusal::TooLong { field: "reason", chars_max: NOTE_CHARS_MAX };
    room.when(Waiter, void_because(check, soup, &long)).refuses(&too_long);
    let card = void_because(check, soup, "paid with 5500-0000-0000-0004");
    room.when(Waiter, card).refuses(&Refusal::CardNumber("reason"));
}

#[test]
fn a_void_in_part_leaves_the_rest_at_its_price() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [some(3, "soup")]);
    for wrong in [0, 4] {
        let refusal = Refusal::OutOfRange { field: "quantity", min: 1, max: 999 };
        room.when(Waiter, void_some(check, soup, wrong)).refuses(&refusal);
    }
    room.when(Waiter, void_some(check, soup, 1)).happens();
    let totals = room.checks[&check].totals();
    assert_eq!((totals.total(), totals.void), (Money(1800), Money(900)));
}

#[test]
fn the_rest_of_a_discounted_line_stays_discounted() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [some(3, "soup")]);
    room.when(Manager, percent_off(check, 10)).happens();
    room.when(Waiter, void_some(check, soup, 1)).happens();
    let totals = room.checks[&check].totals();
    assert_eq!((totals.total(), totals.discount, totals.void), (Money(1620), Money(180), Money(810)));
}

#[test]
fn the_rest_of_a_moved_and_discounted_line_keeps_what_it_was_worth() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [some(3, "soup")]);
    room.when(Manager, percent_off(check, 50)).happens();
    let other = room.when(Waiter, carry(check, None, &[some_of(2, soup)])).happens().checks[1];
    let arrived = *room.checks[&other].lines.keys().next().unwrap();
    room.when(Waiter, void_some(other, arrived, 1)).happens();
    assert_eq!((room.total(check), room.total(other)), (450, 450));
}

#[test]
fn a_void_in_part_counts_a_started_item_down_once() {
    let mut room = Room::given();
    let check = room.seats();
    let set = Command::SetAvailability { item: menu::item("soup"), available: true, remaining: Some(5) };
    room.when(Kitchen, set).happens();
    let [soup] = room.orders(check, [some(3, "soup")]);
    let ticket = room.fires(check)[0];
    let started = progress(check, ticket, soup, maitred_domain::check::Phase::Started);
    room.when(Kitchen, started).happens();
    room.when(Waiter, void_some(check, soup, 1)).happens();
    assert_eq!(room.stock(menu::item("soup")).remaining, Some(2));
}

#[test]
fn a_comp_is_counted_and_costs_nothing() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup, _] = room.orders(check, [one("soup"), one("bread")]);
    room.when(Waiter, comp(check, soup)).refuses(&Refusal::Forbidden(Permission::Comp));
    let silent = Command::CompLine { check, line: soup, reason: String::new() };
    room.when(Manager, silent).refuses(&Refusal::NoReason);
    room.when(Manager, comp(check, soup)).happens();
    let totals = room.checks[&check].totals();
    assert_eq!((totals.total(), totals.comp), (Money(333), Money(900)));
    for again in [comp(check, soup), void(check, soup)] {
        room.when(Manager, again).refuses(&Refusal::LineGone);
    }
}

#[test]
fn a_discount_is_shared_out_to_the_last_minor_unit() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("bread"), one("bread"), one("bread")]);
    room.when(Manager, amount_off(check, 100)).happens();
    let totals = room.checks[&check].totals();
    assert_eq!((totals.total(), totals.discount), (Money(899), Money(100)));
    room.when(Manager, percent_off(check, 100)).happens();
    assert_eq!(room.total(check), 0);
    assert_eq!(room.checks[&check].tax_rows(), []);
}

#[test]
fn a_discount_on_some_lines_leaves_the_others() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup, bread] = room.orders(check, [one("soup"), one("bread")]);
    room.when(Manager, discount(check, DiscountBy::BasisPoints(5000), &[soup])).happens();
    let worth = |line| room.checks[&check].lines[&line].amounts().total();
    assert_eq!((worth(soup), worth(bread)), (Money(450), Money(333)));
}

#[test]
fn a_discount_keeps_within_what_there_is() {
    let mut room = Room::given();
    let check = room.seats();
    room.when(Manager, percent_off(check, 10)).refuses(&Refusal::Nothing("discount"));
    let [soup] = room.orders(check, [one("soup")]);
    for wrong in [0, 10_001] {
        let refusal = Refusal::OutOfRange { field: "basis_points", min: 1, max: 10_000 };
        room.when(Manager, discount(check, DiscountBy::BasisPoints(wrong), &[])).refuses(&refusal);
    }
    for wrong in [0, 901] {
        let refusal = Refusal::OutOfRange { field: "amount_minor", min: 1, max: 900 };
        room.when(Manager, amount_off(check, wrong)).refuses(&refusal);
    }
    room.when(Manager, discount(check, DiscountBy::BasisPoints(1), &[]))
        .refuses(&Refusal::Nothing("discount"));
    let silent =
        Command::Discount { check, reason: String::new(), by: DiscountBy::BasisPoints(1000), lines: vec![] };
    room.when(Manager, silent).refuses(&Refusal::NoReason);
    room.when(Waiter, percent_off(check, 10)).refuses(&Refusal::Forbidden(Permission::Discount));
    room.when(Manager, discount(check, DiscountBy::Amount(Money(1)), &[named("none")]))
        .refuses(&Refusal::Unknown("line"));
    room.when(Manager, comp(check, soup)).happens();
    room.when(Manager, discount(check, DiscountBy::Amount(Money(1)), &[soup])).refuses(&Refusal::LineGone);
}

#[test]
fn the_service_charge_can_be_set_and_taken_off() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("soup")]);
    room.when(Manager, service(check, 10)).happens();
    assert_eq!(room.total(check), 990);
    room.orders(check, [one("soup")]);
    assert_eq!(room.total(check), 1980, "what is ordered later is charged, too");
    room.when(Manager, percent_off(check, 50)).happens();
    assert_eq!(room.total(check), 990);
    room.when(Manager, service(check, 0)).happens();
    assert_eq!(room.total(check), 900);
    let refusal = Refusal::OutOfRange { field: "basis_points", min: 0, max: 10_000 };
    room.when(Manager, service(check, 101)).refuses(&refusal);
    room.when(Waiter, service(check, 5)).refuses(&Refusal::Forbidden(Permission::Discount));
}

#[test]
fn taxes_are_listed_by_rate() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("spritz"), one("soup"), one("bread")]);
    let rows = room.checks[&check].tax_rows();
    let rows: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.net.0, row.tax.0)).collect();
    assert_eq!(rows, [("VAT food", 1121, 112), ("VAT drinks", 574, 126)]);
}

#[test]
fn what_is_paid_is_not_voided_comped_or_reduced() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [one("soup")]);
    room.pays_and_closes(check);
    for late in [void(check, soup), comp(check, soup), percent_off(check, 10), service(check, 10)] {
        room.when(Manager, late).refuses(&Refusal::CheckNotOpen(CheckState::Closed));
    }
}

#[test]
fn a_void_beside_work_stands_and_is_waste() {
    let mut here = Room::given();
    let check = here.seats();
    let [soup] = here.orders(check, [one("soup")]);
    let ticket = here.fires(check)[0];
    let mut there = here.copied_to("b");
    there.when(Waiter, void(check, soup)).happens();
    here.when(Kitchen, bump(check, ticket)).happens();
    here.learns_from(&there);
    assert_eq!(here.total(check), 0);
    assert!(here.checks[&check].lines[&soup].is_waste());
}

#[test]
fn a_void_of_a_moved_line_that_was_begun_is_waste() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [one("soup")]);
    let ticket = room.fires(check)[0];
    room.when(Kitchen, bump(check, ticket)).happens();
    let other = room.when(Waiter, carry(check, None, &[all_of(soup)])).happens().checks[1];
    let arrived = *room.checks[&other].lines.keys().next().unwrap();
    room.when(Waiter, void(other, arrived)).happens();
    assert!(room.checks[&other].lines[&arrived].is_waste());
}

#[test]
fn of_two_partial_voids_at_once_the_first_says_what_goes_on() {
    let mut here = Room::given();
    let check = here.seats();
    let [soups] = here.orders(check, [some(3, "soup")]);
    here.fires(check);
    let mut there = here.copied_to("b");
    here.when(Manager, void_some(check, soups, 1)).happens();
    there.when(Manager, void_some(check, soups, 2)).happens();
    let mut turned = there.copied_to("c");
    turned.learns_from(&here);
    here.learns_from(&there);
    assert_eq!(here.checks[&check], turned.checks[&check]);
    assert_eq!(here.total(check), 2 * 900, "two of three go on, not three");
    assert_eq!(here.checks[&check].totals().void, Money(900));
    let standing: u32 = here.checks[&check].lines.values().map(LineState::quantity).sum();
    assert_eq!(standing, 2);
    let to_make: u32 = here.checks[&check].lines.values().map(LineState::kitchen_quantity).sum();
    assert_eq!(to_make, 2);
}

#[test]
fn a_service_charge_that_two_hubs_set_at_once_is_charged_once() {
    let mut here = Room::given();
    let check = here.seats();
    here.orders(check, [one("soup")]);
    here.when(Manager, service(check, 5)).happens();
    let mut there = here.copied_to("b");
    here.when(Manager, service(check, 10)).happens();
    there.when(Manager, service(check, 10)).happens();
    here.learns_from(&there);
    assert_eq!(here.checks[&check].totals().amounts.service, Money(90));
    here.when(Manager, service(check, 0)).happens();
    assert_eq!(here.checks[&check].totals().amounts.service, Money::ZERO);
}

/// A room where five soups are counted and three are on a check, and another hub that knows as much.
fn three_counted_soups() -> (Room, Room, CheckId, LineId) {
    let mut here = Room::given();
    let set = Command::SetAvailability { item: menu::item("soup"), available: true, remaining: Some(5) };
    here.when(Manager, set).happens();
    let check = here.seats();
    let [soups] = here.orders(check, [some(3, "soup")]);
    let there = here.copied_to("b");
    (here, there, check, soups)
}

fn left(room: &Room) -> Option<i64> {
    room.stock(menu::item("soup")).remaining
}

fn standing(room: &Room, check: CheckId) -> u32 {
    room.checks[&check].lines.values().map(LineState::quantity).sum()
}

#[test]
fn what_two_hubs_void_of_one_line_comes_back_once() {
    let (mut here, mut there, check, soups) = three_counted_soups();
    here.when(Manager, void_some(check, soups, 1)).happens();
    there.when(Manager, void_some(check, soups, 1)).happens();
    assert_eq!((left(&here), left(&there)), (Some(3), Some(3)));
    here.learns_from(&there);
    assert_eq!((left(&here), standing(&here, check)), (Some(3), 2));
}

#[test]
fn what_two_hubs_change_about_one_line_is_taken_once() {
    let (mut here, mut there, check, soups) = three_counted_soups();
    let more = LineChange { quantity: Some(4), ..LineChange::default() };
    here.when(Manager, change(check, soups, more.clone())).happens();
    there.when(Manager, change(check, soups, more)).happens();
    assert_eq!((left(&here), left(&there)), (Some(1), Some(1)));
    here.learns_from(&there);
    assert_eq!((left(&here), standing(&here, check)), (Some(1), 4));
}

#[test]
fn a_void_of_all_of_a_line_stands_beside_a_void_of_some_of_it() {
    let (here, there, check, soups) = three_counted_soups();
    for whole_is_first in [true, false] {
        let (mut here, mut there) = (here.clone(), there.clone());
        let (whole, some) = (void(check, soups), void_some(check, soups, 1));
        let (first, second) = if whole_is_first { (whole, some) } else { (some, whole) };
        here.when(Manager, first).happens();
        there.when(Manager, second).happens();
        let mut turned = there.copied_to("c");
        turned.learns_from(&here);
        here.learns_from(&there);
        assert_eq!(here.checks[&check], turned.checks[&check]);
        assert_eq!((standing(&here, check), here.total(check)), (0, 0), "{whole_is_first}");
        assert_eq!(here.checks[&check].totals().void, Money(2700));
        assert_eq!((left(&here), left(&turned)), (Some(5), Some(5)));
    }
}

#[test]
fn a_void_of_all_reaches_what_the_rest_of_a_line_became() {
    let (mut here, mut there, check, soups) = three_counted_soups();
    here.fires(check);
    there.fires(check);
    let rest = here.when(Manager, void_some(check, soups, 1)).happens().lines[0];
    here.when(Manager, void_some(check, rest, 1)).happens();
    there.when(Manager, void(check, soups)).happens();
    here.learns_from(&there);
    assert_eq!((standing(&here, check), here.total(check)), (0, 0));
    let to_make: u32 = here.checks[&check].lines.values().map(LineState::kitchen_quantity).sum();
    assert_eq!(to_make, 0);
}

#[test]
fn an_order_that_two_hubs_took_is_taken_once_where_one_knows_of_fewer_counts() {
    let count = |item: &str, remaining| {
        let remaining = Some(remaining);
        Command::SetAvailability { item: menu::item(item), available: true, remaining }
    };
    let mut here = Room::given();
    let check = here.seats();
    here.when(Manager, count("soup", 5)).happens();
    let mut there = here.copied_to("b");
    here.when(Manager, count("steak", 9)).happens();
    let order = Command::AddLines { check, lines: vec![some(1, "steak"), some(2, "soup")] };
    here.when_keyed(Manager, order.clone(), "once".into()).happens();
    there.when_keyed(Manager, order, "once".into()).happens();
    here.learns_from(&there);
    assert_eq!(left(&here), Some(3));
}
