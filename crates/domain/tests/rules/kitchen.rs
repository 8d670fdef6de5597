//! Hold, fire, refire, rush; bump and recall; what the kitchen sees of it.

use maitred_domain::check::{FireKind, Phase, Progress, TicketState};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::{CheckId, LineId, TicketId, named};
use maitred_domain::permission::Permission;
use maitred_domain::permission::Role::{Kitchen, Manager, Waiter};

use super::support::Room;
use super::support::commands::{
    all_of, bump, carry, fire, fire_course, hold, made, merge, one, progress, recall, recall_line, refire,
    rush_course, serve, some, some_of, void, void_some,
};
use super::support::menu;

fn phase(room: &Room, check: CheckId, line: LineId) -> Phase {
    room.checks[&check].lines[&line].progress.phase
}

fn rush(check: CheckId, ticket: Option<TicketId>, on: bool) -> Command {
    Command::Rush { check, ticket, on }
}

/// A party with a soup that is fired: its check, line and ticket.
fn a_soup_is_fired(room: &mut Room) -> (CheckId, LineId, TicketId) {
    let check = room.seats();
    let [soup] = room.orders(check, [some(3, "soup")]);
    let ticket = room.fires(check)[0];
    (check, soup, ticket)
}

#[test]
fn a_fire_makes_one_ticket_for_each_station_and_course() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("soup"), one("soup"), one("spritz"), made("steak", &["rare"])]);
    room.fires(check);
    let tickets = room.checks[&check].tickets();
    let mut seen: Vec<_> = tickets.iter().map(|it| (it.station, it.course, it.lines.len())).collect();
    seen.sort_by_key(|(station, ..)| *station);
    let mut expected = [("cold", 1, 2), ("bar", 1, 1), ("grill", 2, 1)]
        .map(|(name, course, lines)| (Some(menu::station(name)), course, lines));
    expected.sort_by_key(|(station, ..)| *station);
    assert_eq!(seen, expected);
    assert!(tickets.iter().all(|it| it.kind == FireKind::Fire && it.round == 0 && !it.unrouted));
}

#[test]
fn a_ticket_takes_as_long_as_its_slowest_line() {
    let mut room = Room::given();
    let (check, _, ticket) = a_soup_is_fired(&mut room);
    assert_eq!(room.ticket(check, ticket).prep_secs(), 300);
}

#[test]
fn an_item_without_a_station_goes_to_the_catch_all() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("bread"), one("fondue")]);
    room.fires(check);
    let tickets = room.checks[&check].tickets();
    assert_eq!(tickets.len(), 2, "one for each course");
    assert!(tickets.iter().all(|it| it.unrouted && it.station == Some(menu::station("pass"))));
}

#[test]
fn a_venue_without_stations_still_makes_tickets() {
    let mut room = Room::given_with(|it| {
        it.stations.clear();
        it.venue.catch_all_station = None;
    });
    let (check, _, ticket) = a_soup_is_fired(&mut room);
    assert_eq!(room.ticket(check, ticket).station, None);
}

#[test]
fn a_held_course_waits_when_the_rest_is_sent() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup, steak] = room.orders(check, [one("soup"), made("steak", &["rare"])]);
    room.when(Waiter, hold(check, 2)).happens();
    room.when(Waiter, fire(check)).happens();
    assert_eq!((phase(&room, check, soup), phase(&room, check, steak)), (Phase::Fired, Phase::Held));
    room.when(Waiter, fire_course(check, 2)).happens();
    assert_eq!(phase(&room, check, steak), Phase::Fired);
    assert_eq!(room.open_tickets(check).len(), 2);
}

#[test]
fn there_must_be_something_to_hold_and_to_fire() {
    let mut room = Room::given();
    let (check, ..) = a_soup_is_fired(&mut room);
    room.when(Waiter, hold(check, 1)).refuses(&Refusal::Nothing("hold"));
    room.when(Waiter, fire(check)).refuses(&Refusal::Nothing("fire"));
    room.when(Waiter, fire_course(check, 2)).refuses(&Refusal::Nothing("fire"));
    room.when(Kitchen, fire(check)).refuses(&Refusal::Forbidden(Permission::Fire));
}

