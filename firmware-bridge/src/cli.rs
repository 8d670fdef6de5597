//! The command line of `maitred-bridge`. What it does not say comes from `MAITRED_*`, then from the TOML file.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use maitred_bridge::ports::Wanted;
use maitred_bridge::serve::{BrokerUrl, Settings, SimulatedKind};
use maitred_process::{LogFormat, Logs};
use serde::Deserialize;

/// Where the broker is when nobody says where.
const BROKER: &str = "mqtt://127.0.0.1:1883";
/// What the bridge is called when nobody says how.
const NAME: &str = "hub";
/// Ports of devices with our firmware, as udev calls them.
const PORTS: &str = "/dev/serial/by-id/usb-Maitred_*";
/// Where controls of simulated devices listen when nobody says where.
const CONTROLS: &str = "127.0.0.1:8095";

/// Owns the wires: bump bars, probes, pagers, lights and displays on one side, MQTT on the other.
#[derive(Parser)]
#[command(name = "maitred-bridge", version)]
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
    /// Runs the bridge until it is told to stop.
    Serve(Serve),
}

/// Options of `serve`.
#[derive(Args)]
pub struct Serve {
    /// Where the broker is [default: this box, port 1883].
    #[arg(long, env = "MAITRED_BROKER", hide_env_values = true, value_name = "URL")]
    broker: Option<BrokerUrl>,
    /// What this bridge is called, where a venue has several [default: hub].
    #[arg(long, env = "MAITRED_BRIDGE_NAME", value_name = "NAME")]
    name: Option<String>,
    /// A port and what is there: PATH[,PROFILE[,BAUD]], the path's last part with one * at most. Profiles: frames,
    /// ascii-keys, ascii-pager, lrs, cd5220, esc-pos-display, keyboard [default: /dev/serial/by-id/usb-Maitred_*].
    #[arg(long = "port", env = "MAITRED_PORTS", value_delimiter = ' ', value_name = "PORT")]
    ports: Vec<Wanted>,
    /// Simulates devices: kinds with commas between them, each perhaps with a name after a colon.
    #[arg(long, env = "MAITRED_SIMULATE", value_delimiter = ',', value_name = "KIND[:NAME]")]
    simulate: Vec<SimulatedKind>,
    /// Where controls of simulated devices listen, on this box alone [default: 127.0.0.1:8095].
    #[arg(long, env = "MAITRED_CONTROLS", value_name = "ADDRESS")]
    controls: Option<SocketAddr>,
}

/// The TOML file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct File {
    broker: Option<String>,
    name: Option<String>,
    ports: Vec<Wanted>,
    simulate: Vec<SimulatedKind>,
    controls: Option<SocketAddr>,
    /// How log lines look.
    pub log_format: Option<LogFormat>,
    /// What is logged.
    pub log: Option<String>,
}

impl Serve {
    /// Puts options and file together.
    pub fn settings(self, file: File) -> Result<Settings> {
        let broker = match (self.broker, file.broker) {
            (Some(broker), _) => broker,
            (None, text) => text.as_deref().unwrap_or(BROKER).parse().context("the broker")?,
        };
        let first = |ours: Vec<_>, files| if ours.is_empty() { files } else { ours };
        let ports = first(self.ports, file.ports);
        let simulate = if self.simulate.is_empty() { file.simulate } else { self.simulate };
        let ports = if ports.is_empty() { vec![PORTS.parse()?] } else { ports };
        let controls =
            self.controls.or(file.controls).unwrap_or_else(|| CONTROLS.parse().expect("an address"));
        Ok(Settings {
            broker,
            name: self.name.or(file.name).unwrap_or_else(|| NAME.to_owned()),
            ports,
            simulate: (!simulate.is_empty()).then_some((simulate, controls)),
        })
    }
}
