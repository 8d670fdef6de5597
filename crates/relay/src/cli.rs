//! The command line of `maitred-relay`. What it does not say comes from `MAITRED_*`, then from the TOML file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use maitred_link::PublicKey;
use maitred_process::{LogFormat, Logs, clock};
use maitred_relay::accounts::Wanted;
use maitred_relay::pages;
use maitred_relay::serve::Settings;
use maitred_relay::storage::Storage;
use maitred_relay::storage::accounts::UserRole;
use maitred_relay::storage::postgres::Postgres;
use maitred_relay::storage::sqlite::Sqlite;
use serde::Deserialize;

/// Where a relay listens when nobody says where.
const LISTEN: &str = "127.0.0.1:8090";
/// The folder of venues inside the data folder.
const VENUES: &str = "venues";

/// The cloud of restaurants: keeps the journals of many venues, and passes them on.
#[derive(Parser)]
#[command(name = "maitred-relay", version)]
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
    /// Runs the relay until it is told to stop.
    Serve(Serve),
    /// Makes a token with which one hub joins a venue, within a day; organisation and venue are made when they are new.
    Enrol {
        #[command(flatten)]
        place: Place,
        /// Who owns the venue.
        #[arg(long, value_name = "NAME")]
        org: String,
        /// Which venue.
        #[arg(long, value_name = "NAME")]
        venue: String,
    },
    /// Lists venues and their hubs.
    Hubs(Place),
    /// Makes somebody who may look at the venues of an organisation at `/cloud`, and prints a password that is good until
    /// they choose their own. An address that is there gets a new password.
    User(NewUser),
    /// Lets a hub in no more; one that is connected is cut off.
    Revoke {
        #[command(flatten)]
        place: Place,
        /// The hub's key, as `hubs` lists it.
        #[arg(long, value_name = "KEY")]
        hub: PublicKey,
    },
    /// Brings a PostgreSQL database up to date as its owner, for a role to serve with that owns nothing.
    Migrate {
        #[command(flatten)]
        place: Place,
        /// Who serves: a role that is there already.
        #[arg(long, value_name = "NAME")]
        role: String,
    },
}

/// Options of `user`.
#[derive(Args)]
pub struct NewUser {
    #[command(flatten)]
    pub place: Place,
    /// Whose venues.
    #[arg(long, value_name = "NAME")]
    org: String,
    /// What they sign in with.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// As shown [default: the address].
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    name: String,
    /// What they may do.
    #[arg(long, value_enum, default_value = "owner")]
    role: UserRole,
    /// Read the password from standard input; it stays good.
    #[arg(long)]
    password_stdin: bool,
}

impl NewUser {
    /// Who is wanted.
    pub fn wanted(&self) -> Result<Wanted> {
        let password = if self.password_stdin {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).context("cannot read the password")?;
            Some(line.trim_end_matches(['\r', '\n']).to_owned())
        } else {
            None
        };
        let Self { org, email, name, role, .. } = self;
        Ok(Wanted {
            organisation: org.clone(),
            email: email.clone(),
            name: name.clone(),
            role: *role,
            password,
        })
    }
}

/// Where everything is kept: in a folder, or in a PostgreSQL database.
#[derive(Args)]
pub struct Place {
    /// The folder of everything durable; beside a database, of what can always be built again.
    #[arg(long, env = "MAITRED_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// A PostgreSQL database, which several nodes may share.
    #[arg(long, env = "MAITRED_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Certificates to believe beside those of the system when the database is called, as a PEM file.
    #[arg(long, env = "MAITRED_DATABASE_CA", value_name = "FILE")]
    database_ca: Option<PathBuf>,
}

/// Options of `serve`.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Where to listen [default: 127.0.0.1:8090].
    #[arg(long, env = "MAITRED_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The certificate to show, with its chain, as a PEM file.
    #[arg(long, env = "MAITRED_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, as a PEM file.
    #[arg(long, env = "MAITRED_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Take plain connections also from elsewhere: something in front of the relay speaks TLS.
    #[arg(long, env = "MAITRED_PLAIN", value_parser = clap::builder::FalseyValueParser::new())]
    plain: bool,
    /// A NATS server through which nodes on one database wake each other.
    #[arg(long, env = "MAITRED_NATS", hide_env_values = true, value_name = "URL")]
    nats: Option<String>,
    /// The folder of the dashboard's pages [default: `cloud` beside the binary, or `ui/dist-cloud`].
    #[arg(long = "ui", env = "MAITRED_RELAY_UI", value_name = "DIR")]
    pages: Option<PathBuf>,
}

/// The TOML file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct File {
    data: Option<PathBuf>,
    database_url: Option<String>,
    database_ca: Option<PathBuf>,
    nats: Option<String>,
    listen: Option<SocketAddr>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    plain: bool,
    #[serde(rename = "ui")]
    pages: Option<PathBuf>,
    /// How log lines look.
    pub log_format: Option<LogFormat>,
    /// What is logged.
    pub log: Option<String>,
}

impl Place {
    fn folder(&self, file: &File) -> Option<PathBuf> {
        self.data.clone().or_else(|| file.data.clone())
    }

    /// The database and whose certificates it may show, when there is one.
    fn database(&self, file: &File) -> Option<(String, Option<PathBuf>)> {
        let url = self.database_url.clone().or_else(|| file.database_url.clone())?;
        Some((url, self.database_ca.clone().or_else(|| file.database_ca.clone())))
    }

    /// Opens the storage, as the options or the file say.
    pub fn open(&self, file: &File) -> Result<Arc<dyn Storage>> {
        if let Some((url, authority)) = self.database(file) {
            let opened = Postgres::open(&url, authority.as_deref());
            return Ok(Arc::new(opened.context("cannot open the database")?));
        }
        let folder = self.folder(file).context("say where the data is: --data DIR or --database-url URL")?;
        let opened = Sqlite::open(&folder);
        Ok(Arc::new(opened.with_context(|| format!("cannot open {}", folder.display()))?))
    }

    /// Brings the database up to date, for `role` to serve with.
    pub fn migrate(&self, file: &File, role: &str) -> Result<()> {
        let (url, authority) =
            self.database(file).context("say where the database is: --database-url URL")?;
        Postgres::migrate(&url, authority.as_deref(), role).context("cannot bring the database up to date")
    }
}

impl Serve {
    /// Puts options and file together.
    pub fn settings(self, file: &File) -> Result<Settings> {
        let listen = self.listen.or(file.listen).unwrap_or_else(|| LISTEN.parse().expect("an address"));
        let certificate = self.tls_cert.or_else(|| file.tls_cert.clone());
        let key = self.tls_key.or_else(|| file.tls_key.clone());
        let tls = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) if listen.ip().is_loopback() || self.plain || file.plain => None,
            (None, None) => bail!("connections from elsewhere want --tls-cert and --tls-key, or --plain"),
            (Some(_), None) | (None, Some(_)) => bail!("--tls-cert and --tls-key go together"),
        };
        let storage = self.place.open(file)?;
        let nats = self.nats.or_else(|| file.nats.clone());
        if nats.is_some() && !storage.is_shared() {
            bail!("--nats is for nodes on one database: --database-url URL");
        }
        let cloud = self.place.folder(file).map(|folder| folder.join(VENUES));
        let pages = pages::folder(self.pages.or_else(|| file.pages.clone()));
        Ok(Settings { storage, cloud, nats, listen, tls, pages, clock: clock::system() })
    }
}
