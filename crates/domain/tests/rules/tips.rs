//! The tip of a card payment, once its slip says it.

use maitred_domain::check::{CheckFact, CheckState, Mark, Marked};
use maitred_domain::decide::Refusal;
use maitred_domain::ids::{CheckId, TenderId, named};
use maitred_domain::money::{AMOUNT_MINOR_MAX, Money};
use maitred_domain::permission::Permission;
use maitred_domain::permission::Role::{Host, Kitchen, Manager, Waiter};
use proptest::prelude::*;

use super::support::commands::{card, cash, close_day, one, refund, tip};
use super::support::{Room, menu};

/// A soup that the waiter was paid by card for, and closed.
fn paid_by_card(room: &mut Room) -> (CheckId, TenderId) {
    let check = room.seats();
    room.orders(check, [one("soup")]);
    let tender =
        room.when(Waiter, card(check, 900)).happens().tender.expect("a payment that was taken has an id");
    room.when(Waiter, maitred_domain::decide::Command::CloseCheck { check }).happens();
    (check, tender)
}

fn tips(room: &Room, check: CheckId) -> (Money, Money) {
    let figures = room.checks[&check].figures();
    (room.checks[&check].totals().tips, figures[&room.today].money("tender/card/tip"))
}

#[test]
fn the_tip_on_the_slip_of_a_closed_check_is_said_later_and_said_again() {
    let mut room = Room::given();
    let (check, tender) = paid_by_card(&mut room);
    for minor in [150, 200, 0] {
        room.when(Waiter, tip(check, tender, minor)).happens();
        assert_eq!(tips(&room, check), (Money(minor), Money(minor)));
        let taken = &room.checks[&check].tenders[&tender].tender;
        assert_eq!((taken.amount, taken.handed), (Money(900), Money(900 + minor)));
        assert_eq!((room.state(check), room.due(check)), (CheckState::Closed, 0));
    }
    assert_eq!(
        room.facts[&check].iter().filter(|it| it.fact.name() == "tip_set").count(),
        3,
        "the log has each"
    );
}

#[test]
fn a_card_payment_waits_for_its_tip_until_one_is_said_or_the_money_is_given_back() {
    let mut room = Room::given();
    let (check, tender) = paid_by_card(&mut room);
    let waits = |room: &Room| room.checks[&check].tenders[&tender].is_untipped_card();
    assert!(waits(&room));
    room.when(Waiter, tip(check, tender, 1)).happens();
    assert!(!waits(&room));
    room.when(Waiter, tip(check, tender, 0)).happens();
    assert!(waits(&room));
    room.when(Manager, refund(check, tender, 900)).happens();
    assert!(!waits(&room));
    let in_cash = room.seats();
    room.orders(in_cash, [one("soup")]);
    let tender = room.when(Waiter, cash(in_cash, 900)).happens().tender.unwrap();
    assert!(!room.checks[&in_cash].tenders[&tender].is_untipped_card());
}

#[test]
fn what_is_no_card_payment_has_no_tip_said_later() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("soup")]);
    let tender = room.when(Waiter, cash(check, 900)).happens().tender.unwrap();
    room.when(Waiter, tip(check, tender, 100)).refuses(&Refusal::NotACard);
    room.when(Manager, tip(check, named("none"), 100)).refuses(&Refusal::Unknown("tender"));
}

#[test]
fn a_tip_is_a_sensible_amount() {
    let mut room = Room::given();
    let (check, tender) = paid_by_card(&mut room);
    for minor in [-1, AMOUNT_MINOR_MAX + 1] {
        let refusal = Refusal::OutOfRange { field: "tip_minor", min: 0, max: AMOUNT_MINOR_MAX };
        room.when(Waiter, tip(check, tender, minor)).refuses(&refusal);
    }
    room.when(Waiter, tip(check, tender, AMOUNT_MINOR_MAX)).happens();
}

#[test]
fn whoever_took_a_payment_or_serves_its_check_says_the_tip_and_others_need_more() {
    let mut room = Room::given();
    let (check, tender) = paid_by_card(&mut room);
    room.when(Kitchen, tip(check, tender, 100)).refuses(&Refusal::Forbidden(Permission::TakePayment));
    room.when(Host, tip(check, tender, 100)).refuses(&Refusal::Forbidden(Permission::Refund));
    room.when_approved(Host, Manager, &[Permission::Refund], tip(check, tender, 120)).happens();
    assert_eq!(tips(&room, check).0, Money(120));
    let at_the_door = room.seats();
    room.orders(at_the_door, [one("soup")]);
    assert_eq!(room.checks[&at_the_door].server, menu::someone(Waiter));
    let tender = room.when(Host, card(at_the_door, 900)).happens().tender.unwrap();
    for role in [Host, Waiter, Manager] {
        room.when(role, tip(at_the_door, tender, 50)).happens();
    }
}

#[test]
fn a_tip_is_said_until_the_day_of_its_payment_is_closed_however_late_that_is() {
    let mut room = Room::given();
    let (check, tender) = paid_by_card(&mut room);
    let day = room.today;
    room.sleeps();
    room.when(Waiter, tip(check, tender, 100)).happens();
    assert_eq!(room.checks[&check].figures()[&day].money("tender/card/tip"), Money(100));
    room.when(Manager, close_day()).happens();
    room.when(Manager, tip(check, tender, 200)).refuses(&Refusal::DayClosed);
    room.when(Manager, refund(check, tender, 1)).happens();
}

#[test]
fn of_two_tips_that_two_hubs_were_told_the_later_holds_at_both() {
    let mut here = Room::given();
    let (check, tender) = paid_by_card(&mut here);
    let mut there = here.copied_to("b");
    here.when(Waiter, tip(check, tender, 100)).happens();
    there.when(Waiter, tip(check, tender, 300)).happens();
    here.learns_from(&there);
    there.learns_from(&here);
    assert_eq!(
        (tips(&here, check), tips(&there, check)),
        ((Money(300), Money(300)), (Money(300), Money(300)))
    );
}

proptest! {
    #![proptest_config(super::properties::laws(250))]

    #[test]
    fn tips_come_to_the_last_that_was_said_in_whatever_order_they_are_heard(
        said in proptest::collection::vec((1u64..50, 0i64..5000), 1..8), seed in any::<u64>(),
    ) {
        let mut room = Room::given();
        let (check, tender) = paid_by_card(&mut room);
        let mut facts = room.facts[&check].clone();
        let after = facts.iter().map(|it| it.mark.hlc).max().unwrap();
        let tips = said.iter().enumerate().map(|(place, (later, minor))| Marked {
            mark: Mark { index: u16::try_from(place).unwrap(), ..Mark::of(after + later, menu::someone(Waiter)) },
            fact: CheckFact::TipSet { change: named(&format!("tip {place}")), tender, tip: Money(*minor) },
        });
        let tips: Vec<_> = tips.collect();
        let last = tips.iter().max_by_key(|it| it.mark).unwrap().clone();
        facts.extend(tips);
        let shift = usize::try_from(seed % 97).unwrap() % facts.len();
        facts.rotate_left(shift);
        let folded = maitred_domain::check::Check::fold(check, facts).unwrap();
        let CheckFact::TipSet { tip, .. } = last.fact else { unreachable!() };
        prop_assert_eq!(folded.totals().tips, tip);
    }
}
