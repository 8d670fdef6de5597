//! Open items: whoever orders one says what it is and what it costs.

use std::sync::Arc;

use maitred_domain::check::OPEN_NAME_CHARS_MAX;
use maitred_domain::decide::{LineChange, OpenItem, OrderLine, Refusal};
use maitred_domain::money::{AMOUNT_MINOR_MAX, Amounts, Money};
use maitred_domain::permission::Role::{Manager, Waiter};
use proptest::prelude::*;

use super::support::commands::{add, change, one, said};
use super::support::{Room, menu};

#[test]
fn an_open_item_is_what_the_waiter_says_and_is_taxed_and_routed_as_the_item_says() {
    let mut room = Room::given();
    let check = room.seats();
    let [line] = room.orders(check, [said("off the menu", "  Turbot for two ", 4400)]);
    let line = &room.checks[&check].lines[&line].line;
    assert_eq!(
        (line.name.as_str(), line.item, line.open),
        ("Turbot for two", menu::item("off the menu"), true)
    );
    assert_eq!((line.station, line.course), (Some(menu::station("grill")), 2));
    assert_eq!(line.amounts, Amounts { net: Money(4000), tax: Money(400), service: Money::ZERO });
    room.fires(check);
    let ticket = room.ticket(check, room.open_tickets(check)[0]);
    assert_eq!(ticket.lines[0].line.line.name, "Turbot for two");
}

#[test]
fn an_open_item_that_nobody_names_has_its_own_name() {
    let mut room = Room::given();
    let check = room.seats();
    let [line] = room.orders(check, [said("off the menu", " ", 1)]);
    assert_eq!(room.checks[&check].lines[&line].line.name, "off the menu");
}

#[test]
fn a_price_is_said_of_an_open_item_and_of_no_other() {
    let mut room = Room::given();
    let check = room.seats();
    let long = "x".repeat(OPEN_NAME_CHARS_MAX + 1);
    let price = Refusal::OutOfRange { field: "price_minor", min: 1, max: AMOUNT_MINOR_MAX };
    for (order, refusal) in [
        (one("off the menu"), Refusal::PriceNeeded("off the menu".into())),
        (said("soup", "stew", 1200), Refusal::NotOpen("soup".into())),
        (said("off the menu", "air", 0), price.clone()),
        (said("off the menu", "gift", -500), price.clone()),
        (said("off the menu", "gold", AMOUNT_MINOR_MAX + 1), price),
        (
            said("off the menu", &long, 100),
            Refusal::TooLong { field: "name", chars_max: OPEN_NAME_CHARS_MAX },
        ),
        (said("off the menu", "4111 1111 1111 1111", 100), Refusal::CardNumber("name")),
    ] {
        room.when(Waiter, add(check, vec![order])).refuses(&refusal);
    }
    assert!(room.checks[&check].lines.is_empty());
    room.orders(check, [said("off the menu", &"x".repeat(OPEN_NAME_CHARS_MAX), AMOUNT_MINOR_MAX)]);
}

#[test]
fn what_was_said_of_an_open_item_stays_when_there_is_more_of_it_and_when_the_menu_changes() {
    let mut room = Room::given();
    let check = room.seats();
    let [line] = room.orders(check, [said("off the menu", "turbot", 4400)]);
    let more = LineChange { quantity: Some(2), ..LineChange::default() };
    let [line] = room.when(Waiter, change(check, line, more)).happens().lines[..] else { unreachable!() };
    assert_eq!(room.total(check), 8800);
    let menu = Arc::make_mut(&mut room.catalogue);
    let item = menu.items.get_mut(&menu::item("off the menu")).unwrap();
    (item.open, item.price) = (false, Money(100));
    let more = LineChange { quantity: Some(3), ..LineChange::default() };
    let line = room.when(Manager, change(check, line, more)).happens().lines[0];
    let line = &room.checks[&check].lines[&line].line;
    assert_eq!((line.name.as_str(), line.open, line.unit_price), ("turbot", true, Money(4400)));
    room.when(Waiter, add(check, vec![said("off the menu", "turbot", 4400)]))
        .refuses(&Refusal::NotOpen("off the menu".into()));
}

#[test]
fn orders_and_lines_from_before_there_were_open_items_are_read_and_written_as_they_were() {
    let order = serde_json::to_value(one("soup")).unwrap();
    assert!(order.get("open").is_none());
    assert_eq!(serde_json::from_value::<OrderLine>(order).unwrap(), one("soup"));
    let mut room = Room::given();
    let check = room.seats();
    let [line] = room.orders(check, [one("soup")]);
    let line = serde_json::to_value(&room.checks[&check].lines[&line].line).unwrap();
    assert!(line.get("open").is_none());
}

proptest! {
    #![proptest_config(super::properties::laws(250))]

    #[test]
    fn any_price_and_quantity_comes_to_their_product_or_is_refused(
        price_minor in -10i64..=2_000_000_000, quantity in 0u32..=1200, name in ".{0,40}",
    ) {
        let mut room = Room::given();
        let check = room.seats();
        let open = Some(OpenItem { name: name.clone(), price: Money(price_minor) });
        let order = OrderLine { quantity, open, ..one("off the menu") };
        let gross = i128::from(price_minor) * i128::from(quantity);
        let fits = (1..=AMOUNT_MINOR_MAX).contains(&price_minor)
            && (1..=999).contains(&quantity)
            && gross <= i128::from(AMOUNT_MINOR_MAX)
            && name.trim().chars().count() <= OPEN_NAME_CHARS_MAX;
        prop_assert_eq!(room.when(Waiter, add(check, vec![order])).result().is_ok(), fits);
        prop_assert_eq!(i128::from(room.total(check)), if fits { gross } else { 0 });
    }
}
