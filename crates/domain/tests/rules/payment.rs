//! Tender, refund, close, reopen.

use maitred_domain::check::{CheckState, TenderKind};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::{CheckId, named};
use maitred_domain::money::{AMOUNT_MINOR_MAX, Money};
use maitred_domain::permission::Permission;
use maitred_domain::permission::Role::{Kitchen, Manager, Waiter};

use super::support::Room;
use super::support::commands::{add, card, cash, one, pay, refund, reopen, void};

fn with_tip(command: Command, tip_minor: i64) -> Command {
    match command {
        Command::Tender { check, kind, amount, share, reference, .. } => {
            Command::Tender { check, kind, amount, tip: Money(tip_minor), share, reference }
        }
        other => other,
    }
}

/// A party that owes 900.
fn a_soup_is_due(room: &mut Room) -> CheckId {
    let check = room.seats();
    room.orders(check, [one("soup")]);
    check
}

#[test]
fn cash_over_the_due_gives_change() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    room.when(Waiter, cash(check, 2000)).then(|room, answer| {
        assert_eq!((answer.change, room.due(check)), (Money(1100), 0));
        let tender = &room.checks[&check].tenders[&answer.tender.unwrap()].tender;
        assert_eq!((tender.amount, tender.handed), (Money(900), Money(2000)));
    });
}

#[test]
fn a_tip_in_cash_is_kept_from_the_change() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    let change = room.when(Waiter, with_tip(cash(check, 1000), 60)).happens().change;
    assert_eq!((change, room.checks[&check].totals().tips), (Money(40), Money(60)));
}

#[test]
fn less_cash_than_is_due_leaves_the_rest_due() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    let change = room.when(Waiter, cash(check, 500)).happens().change;
    assert_eq!((change, room.due(check)), (Money(0), 400));
}

#[test]
fn cards_and_vouchers_never_pay_more_than_is_due() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    for kind in [TenderKind::Card, TenderKind::Voucher] {
        room.when(Waiter, pay(check, kind, 901)).refuses(&Refusal::ExceedsDue(Money(900)));
    }
    room.when(Waiter, pay(check, TenderKind::Voucher, 400)).happens();
    room.when(Waiter, with_tip(card(check, 500), 100)).happens();
    let totals = room.checks[&check].totals();
    assert_eq!((totals.paid, totals.tips, totals.due()), (Money(900), Money(100), Money(0)));
    for kind in [TenderKind::Card, TenderKind::Cash] {
        room.when(Waiter, pay(check, kind, 1)).refuses(&Refusal::ExceedsDue(Money(0)));
    }
}

#[test]
fn a_tender_names_a_sensible_amount() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    let out_of_range = |field, min, max| Refusal::OutOfRange { field, min, max };
    for amount in [0, -1, AMOUNT_MINOR_MAX + 1] {
        let refusal = out_of_range("amount_minor", 1, AMOUNT_MINOR_MAX);
        room.when(Waiter, cash(check, amount)).refuses(&refusal);
    }
    for tip in [-1, AMOUNT_MINOR_MAX + 1] {
        let refusal = out_of_range("tip_minor", 0, AMOUNT_MINOR_MAX);
        room.when(Waiter, with_tip(card(check, 900), tip)).refuses(&refusal);
    }
    room.when(Waiter, with_tip(cash(check, 100), 100)).refuses(&out_of_range("tip_minor", 0, 99));
    room.when(Kitchen, card(check, 900)).refuses(&Refusal::Forbidden(Permission::TakePayment));
}

#[test]
fn a_card_number_is_not_a_reference() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    let tender = Command::Tender {
        check,
        kind: TenderKind::Card,
        amount: Money(900),
        tip: Money::ZERO,
        share: None,
        reference: "4111111111111111".into(),
    };
    room.when(Waiter, tender).refuses(&Refusal::CardNumber("reference"));
}

