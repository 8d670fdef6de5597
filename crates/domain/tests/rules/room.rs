//! Tables, availability, settings; and who may do what.

use maitred_domain::catalogue::{Entity, EntityChanged, EntityKind, Item};
use maitred_domain::check::Phase;
use maitred_domain::day::CashKind;
use maitred_domain::decide::{Command, LineChange, Refusal, Split};
use maitred_domain::ids::{CheckId, LineId, TenderId, TicketId, named};
use maitred_domain::money::Money;
use maitred_domain::permission::Permission;
use maitred_domain::permission::Role::{self, Host, Kitchen, Manager, Waiter};
use maitred_domain::table::TableMark;

use super::support::commands::{
    add, bump, card, carry, change, close_day, comp, fire, hold, join, merge, one, open, part, percent_off,
    progress, recall, recall_line, refire, refund, reopen, rush_course, serve, service, split, void,
};
use super::support::{Room, menu};

fn repriced(price_minor: i64) -> EntityChanged {
    let before = &menu::catalogue().items[&menu::item("soup")];
    EntityChanged::between(Some(before), &Item { price: Money(price_minor), ..before.clone() }).unwrap()
}

fn edit(changes: &[EntityChanged]) -> Command {
    Command::Edit { changes: changes.to_vec() }
}

fn mark(table: &str, mark: TableMark) -> Command {
    Command::MarkTable { table: menu::table(table), mark }
}

#[test]
fn a_table_is_marked_by_whoever_may_seat() {
    let mut room = Room::given();
    room.when(Host, mark("1", TableMark::Blocked)).happens();
    let marked = room.tables[&menu::table("1")].marked.map(|(_, said)| said);
    assert_eq!(marked, Some(TableMark::Blocked));
    for table in ["9", "gone"] {
        room.when(Host, mark(table, TableMark::Dirty)).refuses(&Refusal::Unknown("table"));
    }
    room.when(Kitchen, mark("1", TableMark::Free)).refuses(&Refusal::Forbidden(Permission::Seat));
}

#[test]
fn a_countdown_keeps_within_bounds() {
    let mut room = Room::given();
    let set = |item: &str, remaining| Command::SetAvailability {
        item: menu::item(item),
        available: true,
        remaining,
    };
    for wrong in [-1, 100_001] {
        let refusal = Refusal::OutOfRange { field: "remaining", min: 0, max: 100_000 };
        room.when(Kitchen, set("soup", Some(wrong))).refuses(&refusal);
    }
    room.when(Kitchen, set("dodo", None)).refuses(&Refusal::Unknown("item"));
    room.when(Host, set("soup", None)).refuses(&Refusal::Forbidden(Permission::EightySix));
    room.when(Kitchen, set("soup", Some(0))).happens();
    assert!(!room.stock(menu::item("soup")).is_available());
}

#[test]
fn a_countdown_of_two_hubs_may_go_below_zero_and_sells_no_more() {
    let mut here = Room::given();
    let set = Command::SetAvailability { item: menu::item("soup"), available: true, remaining: Some(1) };
    here.when(Kitchen, set).happens();
    let check = here.seats();
    let mut there = here.copied_to("b");
    here.orders(check, [one("soup")]);
    there.orders(check, [one("soup")]);
    here.learns_from(&there);
    assert_eq!(here.checks[&check].lines.len(), 2, "no sale is lost");
    assert_eq!(here.stock(menu::item("soup")).remaining, Some(-1));
    here.when(Waiter, add(check, vec![one("soup")])).refuses(&Refusal::EightySixed("soup".into()));
}

#[test]
fn a_new_price_holds_for_what_is_ordered_from_now_on() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("soup")]);
    room.when(Manager, edit(&[repriced(1000)])).happens();
    room.orders(check, [one("soup")]);
    assert_eq!(room.total(check), 1900);
}

