//! Calls from tables, alarms of probes, pagers: what two hubs heard at once is one item, it is the same everywhere, and it
//! goes away only when somebody answered it.

use std::collections::BTreeSet;

use maitred_domain::catalogue::{Device, DeviceKind, EntityChanged};
use maitred_domain::check::Marked;
use maitred_domain::decide::Command;
use maitred_domain::device_log::{CallKind, DeviceFact};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{ChangeId, named};
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, pick};
use crate::support::Venue1;

#[derive(Clone, Copy, Debug)]
enum Act {
    Call { button: usize, what: CallKind },
    Answer { call: usize },
    Cancel { button: usize },
    Raise,
    Clear,
    Note { milli_celsius: i32 },
    Give { check: usize, pager: Option<u16> },
    Page { check: usize },
}

const BUTTONS: [(&str, &str); 3] = [("button 1", "T1"), ("button 1 again", "T1"), ("button 2", "T2")];
const CHECKS: [&str; 2] = ["T1", "T2"];

fn acts() -> impl Strategy<Value = Evening<Act>> {
    let what = || prop_oneof![Just(CallKind::Service), Just(CallKind::Bill)];
    evenings(prop_oneof![
        4 => (0..BUTTONS.len(), what()).prop_map(|(button, what)| Act::Call { button, what }),
        2 => (0..4_usize).prop_map(|call| Act::Answer { call }),
        1 => (0..BUTTONS.len()).prop_map(|button| Act::Cancel { button }),
        2 => Just(Act::Raise),
        1 => Just(Act::Clear),
        1 => (0..9_000).prop_map(|milli_celsius| Act::Note { milli_celsius }),
        2 => (0..CHECKS.len(), prop::option::weighted(0.8, 1..4_u16))
            .prop_map(|(check, pager)| Act::Give { check, pager }),
        1 => (0..CHECKS.len()).prop_map(|check| Act::Page { check }),
    ])
}

fn prepare(venue: &Venue1) {
    let probe = Device::found(named("probe"), "probe-1", "Fridge", DeviceKind::Probe);
    let base = Device::found(named("base"), "pager-base-1", "Base", DeviceKind::PagerBase);
    let mut devices =
        vec![Device { high_milli_celsius: Some(5_000), ..probe }, Device { pagers_max: 9, ..base }];
    for (name, table) in BUTTONS {
        let button = Device::found(named(name), name, name, DeviceKind::CallButton);
        devices.push(Device { table: Some(named(table)), ..button });
    }
    let changes = devices.iter().filter_map(|it| EntityChanged::between(None, it)).collect();
    venue.done("devices", Command::Edit { changes });
    for table in CHECKS {
        venue.open_check(table, table);
    }
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let (device, at) = (named("probe"), venue.now());
    let button = |button: usize| named(BUTTONS[button].0);
    let calls: Vec<ChangeId> = venue.store.going_on().calls.keys().copied().collect();
    let mut checks: Vec<_> = venue.store.open_checks().iter().map(|check| check.id).collect();
    checks.sort();
    Some(match *act {
        Act::Call { button: at, what } => Command::Call { device: button(at), what },
        Act::Answer { call } => Command::AnswerCall { call: pick(&calls, call)? },
        Act::Cancel { button: at } => Command::CancelCalls { device: button(at) },
        Act::Raise => Command::RaiseAlarm { device, at, since: at, milli_celsius: 9_000 },
        Act::Clear => Command::ClearAlarm { device, at, milli_celsius: 1_000 },
        Act::Note { milli_celsius } => Command::NoteTemperature { device, at, milli_celsius },
        Act::Give { check, pager } => Command::GivePager { check: pick(&checks, check)?, pager },
        Act::Page { check } => Command::Page { check: pick(&checks, check)? },
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_devices_say_is_kept_once_until_somebody_answers(evening in acts()) {
        let apart = Apart::play(&evening, prepare, command, |_, _| {});
        let (mut raised, mut answered) = (BTreeSet::new(), BTreeSet::new());
        let (mut alarms, mut cleared) = (BTreeSet::new(), BTreeSet::new());
        for Marked { fact, .. } in apart.facts() {
            let Fact::Device { fact, .. } = fact else { continue };
            match fact {
                DeviceFact::CallRaised { call, .. } => drop(raised.insert(call)),
                DeviceFact::CallAnswered { call } => drop(answered.insert(call)),
                DeviceFact::AlarmRaised { alarm, .. } => drop(alarms.insert(alarm)),
                DeviceFact::AlarmCleared { alarm, .. } => drop(cleared.insert(alarm)),
                _ => {}
            }
        }
        let going_on = apart.at(0).store.going_on();
        prop_assert_eq!(&*going_on, &*apart.at(1).store.going_on(), "the same everywhere");
        let open: BTreeSet<ChangeId> = going_on.calls.keys().copied().collect();
        prop_assert_eq!(open, raised.difference(&answered).copied().collect::<BTreeSet<_>>());
        let standing: BTreeSet<ChangeId> = going_on.alarms.keys().copied().collect();
        prop_assert_eq!(standing, alarms.difference(&cleared).copied().collect::<BTreeSet<_>>());
        let mut shown = BTreeSet::new();
        for (_, call) in going_on.calls_shown() {
            prop_assert!(shown.insert((call.table, call.what)), "one item for one matter");
        }
        apart.close();
    }
}
