//! `maitred-relay`: the relay's binary.

mod cli;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use maitred_relay::serve::{Relay, Settings};
use maitred_relay::storage::Storage;
use maitred_relay::{clock, tenants};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command, File, LogFormat};

/// What is logged when nobody says: libraries only when something is wrong.
const LOGGED: &str = "info,refinery_core=warn";

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or("error: wrong options");
            eprintln!("maitred-relay: {} (see maitred-relay --help)", line.trim_start_matches("error: "));
            return ExitCode::from(2);
        }
        Err(help) => {
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("maitred-relay: {}", format!("{error:#}").replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let file = File::read(cli.config.as_deref())?;
    start_logging(cli.log.or_else(|| file.log.clone()), cli.log_format.or(file.log_format))?;
    match cli.command {
        Command::Serve(serve) => {
            let settings = serve.settings(&file)?;
            let runtime = tokio::runtime::Runtime::new().context("cannot start the threads")?;
            runtime.block_on(serve_until_told(settings))
        }
        Command::Enrol { place, org, venue } => {
            let token = tenants::issue(&*place.open(&file)?, &clock::system(), &org, &venue)
                .context("cannot make a token")?;
            println!("{token}");
            Ok(())
        }
        Command::Hubs(place) => list(&*place.open(&file)?),
        Command::Revoke { place, hub } => {
            if !place.open(&file)?.revoke(hub, clock::now())? {
                bail!("no hub has the key {hub}");
            }
            println!("{hub} is let in no more");
            Ok(())
        }
    }
}

fn list(storage: &dyn Storage) -> Result<()> {
    let mut out = io::stdout().lock();
    for venue in storage.venues()? {
        writeln!(out, "{} / {}", venue.organisation, venue.name)?;
        for hub in storage.hubs(venue.id)? {
            writeln!(out, "  {}{}", hub.hub, if hub.is_revoked { " revoked" } else { "" })?;
        }
    }
    Ok(())
}

fn start_logging(filter: Option<String>, format: Option<LogFormat>) -> Result<()> {
    let filter = filter.unwrap_or_else(|| LOGGED.to_owned());
    let filter = EnvFilter::try_new(&filter).with_context(|| format!("{filter:?} is not a log filter"))?;
    let colours = io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours);
    match format.unwrap_or_default() {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}

async fn serve_until_told(settings: Settings) -> Result<()> {
    // Before anybody can know that the relay runs: who tells it to stop as soon as it is ready is heard too.
    let told = Stop::listen().context("cannot wait for signals")?;
    let protocol = if settings.tls.is_some() { "https" } else { "http" };
    let mut relay = Relay::start(settings).await?;
    println!("Maitred relay listens on {protocol}://{}", relay.address);
    let failed = tokio::select! {
        () = told.told() => None,
        error = relay.failed() => Some(error.into()),
    };
    tracing::info!("stopping");
    relay.stop().await;
    failed.map_or(Ok(()), Err)
}

/// Hears when the relay is told to stop.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn told(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
