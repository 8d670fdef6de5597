//! Terminals that nobody could tell apart, or that show nothing.

use super::{EntityKind as K, Findings, names_differ};
use crate::catalogue::{Catalogue, Screen, Terminal};

pub(super) fn check(catalogue: &Catalogue, found: &mut Findings) {
    let terminals: Vec<&Terminal> = catalogue.terminals.values().filter(|it| !it.archived).collect();
    for terminal in &terminals {
        found.name(*terminal, &terminal.name);
        let station = terminal.station.filter(|_| terminal.screen == Screen::Kitchen);
        if let Some(id) = station.filter(|id| !catalogue.stations.contains_key(id)) {
            let detail = format!("{} shows a station that is not there", terminal.name);
            found.error(*terminal, "station", "station-unknown", detail).about_id(K::Station, id.0);
        }
    }
    names_differ(found, terminals.iter().map(|it| (*it, it.name.as_str())), "terminals");
}
