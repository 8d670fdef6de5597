//! Finding printers: who announces itself by multicast DNS, who answers Epson's question, and who they say they are.
//!
//! *Invariant:* nothing here prints, and nobody is connected to but to be asked its name.

mod announced;
pub mod epson;
mod identity;

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use maitred_domain::address::PORT_DEFAULT;
use tokio::task::JoinSet;

pub use identity::{Identity, identify};

/// Printers of one search; a house has fewer.
pub const FOUND_MAX: usize = 64;
/// For its name, once a printer is found.
const IDENTIFY_MAX: Duration = Duration::from_secs(2);

/// A printer that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// `tcp://host:port`.
    pub address: String,
    /// What it announces itself as; its model otherwise.
    pub name: String,
    /// What it says that it is.
    pub model: Option<String>,
    /// `00:26:AB:12:34:56`: the same printer at whatever address.
    pub mac: Option<String>,
}

/// Where to look.
#[derive(Debug, Clone)]
pub struct Search {
    /// How long answers are waited for.
    pub within: Duration,
    /// Who is asked Epson's question: addresses of everybody, usually.
    pub asked: Vec<SocketAddr>,
    /// Whether announcements are listened to.
    pub listens: bool,
    /// Printers that somebody works for already: they are found, but not spoken to, because they talk to one at a time.
    pub known: Vec<SocketAddr>,
}

impl Search {
    /// All of this box's networks, for three seconds.
    pub fn everywhere() -> Self {
        let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
        let everybody = interfaces.iter().filter_map(|interface| match &interface.addr {
            if_addrs::IfAddr::V4(address) => address.broadcast,
            if_addrs::IfAddr::V6(_) => None,
        });
        let mut asked: Vec<SocketAddr> = everybody.map(|ip| (ip, epson::PORT).into()).collect();
        if asked.is_empty() {
            asked.push((Ipv4Addr::BROADCAST, epson::PORT).into());
        }
        Self { within: Duration::from_secs(3), asked, listens: true, known: Vec::new() }
    }
}

/// What was heard of the printer at one address.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) port: Option<u16>,
    pub(crate) name: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) mac: Option<String>,
}

impl Heard {
    /// What an earlier answer said stands: the most telling come first.
    fn join(&mut self, other: Self) {
        self.port = self.port.or(other.port);
        self.name = self.name.take().or(other.name);
        self.model = self.model.take().or(other.model);
        self.mac = self.mac.take().or(other.mac);
    }
}

/// Looks for printers. Sorted by name, each once.
pub async fn discover(search: &Search) -> Vec<Found> {
    let announced =
        async { if search.listens { announced::listen(search.within).await } else { Vec::new() } };
    let (announced, answered) = tokio::join!(announced, epson::ask(&search.asked, search.within));
    let mut heard: BTreeMap<IpAddr, Heard> = BTreeMap::new();
    for (ip, one) in announced.into_iter().chain(answered) {
        if heard.len() < FOUND_MAX || heard.contains_key(&ip) {
            heard.entry(ip).or_default().join(one);
        }
    }
    let mut found = name_all(heard, &search.known).await;
    found.sort_by(|a, b| (&a.name, &a.address).cmp(&(&b.name, &b.address)));
    found
}

async fn name_all(heard: BTreeMap<IpAddr, Heard>, known: &[SocketAddr]) -> Vec<Found> {
    let mut asking = JoinSet::new();
    for (ip, one) in heard {
        let address = SocketAddr::from((ip, one.port.unwrap_or(PORT_DEFAULT)));
        let is_known = known.contains(&address);
        asking.spawn(async move {
            let identity = if is_known { Identity::default() } else { identify(address, IDENTIFY_MAX).await };
            let model = identity.model.or(one.model);
            let name = one.name.or_else(|| model.clone()).unwrap_or_else(|| ip.to_string());
            Found { address: format!("tcp://{address}"), name, model, mac: one.mac }
        });
    }
    asking.join_all().await
}