#[test]
fn work_goes_on_from_fired_to_served_and_never_back() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    room.when(Kitchen, progress(check, ticket, soup, Phase::Ready)).happens();
    room.when(Kitchen, progress(check, ticket, soup, Phase::Started)).happens();
    assert_eq!(phase(&room, check, soup), Phase::Ready);
    room.when(Waiter, serve(check, 1)).happens();
    assert_eq!(phase(&room, check, soup), Phase::Served);
    room.when(Waiter, serve(check, 1)).refuses(&Refusal::Nothing("serve"));
}

#[test]
fn the_kitchen_only_starts_and_finishes_what_is_on_the_ticket() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    for wrong in [Phase::New, Phase::Held, Phase::Fired, Phase::Served] {
        room.when(Kitchen, progress(check, ticket, soup, wrong)).refuses(&Refusal::WrongPhase(wrong));
    }
    let started = |ticket, line| progress(check, ticket, line, Phase::Started);
    room.when(Kitchen, started(named("none"), soup)).refuses(&Refusal::Unknown("ticket"));
    room.when(Kitchen, started(ticket, named("none"))).refuses(&Refusal::Unknown("line"));
    room.when(Waiter, void(check, soup)).happens();
    room.when(Kitchen, started(ticket, soup)).refuses(&Refusal::LineGone);
}

#[test]
fn a_bumped_ticket_never_comes_back_by_itself() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    room.when(Kitchen, bump(check, ticket)).happens();
    assert_eq!(phase(&room, check, soup), Phase::Ready);
    room.when(Kitchen, bump(check, ticket)).refuses(&Refusal::TicketNotOpen);
    room.when(Waiter, serve(check, 1)).happens();
    room.when(Waiter, rush(check, None, true)).happens();
    room.when(Waiter, refire(check, soup)).happens();
    room.orders(check, [one("soup")]);
    assert_ne!(room.ticket(check, ticket).state, TicketState::Open);
}

#[test]
fn a_recalled_ticket_is_made_again_in_a_higher_round() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    room.when(Kitchen, recall(check, ticket)).refuses(&Refusal::TicketStillOpen);
    room.when(Kitchen, bump(check, ticket)).happens();
    room.when(Kitchen, recall(check, ticket)).happens();
    assert_eq!((room.ticket(check, ticket).state, room.ticket(check, ticket).round), (TicketState::Open, 1));
    let line = &room.checks[&check].lines[&soup];
    assert_eq!(line.progress, Progress { round: 1, phase: Phase::Fired });
    room.when(Kitchen, bump(check, ticket)).happens();
    assert!(room.open_tickets(check).is_empty());
    room.when(Kitchen, recall(check, named("none"))).refuses(&Refusal::Unknown("ticket"));
    room.when(Kitchen, bump(check, named("none"))).refuses(&Refusal::Unknown("ticket"));
}

#[test]
fn a_void_must_be_bumped() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    room.when(Waiter, void(check, soup)).happens();
    let seen = room.ticket(check, ticket);
    assert_eq!((seen.state, seen.lines[0].voided, seen.lines[0].quantity), (TicketState::Open, true, 3));
    room.when(Kitchen, bump(check, ticket)).happens();
    assert_ne!(room.ticket(check, ticket).state, TicketState::Open);
}

#[test]
fn a_void_that_crossed_the_bump_brings_the_ticket_back() {
    let mut one = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut one);
    let mut two = one.copied_to("b");
    one.when(Kitchen, bump(check, ticket)).happens();
    two.when(Waiter, void(check, soup)).happens();
    one.learns_from(&two);
    assert_eq!(one.ticket(check, ticket).state, TicketState::Open);
    assert!(one.checks[&check].lines[&soup].is_waste(), "it was made and is not wanted");
    one.when(Kitchen, bump(check, ticket)).happens();
    assert!(one.open_tickets(check).is_empty());
}

#[test]
fn what_was_ready_when_it_was_voided_does_not_bother_the_kitchen() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    room.when(Kitchen, bump(check, ticket)).happens();
    room.when(Waiter, void(check, soup)).happens();
    assert!(room.open_tickets(check).is_empty());
    assert!(room.checks[&check].lines[&soup].is_waste());
}

