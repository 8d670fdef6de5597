//! The drawer and the close of the day.

use std::sync::Arc;

use maitred_domain::catalogue::Printer;
use maitred_domain::check::CheckState;
use maitred_domain::day::{CashKind, Counted, ZReport};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::{PrinterId, named};
use maitred_domain::money::{AMOUNT_MINOR_MAX, Money};
use maitred_domain::paper::{PaperSource, wanted};
use maitred_domain::permission::Permission;
use maitred_domain::permission::Role::{Manager, Waiter};

use serde_json::json;

use super::support::Room;
use super::support::commands::{cash, close_day, one, refund};

fn move_cash(kind: CashKind, amount_minor: i64, reason: &str) -> Command {
    Command::MoveCash { kind, amount: Money(amount_minor), reason: reason.into() }
}

fn count(counted: &[(i64, u32)]) -> Command {
    let counted = counted
        .iter()
        .map(|(denomination, count)| Counted { denomination_minor: Money(*denomination), count: *count })
        .collect();
    Command::CloseDay { date: None, counted }
}

#[test]
fn the_drawer_is_what_went_in_less_what_went_out() {
    let mut room = Room::given();
    room.when(Manager, move_cash(CashKind::Float, 10_000, "")).happens();
    room.when(Manager, move_cash(CashKind::PaidIn, 500, "coins")).happens();
    room.when(Manager, move_cash(CashKind::PaidOut, 1_500, "flowers")).happens();
    let check = room.seats();
    room.orders(check, [one("soup")]);
    let tender = room.when(Waiter, cash(check, 1000)).happens().tender.unwrap();
    room.when(Manager, refund(check, tender, 200)).happens();
    room.when(Manager, count(&[(5000, 1), (100, 47)])).happens();
    let z = room.closes()[0].1;
    assert_eq!((z.drawer.float, z.drawer.cash), (Money(10_000), Money(700)));
    assert_eq!(z.drawer.expected(), Money(10_000 + 500 - 1_500 + 700));
    assert_eq!(z.counted_total(), Money(9_700));
}

#[test]
fn cash_moves_with_an_amount_a_reason_and_permission() {
    let mut room = Room::given();
    room.when(Manager, move_cash(CashKind::PaidOut, 100, "")).refuses(&Refusal::NoReason);
    room.when(Waiter, move_cash(CashKind::PaidIn, 100, "x")).refuses(&Refusal::Forbidden(Permission::Drawer));
    for amount in [0, AMOUNT_MINOR_MAX + 1] {
        let refusal = Refusal::OutOfRange { field: "amount_minor", min: 1, max: AMOUNT_MINOR_MAX };
        room.when(Manager, move_cash(CashKind::Float, amount, "")).refuses(&refusal);
    }
}

#[test]
fn the_drawer_opens_for_a_reason_without_a_sale_and_for_cash_that_is_moved() {
    let mut room = Room::given();
    let printer =
        json!({ "id": named::<PrinterId>("front"), "name": "Front", "address": "", "role": "receipt" });
    let printer: Printer = serde_json::from_value(printer).unwrap();
    Arc::make_mut(&mut room.catalogue).printers.insert(printer.id, printer);
    let open = |reason: &str| Command::OpenDrawer { reason: reason.into() };
    room.when(Manager, open(" ")).refuses(&Refusal::NoReason);
    room.when(Waiter, open("change")).refuses(&Refusal::Forbidden(Permission::Drawer));
    for (command, name) in
        [(open("change"), "drawer_opened"), (move_cash(CashKind::PaidIn, 100, "coins"), "cash_moved")]
    {
        room.when(Manager, command).happens();
        let fact = room.last_of_the_day();
        assert_eq!(fact.name(), name);
        let papers = wanted(&fact, None, &room.catalogue);
        assert_eq!(papers.len(), 1);
        assert_eq!(papers[0].source, PaperSource::Drawer { check: None });
    }
}

#[test]
fn a_close_reports_the_day_and_closes_are_numbered_without_gaps() {
    let mut room = Room::given();
    for number in 1..=3 {
        let check = room.seats();
        room.orders(check, [one("soup")]);
        room.pays_and_closes(check);
        let closed = room.when(Manager, close_day()).happens().closed_day;
        assert_eq!(closed, Some(room.today));
        let (date, z) = *room.closes().last().unwrap();
        assert_eq!((date, z.number, z.figures.sales()), (room.today, number, Money(900)));
        assert_eq!((z.difference(), z.figures.get("checks")), (Money(0), 1));
        room.sleeps();
    }
}

