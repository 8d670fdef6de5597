//! Which device a request is of: a terminal by its token, the hub's own box by its socket, or one of a trusted network.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maitred_domain::catalogue::Terminal;
use maitred_domain::ids::TerminalId;

use super::{Seen, token};
use crate::app::App;
use crate::door::Met;
use crate::problem::Problem;

/// Carries a terminal's token.
pub const TERMINAL_HEADER: &str = "maitred-terminal";
/// In the address of an event stream, which has no headers: proof of the token, good for one session.
const PROOF_IN_QUERY: &str = "terminal_proof";
/// What a proxy adds: then it is not this box that asks, whatever the socket says.
const OF_PROXIES: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Which devices count as paired that have no token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DevicePolicy {
    /// The box that the hub runs on.
    #[default]
    Loopback,
    /// Every device that reaches it.
    TrustNetwork,
}

impl DevicePolicy {
    /// Whether devices count that nobody let in.
    pub const fn is_trusting(self) -> bool {
        matches!(self, Self::TrustNetwork)
    }
}

/// A device that may speak with the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Device {
    /// The box that the hub runs on.
    OwnBox,
    /// Any, on a network that is trusted.
    Trusted(IpAddr),
    /// One that a manager let in.
    Terminal(TerminalId),
}

impl Device {
    /// The device of a request; `None` when it is not paired.
    pub fn of(app: &App, parts: &Parts, from: SocketAddr) -> Option<Self> {
        let terminal = terminal_of(app, parts).map(Self::Terminal);
        terminal.or_else(|| Self::without_token(app.devices, from.ip(), is_proxied(parts)))
    }

    fn without_token(policy: DevicePolicy, address: IpAddr, is_proxied: bool) -> Option<Self> {
        let address = address.to_canonical();
        match policy {
            _ if address.is_loopback() && !is_proxied => Some(Self::OwnBox),
            DevicePolicy::TrustNetwork => Some(Self::Trusted(address)),
            DevicePolicy::Loopback => None,
        }
    }

    /// The terminal that it is.
    pub const fn terminal(self) -> Option<TerminalId> {
        match self {
            Self::Terminal(id) => Some(id),
            Self::OwnBox | Self::Trusted(_) => None,
        }
    }

    /// What it is called in sessions and lock-outs.
    pub fn name(self) -> String {
        match self {
            Self::OwnBox => "loopback".to_owned(),
            Self::Trusted(address) => address.to_string(),
            Self::Terminal(id) => id.to_string(),
        }
    }
}

fn is_proxied(parts: &Parts) -> bool {
    OF_PROXIES.iter().any(|name| parts.headers.contains_key(*name))
}

fn terminal_of(app: &App, parts: &Parts) -> Option<TerminalId> {
    let header = parts.headers.get(TERMINAL_HEADER).and_then(|value| value.to_str().ok());
    let catalogue = app.store.catalogue();
    if let Some(token) = header {
        let terminal = catalogue.terminal_of_token(&token::hash_text(token))?;
        return (!terminal.archived).then_some(terminal.id);
    }
    let proof = token::in_query(&parts.uri, PROOF_IN_QUERY)?;
    let access = token::of(parts)?;
    let session = app.store.session(&token::hash(access), app.now()).ok()??;
    let terminal = catalogue.terminal(session.device.parse().ok()?)?;
    (proof_by(terminal, access.as_bytes())? == blake3::Hash::from_hex(proof).ok()?).then_some(terminal.id)
}

/// What only somebody can say of `message` who has the terminal's token, or is a hub of its venue.
pub fn proof_by(terminal: &Terminal, message: &[u8]) -> Option<blake3::Hash> {
    let key = blake3::Hash::from_hex(&terminal.token_hash).ok()?;
    Some(blake3::keyed_hash(key.as_bytes(), message))
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

/// Lets only paired devices through, and says which it is to whoever asks for [`Device`].
pub async fn only_paired(
    State(app): State<App>,
    ConnectInfo(met): ConnectInfo<Met>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(device) = Device::of(&app, &parts, met.from) else {
        return not_paired(&app, &parts).into_response();
    };
    if let Device::Terminal(id) = device {
        app.terminals.seen(id, Seen { at: app.now(), is_encrypted: met.is_encrypted });
    }
    parts.extensions.insert(device);
    next.run(Request::from_parts(parts, body)).await
}

/// Somebody who is signed in at a terminal that was taken out is signed out, before anything else.
fn not_paired(app: &App, parts: &Parts) -> Problem {
    let header = parts.headers.get(TERMINAL_HEADER).and_then(|value| value.to_str().ok());
    let catalogue = app.store.catalogue();
    let was = header.and_then(|token| catalogue.terminal_of_token(&token::hash_text(token)));
    if was.is_some() && token::of(parts).is_some() {
        return Problem::new("unauthenticated", "this terminal was taken out of the venue");
    }
    Problem::new("device-not-paired", "a manager lets it in by the code of POST /api/v1/pairings")
}

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let device = parts.extensions.get::<Self>().copied();
        device.ok_or_else(|| Problem::new("device-not-paired", "this route is of no device"))
    }
}

/// The device of a request that need not be paired; `None` when it is not.
pub struct Asking(pub Option<Device>);

impl FromRequestParts<App> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let ConnectInfo(met): &ConnectInfo<Met> =
            parts.extensions.get().expect("every listener says from where a request comes");
        Ok(Self(Device::of(app, parts, met.from)))
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
    fn only_the_box_itself_is_paired_without_a_token_unless_the_network_is_trusted() {
        use DevicePolicy::{Loopback, TrustNetwork};
        for (address, own) in
            [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.2", false)]
        {
            let address: IpAddr = address.parse().unwrap();
            let device = Device::without_token(Loopback, address, false);
            assert_eq!(device, own.then_some(Device::OwnBox), "{address}");
            assert_eq!(Device::without_token(Loopback, address, true), None, "{address} behind a proxy");
            assert!(Device::without_token(TrustNetwork, address, true).is_some());
        }
    }
}