#[test]
fn a_void_of_a_refired_line_brings_back_only_the_ticket_that_asks_for_it() {
    let mut room = Room::given();
    let (check, soup, first) = a_soup_is_fired(&mut room);
    room.when(Kitchen, bump(check, first)).happens();
    room.when(Waiter, refire(check, soup)).happens();
    let second = room.open_tickets(check);
    assert_eq!(second.len(), 1);
    room.when(Waiter, void(check, soup)).happens();
    assert_eq!(room.open_tickets(check), second);
    assert!(room.checks[&check].lines[&soup].is_waste(), "the first one was made");
}

#[test]
fn a_void_in_part_is_a_new_ticket_for_the_rest() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    let rest = room.when(Waiter, void_some(check, soup, 1)).happens().lines[0];
    let to_make: Vec<_> = room.checks[&check]
        .tickets()
        .iter()
        .flat_map(|it| {
            it.lines.iter().map(|line| (it.id == ticket, line.voided, line.quantity)).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(to_make, [(true, true, 3), (false, false, 2)], "old and new quantity");
    assert_eq!(room.checks[&check].lines[&rest].line.replaces, Some(soup));
}

#[test]
fn the_rest_of_what_is_served_is_not_cooked_again() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    room.when(Kitchen, bump(check, ticket)).happens();
    room.when(Waiter, serve(check, 1)).happens();
    let rest = room.when(Waiter, void_some(check, soup, 1)).happens().lines[0];
    assert!(room.open_tickets(check).is_empty());
    assert_eq!(phase(&room, check, rest), Phase::Served);
}

#[test]
fn a_refired_line_is_made_once_more_on_a_ticket_of_its_own() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    room.when(Kitchen, bump(check, ticket)).happens();
    room.when(Waiter, refire(check, soup)).happens();
    let tickets = room.checks[&check].tickets();
    assert_eq!(tickets[1].kind, FireKind::Refire);
    assert_eq!(tickets[1].lines[0].progress, Progress { round: 1, phase: Phase::Fired });
    assert_eq!(room.total(check), 2700, "and costs nothing");
}

#[test]
fn only_what_was_sent_is_refired_and_with_a_reason() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [one("soup")]);
    room.when(Waiter, refire(check, soup)).refuses(&Refusal::WrongPhase(Phase::New));
    room.when(Waiter, fire(check)).happens();
    let silent = Command::RefireLine { check, line: soup, reason: " ".into() };
    room.when(Waiter, silent).refuses(&Refusal::NoReason);
    room.when(Waiter, refire(check, named("none"))).refuses(&Refusal::Unknown("line"));
    room.when(Waiter, void(check, soup)).happens();
    room.when(Waiter, refire(check, soup)).refuses(&Refusal::LineGone);
}

#[test]
fn a_rush_can_be_taken_back_and_holds_for_what_is_fired_later() {
    let mut room = Room::given();
    let (check, _, first) = a_soup_is_fired(&mut room);
    room.when(Waiter, rush(check, None, true)).happens();
    room.orders(check, [one("spritz")]);
    let tickets = room.fires(check);
    assert!(room.checks[&check].is_rushed(1) && tickets.iter().all(|id| room.ticket(check, *id).rush));
    room.when(Kitchen, rush(check, Some(first), false)).happens();
    let rushed = tickets.iter().filter(|id| room.ticket(check, **id).rush).count();
    assert_eq!(rushed, 1, "one ticket by itself");
    room.when(Waiter, rush(check, None, false)).happens();
    assert!(!room.checks[&check].is_rushed(1));
    room.when(Kitchen, rush(check, Some(named("none")), true)).refuses(&Refusal::Unknown("ticket"));
    room.when(Kitchen, rush(check, None, true)).refuses(&Refusal::Forbidden(Permission::Fire));
    room.when(Waiter, rush(check, Some(first), true)).refuses(&Refusal::Forbidden(Permission::Bump));
}

#[test]
fn a_line_that_was_marked_ready_by_mistake_is_made_again() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup, other] = room.orders(check, [one("soup"), some(2, "soup")]);
    let ticket = room.fires(check)[0];
    let undo = recall_line(check, ticket, soup);
    room.when(Kitchen, undo.clone()).refuses(&Refusal::WrongPhase(Phase::Fired));
    room.when(Kitchen, progress(check, ticket, soup, Phase::Ready)).happens();
    room.when(Kitchen, progress(check, ticket, other, Phase::Ready)).happens();
    room.when(Kitchen, undo.clone()).happens();
    let now = |line| room.checks[&check].lines[&line].progress;
    assert_eq!(now(soup), Progress { round: 1, phase: Phase::Fired });
    assert_eq!(now(other), Progress { round: 0, phase: Phase::Ready }, "the other one stays ready");
    assert_eq!((room.ticket(check, ticket).round, room.open_tickets(check)), (0, vec![ticket]));
    room.when(Kitchen, progress(check, ticket, soup, Phase::Ready)).happens();
    room.when(Kitchen, bump(check, ticket)).happens();
    room.when(Kitchen, undo).refuses(&Refusal::TicketNotOpen);
}

