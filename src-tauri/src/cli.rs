//! The command line of `maitred-app`. What it does not say comes from the environment, then from the TOML file.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::builder::FalseyValueParser;
use clap::{Args, Parser};
use maitred_hub::auth::DevicePolicy;
use maitred_hub::config::Settings as HubSettings;
use maitred_hub::peers::PeerUrl;
use maitred_process::{LogFormat, Logs};
use serde::Deserialize;

/// Where the app's own hub listens when nobody says where.
const LISTEN: &str = "127.0.0.1:8080";

/// The screen at the host stand, with a hub of its own behind it.
#[derive(Parser)]
#[command(name = "maitred-app", version)]
pub struct Cli {
    #[command(flatten)]
    pub logs: Logs,
    #[command(flatten)]
    pub options: Options,
}

/// What is shown, and what is carried.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Options {
    /// The folder of the app's own hub and of what its window keeps.
    #[arg(long, env = "MAITRED_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where the app's own hub listens [default: 127.0.0.1:8080].
    #[arg(long, env = "MAITRED_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where the app's own hub listens for encrypted connections of screens, beside that.
    #[arg(long, env = "MAITRED_LISTEN_TLS", value_name = "ADDRESS")]
    listen_tls: Option<SocketAddr>,
    /// The folder of the screens.
    #[arg(long, env = "MAITRED_UI", value_name = "DIR")]
    ui: Option<PathBuf>,
    /// Join the venue of the hub there, and stand by for it. A new one wants `--enrol` too.
    #[arg(long, env = "MAITRED_STANDBY_OF", value_name = "URL")]
    standby_of: Option<PeerUrl>,
    /// The token that lets the app's hub in, the first time: another hub gives it (`POST /api/v1/hubs/tokens`).
    #[arg(long, env = "MAITRED_ENROL", value_name = "TOKEN")]
    enrol: Option<String>,
    /// Let every device that reaches the app's hub sign in, not only this box.
    #[arg(long, env = "MAITRED_TRUST_LAN", value_parser = FalseyValueParser::new())]
    trust_lan: bool,
    /// Carry no hub: only a window on those of the venue.
    #[arg(long, env = "MAITRED_ONLY_WINDOW", value_parser = FalseyValueParser::new())]
    only_window: bool,
    /// A hub to show when the app has none; may be said more than once.
    #[arg(long = "hub", env = "MAITRED_HUBS", value_delimiter = ',', value_name = "URL")]
    hubs: Vec<PeerUrl>,
    /// Do not look for hubs in the network.
    #[arg(long, env = "MAITRED_NO_DISCOVERY", value_parser = FalseyValueParser::new())]
    no_discovery: bool,
    /// Show no pointer: the screen is touched.
    #[arg(long, env = "MAITRED_NO_CURSOR", value_parser = FalseyValueParser::new())]
    no_cursor: bool,
    /// A window with a frame instead of the whole screen.
    #[arg(long, env = "MAITRED_WINDOWED", value_parser = FalseyValueParser::new())]
    windowed: bool,
}

/// The TOML file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct File {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    listen_tls: Option<SocketAddr>,
    ui: Option<PathBuf>,
    standby_of: Option<PeerUrl>,
    enrol: Option<String>,
    trust_lan: bool,
    only_window: bool,
    hubs: Vec<PeerUrl>,
    no_discovery: bool,
    no_cursor: bool,
    windowed: bool,
    /// How log lines look.
    pub log_format: Option<LogFormat>,
    /// What is logged.
    pub log: Option<String>,
}

/// How the window looks.
#[derive(Clone)]
pub struct Look {
    /// What the window keeps between starts: what a page has not sent yet, and whose certificates it believes.
    pub kept: PathBuf,
    /// Shows no pointer.
    pub no_cursor: bool,
    /// Has a frame.
    pub windowed: bool,
}

/// How the app is to run.
pub struct Settings {
    pub look: Look,
    /// The hub that it carries.
    pub hub: HubSettings,
    /// It carries none.
    pub only_window: bool,
    /// Hubs to show.
    pub hubs: Vec<PeerUrl>,
}

impl Options {
    /// Puts options and file together.
    pub fn settings(self, file: &File) -> Result<Settings> {
        let data = self.data.or_else(|| file.data.clone()).context("say where the data is: --data DIR")?;
        let trusts = self.trust_lan || file.trust_lan;
        let hub = HubSettings {
            listen: self.listen.or(file.listen).unwrap_or_else(|| LISTEN.parse().expect("an address")),
            listen_tls: self.listen_tls.or(file.listen_tls),
            ui: self.ui.or_else(|| file.ui.clone()),
            standby_of: self.standby_of.or_else(|| file.standby_of.clone()),
            enrol: self.enrol.or_else(|| file.enrol.clone()),
            devices: if trusts { DevicePolicy::TrustNetwork } else { DevicePolicy::Loopback },
            discovers: !(self.no_discovery || file.no_discovery),
            ..HubSettings::new(data.join("hub"))
        };
        Ok(Settings {
            look: Look {
                kept: data.join("window"),
                no_cursor: self.no_cursor || file.no_cursor,
                windowed: self.windowed || file.windowed,
            },
            hub,
            only_window: self.only_window || file.only_window,
            hubs: if self.hubs.is_empty() { file.hubs.clone() } else { self.hubs },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_the_package_is_one_that_the_app_reads() {
        let file: File = toml::from_str(include_str!("../../packaging/etc/app.toml")).unwrap();
        let settings = Cli::parse_from(["maitred-app"]).options.settings(&file).unwrap();
        assert_eq!(settings.hub.data, PathBuf::from("/var/lib/maitred/app/hub"));
        assert_eq!(settings.hub.listen_tls.map(|at| at.port()), Some(8443));
        assert!(settings.look.no_cursor && !settings.look.windowed && !settings.only_window);
    }
}
