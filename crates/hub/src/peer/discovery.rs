//! Finding the other hubs by multicast DNS. What is found is where somebody may be, never who.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use maitred_store::HubKey;
use maitred_sync::Hash;
use mdns_sd::{ResolvedService, ServiceDaemon, ServiceEvent, ServiceInfo};

use super::say::At;
use crate::app::App;
use crate::limits::PEERS_MAX;
use crate::peers::PeerUrl;

/// What hubs are announced as.
const SERVICE: &str = "_maitred._tcp.local.";
/// Which venue a hub is of: enough to leave the neighbours alone, too little to be of use to them.
const VENUE: &str = "venue";
/// How much of what the hubs of a venue have in common is hashed into that.
const VENUE_CHARS: usize = 8;

/// The name by which multicast DNS knows the hub of that key.
pub fn announced_as(key: &HubKey) -> String {
    format!("maitred-{}.local", &key.to_string()[..16])
}

/// Announces this hub and looks for others, until it stops. Without multicast it is quiet: addresses are kept anyway.
pub async fn discover(app: App) {
    let mut at = app.hubs.at.subscribe();
    let Some(at) = at.wait_for(Option::is_some).await.ok().and_then(|at| at.clone()) else { return };
    if let Err(error) = run(&app, &at).await {
        tracing::warn!(%error, "other hubs are not looked for");
    }
}

async fn run(app: &App, at: &At) -> Result<(), mdns_sd::Error> {
    let daemon = ServiceDaemon::new()?;
    let venue = venue_of(app.store.realm());
    let host = format!("{}.", announced_as(&app.hubs.standing.identity.key));
    let name = app.hubs.standing.seat().1.to_string();
    let (name, properties) = (&name[..16], BTreeMap::from([(VENUE.to_owned(), venue.clone())]));
    let properties: std::collections::HashMap<String, String> = properties.into_iter().collect();
    let service = ServiceInfo::new(SERVICE, name, &host, "", at.port, properties)?.enable_addr_auto();
    daemon.register(service)?;
    let found = daemon.browse(SERVICE)?;
    let mut hints: BTreeMap<String, PeerUrl> = BTreeMap::new();
    let given = app.hubs.hints.borrow().clone();
    loop {
        let event = tokio::select! {
            () = app.stopped() => break,
            event = found.recv_async() => event,
        };
        match event {
            Ok(ServiceEvent::ServiceResolved(service)) => {
                let is_ours = service.get_property_val_str(VENUE) == Some(&venue);
                let is_me = service.get_fullname().starts_with(name);
                if let Some(url) = url_of(&service).filter(|_| is_ours && !is_me && hints.len() < PEERS_MAX) {
                    tracing::info!(%url, "another hub was found");
                    hints.insert(service.get_fullname().to_owned(), url);
                }
            }
            Ok(ServiceEvent::ServiceRemoved(_, fullname)) => drop(hints.remove(&fullname)),
            Ok(_) => continue,
            Err(_) => break,
        }
        app.hubs.hints.send_replace(given.iter().chain(hints.values()).cloned().collect());
    }
    // The others find out anyway.
    let _ = daemon.shutdown();
    Ok(())
}

/// A hub that announces itself, of whatever venue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Neighbour {
    /// What the hubs of one venue have in common.
    pub venue: String,
    /// Where it says it is.
    pub url: PeerUrl,
}

/// Looks for hubs in the network for so long: each once, in the order of their addresses. None where there is no multicast.
pub async fn look_around(time: Duration) -> Vec<Neighbour> {
    let mut found = BTreeSet::new();
    match ServiceDaemon::new().and_then(|daemon| Ok((daemon.browse(SERVICE)?, daemon))) {
        Ok((events, daemon)) => {
            // The end of the time is the only end that it has.
            let _ = tokio::time::timeout(time, gather(&events, &mut found)).await;
            let _ = daemon.shutdown();
        }
        Err(error) => tracing::warn!(%error, "hubs are not looked for"),
    }
    found.into_iter().collect()
}

async fn gather(events: &mdns_sd::Receiver<ServiceEvent>, found: &mut BTreeSet<Neighbour>) {
    while let Ok(event) = events.recv_async().await {
        let ServiceEvent::ServiceResolved(service) = event else { continue };
        let venue = service.get_property_val_str(VENUE).unwrap_or_default().to_owned();
        if let Some(url) = url_of(&service).filter(|_| found.len() < PEERS_MAX) {
            found.insert(Neighbour { venue, url });
        }
    }
}

fn venue_of(realm: [u8; 16]) -> String {
    let hash = blake3::derive_key("maitred 2026 venue in multicast DNS", &realm);
    Hash::from(hash).to_string()[..VENUE_CHARS].to_owned()
}

/// Where a hub is: by its address in the house, if it has one.
fn url_of(service: &ResolvedService) -> Option<PeerUrl> {
    let addresses = service.get_addresses_v4();
    let address = addresses.iter().min_by_key(|ip| (ip.is_loopback(), ip.is_link_local(), **ip))?;
    format!("http://{}:{}", IpAddr::V4(*address), service.get_port()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_venue_is_told_from_another_and_its_secret_is_not_told() {
        assert_ne!(venue_of([1; 16]), venue_of([2; 16]));
        assert_eq!(venue_of([1; 16]).len(), VENUE_CHARS);
    }
}
