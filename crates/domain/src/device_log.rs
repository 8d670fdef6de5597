//! What devices said and what people did about it: temperatures, calls from tables, pagers.
//!
//! Each log is small and ends by itself: a probe's and a day's, a day's calls, a check's pager. Facts have keys, so that
//! what two hubs heard at once is one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::catalogue::Device;
use crate::check::{Mark, Marked};
use crate::ids::{ChangeId, CheckId, DeviceId, TableId};

/// Which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "log", rename_all = "snake_case")]
#[expect(missing_docs, reason = "ids of what the variant names")]
pub enum DeviceLog {
    /// A probe's temperatures and alarms of one trading day.
    Probe { device: DeviceId, date: Date },
    /// Calls from tables of one trading day.
    Calls { date: Date },
    /// The pager of a check that was opened on that day.
    Pager { check: CheckId, date: Date },
}

impl DeviceLog {
    /// Its trading day.
    pub const fn date(&self) -> Date {
        match self {
            Self::Probe { date, .. } | Self::Calls { date } | Self::Pager { date, .. } => *date,
        }
    }

    /// What it is known by, the same on every hub.
    pub fn name(&self) -> String {
        match self {
            Self::Probe { device, date } => format!("device-log/probe/{device}/{date}"),
            Self::Calls { date } => format!("device-log/calls/{date}"),
            Self::Pager { check, .. } => format!("device-log/pager/{check}"),
        }
    }
}

/// How a temperature stands to its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As it should be.
    Within,
    /// Too cold.
    Low,
    /// Too warm.
    High,
}

impl Standing {
    /// How `milli_celsius` stands to the limits of a probe.
    pub fn of(device: &Device, milli_celsius: i32) -> Self {
        if device.low_milli_celsius.is_some_and(|low| milli_celsius < low) {
            Self::Low
        } else if device.high_milli_celsius.is_some_and(|high| milli_celsius > high) {
            Self::High
        } else {
            Self::Within
        }
    }
}

/// What somebody at a table wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// Somebody to come.
    Service,
    /// To pay.
    Bill,
}

/// What is written in a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the columns of the variants' own descriptions")]
pub enum DeviceFact {
    /// A temperature, now and then and whenever it crosses a limit.
    TemperatureNoted { reading: ChangeId, at: Timestamp, milli_celsius: i32, standing: Standing },
    /// It was over a limit for longer than tolerated.
    AlarmRaised {
        alarm: ChangeId,
        since: Timestamp,
        milli_celsius: i32,
        standing: Standing,
        limit_milli_celsius: i32,
    },
    /// It is back.
    AlarmCleared { alarm: ChangeId, at: Timestamp, milli_celsius: i32 },
    /// Somebody did something about it.
    AlarmAnswered { answer: ChangeId, alarm: ChangeId, action: String },
    /// Somebody at a table pressed a button.
    CallRaised { call: ChangeId, device: DeviceId, table: TableId, what: CallKind },
    /// Somebody is on their way, or the table took it back.
    CallAnswered { call: ChangeId },
    /// The party carries that pager; without a number it gave it back.
    PagerGiven { change: ChangeId, pager: Option<u16> },
    /// The party was called by it.
    Paged { page: ChangeId, pager: u16 },
}

impl DeviceFact {
    /// The key under which a document keeps it: what two hubs say of one thing has one key.
    pub fn key(&self) -> String {
        match self {
            Self::TemperatureNoted { reading, .. } => format!("noted/{reading}"),
            Self::AlarmRaised { alarm, .. } => format!("raised/{alarm}"),
            Self::AlarmCleared { alarm, .. } => format!("cleared/{alarm}"),
            Self::AlarmAnswered { answer, .. } => format!("answered/{answer}"),
            Self::CallRaised { call, .. } => format!("call/{call}"),
            Self::CallAnswered { call } => format!("came/{call}"),
            Self::PagerGiven { change, .. } => format!("given/{change}"),
            Self::Paged { page, .. } => format!("paged/{page}"),
        }
    }

