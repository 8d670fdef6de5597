//! `maitred-relay`: the relay's binary.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use maitred_process::{Stop, Supervisor, clock, read_file};
use maitred_relay::serve::{Relay, Settings};
use maitred_relay::storage::Storage;
use maitred_relay::{accounts, tenants};

use crate::cli::{Cli, Command, File};

/// What is logged when nobody says: libraries only when something is wrong.
const LOGGED: &str = "info,refinery_core=warn";

fn main() -> ExitCode {
    maitred_process::run("maitred-relay", run)
}

fn run(cli: Cli) -> Result<ExitCode> {
    let file: File = read_file(cli.logs.config.as_deref())?;
    cli.logs.start(file.log.as_deref(), file.log_format, LOGGED)?;
    match cli.command {
        Command::Serve(serve) => {
            let settings = serve.settings(&file)?;
            let runtime = tokio::runtime::Runtime::new().context("cannot start the threads")?;
            runtime.block_on(serve_until_told(settings))?;
        }
        Command::Enrol { place, org, venue } => {
            let token = tenants::issue(&*place.open(&file)?, &clock::system(), &org, &venue)
                .context("cannot make a token")?;
            println!("{token}");
        }
        Command::User(user) => {
            let password =
                accounts::make(&*user.place.open(&file)?, &user.wanted()?).context("cannot make a user")?;
            println!("{password}");
        }
        Command::Hubs(place) => list(&*place.open(&file)?)?,
        Command::Revoke { place, hub } => {
            if !place.open(&file)?.revoke(hub, clock::now())? {
                bail!("no hub has the key {hub}");
            }
            println!("{hub} is let in no more");
        }
        Command::Migrate { place, role } => {
            place.migrate(&file, &role)?;
            println!("the database is up to date; {role} may serve");
        }
    }
    Ok(ExitCode::SUCCESS)
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

async fn serve_until_told(settings: Settings) -> Result<()> {
    // Before anybody can know that the relay runs: who tells it to stop as soon as it is ready is heard too.
    let told = Stop::listen().context("cannot wait for signals")?;
    let protocol = if settings.tls.is_some() { "https" } else { "http" };
    let mut relay = Relay::start(settings).await?;
    println!("Maitred relay listens on {protocol}://{}", relay.address);
    let (supervisor, app) = (Supervisor::of_environment(), relay.app().clone());
    supervisor.serves();
    let failed = tokio::select! {
        () = told.told() => None,
        error = relay.failed() => Some(error.into()),
        never = supervisor.reassure(|| app.works()) => match never {},
    };
    supervisor.ends();
    tracing::info!("stopping");
    relay.stop().await;
    failed.map_or(Ok(()), Err)
}
