//! What devices say, what people do about it, and what two hubs that heard the same make of it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use maitred_domain::catalogue::{Device, DeviceKind};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::device_log::{CallKind, DeviceLog, Standing, Watch, WatchStep};
use maitred_domain::ids::{DeviceId, named};
use maitred_domain::permission::Permission;
use maitred_domain::permission::Role::{Host, Kitchen, Manager, Waiter};

use super::support::commands::{bump, one, open};
use super::support::{Room, menu};

fn probe() -> Device {
    let fridge = Device::found(named("fridge"), "probe-1", "Fridge", DeviceKind::Probe);
    Device { low_milli_celsius: Some(0), high_milli_celsius: Some(5_000), ..fridge }
}

fn button(name: &str, table: &str) -> Device {
    let found = Device::found(named(name), name, name, DeviceKind::CallButton);
    Device { table: Some(menu::table(table)), ..found }
}

fn base() -> Device {
    let found = Device::found(named("base"), "pager-base-1", "Base", DeviceKind::PagerBase);
    Device { pagers_max: 20, ..found }
}

fn room() -> Room {
    Room::given_with(|catalogue| {
        for device in [probe(), button("one", "1"), button("two", "1"), base()] {
            catalogue.devices.insert(device.id, device);
        }
    })
}

fn raise(room: &Room, milli_celsius: i32) -> Command {
    Command::RaiseAlarm { device: probe().id, at: room.now, since: room.now, milli_celsius }
}

fn call(button: &str, what: CallKind) -> Command {
    Command::Call { device: named(button), what }
}

#[test]
fn an_alarm_is_raised_once_answered_by_somebody_and_cleared_when_it_is_back() {
    let mut room = room();
    let warm = raise(&room, 9_000);
    room.when(Kitchen, raise(&room.clone(), 4_000)).refuses(&Refusal::Nothing("raise an alarm about"));
    room.when(Kitchen, warm.clone()).happens();
    room.when(Kitchen, warm).refuses(&Refusal::Nothing("raise an alarm about"));
    let (alarm, known) = room.going_on.alarm_of(probe().id).unwrap();
    assert_eq!((known.standing, known.limit_milli_celsius), (Standing::High, 5_000));
    let log = DeviceLog::Probe { device: probe().id, date: room.today };
    let answer = |action: &str| Command::AnswerAlarm { log, alarm, action: action.into() };
    room.when(Waiter, answer("door closed")).refuses(&Refusal::Forbidden(Permission::Bump));
    room.when(Kitchen, answer("  ")).refuses(&Refusal::NoReason);
    room.when(Kitchen, answer("door closed")).happens();
    let answered = room.going_on.alarm_of(probe().id).unwrap().1.answer.clone().unwrap();
    assert_eq!(answered.1, "door closed");
    let clear = Command::ClearAlarm { device: probe().id, at: room.now, milli_celsius: 4_000 };
    room.when(Kitchen, clear.clone()).happens();
    room.when(Kitchen, clear).refuses(&Refusal::Nothing("clear"));
    room.when(Manager, answer("and thrown away")).happens();
    assert!(room.going_on.alarms.is_empty(), "what is said of it later does not bring it back");
}

#[test]
fn an_alarm_that_two_hubs_raise_by_one_event_is_one_and_stays_cleared_whichever_says_so() {
    let mut here = room();
    let mut there = here.copied_to("b");
    let warm = raise(&here, 9_000);
    here.when_keyed(Kitchen, warm.clone(), "probe-1/a-1/raised".into()).happens();
    there.when_keyed(Kitchen, warm, "probe-1/a-1/raised".into()).happens();
    let clear = Command::ClearAlarm { device: probe().id, at: there.now, milli_celsius: 1_000 };
    there.when(Kitchen, clear).happens();
    here.learns_from(&there);
    there.learns_from(&here);
    assert!(here.going_on.alarms.is_empty());
    assert_eq!(here.going_on, there.going_on);
}