    /// Its name in logs and addresses.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TemperatureNoted { .. } => "temperature_noted",
            Self::AlarmRaised { .. } => "alarm_raised",
            Self::AlarmCleared { .. } => "alarm_cleared",
            Self::AlarmAnswered { .. } => "alarm_answered",
            Self::CallRaised { .. } => "call_raised",
            Self::CallAnswered { .. } => "call_answered",
            Self::PagerGiven { .. } => "pager_given",
            Self::Paged { .. } => "paged",
        }
    }
}

/// A probe that is too warm or too cold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Which probe.
    pub device: DeviceId,
    /// The day of its log.
    pub date: Date,
    /// When it was raised.
    pub raised: Mark,
    /// Since when it is over the limit.
    pub since: Timestamp,
    /// Too warm or too cold.
    pub standing: Standing,
    /// What it was then.
    pub milli_celsius: i32,
    /// What it may be.
    pub limit_milli_celsius: i32,
    /// What somebody did about it, the last word.
    pub answer: Option<(Mark, String)>,
}

/// A table that calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The day of its log.
    pub date: Date,
    /// By which button.
    pub device: DeviceId,
    /// From where.
    pub table: TableId,
    /// For what.
    pub what: CallKind,
    /// Since when.
    pub raised: Mark,
}

/// A pager that a party carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pager {
    /// The day of its log.
    pub date: Date,
    /// Its number.
    pub number: u16,
    /// Since when.
    pub given: Mark,
    /// When it was called last.
    pub paged: Option<Mark>,
}

/// What is going on: alarms that stand, calls nobody answered, pagers that are out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoingOn {
    /// Alarms.
    pub alarms: BTreeMap<ChangeId, Alarm>,
    /// Calls.
    pub calls: BTreeMap<ChangeId, Call>,
    /// Pagers.
    pub pagers: BTreeMap<CheckId, Pager>,
}

impl GoingOn {
    /// Puts everything that a log says in place of what was known of it. The order of `facts` does not matter but for
    /// their marks.
    pub fn put(&mut self, log: DeviceLog, facts: &[Marked<DeviceFact>]) {
        let mut facts: Vec<&Marked<DeviceFact>> = facts.iter().collect();
        facts.sort_by_key(|fact| fact.mark);
        match log {
            DeviceLog::Probe { device, date } => {
                self.alarms.retain(|_, alarm| (alarm.device, alarm.date) != (device, date));
                self.alarms.extend(standing_alarms(device, date, &facts));
            }
            DeviceLog::Calls { date } => {
                self.calls.retain(|_, call| call.date != date);
                self.calls.extend(open_calls(date, &facts));
            }
            DeviceLog::Pager { check, date } => {
                self.pagers.remove(&check);
                self.pagers.extend(pager(date, &facts).map(|pager| (check, pager)));
            }
        }
    }

    /// The alarm of a probe that stands, the oldest if there are more.
    pub fn alarm_of(&self, device: DeviceId) -> Option<(ChangeId, &Alarm)> {
        let alarms = self.alarms.iter().filter(|(_, alarm)| alarm.device == device);
        alarms.min_by_key(|(id, alarm)| (alarm.raised, **id)).map(|(id, alarm)| (*id, alarm))
    }

    /// Calls as people see them: one for each table and what it wants, the oldest.
    pub fn calls_shown(&self) -> Vec<(ChangeId, &Call)> {
        let mut shown: BTreeMap<(TableId, CallKind), (ChangeId, &Call)> = BTreeMap::new();
        for (id, call) in &self.calls {
            let known = shown.entry((call.table, call.what)).or_insert((*id, call));
            if (call.raised, *id) < (known.1.raised, known.0) {
                *known = (*id, call);
            }
        }
        let mut calls: Vec<_> = shown.into_values().collect();
        calls.sort_by_key(|(id, call)| (call.raised, *id));
        calls
    }
}

