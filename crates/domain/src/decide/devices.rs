//! What devices say, and what people do about it.

use super::Refusal;
use super::draft::{Draft, free_text};
use crate::catalogue::{Device, DeviceKind};
use crate::check::{CheckState, TicketState};
use crate::device_log::{CallKind, DeviceFact, DeviceLog, Standing};
use crate::fact::Fact;
use crate::ids::{ChangeId, CheckId, DeviceId};
use jiff::Timestamp;
use jiff::civil::Date;

/// A temperature of a probe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub device: DeviceId,
    pub at: Timestamp,
    pub milli_celsius: i32,
}

fn device<'a>(draft: &Draft<'a>, id: DeviceId, kind: DeviceKind) -> Result<&'a Device, Refusal> {
    let device = draft.catalogue().devices.get(&id);
    device.filter(|it| !it.archived && it.kind == kind).ok_or(Refusal::Unknown("device"))
}

fn record(draft: &mut Draft<'_>, log: DeviceLog, fact: DeviceFact) {
    draft.record_other(Fact::Device { log, fact });
}

pub(super) fn note(draft: &mut Draft<'_>, reading: Reading) -> Result<(), Refusal> {
    let probe = device(draft, reading.device, DeviceKind::Probe)?;
    let standing = Standing::of(probe, reading.milli_celsius);
    let log = DeviceLog::Probe { device: probe.id, date: draft.context.business_date };
    let Reading { at, milli_celsius, .. } = reading;
    let noted = DeviceFact::TemperatureNoted { reading: draft.ids.make(), at, milli_celsius, standing };
    record(draft, log, noted);
    Ok(())
}

/// One alarm of a probe stands at a time.
pub(super) fn raise_alarm(draft: &mut Draft<'_>, reading: Reading, since: Timestamp) -> Result<(), Refusal> {
    let probe = device(draft, reading.device, DeviceKind::Probe)?;
    let standing = Standing::of(probe, reading.milli_celsius);
    let limit = match standing {
        Standing::Within => None,
        Standing::Low => probe.low_milli_celsius,
        Standing::High => probe.high_milli_celsius,
    };
    let limit_milli_celsius = limit.ok_or(Refusal::Nothing("raise an alarm about"))?;
    if draft.world.going_on.alarm_of(probe.id).is_some() {
        return Err(Refusal::Nothing("raise an alarm about"));
    }
    let log = DeviceLog::Probe { device: probe.id, date: draft.context.business_date };
    let (alarm, milli_celsius) = (draft.ids.make(), reading.milli_celsius);
    let raised = DeviceFact::AlarmRaised { alarm, since, milli_celsius, standing, limit_milli_celsius };
    record(draft, log, raised);
    Ok(())
}

pub(super) fn clear_alarm(draft: &mut Draft<'_>, reading: Reading) -> Result<(), Refusal> {
    let alarms = draft.world.going_on.alarms.iter().filter(|(_, alarm)| alarm.device == reading.device);
    let alarms: Vec<(ChangeId, Date)> = alarms.map(|(id, alarm)| (*id, alarm.date)).collect();
    if alarms.is_empty() {
        return Err(Refusal::Nothing("clear"));
    }
    let Reading { device, at, milli_celsius } = reading;
    for (alarm, date) in alarms {
        let cleared = DeviceFact::AlarmCleared { alarm, at, milli_celsius };
        record(draft, DeviceLog::Probe { device, date }, cleared);
    }
    Ok(())
}

/// What was done about an alarm, also when it is over.
pub(super) fn answer_alarm(
    draft: &mut Draft<'_>,
    log: DeviceLog,
    alarm: ChangeId,
    action: &str,
) -> Result<(), Refusal> {
    let known = draft.world.log.iter().any(|fact| match &fact.fact {
        DeviceFact::AlarmRaised { alarm: raised, .. } => *raised == alarm,
        _ => false,
    });
    if !known {
        return Err(Refusal::Unknown("alarm"));
    }
    let action = free_text("action", action)?;
    if action.is_empty() {
        return Err(Refusal::NoReason);
    }
    let answer = draft.ids.make();
    record(draft, log, DeviceFact::AlarmAnswered { answer, alarm, action });
    Ok(())
}

