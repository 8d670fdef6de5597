//! Devices on a wire: probes, calls, and those that are gone.

use jiff::Timestamp;
use maitred_domain::catalogue::Device;
use maitred_domain::device_log::{CallKind, Standing};
use maitred_domain::ids::ChangeId;
use serde_json::json;

use super::{AttentionItem, AttentionKind, Severity};
use crate::app::App;
use crate::devices::DeviceState;
use crate::views::{Views, degrees, params};

/// Probes that are too warm or too cold, each once.
pub(super) fn probes(app: &App, views: &Views<'_>) -> Vec<AttentionItem> {
    let going_on = app.store.going_on();
    let probes = views.catalogue.devices.values().filter(|device| !device.archived);
    let alarmed = probes.filter_map(|probe| Some((probe, going_on.alarm_of(probe.id)?.1)));
    let item = |(probe, alarm): (&Device, &maitred_domain::device_log::Alarm)| {
        let now = app.wired.seen_one(&probe.homie).and_then(|seen| seen.health.milli_celsius);
        let is = degrees(now.unwrap_or(alarm.milli_celsius));
        let how = match alarm.standing {
            Standing::Low => "too cold",
            Standing::High | Standing::Within => "too warm",
        };
        let title = format!("{} is {how}: {is}", probe.name);
        let action = alarm.answer.as_ref().map(|(_, action)| action.as_str());
        let about = json!({
            "device": probe.name,
            "standing": alarm.standing,
            "milli_celsius": now.unwrap_or(alarm.milli_celsius),
            "limit_milli_celsius": alarm.limit_milli_celsius,
            "action": action,
        });
        // Somebody who said what they did about it need not be shouted at.
        let severity = if action.is_some() { Severity::Warning } else { Severity::Alarm };
        let (kind, of) = (AttentionKind::ProbeAlarm, probe.id.to_string());
        let item = AttentionItem::new(kind, severity, &of, alarm.since, title);
        let detail = format!("The limit is {}.", degrees(alarm.limit_milli_celsius));
        AttentionItem { detail, params: params(about), device_id: Some(probe.id), ..item }
    };
    alarmed.map(item).collect()
}

/// Tables that call, each once for each thing it wants.
pub(super) fn calls(views: &Views<'_>) -> Vec<AttentionItem> {
    let going_on = views.store.going_on();
    let item = |(id, call): (ChangeId, &maitred_domain::device_log::Call)| {
        let table = views.table_name(Some(call.table)).unwrap_or_else(|| "?".to_owned());
        let title = match call.what {
            CallKind::Service => format!("Table {table} calls"),
            CallKind::Bill => format!("Table {table} wants to pay"),
        };
        let (kind, since) = (AttentionKind::TableCall, call.raised.at());
        let item = AttentionItem::new(kind, Severity::Warning, &id.to_string(), since, title);
        let params = params(json!({ "table": table, "what": call.what }));
        let device_id = Some(call.device);
        AttentionItem { params, device_id, table_id: Some(call.table), call_id: Some(id), ..item }
    };
    going_on.calls_shown().into_iter().map(item).collect()
}

/// Devices of the settings that are not there. Nothing is said of them where nobody ever gave the hub a broker.
pub(super) fn devices(app: &App, views: &Views<'_>) -> Vec<AttentionItem> {
    if !app.has_broker {
        return Vec::new();
    }
    let seen = app.wired.seen();
    let devices = views.catalogue.devices.values().filter(|device| !device.archived);
    let gone = devices.filter_map(|device| {
        let health = &seen.get(&device.homie)?.health;
        let since = health.since.filter(|_| !health.is_there())?;
        Some((device, health.state, since))
    });
    let item = |(device, state, since): (&Device, DeviceState, Timestamp)| {
        let title = format!("{} is not there", device.name);
        let (kind, of) = (AttentionKind::DeviceGone, device.id.to_string());
        let item = AttentionItem::new(kind, Severity::Warning, &of, since, title);
        let params = params(json!({ "device": device.name, "kind": device.kind, "state": state }));
        AttentionItem { params, device_id: Some(device.id), ..item }
    };
    gone.map(item).collect()
}
