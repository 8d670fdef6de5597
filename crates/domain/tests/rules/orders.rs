//! Opening a check, ordering, changing what was ordered.

use maitred_domain::catalogue::Section;
use maitred_domain::check::{CheckState, LINES_MAX, NOTE_CHARS_MAX, Phase};
use maitred_domain::decide::{Command, LineChange, OrderLine, Refusal};
use maitred_domain::ids::{CheckId, IdSource, StaffId, named};
use maitred_domain::money::{Amounts, Money};
use maitred_domain::permission::Role::{Host, Kitchen, Manager, Waiter};
use maitred_domain::permission::{Permission, Role};

use super::support::Room;
use super::support::commands::{
    add, all_of, bump, carry, change, comp, fire, hold, made, one, open, percent_off, some, void,
};
use super::support::menu;

fn quantity(quantity: u32) -> LineChange {
    LineChange { quantity: Some(quantity), ..LineChange::default() }
}

fn note(note: &str) -> LineChange {
    LineChange { note: Some(note.into()), ..LineChange::default() }
}

fn set_stock(item: &str, available: bool, remaining: Option<i64>) -> Command {
    Command::SetAvailability { item: menu::item(item), available, remaining }
}

#[test]
fn a_party_that_sits_down_gets_a_check_with_a_number() {
    let mut room = Room::given();
    room.when(Waiter, open("1")).then(|room, answer| {
        let check = &room.checks[&answer.checks[0]];
        assert_eq!((check.number.as_str(), check.covers, check.table), ("1", 2, Some(menu::table("1"))));
        assert_eq!(check.server, menu::someone(Waiter));
        assert_eq!(check.state(), CheckState::Open);
    });
    let second = room.seats();
    assert_eq!(room.checks[&second].number, "2", "two checks on one table are both kept");
}

/// A room with a section of table 1 that `server` looks after.
fn looked_after_by(server: Option<StaffId>) -> Room {
    let id = named("section/window");
    let tables = vec![menu::table("1")];
    let window =
        Section { id, name: "Window".into(), color: String::new(), tables, server, sort: 0, archived: false };
    Room::given_with(|it| drop(it.sections.insert(id, window)))
}

#[test]
fn a_party_belongs_to_the_server_of_the_section_where_the_host_seats_it() {
    let wim = menu::someone(Waiter);
    for (server, role, table, serves) in [
        (Some(wim), Host, "1", wim),
        (Some(wim), Manager, "1", wim),
        (Some(menu::someone(Manager)), Waiter, "1", wim),
        (Some(wim), Host, "2", menu::someone(Host)),
        (Some(menu::staff("Left")), Host, "1", menu::someone(Host)),
        (None, Host, "1", menu::someone(Host)),
    ] {
        let mut room = looked_after_by(server);
        room.when(role, open(table)).then(|room, answer| {
            let check = &room.checks[&answer.checks[0]];
            assert_eq!(check.server, serves, "{role:?} at {table}, looked after by {server:?}");
            assert_eq!(check.opened.by, menu::someone(role), "who opened it is another question");
        });
    }
}

#[test]
fn a_check_may_have_a_name_and_no_table() {
    let mut room = Room::given();
    let takeaway = Command::OpenCheck { table: None, covers: 1, name: "  Rossi ".into() };
    room.when(Host, takeaway).then(|room, answer| assert_eq!(room.checks[&answer.checks[0]].name, "Rossi"));
}

#[test]
fn a_check_is_not_opened_for_nobody_or_at_a_table_that_is_not_there() {
    let mut room = Room::given();
    for covers in [0, 501] {
        let nobody = Command::OpenCheck { table: None, covers, name: String::new() };
        room.when(Waiter, nobody).refuses(&Refusal::OutOfRange { field: "covers", min: 1, max: 500 });
    }
    for table in ["9", "gone"] {
        room.when(Waiter, open(table)).refuses(&Refusal::Unknown("table"));
    }
    room.when(Kitchen, open("1")).refuses(&Refusal::Forbidden(Permission::Seat));
}

#[test]
fn a_line_writes_down_all_that_the_menu_says_of_it() {
    let mut room = Room::given();
    let check = room.seats();
    let order = OrderLine { quantity: 2, note: " no salt ".into(), ..made("steak", &["rare", "slaw"]) };
    let [line] = room.orders(check, [order]);
    let line = &room.checks[&check].lines[&line].line;
    assert_eq!((line.name.as_str(), line.course, line.prep_secs), ("steak", 2, 900));
    assert_eq!(line.note, "no salt");
    assert_eq!(line.allergens, ["celery", "mustard"]);
    assert_eq!(line.modifiers.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["rare", "slaw"]);
    assert_eq!((line.station, line.unrouted), (Some(menu::station("grill")), false));
    assert_eq!(line.unit_price, Money(2750));
    assert_eq!(line.amounts, Amounts { net: Money(5000), tax: Money(500), service: Money::ZERO });
    assert_eq!(room.total(check), 5500);
}