#[test]
fn what_is_paid_twice_shows_a_refund_due() {
    let mut here = Room::given();
    let check = a_soup_is_due(&mut here);
    let mut there = here.copied_to("b");
    here.pays_and_closes(check);
    there.pays_and_closes(check);
    here.learns_from(&there);
    assert_eq!((here.state(check), here.due(check)), (CheckState::Open, -900));
    let tender = *here.checks[&check].tenders.keys().next().unwrap();
    here.when(Manager, refund(check, tender, 900)).happens();
    assert_eq!(here.state(check), CheckState::Closed, "given back, it is as it was closed");
}

#[test]
fn a_refund_gives_back_no_more_than_was_paid() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    let tender = room.when(Waiter, card(check, 900)).happens().tender.unwrap();
    room.when(Waiter, refund(check, tender, 100)).refuses(&Refusal::Forbidden(Permission::Refund));
    room.when(Manager, refund(check, tender, 600)).happens();
    assert_eq!(room.due(check), 600);
    room.when(Manager, refund(check, tender, 301)).refuses(&Refusal::ExceedsTender(Money(300)));
    room.when(Manager, refund(check, named("none"), 1)).refuses(&Refusal::Unknown("tender"));
    let refusal = Refusal::OutOfRange { field: "amount_minor", min: 1, max: AMOUNT_MINOR_MAX };
    room.when(Manager, refund(check, tender, 0)).refuses(&refusal);
    let silent = Command::Refund { check, tender, amount: Money(1), reason: String::new() };
    room.when(Manager, silent).refuses(&Refusal::NoReason);
}

#[test]
fn a_check_is_closed_when_nothing_is_due() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    let close = Command::CloseCheck { check };
    room.when(Waiter, close.clone()).refuses(&Refusal::AmountDue(Money(900)));
    room.pays(check);
    assert_eq!(room.state(check), CheckState::Open, "paid is not yet closed");
    room.when(Waiter, close.clone()).happens();
    assert_eq!(room.state(check), CheckState::Closed);
    room.when(Waiter, close).refuses(&Refusal::CheckNotOpen(CheckState::Closed));
}

#[test]
fn an_empty_check_can_be_closed() {
    let mut room = Room::given();
    let check = room.seats();
    room.when(Waiter, Command::CloseCheck { check }).happens();
    assert_eq!(room.state(check), CheckState::Closed);
}

#[test]
fn a_refund_opens_a_closed_check_with_a_balance() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    room.pays_and_closes(check);
    let tender = *room.checks[&check].tenders.keys().next().unwrap();
    room.when(Manager, refund(check, tender, 900)).happens();
    assert_eq!((room.state(check), room.due(check)), (CheckState::Open, 900));
}

#[test]
fn a_line_added_beside_a_close_opens_the_check_with_a_balance() {
    for (item, due) in [("bread", 333), ("water", 0)] {
        let mut here = Room::given();
        let check = a_soup_is_due(&mut here);
        let mut there = here.copied_to("b");
        here.pays_and_closes(check);
        there.orders(check, [one(item)]);
        here.learns_from(&there);
        assert_eq!((here.state(check), here.due(check)), (CheckState::Open, due), "{item}");
    }
}

#[test]
fn a_reopened_check_takes_orders_and_is_closed_anew() {
    let mut room = Room::given();
    let check = a_soup_is_due(&mut room);
    room.when(Manager, reopen(check)).refuses(&Refusal::CheckAlreadyOpen);
    room.pays_and_closes(check);
    room.when(Waiter, reopen(check)).refuses(&Refusal::Forbidden(Permission::Reopen));
    let silent = Command::ReopenCheck { check, reason: String::new() };
    room.when(Manager, silent).refuses(&Refusal::NoReason);
    room.when(Manager, reopen(check)).happens();
    assert_eq!(room.state(check), CheckState::Open);
    let [bread] = room.orders(check, [one("bread")]);
    room.pays_and_closes(check);
    room.when(Manager, reopen(check)).happens();
    room.when(Waiter, void(check, bread)).happens();
    assert_eq!(room.due(check), -333);
    room.when(Waiter, add(check, vec![one("bread")])).happens();
    room.when(Waiter, Command::CloseCheck { check }).happens();
    let figures = &room.checks[&check].figures()[&room.today];
    assert_eq!((figures.sales(), figures.tendered()), (Money(1233), Money(1233)), "each sale counts once");
}
