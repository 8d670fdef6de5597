//! `maitred`: the hub's binary.

mod cli;
mod memory;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use maitred_hub::auth::{back_up_pepper, restore_pepper};
use maitred_hub::backup::{self, Source, examine, is_sealed};
use maitred_hub::config::{Runner, Settings};
use maitred_hub::serve::Hub;
use maitred_process::{Stop, Supervisor, read_file};
use maitred_store::{self as store, Diagnosis};

use crate::cli::{Cli, Command, File, Format, Key, Staff};

/// What is logged when nobody says: libraries only when something is wrong.
const LOGGED: &str = "info,refinery_core=warn,maitred_device::worker=warn";

fn main() -> ExitCode {
    memory::give_back_soon();
    maitred_process::run("maitred", run)
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
        Command::Doctor { backup: Some(backup), key, .. } => return doctor_of_backup(&backup, &key),
        Command::Doctor { data, backup: None, .. } => {
            let diagnosis = store::doctor(&data.folder(&file)?).context("cannot examine the data")?;
            return say(&diagnosis);
        }
        Command::Backup { data, to } => back_up(&data.folder(&file)?, &to)?,
        Command::Restore { from, data, key, relay_ca } => {
            restore(&from, &key, &data.folder(&file)?, relay_ca.as_deref())?;
        }
        Command::Staff(Staff::ResetPin { data, staff }) => reset_pin(&data.folder(&file)?, &staff)?,
        Command::Export { data, format } => export(&data.folder(&file)?, format)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve_until_told(settings: Settings) -> Result<()> {
    // Before anybody can know that the hub runs: who tells it to stop as soon as it is ready is heard too.
    let told = Stop::listen().context("cannot wait for signals")?;
    let mut hub = Hub::start(Settings { runner: Runner::StartsAnew, ..settings }).await?;
    greet(&hub)?;
    let supervisor = Supervisor::of_environment();
    supervisor.serves();
    let told = told.told();
    tokio::pin!(told);
    let failed = loop {
        tokio::select! {
            () = &mut told => break None,
            error = hub.failed() => break Some(error.into()),
            never = supervisor.reassure(|| hub.works()) => match never {},
            () = hub.asks_to_start_anew() => {}
        }
        hub = hub.start_anew().await?;
    };
    supervisor.ends();
    tracing::info!("stopping");
    hub.stop().await?;
    failed.map_or(Ok(()), Err)
}

fn greet(hub: &Hub) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "Maitred listens on http://{}", hub.address)?;
    if let Some(address) = hub.secure_address {
        writeln!(out, "Maitred listens on https://{address}")?;
    }
    if !hub.pins.is_empty() {
        writeln!(out, "PINs of the demo:")?;
    } else if hub.app().store.catalogue().staff.is_empty() {
        writeln!(out, "A new venue: open that address in a browser to set it up")?;
    }
    for first in &hub.pins {
        writeln!(out, "  {:<10} {}", first.handle, first.pin)?;
    }
    out.flush()
}

fn doctor_of_backup(backup: &Path, key: &Key) -> Result<ExitCode> {
    let diagnosis = if is_sealed(backup)? {
        examine(backup, &key.read()?, &std::env::temp_dir()).context("cannot examine the backup")?
    } else {
        store::examine_backup(backup).context("cannot examine the backup")?
    };
    say(&diagnosis)
}

/// Prints what the doctor found.
fn say(diagnosis: &Diagnosis) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    for line in &diagnosis.checked {
        writeln!(out, "{line}")?;
    }
    for problem in &diagnosis.problems {
        writeln!(out, "PROBLEM {problem}")?;
    }
    let healthy = diagnosis.problems.is_empty();
    writeln!(out, "{}", if healthy { "all is well" } else { "something is wrong" })?;
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn back_up(data: &Path, to: &Path) -> Result<()> {
    store::backup(data, to).context("cannot back up")?;
    let pepper = back_up_pepper(data, to).context("cannot back up the pepper")?;
    println!("{} is a checked copy", to.display());
    if let Some(pepper) = pepper {
        println!("{} is the pepper of the PINs: keep it apart from the copy", pepper.display());
    }
    Ok(())
}

fn restore(from: &Source, key: &Key, data: &Path, relay_ca: Option<&Path>) -> Result<()> {
    match from {
        Source::Path(path) if !is_sealed(path).context("cannot restore")? => restore_plain(path, data)?,
        Source::Path(_) | Source::Relay(_) => {
            let runtime = tokio::runtime::Runtime::new().context("cannot start the threads")?;
            let restored = runtime.block_on(backup::restore(from, &key.read()?, data, relay_ca));
            println!("{} was opened", restored.context("cannot restore")?);
        }
    }
    println!("{} is restored", data.display());
    println!(
        "It is a hub of its own: other hubs of the venue take it with --standby-of URL --enrol TOKEN, a relay with a token too"
    );
    Ok(())
}

/// Makes a data folder out of a database as it is, and the pepper beside it.
fn restore_plain(from: &Path, data: &Path) -> Result<()> {
    store::restore(from, data).context("cannot restore")?;
    if restore_pepper(from, data).context("cannot restore the pepper")?.is_none() {
        eprintln!(
            "maitred: no pepper lies beside the backup: put it into the data folder, or no PIN will fit"
        );
    }
    Ok(())
}

fn reset_pin(data: &Path, staff: &str) -> Result<()> {
    if io::stdin().is_terminal() {
        eprint!("new PIN of {staff}: ");
    }
    let mut pin = String::new();
    io::stdin().read_line(&mut pin).context("cannot read the PIN")?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().context("cannot start")?;
    let reset = maitred_hub::reset_pin::reset_pin(data, staff, pin.trim());
    let name = runtime.block_on(reset).context("cannot set the PIN")?;
    println!("{name} signs in with the new PIN");
    Ok(())
}

fn export(data: &Path, format: Format) -> Result<()> {
    let format = match format {
        Format::Csv => store::ExportFormat::Csv,
        Format::Jsonl => store::ExportFormat::Jsonl,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    store::export(data, format, &mut out).context("cannot export")?;
    out.flush().context("cannot write the export")
}
