//! Printers that announce themselves by multicast DNS.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use mdns_sd::{ResolvedService, ServiceDaemon, ServiceEvent};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use super::Heard;

/// The first is who takes bytes as they are; the others know names.
const SERVICES: [&str; 3] = ["_pdl-datastream._tcp.local.", "_printer._tcp.local.", "_ipp._tcp.local."];

/// What is announced within a while; nothing where there is no multicast.
pub(super) async fn listen(within: Duration) -> Vec<(IpAddr, Heard)> {
    match ServiceDaemon::new() {
        Ok(daemon) => {
            let heard = collect(&daemon, within).await;
            // It ends anyway, with the program.
            let _ = daemon.shutdown();
            heard
        }
        Err(error) => {
            tracing::warn!(%error, "printers that announce themselves are not heard");
            Vec::new()
        }
    }
}

async fn collect(daemon: &ServiceDaemon, within: Duration) -> Vec<(IpAddr, Heard)> {
    let (tell, mut told) = mpsc::channel(32);
    for (rank, service) in SERVICES.into_iter().enumerate() {
        let Ok(events) = daemon.browse(service) else { continue };
        let tell = tell.clone();
        tokio::spawn(async move {
            while let Ok(event) = events.recv_async().await {
                if let ServiceEvent::ServiceResolved(service) = event
                    && tell.send((rank, service)).await.is_err()
                {
                    return;
                }
            }
        });
    }
    drop(tell);
    let ends_at = Instant::now() + within;
    let mut heard: BTreeMap<(IpAddr, usize), Heard> = BTreeMap::new();
    while let Ok(Some((rank, service))) = timeout_at(ends_at, told.recv()).await {
        if let Some(ip) = address_of(&service) {
            heard.insert((ip, rank), read(&service, rank));
        }
    }
    heard.into_iter().map(|((ip, _), heard)| (ip, heard)).collect()
}

/// In the house rather than only on this wire.
fn address_of(service: &ResolvedService) -> Option<IpAddr> {
    let addresses = service.get_addresses_v4();
    addresses.into_iter().min_by_key(|ip| (ip.is_loopback(), ip.is_link_local(), *ip)).map(IpAddr::V4)
}

fn read(service: &ResolvedService, rank: usize) -> Heard {
    let name = service.get_fullname().split("._").next().map(unescaped).filter(|name| !name.is_empty());
    let text = |key| service.get_property_val_str(key).map(str::trim).filter(|text| !text.is_empty());
    let model = text("ty").or_else(|| text("usb_MDL")).or_else(|| text("product"));
    let model = model.map(|model| model.trim_matches(['(', ')']).to_owned());
    Heard { port: (rank == 0).then(|| service.get_port()), name, model, mac: None }
}

/// Dots and spaces of a name are written with a backslash.
fn unescaped(name: &str) -> String {
    name.replace("\\032", " ").replace('\\', "")
}
