//! What a fact asks of a device. What exactly it is told is composed when it is sent.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Device, DeviceKind};
use crate::check::{Check, CheckFact};
use crate::device_log::{DeviceFact, DeviceLog};
use crate::fact::Fact;
use crate::ids::{AreaId, CheckId, DeviceId, TenderId};

/// How a beacon looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// A new ticket.
    NewTicket,
    /// Something is too warm or too cold.
    Alarm,
    /// Nothing any more.
    Off,
}

/// What a device is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what the variants' own descriptions say")]
pub enum DeviceTask {
    /// Call a pager.
    Page { pager: u16 },
    /// Show what is to be paid, or what was just paid.
    ShowCheck { check: CheckId, tender: Option<TenderId> },
    /// Show nothing.
    ShowNothing,
    /// Light up, or go dark.
    Signal { signal: Signal },
    /// Show that it works.
    Test,
}

/// A task for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskWanted {
    /// What + where: never wanted twice.
    pub key: String,
    /// By which device.
    pub device: DeviceId,
    /// What.
    pub task: DeviceTask,
    /// Of no use after so many seconds.
    pub lives_secs: u32,
}

/// A guest who was not called for so long has come by himself.
const PAGE_LIVES_SECS: u32 = 120;
/// A light that comes later lights up for something else.
const SIGNAL_LIVES_SECS: u32 = 20;
/// A display shows what is, not what was.
const SHOW_LIVES_SECS: u32 = 10;

impl DeviceTask {
    /// For how many seconds it is of use.
    pub const fn lives_secs(&self) -> u32 {
        match self {
            Self::Page { .. } => PAGE_LIVES_SECS,
            Self::ShowCheck { .. } | Self::ShowNothing => SHOW_LIVES_SECS,
            Self::Signal { .. } | Self::Test => SIGNAL_LIVES_SECS,
        }
    }
}

/// Tasks that `fact` asks for. `check` is the check it is about, as it is after it.
pub fn wanted(fact: &Fact, check: Option<&Check>, catalogue: &Catalogue) -> Vec<TaskWanted> {
    match fact {
        Fact::Check { id, fact: CheckFact::Tendered { tender } } => {
            let task = DeviceTask::ShowCheck { check: *id, tender: Some(tender.id) };
            let area = area_of(check, catalogue);
            for_each(displays(catalogue, area), &format!("tender/{}", tender.id), &task)
        }
        Fact::Check { fact: CheckFact::Fired { tickets, .. }, .. } => {
            let task = DeviceTask::Signal { signal: Signal::NewTicket };
            let at = |device: &&Device| {
                tickets.iter().any(|ticket| device.station.is_some() && ticket.station == device.station)
            };
            let first = tickets.first().map(|ticket| ticket.id.to_string()).unwrap_or_default();
            for_each(of_kind(catalogue, DeviceKind::Beacon).filter(at), &format!("fired/{first}"), &task)
        }
        Fact::Device { log: DeviceLog::Probe { .. }, fact } => of_probe(fact, catalogue),
        Fact::Device { log: DeviceLog::Pager { .. }, fact: DeviceFact::Paged { page, pager } } => {
            let task = DeviceTask::Page { pager: *pager };
            for_each(of_kind(catalogue, DeviceKind::PagerBase), &format!("page/{page}"), &task)
        }
        Fact::Check { .. }
        | Fact::Device { .. }
        | Fact::Table { .. }
        | Fact::Stock { .. }
        | Fact::Day { .. }
        | Fact::Entity { .. } => Vec::new(),
    }
}

/// Lights that are at no station are for everybody.
fn of_probe(fact: &DeviceFact, catalogue: &Catalogue) -> Vec<TaskWanted> {
    let (key, signal) = match fact {
        DeviceFact::AlarmRaised { alarm, .. } => (format!("alarm/{alarm}"), Signal::Alarm),
        DeviceFact::AlarmCleared { alarm, .. } => (format!("clear/{alarm}"), Signal::Off),
        _ => return Vec::new(),
    };
    let everybodys = of_kind(catalogue, DeviceKind::Beacon).filter(|device| device.station.is_none());
    for_each(everybodys, &key, &DeviceTask::Signal { signal })
}

/// Displays that a guest of `area` looks at.
fn displays(catalogue: &Catalogue, area: Option<AreaId>) -> impl Iterator<Item = &Device> {
    of_kind(catalogue, DeviceKind::CustomerDisplay)
        .filter(move |device| device.area.is_none() || device.area == area)
}

/// The area of a check.
fn area_of(check: Option<&Check>, catalogue: &Catalogue) -> Option<AreaId> {
    let table = check.and_then(|check| check.table)?;
    catalogue.tables.get(&table).map(|table| table.area)
}

fn of_kind(catalogue: &Catalogue, kind: DeviceKind) -> impl Iterator<Item = &Device> {
    catalogue.devices.values().filter(move |device| !device.archived && device.kind == kind)
}

fn for_each<'a>(devices: impl Iterator<Item = &'a Device>, key: &str, task: &DeviceTask) -> Vec<TaskWanted> {
    let wanted = |device: &Device| TaskWanted {
        key: format!("{key}/{}", device.id),
        device: device.id,
        task: task.clone(),
        lives_secs: task.lives_secs(),
    };
    devices.map(wanted).collect()
}
