//! The command line of `maitred`. What it does not say comes from `MAITRED_*`, then from the TOML file.

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use maitred_hub::auth::DevicePolicy;
use maitred_hub::backup::{RecoveryKey, Source};
use maitred_hub::config::{RelayAt, Settings};
use maitred_hub::devices::BrokerAt;
use maitred_hub::peers::PeerUrl;
use maitred_process::{LogFormat, Logs};
use serde::Deserialize;

/// The recovery key, in the environment.
const RECOVERY_KEY: &str = "MAITRED_RECOVERY_KEY";
/// Where a hub listens when nobody says where.
const LISTEN: &str = "127.0.0.1:8080";

/// The server of a restaurant: host, order and kitchen screens, printers, and the journal of the day.
#[derive(Parser)]
#[command(name = "maitred", version)]
pub struct Cli {
    #[command(flatten)]
    pub logs: Logs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Runs the hub until it is told to stop.
    Serve(Box<Serve>),
    /// Verifies a data folder, or a backup: journal, documents, projections.
    Doctor {
        #[command(flatten)]
        data: Data,
        /// A backup to verify instead, or a folder of sealed ones.
        #[arg(long, value_name = "FILE")]
        backup: Option<PathBuf>,
        #[command(flatten)]
        key: Key,
    },
    /// Copies the database, also of a running hub, to one file, and checks the copy; the pepper of the PINs goes beside it.
    Backup {
        #[command(flatten)]
        data: Data,
        /// The file to make.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Makes a data folder out of a backup: a sealed one, or a plain one with the pepper that lies beside it.
    Restore {
        /// The backup: a file, a folder of which the newest is taken, or the address of a relay.
        #[arg(long, value_name = "FILE|DIR|URL")]
        from: Source,
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        key: Key,
        /// Certificates to believe beside those of the system when the relay is called, as a PEM file.
        #[arg(long, env = "MAITRED_RELAY_CA", value_name = "FILE")]
        relay_ca: Option<PathBuf>,
    },
    /// Changes who can sign in, while the hub is stopped.
    #[command(subcommand)]
    Staff(Staff),
    /// Writes everything to standard output.
    Export {
        #[command(flatten)]
        data: Data,
        /// How.
        #[arg(long)]
        format: Format,
    },
}

/// What to change about the staff.
#[derive(Subcommand)]
pub enum Staff {
    /// Sets a PIN that nobody knows any more; asks for it on standard input.
    ResetPin {
        #[command(flatten)]
        data: Data,
        /// What they sign in as.
        #[arg(long, value_name = "HANDLE")]
        staff: String,
    },
}

/// Which data.
#[derive(Args)]
pub struct Data {
    /// The folder of everything durable.
    #[arg(long = "data", env = "MAITRED_DATA", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// What opens a sealed backup: a file, or `MAITRED_RECOVERY_KEY`, or it is asked for. Never a word of the command line,
/// which others read.
#[derive(Args)]
pub struct Key {
    /// The file that holds the recovery key [default: `MAITRED_RECOVERY_KEY`, or standard input].
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// How to export.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// Lines and tenders of every check.
    Csv,
    /// Facts in journal order.
    Jsonl,
}

/// Options of `serve`.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    data: Data,
    /// Where to listen [default: 127.0.0.1:8080].
    #[arg(long, env = "MAITRED_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where to listen for encrypted connections of screens, beside that.
    #[arg(long, env = "MAITRED_LISTEN_TLS", value_name = "ADDRESS")]
    listen_tls: Option<SocketAddr>,
    /// Start a new database with the demo venue, and its virtual printers with the hub.
    #[arg(long, env = "MAITRED_DEMO", value_parser = FalseyValueParser::new())]
    demo: bool,
    /// The folder of the screens; without it one beside the binary, or ui/dist.
    #[arg(long, env = "MAITRED_UI", value_name = "DIR")]
    ui: Option<PathBuf>,
    /// Let every device that reaches the hub sign in, not only the hub's own box.
    #[arg(long, env = "MAITRED_TRUST_LAN", value_parser = FalseyValueParser::new())]
    trust_lan: bool,
    /// A name that the hub answers to, beside its addresses and those of its box; may be said more than once.
    #[arg(long = "host-name", env = "MAITRED_HOST_NAMES", value_delimiter = ',', value_name = "NAME")]
    host_names: Vec<String>,
    /// What numbers of checks start with.
    #[arg(long, env = "MAITRED_NUMBER_PREFIX", value_name = "TEXT")]
    number_prefix: Option<String>,
    /// Another hub of the venue, as stations reach it; may be said more than once.
    #[arg(long = "peer", env = "MAITRED_PEERS", value_delimiter = ',', value_name = "URL")]
    peers: Vec<PeerUrl>,
    /// Do not look for other hubs in the network, and do not be found.
    #[arg(long, env = "MAITRED_NO_DISCOVERY", value_parser = FalseyValueParser::new())]
    no_discovery: bool,
    /// The relay to keep caught up, whenever the internet allows; may be said more than once when it has several nodes.
    #[arg(long, env = "MAITRED_RELAY", value_delimiter = ',', value_name = "URL")]
    relay: Vec<PeerUrl>,
    /// Certificates to believe beside those of the system when the relay is called, as a PEM file.
    #[arg(long, env = "MAITRED_RELAY_CA", value_name = "FILE")]
    relay_ca: Option<PathBuf>,
    /// The token that lets this hub in, the first time: with `--standby-of` one that another hub gave
    /// (`POST /api/v1/hubs/tokens`), else one of the relay (`maitred-relay enrol`).
    #[arg(long, env = "MAITRED_ENROL", value_name = "TOKEN")]
    enrol: Option<String>,
    /// The relay's token, where `--enrol` is another hub's.
    #[arg(long, env = "MAITRED_RELAY_ENROL", value_name = "TOKEN")]
    relay_enrol: Option<String>,
    /// Join the venue of the hub there, and stand by for it. A new one wants `--enrol` too.
    #[arg(long, env = "MAITRED_STANDBY_OF", value_name = "URL")]
    standby_of: Option<PeerUrl>,
    /// Where other hubs and stations reach this one, when it is not where it is seen.
    #[arg(long, env = "MAITRED_URL", value_name = "URL")]
    url: Option<PeerUrl>,
    /// The MQTT broker through which devices on a wire are reached: mqtt://host:port.
    #[arg(long, env = "MAITRED_BROKER", value_name = "URL")]
    broker: Option<BrokerAt>,
    /// Where the bridge has the controls of devices that it simulates, for the page of the demo.
    #[arg(long, env = "MAITRED_SIMULATED", value_name = "ADDRESS", requires = "demo")]
    simulated: Option<SocketAddr>,
}

/// The TOML file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct File {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    listen_tls: Option<SocketAddr>,
    demo: bool,
    ui: Option<PathBuf>,
    trust_lan: bool,
    host_names: Vec<String>,
    number_prefix: Option<String>,
    peers: Vec<PeerUrl>,
    relay: Nodes,
    relay_ca: Option<PathBuf>,
    no_discovery: bool,
    enrol: Option<String>,
    relay_enrol: Option<String>,
    standby_of: Option<PeerUrl>,
    url: Option<PeerUrl>,
    broker: Option<String>,
    /// How log lines look.
    pub log_format: Option<LogFormat>,
    /// What is logged.
    pub log: Option<String>,
}