#[test]
fn tax_and_service_come_on_top_where_prices_are_without() {
    let mut room = Room::given_with(|it| {
        it.venue.tax_included = false;
        it.venue.service_basis_points = 1000;
    });
    let check = room.seats();
    let [soup] = room.orders(check, [one("soup")]);
    let amounts = room.checks[&check].lines[&soup].amounts();
    assert_eq!(amounts, Amounts { net: Money(900), tax: Money(90), service: Money(90) });
}

#[test]
fn the_happy_hour_price_holds_while_it_lasts_and_stays_on_what_was_ordered_then() {
    let mut room = Room::given();
    let check = room.seats();
    let evening = room.now;
    room.now = "2026-11-20T19:59+01[Europe/Rome]".parse::<jiff::Zoned>().unwrap().timestamp();
    let [early] = room.orders(check, [some(2, "spritz")]);
    room.now = evening;
    let [late] = room.orders(check, [one("spritz")]);
    let price = |room: &Room, line| room.checks[&check].lines[&line].amounts().total();
    assert_eq!((price(&room, early), price(&room, late)), (Money(1000), Money(700)));
    let changed = room.when(Waiter, change(check, early, note("no ice"))).happens().lines[0];
    assert_eq!(price(&room, changed), Money(1000));
}

#[test]
fn what_is_not_on_the_menu_cannot_be_ordered() {
    let mut room = Room::given();
    let check = room.seats();
    for (name, what) in [("unicorn", "item"), ("dodo", "item"), ("moonshine", "tax")] {
        room.when(Waiter, add(check, vec![one(name)])).refuses(&Refusal::Unknown(what));
    }
    let nowhere: CheckId = named("nowhere");
    room.when(Waiter, add(nowhere, vec![one("soup")])).refuses(&Refusal::Unknown("check"));
}

#[test]
fn an_order_is_whole_or_not_at_all() {
    let mut room = Room::given();
    let check = room.seats();
    let _ = room.when(Waiter, add(check, vec![one("soup"), one("dodo")])).result();
    assert!(room.checks[&check].lines.is_empty());
}

#[test]
fn modifiers_keep_to_their_groups() {
    let mut room = Room::given();
    let check = room.seats();
    let wrong =
        |group: &str, (min, max), chosen| Refusal::Modifiers { group: group.into(), min, max, chosen };
    let mut refuses = |modifiers: &[&str], refusal: &Refusal| {
        room.when(Waiter, add(check, vec![made("steak", modifiers)])).refuses(refusal);
    };
    refuses(&[], &wrong("cooking", (1, 1), 0));
    refuses(&["rare", "well done"], &wrong("cooking", (1, 1), 2));
    refuses(&["rare", "fries", "slaw", "fries"], &wrong("sides", (0, 2), 3));
    refuses(&["rare", "with ice"], &Refusal::ForeignModifier("steak".into()));
    let soup = add(check, vec![made("soup", &["rare"])]);
    room.when(Waiter, soup).refuses(&Refusal::ForeignModifier("soup".into()));
}

#[test]
fn orders_keep_within_their_bounds() {
    let mut room = Room::given();
    let check = room.seats();
    let long = "x".repeat(NOTE_CHARS_MAX + 1);
    let out_of_range = |field, max| Refusal::OutOfRange { field, min: 1, max };
    for (order, refusal) in [
        (some(0, "soup"), out_of_range("quantity", 999)),
        (some(1000, "soup"), out_of_range("quantity", 999)),
        (OrderLine { seat: Some(0), ..one("soup") }, out_of_range("seat", 255)),
        (OrderLine { course: Some(0), ..one("soup") }, out_of_range("course", 255)),
        (
            OrderLine { note: long, ..one("soup") },
            Refusal::TooLong { field: "note", chars_max: NOTE_CHARS_MAX },
        ),
        (OrderLine { note: "4111 1111 1111 1111".into(), ..one("soup") }, Refusal::CardNumber("note")),
    ] {
        room.when(Waiter, add(check, vec![order])).refuses(&refusal);
    }
    room.when(Waiter, add(check, Vec::new())).refuses(&out_of_range("lines", 500));
}

