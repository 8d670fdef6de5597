//! What a probe measured, on paper: for whoever checks a kitchen.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use maitred_device::paper::{Report, ReportSection, Row};
use maitred_device::words::{Words, words};
use maitred_domain::catalogue::Device;
use maitred_domain::device_log::{DeviceFact, DeviceLog, Standing};
use maitred_domain::ids::{ChangeId, DeviceId};

use super::papers::{language, local};
use crate::views::{Views, degrees};

/// An hour's lowest and highest, and whether any of it crossed a limit.
struct Hour {
    low: i32,
    high: i32,
    is_crossed: bool,
}

/// An alarm from its beginning to what was done.
struct Alarm {
    since: Timestamp,
    cleared_at: Option<Timestamp>,
    standing: Standing,
    milli_celsius: i32,
    answers: Vec<(Timestamp, String)>,
}

/// The log of a probe's trading day; `None` when there is no such probe, or its log cannot be read.
pub fn report(views: &Views<'_>, probe: DeviceId, date: Date) -> Option<Report> {
    let device = views.catalogue.devices.get(&probe)?;
    let log = views.store.device_log(DeviceLog::Probe { device: probe, date });
    let log = log.inspect_err(|error| tracing::error!(%error, "no log")).ok()?;
    let language = language(&views.catalogue);
    let words = words(language);
    let (mut hours, mut alarms) = (BTreeMap::<String, Hour>::new(), BTreeMap::<ChangeId, Alarm>::new());
    for marked in log {
        let said_at = marked.mark.at();
        match marked.fact {
            DeviceFact::TemperatureNoted { at, milli_celsius, standing, .. } => {
                let hour = hours.entry(local(&views.catalogue, at, "%Y-%m-%d %H:00")).or_insert(Hour {
                    low: milli_celsius,
                    high: milli_celsius,
                    is_crossed: false,
                });
                hour.low = hour.low.min(milli_celsius);
                hour.high = hour.high.max(milli_celsius);
                hour.is_crossed |= standing != Standing::Within;
            }
            DeviceFact::AlarmRaised { alarm, since, milli_celsius, standing, .. } => {
                let raised = Alarm { since, cleared_at: None, standing, milli_celsius, answers: Vec::new() };
                alarms.insert(alarm, raised);
            }
            DeviceFact::AlarmCleared { alarm, at, .. } => {
                alarms.entry(alarm).and_modify(|alarm| alarm.cleared_at = Some(at));
            }
            DeviceFact::AlarmAnswered { alarm, action, .. } => {
                let who = views.staff_name(marked.mark.by);
                alarms.entry(alarm).and_modify(|it| it.answers.push((said_at, format!("{action} ({who})"))));
            }
            DeviceFact::CallRaised { .. }
            | DeviceFact::CallAnswered { .. }
            | DeviceFact::PagerGiven { .. }
            | DeviceFact::Paged { .. } => {}
        }
    }
    Some(Report {
        title: words.temperatures.to_owned(),
        subtitle: vec![views.catalogue.venue.name.clone(), device.name.clone(), date.to_string()],
        sections: vec![
            limits(device, words),
            ReportSection { title: String::new(), rows: hours.iter().map(hour_row).collect() },
            of_alarms(views, alarms.values(), words),
        ],
        signed: true,
        language,
        ..Report::default()
    })
}

fn limits(device: &Device, words: &Words) -> ReportSection {
    let limit = |limit: Option<i32>| limit.map_or_else(|| "-".to_owned(), degrees);
    let value = format!("{} / {}", limit(device.low_milli_celsius), limit(device.high_milli_celsius));
    ReportSection { title: String::new(), rows: vec![Row::new(words.limits, value)] }
}

/// `14:00`, from the lowest to the highest.
fn hour_row((name, hour): (&String, &Hour)) -> Row {
    let value = if hour.low == hour.high {
        degrees(hour.low)
    } else {
        format!("{} ... {}", degrees(hour.low), degrees(hour.high))
    };
    let row = Row::new(name.split(' ').next_back().unwrap_or_default(), value);
    if hour.is_crossed { row.strong() } else { row }
}

fn of_alarms<'a>(views: &Views<'_>, alarms: impl Iterator<Item = &'a Alarm>, words: &Words) -> ReportSection {
    let clock = |at: Timestamp| local(&views.catalogue, at, "%H:%M");
    let mut alarms: Vec<&Alarm> = alarms.collect();
    alarms.sort_by_key(|alarm| alarm.since);
    let rows = alarms.iter().flat_map(|alarm| {
        let word = if alarm.standing == Standing::Low { words.too_cold } else { words.too_warm };
        let until = alarm.cleared_at.map_or_else(|| "...".to_owned(), clock);
        let head = Row::new(
            format!("{} - {until}", clock(alarm.since)),
            format!("{word} {}", degrees(alarm.milli_celsius)),
        );
        let answers = alarm.answers.iter().map(|(at, what)| Row::new(format!("{} {what}", clock(*at)), ""));
        std::iter::once(head.strong()).chain(answers).collect::<Vec<_>>()
    });
    let mut rows: Vec<Row> = rows.collect();
    if rows.is_empty() {
        rows.push(Row::new("0", ""));
    }
    ReportSection { title: words.alarms.to_owned(), rows }
}
