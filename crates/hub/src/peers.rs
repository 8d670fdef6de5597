//! Other hubs of this venue: where they are, and how the connection to each stands.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{HeaderValue, Uri};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::limits::PEERS_MAX;

/// Where a hub is: scheme, host and port, written as a browser writes the origin of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PeerUrl(String);

/// Not the address of a hub.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the address of a hub, such as http://192.168.1.20:8080")]
pub struct NotPeerUrl(String);

impl FromStr for PeerUrl {
    type Err = NotPeerUrl;

    fn from_str(text: &str) -> Result<Self, NotPeerUrl> {
        origin_of(text).map(Self).ok_or_else(|| NotPeerUrl(text.to_owned()))
    }
}

/// The origin that `text` names, and nothing beside it.
fn origin_of(text: &str) -> Option<String> {
    let uri: Uri = text.trim().parse().ok()?;
    let port_default = match uri.scheme_str()? {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let is_origin =
        matches!(uri.path(), "" | "/") && uri.query().is_none() && !authority.as_str().contains('@');
    // What goes into a header that pages are secured by is what a host is made of, and nothing else.
    let is_host = |host: &str| {
        let mut chars = host.bytes();
        !host.is_empty() && chars.all(|it| it.is_ascii_alphanumeric() || b".-_:[]".contains(&it))
    };
    let host = authority.host().to_ascii_lowercase();
    if !is_origin || !is_host(&host) {
        return None;
    }
    let port =
        authority.as_str().get(host.len()..)?.strip_prefix(':').map(str::parse::<u16>).transpose().ok()?;
    Some(match port.filter(|port| *port != port_default) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

impl TryFrom<String> for PeerUrl {
    type Error = NotPeerUrl;

    fn try_from(text: String) -> Result<Self, NotPeerUrl> {
        text.parse()
    }
}

impl From<PeerUrl> for String {
    fn from(url: PeerUrl) -> Self {
        url.0
    }
}

impl PeerUrl {
    /// Its host, without a port and without brackets.
    pub fn host(&self) -> &str {
        let (_, authority) = self.0.split_once("://").unwrap_or_default();
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next(),
            None => authority.split(':').next(),
        };
        host.unwrap_or_default()
    }

    /// Where the same hub is over TLS, at `port` unless it is so already.
    #[must_use]
    pub fn secured(&self, port: u16) -> Self {
        if self.0.starts_with("https:") {
            return self.clone();
        }
        let host = self.host();
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let port = if port == 443 { String::new() } else { format!(":{port}") };
        Self(format!("https://{host}{port}"))
    }
}

impl fmt::Display for PeerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the connection to a peer stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeerState {
    /// Only its address is known.
    #[default]
    Known,
    /// It answers.
    Connected,
    /// It did, and does no longer.
    Lost,
}

/// What is known of a peer beside its address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerStatus {
    /// Its journal's lineage, once it said so.
    pub origin: Option<String>,
    /// How the connection stands.
    pub state: PeerState,
    /// How far it is behind, while that is known.
    pub lag_ms: Option<u64>,
}

/// The peers that are known, by address. Cheap to clone: whoever finds one adds it for everybody.
#[derive(Clone, Default)]
pub struct Peers(Arc<RwLock<BTreeMap<PeerUrl, Peer>>>);

#[derive(Default)]
struct Peer {
    status: PeerStatus,
    /// Where it speaks with screens over TLS.
    secure: Option<PeerUrl>,
}

impl Peers {
    /// Adds an address; what is known of it already stays. Beyond [`PEERS_MAX`] nothing is added.
    pub fn learn(&self, url: PeerUrl) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < PEERS_MAX {
            known.entry(url).or_default();
        }
    }

    /// Says where a peer that is known speaks with screens over TLS.
    pub fn secure_at(&self, url: &PeerUrl, secure: PeerUrl) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = known.get_mut(url) {
            peer.secure = Some(secure);
        }
    }

    /// Says how a peer that is known is now.
    pub fn note(&self, url: &PeerUrl, status: PeerStatus) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = known.get_mut(url) {
            peer.status = status;
        }
    }

    /// Forgets an address.
    pub fn forget(&self, url: &PeerUrl) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(url);
    }

    /// All of them.
    pub fn all(&self) -> BTreeMap<PeerUrl, PeerStatus> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(url, peer)| (url.clone(), peer.status.clone())).collect()
    }

    /// Where the peer at `url` speaks with screens over TLS, once it said so.
    pub fn secure(&self, url: &PeerUrl) -> Option<PeerUrl> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(url)?.secure.clone()
    }

    /// Origins of their pages.
    pub fn origins(&self) -> Vec<PeerUrl> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().flat_map(|(url, peer)| [Some(url), peer.secure.as_ref()]).flatten().cloned().collect()
    }

    /// Whether a page of that origin is a peer's.
    pub fn serve(&self, origin: &HeaderValue) -> bool {
        self.origins().iter().any(|url| url.0.as_bytes() == origin.as_bytes())
    }
}

