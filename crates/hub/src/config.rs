//! How a hub is to run, after command line, environment and file were put together.

use std::net::SocketAddr;
use std::path::PathBuf;

use maitred_store::Clock;

use crate::auth::DevicePolicy;
use crate::devices::BrokerAt;
use crate::peers::PeerUrl;
use maitred_process::clock;

/// Where the relay is, and what lets this hub in there.
#[derive(Clone, Debug)]
pub struct RelayAt {
    /// Where its nodes are, one at least: any of them will do.
    pub urls: Vec<PeerUrl>,
    /// What it wants to see the first time.
    pub token: Option<String>,
    /// Certificates to believe beside those of the system, as a PEM file.
    pub certificates: Option<PathBuf>,
}

/// What whoever runs a hub does when that asks to be started anew, as a new hub of a venue that has a copy of another's store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runner {
    /// Nothing: such a hub takes no copy.
    #[default]
    Leaves,
    /// It [starts anew](crate::serve::Hub::start_anew).
    StartsAnew,
}

/// How a hub is to run.
#[derive(Clone)]
pub struct Settings {
    /// The folder of everything durable.
    pub data: PathBuf,
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where to listen for encrypted connections; port 0 takes any free one.
    pub listen_tls: Option<SocketAddr>,
    /// Start a new database with the demo venue.
    pub demo: bool,
    /// Run a virtual printer at each address of this box that the settings name.
    pub virtual_printers: bool,
    /// The folder of the screens.
    pub ui: Option<PathBuf>,
    /// Which devices may talk to the hub.
    pub devices: DevicePolicy,
    /// Names that the hub answers to, beside its addresses and those of its box.
    pub names: Vec<String>,
    /// What numbers of checks start with, instead of what the venue gave this hub.
    pub number_prefix: Option<String>,
    /// Joins the venue of the hub there, when it is new.
    pub standby_of: Option<PeerUrl>,
    /// The token to join with.
    pub enrol: Option<String>,
    /// What is done for a hub that asks to be started anew.
    pub runner: Runner,
    /// Where others reach this hub, when it is not where they see it.
    pub url: Option<PeerUrl>,
    /// Looks for other hubs in the network.
    pub discovers: bool,
    /// Other hubs of the venue.
    pub peers: Vec<PeerUrl>,
    /// The relay that this hub keeps caught up.
    pub relay: Option<RelayAt>,
    /// The broker through which devices on a wire are reached.
    pub broker: Option<BrokerAt>,
    /// The controls of simulated devices, as `host:port`; only a demo passes them on.
    pub simulated: Option<SocketAddr>,
    /// The time.
    pub clock: Clock,
}

impl Settings {
    /// A hub of that folder on a free port of this box.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            listen_tls: None,
            demo: false,
            virtual_printers: false,
            ui: None,
            devices: DevicePolicy::default(),
            names: Vec::new(),
            number_prefix: None,
            standby_of: None,
            enrol: None,
            runner: Runner::default(),
            url: None,
            discovers: false,
            peers: Vec::new(),
            relay: None,
            broker: None,
            simulated: None,
            clock: clock::system(),
        }
    }
}