/// A table that calls already and calls again is not called twice.
pub(super) fn call(draft: &mut Draft<'_>, id: DeviceId, what: CallKind) -> Result<(), Refusal> {
    let button = device(draft, id, DeviceKind::CallButton)?;
    let table = button.table.ok_or(Refusal::Unknown("table"))?;
    let mut calls = draft.world.going_on.calls.values();
    if calls.any(|call| (call.table, call.what) == (table, what)) {
        return Err(Refusal::Nothing("add to the call"));
    }
    let (call, date) = (draft.ids.make(), draft.context.business_date);
    record(draft, DeviceLog::Calls { date }, DeviceFact::CallRaised { call, device: id, table, what });
    Ok(())
}

/// Answers a call with every other that says the same.
pub(super) fn answer_call(draft: &mut Draft<'_>, call: ChangeId) -> Result<(), Refusal> {
    let calls = &draft.world.going_on.calls;
    let known = calls.get(&call).ok_or(Refusal::Unknown("call"))?;
    let same = calls.iter().filter(|(_, it)| (it.table, it.what) == (known.table, known.what));
    for (id, call) in same.map(|(id, call)| (*id, call.date)).collect::<Vec<_>>() {
        record(draft, DeviceLog::Calls { date: call }, DeviceFact::CallAnswered { call: id });
    }
    Ok(())
}

/// The table takes back whatever it called for.
pub(super) fn cancel_calls(draft: &mut Draft<'_>, id: DeviceId) -> Result<(), Refusal> {
    let table = device(draft, id, DeviceKind::CallButton)?.table;
    let calls = draft.world.going_on.calls.iter().filter(|(_, call)| Some(call.table) == table);
    let calls: Vec<(ChangeId, Date)> = calls.map(|(id, call)| (*id, call.date)).collect();
    if calls.is_empty() {
        return Err(Refusal::Nothing("take back"));
    }
    for (call, date) in calls {
        record(draft, DeviceLog::Calls { date }, DeviceFact::CallAnswered { call });
    }
    Ok(())
}

/// A pager is with one party at a time: whoever had it before has given it back. Who pays first waits with it too.
pub(super) fn give_pager(draft: &mut Draft<'_>, check: CheckId, pager: Option<u16>) -> Result<(), Refusal> {
    let known = draft.check(check)?;
    if let (Some(_), state @ CheckState::Merged { .. }) = (pager, known.state()) {
        return Err(Refusal::CheckNotOpen(state));
    }
    let date = known.business_date;
    let going_on = &draft.world.going_on;
    let known = going_on.pagers.get(&check).map(|it| it.number);
    if known == pager {
        return Err(Refusal::Nothing("change"));
    }
    if let Some(number) = pager {
        let bases = draft.catalogue().devices.values();
        let bases = bases.filter(|it| !it.archived && it.kind == DeviceKind::PagerBase);
        let max = bases.map(|base| base.pagers_max).max().ok_or(Refusal::Unknown("pager base"))?;
        if !(1..=max).contains(&number) {
            return Err(Refusal::OutOfRange { field: "pager", min: 1, max: i64::from(max) });
        }
        let holds = |it: &(&CheckId, &crate::device_log::Pager)| it.1.number == number && *it.0 != check;
        let others: Vec<_> = going_on.pagers.iter().filter(holds).map(|(id, it)| (*id, it.date)).collect();
        for (other, date) in others {
            let change = draft.ids.make();
            let back = DeviceFact::PagerGiven { change, pager: None };
            record(draft, DeviceLog::Pager { check: other, date }, back);
        }
    }
    let change = draft.ids.make();
    record(draft, DeviceLog::Pager { check, date }, DeviceFact::PagerGiven { change, pager });
    draft.answer.checks = vec![check];
    Ok(())
}

/// Calls the party of a check.
pub(super) fn page(draft: &mut Draft<'_>, check: CheckId) -> Result<(), Refusal> {
    let pager = draft.world.going_on.pagers.get(&check).copied().ok_or(Refusal::Unknown("pager"))?;
    let page = draft.ids.make();
    record(
        draft,
        DeviceLog::Pager { check, date: pager.date },
        DeviceFact::Paged { page, pager: pager.number },
    );
    draft.answer.checks = vec![check];
    Ok(())
}

/// Calls the party when nothing of its check is still being made.
pub(super) fn page_when_ready(draft: &mut Draft<'_>, check: CheckId) -> Result<(), Refusal> {
    if !draft.world.going_on.pagers.contains_key(&check) {
        return Ok(());
    }
    let tickets = draft.check(check)?.tickets();
    let is_ready = tickets.iter().all(|ticket| ticket.state != TicketState::Open);
    if is_ready { page(draft, check) } else { Ok(()) }
}