#[test]
fn a_table_that_two_hubs_heard_is_shown_once_and_answered_for_both() {
    let mut here = room();
    let mut there = here.copied_to("b");
    here.when(Kitchen, call("one", CallKind::Service)).happens();
    here.when(Kitchen, call("one", CallKind::Service)).refuses(&Refusal::Nothing("add to the call"));
    there.when(Kitchen, call("two", CallKind::Service)).happens();
    there.when(Kitchen, call("two", CallKind::Bill)).happens();
    here.learns_from(&there);
    assert_eq!(here.going_on.calls.len(), 3);
    let shown = here.going_on.calls_shown();
    let said: Vec<CallKind> = shown.iter().map(|(_, call)| call.what).collect();
    assert_eq!(said, [CallKind::Service, CallKind::Bill]);
    let first = shown[0].0;
    here.when(Kitchen, Command::AnswerCall { call: first }).refuses(&Refusal::Forbidden(Permission::Seat));
    here.when(Waiter, Command::AnswerCall { call: first }).happens();
    assert_eq!(here.going_on.calls.len(), 1, "the bill is another matter");
    here.when(Kitchen, Command::CancelCalls { device: named("one") }).happens();
    assert!(here.going_on.calls.is_empty());
}

#[test]
fn a_pager_is_with_one_party_and_calls_it_when_the_last_ticket_is_bumped() {
    let mut room = room();
    let first = room.seats();
    let second = room.when(Waiter, open("2")).happens().checks[0];
    let give = |check, pager| Command::GivePager { check, pager };
    let range = Refusal::OutOfRange { field: "pager", min: 1, max: 20 };
    room.when(Host, give(first, Some(21))).refuses(&range);
    room.when(Host, give(first, Some(7))).happens();
    room.when(Host, give(second, Some(7))).happens();
    assert!(!room.going_on.pagers.contains_key(&first), "it was given back");
    room.orders(second, [one("soup"), one("water")]);
    let tickets = room.fires(second);
    assert!(tickets.len() > 1, "they are made at two stations");
    for (n, ticket) in tickets.iter().enumerate() {
        room.when(Kitchen, bump(second, *ticket)).happens();
        let is_paged = room.going_on.pagers[&second].paged.is_some();
        assert_eq!(is_paged, n + 1 == tickets.len());
    }
    room.when(Host, Command::Page { check: second }).happens();
    room.when(Host, give(second, None)).happens();
    room.when(Waiter, Command::Page { check: second }).refuses(&Refusal::Unknown("pager"));
}

#[test]
fn what_is_no_device_of_that_kind_says_nothing() {
    let mut room = room();
    let unknown = Refusal::Unknown("device");
    let note = |device: DeviceId, at| Command::NoteTemperature { device, at, milli_celsius: 1 };
    let now = room.now;
    room.when(Kitchen, note(named("one"), now)).refuses(&unknown);
    room.when(Kitchen, call("fridge", CallKind::Bill)).refuses(&unknown);
    let mut gone = room.copied_to("b");
    Arc::make_mut(&mut gone.catalogue).devices.get_mut(&probe().id).unwrap().archived = true;
    gone.when(Kitchen, note(probe().id, now)).refuses(&unknown);
    room.when(Kitchen, note(probe().id, now)).happens();
}

#[test]
fn a_probe_is_written_down_each_quarter_of_an_hour_and_whenever_it_crosses_a_limit() {
    let (probe, mut watch) = (probe(), Watch::default());
    let begun = Timestamp::UNIX_EPOCH;
    let mut noted = Vec::new();
    for minute in 0..60_i64 {
        let warm = (20..23).contains(&minute);
        let at = begun + SignedDuration::from_mins(minute);
        let steps = watch.hears(&probe, at, "e", if warm { 9_000 } else { 4_000 }, false);
        noted.extend(steps.iter().any(|it| matches!(it, WatchStep::Note(_))).then_some(minute));
        assert!(!steps.iter().any(|it| matches!(it, WatchStep::Raise { .. })), "three minutes are tolerated");
    }
    assert_eq!(noted, [0, 15, 20, 23, 38, 53]);
}

#[test]
fn an_alarm_is_named_by_the_event_that_was_over_the_limit_first() {
    let (probe, mut watch) = (probe(), Watch::default());
    let at = |minute| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
    watch.hears(&probe, at(0), "a-1", 9_000, false);
    assert!(watch.hears(&probe, at(9), "a-2", 9_100, false).is_empty());
    let raised = watch.hears(&probe, at(10), "a-3", 9_200, false);
    let since = at(0);
    let (first, standing, limit_milli_celsius) = ("a-1".to_owned(), Standing::High, 5_000);
    assert_eq!(raised, [WatchStep::Raise { since, first, standing, limit_milli_celsius }]);
    assert!(watch.hears(&probe, at(11), "a-4", 9_200, true).is_empty(), "it stands already");
    let cold = watch.hears(&probe, at(12), "a-5", 1_000, true);
    assert_eq!(cold, [WatchStep::Note(Standing::Within), WatchStep::Clear]);
}