impl FromIterator<PeerUrl> for Peers {
    fn from_iter<T: IntoIterator<Item = PeerUrl>>(urls: T) -> Self {
        let peers = Self::default();
        urls.into_iter().for_each(|url| peers.learn(url));
        peers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> PeerUrl {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_written_as_a_browser_writes_an_origin() {
        for (text, origin) in [
            ("http://192.168.1.20:8080", "http://192.168.1.20:8080"),
            ("http://Hub-2.local:80/", "http://hub-2.local"),
            ("https://hub.example:443", "https://hub.example"),
            ("https://hub.example:80", "https://hub.example:80"),
            ("http://[FD00::7]:8080", "http://[fd00::7]:8080"),
        ] {
            assert_eq!(url(text).to_string(), origin, "{text}");
        }
    }

    #[test]
    fn a_hub_is_found_over_tls_at_the_same_host() {
        for (text, port, secured) in [
            ("http://192.168.1.20:8080", 8443, "https://192.168.1.20:8443"),
            ("http://hub.local", 443, "https://hub.local"),
            ("http://[fd00::7]:8080", 8443, "https://[fd00::7]:8443"),
            ("https://hub.example", 8443, "https://hub.example"),
        ] {
            assert_eq!(url(text).secured(port), url(secured));
        }
    }

    #[test]
    fn what_is_more_or_less_than_an_address_is_refused() {
        for text in [
            "",
            "*",
            "hub:8080",
            "192.168.1.20:8080",
            "ftp://hub",
            "http://hub/path",
            "http://hub?x=1",
            "http://ada@hub",
            "http://hub:99999",
            "http://hub;script-src",
            "http://hub 'unsafe-inline'",
            "http://*",
        ] {
            assert!(text.parse::<PeerUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_known_of_a_peer_outlives_its_being_found_again() {
        let peers: Peers = [url("http://a:1"), url("http://b:1")].into_iter().collect();
        let connected =
            PeerStatus { origin: Some("0f".into()), state: PeerState::Connected, lag_ms: Some(3) };
        peers.note(&url("http://a:1"), connected.clone());
        peers.note(&url("http://c:1"), connected.clone());
        peers.learn(url("http://a:1"));
        peers.secure_at(&url("http://a:1"), url("http://a:1").secured(2));
        peers.forget(&url("http://b:1"));
        assert_eq!(peers.all(), BTreeMap::from([(url("http://a:1"), connected)]));
        let origins = [("http://a:1", true), ("https://a:2", true), ("http://b:1", false), ("null", false)];
        for (origin, is_peers) in origins {
            assert_eq!(peers.serve(&HeaderValue::from_static(origin)), is_peers, "{origin}");
        }
    }

    #[test]
    fn a_network_full_of_addresses_does_not_fill_the_hub() {
        let peers: Peers = (0..2 * PEERS_MAX).map(|n| url(&format!("http://hub-{n}:1"))).collect();
        assert_eq!(peers.all().len(), PEERS_MAX);
    }
}