fn standing_alarms(device: DeviceId, date: Date, facts: &[&Marked<DeviceFact>]) -> BTreeMap<ChangeId, Alarm> {
    let mut alarms = BTreeMap::new();
    for Marked { mark, fact } in facts {
        if let DeviceFact::AlarmRaised { alarm, since, milli_celsius, standing, limit_milli_celsius } = fact {
            alarms.entry(*alarm).or_insert(Alarm {
                device,
                date,
                raised: *mark,
                since: *since,
                standing: *standing,
                milli_celsius: *milli_celsius,
                limit_milli_celsius: *limit_milli_celsius,
                answer: None,
            });
        }
    }
    for Marked { mark, fact } in facts {
        match fact {
            DeviceFact::AlarmCleared { alarm, .. } => drop(alarms.remove(alarm)),
            DeviceFact::AlarmAnswered { alarm, action, .. } => {
                if let Some(alarm) = alarms.get_mut(alarm) {
                    alarm.answer = Some((*mark, action.clone()));
                }
            }
            _ => {}
        }
    }
    alarms
}

fn open_calls(date: Date, facts: &[&Marked<DeviceFact>]) -> BTreeMap<ChangeId, Call> {
    let mut calls = BTreeMap::new();
    for Marked { mark, fact } in facts {
        if let DeviceFact::CallRaised { call, device, table, what } = fact {
            let raised = Call { date, device: *device, table: *table, what: *what, raised: *mark };
            calls.entry(*call).or_insert(raised);
        }
    }
    for Marked { fact, .. } in facts {
        if let DeviceFact::CallAnswered { call } = fact {
            calls.remove(call);
        }
    }
    calls
}

fn pager(date: Date, facts: &[&Marked<DeviceFact>]) -> Option<Pager> {
    let mut pager: Option<Pager> = None;
    for Marked { mark, fact } in facts {
        match fact {
            DeviceFact::PagerGiven { pager: number, .. } => {
                pager = number.map(|number| Pager { date, number, given: *mark, paged: None });
            }
            DeviceFact::Paged { .. } => {
                if let Some(pager) = &mut pager {
                    pager.paged = Some(*mark);
                }
            }
            _ => {}
        }
    }
    pager
}

/// Time between two temperatures that are written down though nothing happened.
pub const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// What one hub remembers of a probe between two of its temperatures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    noted: Option<(Timestamp, Standing)>,
    /// Since when it is over a limit, and the event that said so first: two hubs name an alarm by it.
    over: Option<(Timestamp, String)>,
}

/// What is to be done about a temperature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchStep {
    /// Write it down.
    Note(Standing),
    /// Raise the alarm.
    Raise {
        /// Over the limit since.
        since: Timestamp,
        /// The event that said so first.
        first: String,
        /// Too warm or too cold.
        standing: Standing,
        /// The limit.
        limit_milli_celsius: i32,
    },
    /// Clear the alarm.
    Clear,
}

impl Watch {
    /// A temperature at `at`, said by `event`; `is_alarmed` says whether an alarm of the probe stands.
    pub fn hears(
        &mut self,
        device: &Device,
        at: Timestamp,
        event: &str,
        milli_celsius: i32,
        is_alarmed: bool,
    ) -> Vec<WatchStep> {
        let standing = Standing::of(device, milli_celsius);
        let mut steps = Vec::new();
        let is_due = self.noted.is_none_or(|(noted, before)| {
            before != standing || at.duration_since(noted) >= NOTED_EVERY || at < noted
        });
        if is_due {
            self.noted = Some((at, standing));
            steps.push(WatchStep::Note(standing));
        }
        let limit = match standing {
            Standing::Within => None,
            Standing::Low => device.low_milli_celsius,
            Standing::High => device.high_milli_celsius,
        };
        let Some(limit_milli_celsius) = limit else {
            self.over = None;
            if is_alarmed {
                steps.push(WatchStep::Clear);
            }
            return steps;
        };
        let (since, first) = self.over.get_or_insert_with(|| (at, event.to_owned()));
        let tolerated = SignedDuration::from_mins(i64::from(device.tolerated_minutes));
        if !is_alarmed && at.duration_since(*since) >= tolerated {
            let (since, first) = (*since, first.clone());
            steps.push(WatchStep::Raise { since, first, standing, limit_milli_celsius });
        }
        steps
    }
}