#[test]
fn only_a_line_that_is_on_the_ticket_and_still_wanted_is_brought_back() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    room.when(Kitchen, recall_line(check, named("none"), soup)).refuses(&Refusal::Unknown("ticket"));
    room.when(Kitchen, recall_line(check, ticket, named("none"))).refuses(&Refusal::Unknown("line"));
    room.when(Waiter, void(check, soup)).happens();
    room.when(Kitchen, recall_line(check, ticket, soup)).refuses(&Refusal::LineGone);
}

#[test]
fn a_line_that_was_brought_back_beside_the_bump_keeps_its_ticket_on_the_screen() {
    let mut one = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut one);
    one.when(Kitchen, progress(check, ticket, soup, Phase::Ready)).happens();
    let mut two = one.copied_to("b");
    one.when(Kitchen, recall_line(check, ticket, soup)).happens();
    two.when(Kitchen, bump(check, ticket)).happens();
    one.learns_from(&two);
    assert_eq!(one.open_tickets(check), [ticket]);
    one.when(Kitchen, bump(check, ticket)).happens();
    assert!(one.open_tickets(check).is_empty());
    assert_eq!(phase(&one, check, soup), Phase::Ready);
    one.when(Waiter, refire(check, soup)).happens();
    assert!(!one.open_tickets(check).contains(&ticket), "a refire has a ticket of its own");
}

#[test]
fn a_waiter_rushes_one_course_with_what_of_it_is_fired_later() {
    let mut room = Room::given();
    let check = room.seats();
    room.orders(check, [one("soup"), made("steak", &["rare"])]);
    room.when(Waiter, rush_course(check, 2, true)).happens();
    room.fires(check);
    let rushed = |room: &Room| -> Vec<u8> {
        let tickets = room.checks[&check].tickets();
        tickets.iter().filter(|ticket| ticket.rush).map(|ticket| ticket.course).collect()
    };
    assert_eq!(rushed(&room), [2]);
    room.when(Waiter, rush_course(check, 2, false)).happens();
    assert_eq!(rushed(&room), [0_u8; 0]);
    room.when(Waiter, rush_course(check, 1, true)).happens();
    room.when(Waiter, rush(check, None, true)).happens();
    room.when(Waiter, rush_course(check, 1, false)).happens();
    assert_eq!(rushed(&room), [2], "one course is taken out of the rush of all");
    room.when(Waiter, rush_course(check, 3, true)).refuses(&Refusal::Nothing("rush"));
    room.when(Kitchen, rush_course(check, 1, true)).refuses(&Refusal::Forbidden(Permission::Fire));
}

#[test]
fn a_rush_finds_what_moved_here_on_the_ticket_where_it_is_made() {
    let mut room = Room::given();
    let (from, soup, ticket) = a_soup_is_fired(&mut room);
    let into = room.seats();
    room.when(Waiter, carry(from, Some(into), &[some_of(2, soup)])).happens();
    room.when(Waiter, rush_course(into, 1, true)).happens();
    assert!(room.ticket(from, ticket).rush);
    room.when(Waiter, rush(into, None, false)).happens();
    assert!(!room.ticket(from, ticket).rush);
}

#[test]
fn a_moved_line_stays_on_the_ticket_that_it_was_fired_on() {
    let mut room = Room::given();
    let (check, soup, ticket) = a_soup_is_fired(&mut room);
    let other = room.when(Waiter, carry(check, None, &[some_of(2, soup)])).happens().checks[1];
    assert_eq!(room.ticket(check, ticket).lines[0].quantity, 3);
    assert!(room.checks[&other].tickets().is_empty());
    room.when(Waiter, fire(other)).refuses(&Refusal::Nothing("fire"));
    let arrived = *room.checks[&other].lines.keys().next().unwrap();
    room.when(Waiter, void_some(other, arrived, 1)).happens();
    assert_eq!(room.ticket(check, ticket).lines[0].quantity, 2, "one less to make, where it is made");
    let rest = room.checks[&other].lines.values().find(|line| line.is_standing()).unwrap().line.id;
    room.when(Waiter, void(other, rest)).happens();
    room.when(Waiter, void(check, soup)).happens();
    assert!(room.ticket(check, ticket).lines[0].voided);
    assert_eq!(room.ticket(check, ticket).state, TicketState::Open, "which must be bumped");
}

