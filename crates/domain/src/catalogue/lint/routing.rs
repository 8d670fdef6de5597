//! Stations, printers, and whether every ticket and receipt finds one.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, NAME_CHARS_MAX, names_differ};
use crate::address::Address;
use crate::catalogue::{Area, Catalogue, EntityKind as K, Printer, PrinterRole, Station, StationKind};
use crate::ids::PrinterId;

/// The longest slug, in characters.
const SLUG_CHARS_MAX: usize = 32;
/// The most copies of a ticket.
const COPIES_MAX: i64 = 9;

pub(super) fn check(catalogue: &Catalogue, found: &mut Findings) {
    let stations = || catalogue.stations.values().filter(|station| !station.archived);
    names_differ(found, stations().map(|it| (it, it.name.as_str())), "stations");
    let mut slugs: BTreeMap<&str, &Station> = BTreeMap::new();
    for station in stations() {
        one_station(station, found);
        if let Some(other) = slugs.insert(&station.slug, station) {
            let detail = format!("{} has the address {} too", other.name, station.slug);
            found.error(station, "slug", "slug-taken", detail).about(other);
        }
    }
    if let Some(id) = catalogue.venue.catch_all_station.filter(|id| !catalogue.makes(*id)) {
        let detail = "the catch-all is a station that makes things";
        let flaw = found.error(&catalogue.venue, "catch_all_station", "station-unknown", detail);
        flaw.about_id(K::Station, id.0);
    }
    let printers = || catalogue.printers.values().filter(|printer| !printer.archived);
    names_differ(found, printers().map(|it| (it, it.name.as_str())), "printers");
    for printer in printers() {
        one_printer(catalogue, printer, found);
        backups(catalogue, printer, found);
    }
    routes(catalogue, found);
}

fn one_station(station: &Station, found: &mut Findings) {
    found.name(station, &station.name);
    found.color(station, &station.color);
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=SLUG_CHARS_MAX).contains(&station.slug.len()) || !station.slug.bytes().all(fits) {
        let detail = "an address is small letters, digits and hyphens";
        found.error(station, "slug", "slug-malformed", detail);
    }
}

fn one_printer(catalogue: &Catalogue, printer: &Printer, found: &mut Findings) {
    found.name(printer, &printer.name);
    found.length(printer, "profile", &printer.profile, NAME_CHARS_MAX);
    found.range(printer, "copies", i64::from(printer.copies), 1..=COPIES_MAX);
    if let Err(error) = printer.address.parse::<Address>() {
        found.error(printer, "address", "address-malformed", error.to_string());
    }
    for station in printer.stations.iter().filter(|id| !catalogue.stations.contains_key(*id)) {
        let detail = format!("{} prints for a station that is not there", printer.name);
        found.error(printer, "stations", "station-unknown", detail).about_id(K::Station, station.0);
    }
    for area in printer.areas.iter().filter(|id| !catalogue.areas.contains_key(*id)) {
        let detail = format!("{} prints for an area that is not there", printer.name);
        found.error(printer, "areas", "area-unknown", detail).about_id(K::Area, area.0);
    }
    let idle = |standing: bool, given: bool| given && !standing;
    let stations = printer.stations.iter().any(|id| catalogue.makes(*id));
    let areas = printer.areas.iter().any(|id| catalogue.areas.get(id).is_some_and(|area| !area.archived));
    let for_nobody = printer.role == PrinterRole::Kitchen && idle(stations, !printer.stations.is_empty());
    if for_nobody || idle(areas, !printer.areas.is_empty()) {
        let detail = format!("nothing is routed to {}", printer.name);
        found.warning(printer, "stations", "never-prints", detail);
    }
}

/// A printer may stand in for the one that stands in for it; a longer round helps nobody, papers go one step only.
fn backups(catalogue: &Catalogue, printer: &Printer, found: &mut Findings) {
    let Some(backup) = printer.backup else { return };
    match catalogue.printers.get(&backup) {
        Some(other) if other.id == printer.id => {
            found.error(printer, "backup", "backup-itself", "a printer cannot stand in for itself");
        }
        Some(other) if other.archived => {
            let detail = format!("{} is no longer there to stand in for {}", other.name, printer.name);
            found.warning(printer, "backup", "backup-gone", detail).about(other);
        }
        Some(other) if is_round(catalogue, printer.id) => {
            let detail = format!("{} and its backups stand in for each other in a round", printer.name);
            found.warning(printer, "backup", "backup-round", detail).about(other);
        }
        Some(_) => {}
        None => {
            let detail = "the backup is a printer that is there";
            found.error(printer, "backup", "printer-unknown", detail).about_id(K::Printer, backup.0);
        }
    }
}

/// Whether the backups of backups lead back here over more than two printers.
fn is_round(catalogue: &Catalogue, from: PrinterId) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut next = catalogue.printers.get(&from).and_then(|printer| printer.backup);
    while let Some(id) = next {
        if id == from {
            return seen.len() > 2;
        }
        if !seen.insert(id) {
            return false;
        }
        next = catalogue.printers.get(&id).and_then(|printer| printer.backup);
    }
    false
}

/// Each station's tickets of each area, and each area's receipts.
fn routes(catalogue: &Catalogue, found: &mut Findings) {
    let areas: Vec<&Area> = catalogue.areas.values().filter(|area| !area.archived).collect();
    let preps = catalogue.stations.values().filter(|it| !it.archived && it.kind == StationKind::Prep);
    for station in preps {
        let prints = |area: &Area| catalogue.ticket_printers(station.id, Some(area.id)).next().is_some();
        let anywhere = catalogue.ticket_printers(station.id, None).next().is_some()
            || areas.iter().any(|area| prints(area));
        if !anywhere {
            let detail = format!("{} has no printer: its tickets are on its screen only", station.name);
            found.warning(station, "", "not-printed", detail);
            continue;
        }
        for area in areas.iter().filter(|area| !prints(area)) {
            let detail = format!("nobody prints the tickets of {} for {}", station.name, area.name);
            found.warning(station, "", "route-gap", detail).about(*area);
        }
    }
    let receipts = |area: &Area| catalogue.receipt_printer(Some(area.id)).is_some();
    if !areas.iter().any(|area| receipts(area)) && catalogue.receipt_printer(None).is_none() {
        found.warning(&catalogue.venue, "", "no-receipt-printer", "nobody prints receipts");
    } else {
        for area in areas.iter().filter(|area| !receipts(area)) {
            found.warning(
                *area,
                "",
                "no-receipt-printer",
                format!("nobody prints receipts of {}", area.name),
            );
        }
    }
}