#[test]
fn an_edit_makes_valid_things_or_nothing_at_all() {
    let mut room = Room::given();
    room.when(Manager, edit(&[])).refuses(&Refusal::Nothing("change"));
    let nonsense = EntityChanged { fields: [("price".to_owned(), "dear".into())].into(), ..repriced(1) };
    match room.when(Manager, edit(&[repriced(1), nonsense])).result() {
        Err(Refusal::InvalidEntity { kind: "item", .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(room.catalogue.items[&menu::item("soup")].price, Money(900));
}

#[test]
fn an_edit_needs_permission_for_everything_in_it() {
    let mut room = Room::given();
    for (kind, permission) in [
        (EntityKind::Venue, Permission::EditSettings),
        (EntityKind::Staff, Permission::EditStaff),
        (EntityKind::Rights, Permission::EditStaff),
        (EntityKind::Item, Permission::EditMenu),
        (EntityKind::Table, Permission::EditFloor),
    ] {
        let change = EntityChanged { kind, id: menu::catalogue().venue.id(), fields: [].into() };
        for role in [Host, Waiter, Kitchen] {
            room.when(role, edit(std::slice::from_ref(&change))).refuses(&Refusal::Forbidden(permission));
        }
    }
}

/// Every command, in the order of the permissions.
pub fn every_command() -> Vec<(Command, Permission)> {
    use Permission as P;
    let (check, other): (CheckId, CheckId) = (named("one"), named("two"));
    let (line, ticket): (LineId, TicketId) = (named("line"), named("ticket"));
    let tender: TenderId = named("tender");
    let transfer = Command::TransferCheck { check, table: None, server: None, covers: None, name: None };
    let rush = |ticket| Command::Rush { check, ticket, on: true };
    let stock = Command::SetAvailability { item: menu::item("soup"), available: true, remaining: None };
    let cash = Command::MoveCash { kind: CashKind::Float, amount: Money(1), reason: String::new() };
    vec![
        (open("1"), P::Seat),
        (mark("1", TableMark::Free), P::Seat),
        (join(check, &["2"]), P::Seat),
        (part(check, &["2"]), P::Seat),
        (add(check, vec![one("soup")]), P::Order),
        (change(check, line, LineChange::default()), P::Order),
        (hold(check, 1), P::Fire),
        (fire(check), P::Fire),
        (refire(check, line), P::Fire),
        (rush(None), P::Fire),
        (rush_course(check, 1, true), P::Fire),
        (void(check, line), P::Void),
        (comp(check, line), P::Comp),
        (percent_off(check, 1), P::Discount),
        (service(check, 1), P::Discount),
        (transfer, P::Transfer),
        (carry(check, Some(other), &[]), P::Transfer),
        (merge(check, other), P::Transfer),
        (split(check, Split::BySeat), P::Transfer),
        (card(check, 1), P::TakePayment),
        (Command::CloseCheck { check }, P::TakePayment),
        (refund(check, tender, 1), P::Refund),
        (reopen(check), P::Reopen),
        (rush(Some(ticket)), P::Bump),
        (progress(check, ticket, line, Phase::Ready), P::Bump),
        (bump(check, ticket), P::Bump),
        (recall(check, ticket), P::Bump),
        (recall_line(check, ticket, line), P::Bump),
        (serve(check, 1), P::Serve),
        (stock, P::EightySix),
        (close_day(), P::CloseDay),
        (cash, P::Drawer),
        (Command::OpenDrawer { reason: "x".into() }, P::Drawer),
        (edit(&[repriced(1)]), P::EditMenu),
        (edit(&[]), P::EditSettings),
        (Command::SetUp { changes: Vec::new() }, P::EditSettings),
    ]
}

#[test]
fn each_role_does_what_it_may_and_is_refused_the_rest() {
    for (command, permission) in every_command() {
        assert_eq!(command.permission(), Some(permission));
        for role in [Manager, Host, Waiter, Kitchen] {
            let forbidden = Err(Refusal::Forbidden(permission));
            let refused = Room::given().when(role, command.clone()).result().map(|_| ()) == forbidden;
            assert_eq!(refused, !role.may_as_delivered(permission), "{role:?}: {command:?}");
        }
    }
}

#[test]
fn roles_are_what_people_expect_of_them() {
    use Permission as P;
    let may = |role: Role| role.permissions_as_delivered();
    assert_eq!(may(Host), [P::Seat, P::Order, P::Fire, P::Void, P::Transfer, P::TakePayment, P::Print]);
    assert_eq!(may(Kitchen), [P::Bump, P::Serve, P::EightySix, P::Print]);
    let waiter = [
        P::Seat,
        P::Order,
        P::Fire,
        P::Void,
        P::VoidSent,
        P::Transfer,
        P::TakePayment,
        P::Serve,
        P::EightySix,
        P::Print,
    ];
    assert_eq!(may(Waiter), waiter);
}

#[test]
fn a_check_that_nobody_knows_is_refused_by_every_command_about_it() {
    let refusal = Err(Refusal::Unknown("check"));
    for (command, _) in every_command().into_iter().filter(|(command, _)| command.checks().len() == 1) {
        let result = Room::given().when(Manager, command.clone()).result().map(|_| ());
        assert_eq!(result, refusal, "{command:?}");
    }
}