#[test]
fn what_moved_before_it_was_sent_is_made_for_the_other_check() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup, steak] = room.orders(check, [some(3, "soup"), made("steak", &["rare"])]);
    room.when(Waiter, hold(check, 2)).happens();
    let parts = [some_of(2, soup), all_of(steak)];
    let other = room.when(Waiter, carry(check, None, &parts)).happens().checks[1];
    let here = room.fires(check)[0];
    assert_eq!(room.ticket(check, here).lines[0].quantity, 1);
    let there = room.fires(other);
    assert_eq!(there.len(), 1, "what was held is held there, too");
    assert_eq!(room.ticket(other, there[0]).lines[0].quantity, 2);
    room.when(Waiter, fire_course(other, 2)).happens();
}

#[test]
fn a_moved_line_is_refired_and_served_where_the_kitchen_knows_it() {
    let mut room = Room::given();
    let (from, soup, ticket) = a_soup_is_fired(&mut room);
    let into = room.seats();
    room.when(Waiter, merge(from, into)).happens();
    let arrived = *room.checks[&into].lines.keys().next().unwrap();
    room.when(Kitchen, bump(from, ticket)).happens();
    room.when(Waiter, refire(into, arrived)).happens();
    assert_eq!(room.open_tickets(from).len(), 1);
    let again = room.open_tickets(from)[0];
    room.when(Kitchen, bump(from, again)).happens();
    room.when(Waiter, serve(into, 1)).happens();
    assert_eq!(phase(&room, from, soup), Phase::Served);
}

#[test]
fn food_given_away_is_still_made() {
    let mut room = Room::given();
    let check = room.seats();
    let [soup] = room.orders(check, [one("soup")]);
    room.when(Manager, super::support::commands::comp(check, soup)).happens();
    assert_eq!(room.fires(check).len(), 1);
}

#[test]
fn a_fire_that_two_hubs_did_to_what_each_knew_fires_all_of_it_on_one_ticket() {
    let mut one_hub = Room::given();
    let check = one_hub.seats();
    let [soup] = one_hub.orders(check, [one("soup")]);
    let mut other_hub = one_hub.copied_to("b");
    let [more] = other_hub.orders(check, [one("soup")]);
    let sent = |hub: &mut Room| {
        hub.when_keyed(Waiter, fire(check), "sent to both".to_owned()).happens();
        hub.open_tickets(check)[0]
    };
    let ticket = sent(&mut one_hub);
    assert_eq!(sent(&mut other_hub), ticket);
    one_hub.when(Kitchen, bump(check, ticket)).happens();
    one_hub.learns_from(&other_hub);
    let lines: Vec<_> =
        one_hub.ticket(check, ticket).lines.iter().map(|it| (it.line.line.id, it.progress.phase)).collect();
    assert_eq!(lines, [(soup, Phase::Ready), (more, Phase::Fired)]);
    assert_eq!(
        one_hub.open_tickets(check),
        [ticket],
        "whoever cleared it had not heard of all that is on it"
    );
    other_hub.learns_from(&one_hub);
    assert_eq!(other_hub.checks, one_hub.checks);
}

#[test]
fn a_hold_that_two_hubs_did_to_what_each_knew_holds_all_of_it() {
    let mut one_hub = Room::given();
    let check = one_hub.seats();
    let [soup] = one_hub.orders(check, [one("soup")]);
    let mut other_hub = one_hub.copied_to("b");
    let [more] = other_hub.orders(check, [one("soup")]);
    for hub in [&mut one_hub, &mut other_hub] {
        hub.when_keyed(Waiter, hold(check, 1), "sent to both".to_owned()).happens();
    }
    one_hub.learns_from(&other_hub);
    assert_eq!([soup, more].map(|line| phase(&one_hub, check, line)), [Phase::Held; 2]);
}