#[test]
fn a_line_is_never_worth_more_than_an_amount_may_be() {
    let dear = |it: &mut maitred_domain::catalogue::Catalogue| {
        it.items.get_mut(&menu::item("soup")).unwrap().price = Money(2_000_000);
    };
    let mut room = Room::given_with(dear);
    let check = room.seats();
    let refusal = Refusal::OutOfRange { field: "amount", min: 0, max: 1_000_000_000 };
    room.when(Waiter, add(check, vec![some(501, "soup")])).refuses(&refusal);
}

#[test]
fn a_check_holds_five_hundred_lines() {
    let mut room = Room::given();
    let check = room.seats();
    room.when(Waiter, add(check, vec![one("soup"); LINES_MAX])).happens();
    let refusal = Refusal::OutOfRange { field: "lines", min: 1, max: 500 };
    room.when(Waiter, add(check, vec![one("soup")])).refuses(&refusal);
}

#[test]
fn what_is_eighty_sixed_cannot_be_ordered_until_it_is_back() {
    let mut room = Room::given();
    let check = room.seats();
    room.when(Kitchen, set_stock("soup", false, None)).happens();
    room.when(Waiter, add(check, vec![one("soup")])).refuses(&Refusal::EightySixed("soup".into()));
    room.when(Kitchen, set_stock("soup", true, None)).happens();
    room.orders(check, [one("soup")]);
}

#[test]
fn a_countdown_goes_down_with_every_order_and_up_with_a_void_before_work_began() {
    let mut room = Room::given();
    let check = room.seats();
    room.when(Kitchen, set_stock("soup", true, Some(5))).happens();
    let remaining = |room: &Room| room.stock(menu::item("soup")).remaining;
    let too_many = Refusal::OnlyLeft { item: "soup".into(), remaining: 2 };
    room.when(Waiter, add(check, vec![some(3, "soup"), some(3, "soup")])).refuses(&too_many);
    let [three, two] = room.orders(check, [some(3, "soup"), some(2, "soup")]);
    assert_eq!(remaining(&room), Some(0));
    room.when(Waiter, add(check, vec![one("soup")])).refuses(&Refusal::EightySixed("soup".into()));
    room.when(Waiter, void(check, two)).happens();
    assert_eq!(remaining(&room), Some(2));
    let ticket = room.fires(check)[0];
    room.when(Kitchen, bump(check, ticket)).happens();
    room.when(Waiter, void(check, three)).happens();
    assert_eq!(remaining(&room), Some(2), "what was made does not come back");
}

#[test]
fn a_recount_forgets_what_was_taken_before_it() {
    let mut room = Room::given();
    let check = room.seats();
    room.when(Kitchen, set_stock("soup", true, Some(5))).happens();
    let [soup] = room.orders(check, [some(3, "soup")]);
    room.when(Kitchen, set_stock("soup", true, Some(10))).happens();
    room.when(Waiter, void(check, soup)).happens();
    assert_eq!(room.stock(menu::item("soup")).remaining, Some(10));
}

#[test]
fn a_changed_line_is_a_void_and_a_new_line() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [some(3, "soup")]);
    room.fires(check);
    let answer = room.when(Waiter, change(check, soup, quantity(2))).happens();
    let lines = &room.checks[&check].lines;
    let stands = &lines[&answer.lines[0]];
    assert_eq!(lines[&soup].void.as_ref().map(|void| void.reason.as_str()), Some("changed"));
    assert_eq!((stands.line.replaces, stands.quantity()), (Some(soup), 2));
    assert_eq!(stands.progress.phase, Phase::Fired, "it is as far as the old one was sent");
    assert_eq!(room.total(check), 1800);
    assert_eq!(room.checks[&check].totals().void, Money(900), "only one was undone");
}

#[test]
fn a_changed_line_waits_where_the_old_one_waited() {
    let mut room = Room::given();
    let check = room.seats();
    let [new, held] = room.orders(check, [one("soup"), made("steak", &["rare"])]);
    room.when(Waiter, hold(check, 2)).happens();
    let well_done =
        LineChange { modifiers: Some(vec![menu::modifier("well done")]), ..LineChange::default() };
    for (line, change_to, phase) in [(new, quantity(4), Phase::New), (held, well_done, Phase::Held)] {
        let changed = room.when(Waiter, change(check, line, change_to)).happens().lines[0];
        assert_eq!(room.checks[&check].lines[&changed].progress.phase, phase);
    }
    assert!(room.open_tickets(check).is_empty());
}

#[test]
fn a_changed_line_keeps_its_discount() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [some(3, "soup")]);
    room.when(Manager, percent_off(check, 10)).happens();
    assert_eq!(room.total(check), 2430);
    let soup = room.when(Waiter, change(check, soup, note("hot"))).happens().lines[0];
    assert_eq!(room.total(check), 2430);
    let soup = room.when(Waiter, change(check, soup, quantity(2))).happens().lines[0];
    assert_eq!(room.total(check), 1620);
    room.when(Waiter, change(check, soup, quantity(4))).happens();
    assert_eq!(room.total(check), 3600 - 180, "what was added later is not reduced");
    assert_eq!(room.checks[&check].totals().discount, Money(180));
}