/// Where the relay is, in the file: one address, or a list of them.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Nodes {
    One(PeerUrl),
    Many(Vec<PeerUrl>),
}

impl Default for Nodes {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl From<Nodes> for Vec<PeerUrl> {
    fn from(nodes: Nodes) -> Self {
        match nodes {
            Nodes::One(url) => vec![url],
            Nodes::Many(urls) => urls,
        }
    }
}

impl Key {
    /// Reads it from where it is said to be.
    pub fn read(&self) -> Result<RecoveryKey> {
        let text = match (&self.key_file, std::env::var(RECOVERY_KEY)) {
            (Some(file), _) => std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the recovery key from {}", file.display()))?,
            (None, Ok(text)) => text,
            (None, Err(_)) => {
                if io::stdin().is_terminal() {
                    eprint!("recovery key: ");
                }
                let mut line = String::new();
                io::stdin().read_line(&mut line).context("cannot read the recovery key")?;
                line
            }
        };
        Ok(text.parse()?)
    }
}

impl Data {
    /// The folder, as the options or the file say.
    pub fn folder(self, file: &File) -> Result<PathBuf> {
        self.folder.or_else(|| file.data.clone()).context("say where the data is: --data DIR")
    }
}

/// What lets a hub in, as it was said.
struct Tokens {
    enrol: Option<String>,
    relay_enrol: Option<String>,
}

impl Tokens {
    /// The token of another hub, and that of the relay: `--enrol` is the hub's where one is joined.
    fn of_hub_and_relay(self, joins_hub: bool, has_relay: bool) -> Result<(Option<String>, Option<String>)> {
        let Self { enrol, relay_enrol } = self;
        match (joins_hub, enrol, relay_enrol) {
            (_, _, Some(_)) if !has_relay => bail!("--relay-enrol wants --relay URL"),
            (false, Some(_), Some(_)) => {
                bail!("without --standby-of both --enrol and --relay-enrol are the relay's token: say one")
            }
            (true, hub, relay) => Ok((hub, relay)),
            (false, enrol, relay) => Ok((None, relay.or(enrol))),
        }
    }
}

impl Serve {
    /// Puts options and file together.
    pub fn settings(self, file: &File) -> Result<Settings> {
        let nodes = if self.relay.is_empty() { file.relay.clone().into() } else { self.relay };
        let certificates = self.relay_ca.or_else(|| file.relay_ca.clone());
        let standby_of = self.standby_of.or_else(|| file.standby_of.clone());
        let tokens = Tokens {
            enrol: self.enrol.or_else(|| file.enrol.clone()),
            relay_enrol: self.relay_enrol.or_else(|| file.relay_enrol.clone()),
        };
        let (enrol, token) = tokens.of_hub_and_relay(standby_of.is_some(), !nodes.is_empty())?;
        let broker = match (self.broker, &file.broker) {
            (Some(broker), _) => Some(broker),
            (None, Some(broker)) => Some(broker.parse()?),
            (None, None) => None,
        };
        let trusts = self.trust_lan || file.trust_lan;
        Ok(Settings {
            listen: self.listen.or(file.listen).unwrap_or_else(|| LISTEN.parse().expect("an address")),
            listen_tls: self.listen_tls.or(file.listen_tls),
            demo: self.demo || file.demo,
            virtual_printers: (self.demo || file.demo) && standby_of.is_none(),
            devices: if trusts { DevicePolicy::TrustNetwork } else { DevicePolicy::Loopback },
            names: if self.host_names.is_empty() { file.host_names.clone() } else { self.host_names },
            number_prefix: self.number_prefix.or_else(|| file.number_prefix.clone()),
            peers: if self.peers.is_empty() { file.peers.clone() } else { self.peers },
            relay: (!nodes.is_empty()).then_some(RelayAt { urls: nodes, token, certificates }),
            ui: self.ui.or_else(|| file.ui.clone()),
            standby_of,
            enrol,
            url: self.url.or_else(|| file.url.clone()),
            broker,
            simulated: self.simulated,
            discovers: !(self.no_discovery || file.no_discovery),
            ..Settings::new(self.data.folder(file)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(options: &[&str]) -> Result<(Option<String>, Option<String>)> {
        let cli = Cli::parse_from(["maitred", "serve", "--data", "d"].iter().chain(options));
        let Command::Serve(serve) = cli.command else { panic!("another command") };
        let settings = serve.settings(&File::default())?;
        Ok((settings.enrol, settings.relay.and_then(|relay| relay.token)))
    }

    #[test]
    fn a_token_is_of_the_hub_that_is_joined_or_else_of_the_relay() {
        let (hub, relay) = (["--standby-of", "http://a:1"], ["--relay", "http://b:1"]);
        let both = [hub, relay].concat();
        let some = |token: &str| Some(token.to_owned());
        assert_eq!(tokens(&[&hub[..], &["--enrol", "h"]].concat()).unwrap(), (some("h"), None));
        assert_eq!(tokens(&[&relay[..], &["--enrol", "r"]].concat()).unwrap(), (None, some("r")));
        assert_eq!(tokens(&[&relay[..], &["--relay-enrol", "r"]].concat()).unwrap(), (None, some("r")));
        assert_eq!(tokens(&[&both[..], &["--enrol", "h"]].concat()).unwrap(), (some("h"), None));
        let each = ["--enrol", "h", "--relay-enrol", "r"];
        assert_eq!(tokens(&[&both[..], &each].concat()).unwrap(), (some("h"), some("r")));
        assert!(tokens(&[&relay[..], &each].concat()).is_err(), "which is it?");
        assert!(tokens(&[&hub[..], &each].concat()).is_err(), "of which relay?");
    }
}
