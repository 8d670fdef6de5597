//! What a certificate of the venue may be about: names and addresses of the house, and nothing of the internet.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use rcgen::{CidrSubnet, GeneralSubtree, NameConstraints};

use crate::auth::is_of_the_house;

/// Domains that are nobody's on the internet.
const DOMAINS: [&str; 5] = ["home.arpa", "internal", "lan", "local", "localhost"];
/// Networks that are nobody's on the internet, with the length of their prefix.
const NETWORKS: [(IpAddr, u8); 7] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
];

/// The limits of the authority: whoever stole its key could pretend to be no site of the internet.
pub fn limits() -> NameConstraints {
    let domains = DOMAINS.map(|name| GeneralSubtree::DnsName(name.to_owned()));
    let networks = NETWORKS
        .map(|(address, prefix)| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, prefix)));
    let permitted_subtrees = domains.into_iter().chain(networks).collect();
    NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() }
}

/// Names and addresses by which screens of the house reach a hub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct House {
    /// In small letters.
    pub names: BTreeSet<String>,
    /// Those that can stand in an address of a page.
    pub addresses: BTreeSet<IpAddr>,
}

impl House {
    /// Those of a hub called `names`, at the addresses that its box has now.
    pub fn of_box<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
        let loopback = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        Self::of(names, interfaces.iter().map(if_addrs::Interface::ip).chain(loopback))
    }

    /// What of them is of the house: a certificate that also names something else is believed by nobody.
    fn of<'a>(names: impl IntoIterator<Item = &'a str>, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        let mut house = Self { addresses: addresses.into_iter().collect(), ..Self::default() };
        for name in names {
            match name.parse() {
                Ok(address) => drop(house.addresses.insert(address)),
                Err(_) => drop(house.names.insert(name.to_ascii_lowercase())),
            }
        }
        house.names.retain(|name| is_name_of_house(name));
        house.addresses.retain(|address| is_address_of_house(*address));
        house
    }
}

fn is_name_of_house(name: &str) -> bool {
    let is_in =
        |domain: &&str| name.strip_suffix(*domain).is_some_and(|it| it.is_empty() || it.ends_with('.'));
    let is_host = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-.".contains(&it);
    DOMAINS.iter().any(is_in) && name.bytes().all(is_host)
}

/// Not those of one link in IPv6, which no address of a page can name.
fn is_address_of_house(address: IpAddr) -> bool {
    let is_of_link = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    is_of_the_house(SocketAddr::new(address, 0)) && !is_of_link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_names_what_is_of_the_house_and_nothing_of_the_internet() {
        let names = ["Box.local", "localhost", "hub.lan", "192.168.7.9", "box", "hub.example", "a_b.local"];
        let addresses = ["10.0.0.7", "127.0.0.1", "::1", "fd00::7", "fe80::7", "8.8.8.8", "2001:db8::1"];
        let house = House::of(names, addresses.map(|it| it.parse().unwrap()));
        assert_eq!(Vec::from_iter(&house.names), ["box.local", "hub.lan", "localhost"]);
        let kept = ["10.0.0.7", "127.0.0.1", "192.168.7.9", "::1", "fd00::7"];
        assert_eq!(house.addresses, kept.map(|it| it.parse().unwrap()).into());
    }
}