#[test]
fn a_change_asks_the_menu_only_for_what_is_new() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [some(3, "soup")]);
    room.when(Kitchen, set_stock("soup", false, None)).happens();
    let soup = room.when(Waiter, change(check, soup, quantity(2))).happens().lines[0];
    room.when(Waiter, change(check, soup, quantity(3))).refuses(&Refusal::EightySixed("soup".into()));
    assert!(room.checks[&check].lines[&soup].is_standing(), "nothing has happened");
}

#[test]
fn what_is_served_is_not_cooked_again_for_another_seat() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [one("soup")]);
    let ticket = room.fires(check)[0];
    room.when(Kitchen, bump(check, ticket)).happens();
    let to_seat = LineChange { seat: Some(2), ..LineChange::default() };
    let moved = room.when(Waiter, change(check, soup, to_seat)).happens().lines[0];
    assert!(room.open_tickets(check).is_empty());
    assert_eq!(room.checks[&check].lines[&moved].progress.phase, Phase::Ready);
    room.when(Waiter, change(check, moved, note("hotter"))).happens();
    assert_eq!(room.open_tickets(check).len(), 1, "the kitchen has to read this");
}

#[test]
fn changing_a_line_twice_counts_it_down_once() {
    let mut room = Room::given();
    let check = room.seats();
    room.when(Kitchen, set_stock("soup", true, Some(5))).happens();
    let [soup] = room.orders(check, [some(3, "soup")]);
    let soup = room.when(Waiter, change(check, soup, quantity(1))).happens().lines[0];
    let soup = room.when(Waiter, change(check, soup, quantity(5))).happens().lines[0];
    assert_eq!(room.stock(menu::item("soup")).remaining, Some(0));
    room.when(Waiter, void(check, soup)).happens();
    assert_eq!(room.stock(menu::item("soup")).remaining, Some(5));
}

#[test]
fn a_line_that_no_longer_counts_cannot_be_changed() {
    let mut room = Room::given();
    let check = room.seats();
    let [voided, comped, moved, fired] =
        room.orders(check, [one("soup"), one("soup"), one("soup"), one("bread")]);
    room.when(Waiter, void(check, voided)).happens();
    room.when(Manager, comp(check, comped)).happens();
    room.when(Waiter, carry(check, None, &[all_of(moved)])).happens();
    for line in [voided, comped, moved] {
        room.when(Waiter, change(check, line, quantity(2))).refuses(&Refusal::LineGone);
    }
    room.when(Waiter, change(check, named("none"), quantity(2))).refuses(&Refusal::Unknown("line"));
    room.when(Waiter, fire(check)).happens();
    let other = room.when(Waiter, carry(check, None, &[all_of(fired)])).happens().checks[1];
    let arrived = *room.checks[&other].lines.keys().next().unwrap();
    let refusal = Refusal::WrongPhase(Phase::New);
    room.when(Waiter, change(other, arrived, quantity(2))).refuses(&refusal);
}

#[test]
fn changing_what_was_sent_asks_for_more_than_ordering() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [some(2, "soup")]);
    let soup = room.when(Host, change(check, soup, quantity(3))).happens().lines[0];
    room.when(Waiter, fire(check)).happens();
    let refusal = Refusal::Forbidden(Permission::VoidSent);
    room.when(Host, change(check, soup, quantity(2))).refuses(&refusal);
    room.when(Role::Waiter, change(check, soup, quantity(2))).happens();
}

#[test]
fn a_closed_check_takes_no_orders() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("soup")]);
    room.pays_and_closes(check);
    let refusal = Refusal::CheckNotOpen(CheckState::Closed);
    room.when(Waiter, add(check, vec![one("soup")])).refuses(&refusal);
}

#[test]
fn a_device_knows_the_ids_of_its_lines_also_when_the_items_are_counted() {
    let mut room = Room::given();
    room.when(Manager, set_stock("soup", true, Some(10))).happens();
    let check = room.seats();
    let lines = add(check, vec![some(2, "soup"), one("soup"), one("spritz")]);
    let added = room.when_keyed(Waiter, lines, "a device".into()).happens().lines;
    let mut ids = IdSource::new("a device");
    assert_eq!(added, [ids.make(), ids.make(), ids.make()]);
    let changed =
        room.when_keyed(Waiter, change(check, added[0], note("hot")), "a change".into()).happens().lines;
    assert_eq!(changed, [IdSource::new("a change").make()]);
}
