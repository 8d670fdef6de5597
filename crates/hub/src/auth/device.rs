//! Which devices may talk to the hub. Pairing comes later: until then the hub's own box, or a network that is trusted.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::Problem;

/// Which devices count as paired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DevicePolicy {
    /// The box that the hub runs on.
    #[default]
    Loopback,
    /// Every device that reaches it.
    TrustNetwork,
}

impl DevicePolicy {
    fn takes(self, address: IpAddr) -> bool {
        match self {
            Self::Loopback => address.to_canonical().is_loopback(),
            Self::TrustNetwork => true,
        }
    }
}

/// Whether an address is of this box or of a private network: what comes from the internet is not.
pub fn is_of_the_house(address: SocketAddr) -> bool {
    match address.ip().to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// What a device is called in sessions and lock-outs.
pub fn device_of(address: SocketAddr) -> String {
    let address = address.ip().to_canonical();
    if address.is_loopback() { "loopback".to_owned() } else { address.to_string() }
}

/// Lets only paired devices through.
pub async fn only_paired(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if app.devices.takes(address.ip()) {
        next.run(request).await
    } else {
        Problem::new("device-not-paired", "start the hub with --trust-lan, or use it on its own box")
            .into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_internet_is_not_of_the_house() {
        let of_the_house = |address: &str| is_of_the_house(SocketAddr::new(address.parse().unwrap(), 1));
        for inside in
            ["127.0.0.1", "::1", "192.168.1.7", "10.1.2.3", "172.20.0.1", "169.254.1.1", "fd00::1", "fe80::1"]
        {
            assert!(of_the_house(inside), "{inside}");
        }
        for outside in ["8.8.8.8", "172.32.0.1", "2001:db8::1", "::ffff:8.8.8.8"] {
            assert!(!of_the_house(outside), "{outside}");
        }
    }

    #[test]
    fn only_the_box_itself_is_paired_unless_the_network_is_trusted() {
        for (address, own) in
            [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.2", false)]
        {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(DevicePolicy::Loopback.takes(address), own);
            assert!(DevicePolicy::TrustNetwork.takes(address));
        }
    }
}