#[test]
fn a_close_of_the_day_leaves_open_checks_alone() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("soup")]);
    room.when(Waiter, cash(check, 400)).happens();
    room.when(Manager, close_day()).happens();
    assert_eq!((room.state(check), room.due(check)), (CheckState::Open, 500));
    let first = room.closes()[0].1.clone();
    assert_eq!((first.figures.sales(), first.figures.tendered()), (Money(0), Money(400)));
    assert_eq!((first.paid_ahead, first.difference()), (Money(400), Money(0)));
    room.sleeps();
    room.pays_and_closes(check);
    room.when(Manager, close_day()).happens();
    let second = room.closes()[1].1;
    assert_eq!((second.figures.sales(), second.figures.tendered()), (Money(900), Money(500)));
    assert_eq!((second.paid_before, second.difference()), (Money(400), Money(0)));
}

#[test]
fn what_comes_late_is_an_adjustment_of_the_next_day() {
    let mut here = Room::given();
    let mut there = here.copied_to("b");
    let late = there.seats();
    there.orders(late, [one("soup")]);
    there.pays_and_closes(late);
    here.when(Manager, close_day()).happens();
    here.sleeps();
    here.learns_from(&there);
    here.when(Manager, close_day()).happens();
    let closes = here.closes();
    assert_eq!((closes[0].1.figures.sales(), closes[1].1.figures.sales()), (Money(0), Money(900)));
    assert_eq!(closes[1].1.difference(), Money(0));
}

#[test]
fn a_day_is_closed_once_and_not_before_it_begins() {
    let mut room = Room::given();
    let on = |date| Command::CloseDay { date: Some(date), counted: Vec::new() };
    let today = room.today;
    room.when(Manager, on(today.tomorrow().unwrap())).refuses(&Refusal::DayClosed);
    room.when(Waiter, on(today)).refuses(&Refusal::Forbidden(Permission::CloseDay));
    room.when(Manager, on(today)).happens();
    room.when(Manager, on(today)).refuses(&Refusal::DayClosed);
    let check = room.seats();
    assert_eq!(room.checks[&check].business_date, today.tomorrow().unwrap(), "the next day has begun");
}

#[test]
fn of_two_closes_of_one_day_that_report_the_same_the_first_is_kept() {
    let mut here = Room::given();
    let mut there = here.copied_to("b");
    here.when(Manager, count(&[(100, 1)])).happens();
    there.seats();
    there.when(Manager, count(&[(100, 2)])).happens();
    let (mut met, mut turned) = (here.clone(), there.clone());
    met.learns_from(&there);
    turned.learns_from(&here);
    assert_eq!(met.closes(), turned.closes());
    assert_eq!(met.closes()[0].1.counted_total(), Money(100));
}

#[test]
fn what_is_counted_keeps_within_bounds() {
    let mut room = Room::given();
    let out_of_range = |field, min| Refusal::OutOfRange { field, min, max: AMOUNT_MINOR_MAX };
    room.when(Manager, count(&[(0, 1)])).refuses(&out_of_range("denomination_minor", 1));
    room.when(Manager, count(&[(1, 1); 65])).refuses(&out_of_range("denomination_minor", 1));
    room.when(Manager, count(&[(AMOUNT_MINOR_MAX, 2)])).refuses(&out_of_range("counted", 0));
}

#[test]
fn two_hubs_that_close_one_day_apart_both_report_and_what_both_knew_is_taken_off_the_next() {
    let mut here = Room::given();
    let sold = |room: &mut Room| {
        let check = room.seats();
        room.orders(check, [one("soup")]);
        room.pays_and_closes(check);
    };
    sold(&mut here);
    let mut there = here.copied_to("b");
    sold(&mut here);
    sold(&mut there);
    sold(&mut there);
    here.when(Manager, close_day()).happens();
    there.when(Manager, close_day()).happens();
    here.learns_from(&there);
    let sales: Vec<Money> = here.closes().iter().map(|(_, z)| z.figures.sales()).collect();
    assert_eq!(sales, [Money(1800), Money(2700)]);
    let (_, together) = ZReport::together(&here.days[&here.today].closes).unwrap();
    assert_eq!((together.figures.sales(), together.figures.tendered()), (Money(4500), Money(4500)));
    here.sleeps();
    here.when(Manager, close_day()).happens();
    let next = here.closes().last().unwrap().1;
    assert_eq!((next.figures.sales(), next.difference()), (Money(-900), Money(0)), "what both reported");
}

#[test]
fn two_hubs_that_sold_as_much_apart_sold_twice_as_much() {
    let mut here = Room::given();
    let mut there = here.copied_to("b");
    for room in [&mut here, &mut there] {
        let check = room.seats();
        room.orders(check, [one("soup")]);
        room.pays_and_closes(check);
        room.when(Manager, close_day()).happens();
    }
    here.learns_from(&there);
    assert_eq!(here.closes().iter().map(|(_, z)| z.figures.sales()).sum::<Money>(), Money(1800));
}
