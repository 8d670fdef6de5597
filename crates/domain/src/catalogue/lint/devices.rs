//! Devices that do nothing, or that nobody could tell apart.

use std::collections::BTreeMap;

use super::{EntityKind as K, Findings, names_differ};
use crate::catalogue::{Catalogue, Device, DeviceKind};

/// Far beyond any fridge or oven, in thousandths of a degree Celsius.
const MILLI_CELSIUS: std::ops::RangeInclusive<i64> = -200_000..=500_000;
/// The longest that food may be too warm before somebody has to come, in minutes.
const TOLERATED_MINUTES_MAX: i64 = 24 * 60;
/// The most keys of a bar.
const KEYS_MAX: i64 = 128;

pub(super) fn check(catalogue: &Catalogue, found: &mut Findings) {
    let devices: Vec<&Device> = catalogue.devices.values().filter(|it| !it.archived).collect();
    let mut known: BTreeMap<&str, &Device> = BTreeMap::new();
    for device in &devices {
        found.name(*device, &device.name);
        places(catalogue, device, found);
        limits(device, found);
        if device.homie.is_empty() {
            found.error(*device, "homie", "homie-missing", "a device has a name on the broker");
        }
        if let Some(other) = known.insert(&device.homie, device) {
            let detail = format!("{} is the same thing", other.name);
            found.error(*device, "homie", "device-twice", detail).about(other);
        }
    }
    names_differ(found, devices.iter().map(|it| (*it, it.name.as_str())), "devices");
}

fn places(catalogue: &Catalogue, device: &Device, found: &mut Findings) {
    if let Some(id) = device.station.filter(|id| !catalogue.stations.contains_key(id)) {
        let detail = format!("{} is at a station that is not there", device.name);
        found.error(device, "station", "station-unknown", detail).about_id(K::Station, id.0);
    }
    if let Some(id) = device.table.filter(|id| !catalogue.tables.contains_key(id)) {
        let detail = format!("{} is on a table that is not there", device.name);
        found.error(device, "table", "table-unknown", detail).about_id(K::Table, id.0);
    }
    if let Some(id) = device.area.filter(|id| !catalogue.areas.contains_key(id)) {
        let detail = format!("{} is for an area that is not there", device.name);
        found.error(device, "area", "area-unknown", detail).about_id(K::Area, id.0);
    }
    let lacks = match device.kind {
        DeviceKind::BumpBar if device.station.is_none() => Some(("station", "clears no tickets")),
        DeviceKind::CallButton if device.table.is_none() => Some(("table", "calls nobody to any table")),
        _ => None,
    };
    if let Some((field, does)) = lacks {
        let detail = format!("{} {does}", device.name);
        found.warning(device, field, "device-idle", detail);
    }
}

fn limits(device: &Device, found: &mut Findings) {
    let range = MILLI_CELSIUS;
    for (field, limit) in
        [("low_milli_celsius", device.low_milli_celsius), ("high_milli_celsius", device.high_milli_celsius)]
    {
        if let Some(limit) = limit {
            found.range(device, field, i64::from(limit), range.clone());
        }
    }
    if let (Some(low), Some(high)) = (device.low_milli_celsius, device.high_milli_celsius)
        && low >= high
    {
        found.error(device, "high_milli_celsius", "limits-crossed", "the upper limit is above the lower");
    }
    found.range(device, "tolerated_minutes", i64::from(device.tolerated_minutes), 0..=TOLERATED_MINUTES_MAX);
    found.range(device, "keys", i64::try_from(device.keys.len()).unwrap_or(i64::MAX), 0..=KEYS_MAX);
}
