//! `maitred`: the hub's binary.

mod cli;
mod memory;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use maitred_hub::auth::{back_up_pepper, restore_pepper};
use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;
use maitred_store as store;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command, File, Format, LogFormat, Staff};

/// What is logged when nobody says: libraries only when something is wrong.
const LOGGED: &str = "info,refinery_core=warn,maitred_device::worker=warn";

fn main() -> ExitCode {
    memory::share_heaps();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or("error: wrong options");
            eprintln!("maitred: {} (see maitred --help)", line.trim_start_matches("error: "));
            return ExitCode::from(2);
        }
        Err(help) => {
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    run(cli).unwrap_or_else(|error| {
        eprintln!("maitred: {}", format!("{error:#}").replace('\n', " "));
        ExitCode::FAILURE
    })
}

fn run(cli: Cli) -> Result<ExitCode> {
    let file = File::read(cli.config.as_deref())?;
    start_logging(cli.log.or_else(|| file.log.clone()), cli.log_format.or(file.log_format))?;
    match cli.command {
        Command::Serve(serve) => {
            let settings = serve.settings(&file)?;
            let runtime = tokio::runtime::Runtime::new().context("cannot start the threads")?;
            runtime.block_on(serve_until_told(settings))?;
        }
        Command::Doctor(data) => return doctor(&data.folder(&file)?),
        Command::Backup { data, to } => back_up(&data.folder(&file)?, &to)?,
        Command::Restore { from, data } => restore(&from, &data.folder(&file)?)?,
        Command::Staff(Staff::ResetPin { data, staff }) => reset_pin(&data.folder(&file)?, &staff)?,
        Command::Export { data, format } => export(&data.folder(&file)?, format)?,
    }
    Ok(ExitCode::SUCCESS)
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
    // Before anybody can know that the hub runs: who tells it to stop as soon as it is ready is heard too.
    let told = Stop::listen().context("cannot wait for signals")?;
    let hub = Hub::start(settings).await?;
    greet(&hub)?;
    let failed = tokio::select! {
        () = told.told() => None,
        error = hub.failed() => Some(error.into()),
    };
    tracing::info!("stopping");
    hub.stop().await?;
    failed.map_or(Ok(()), Err)
}

fn greet(hub: &Hub) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "Maitred listens on http://{}", hub.address)?;
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

/// Hears when the hub is told to stop.
#[cfg(unix)]
struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn told(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Hears when the hub is told to stop.
#[cfg(not(unix))]
struct Stop;

#[cfg(not(unix))]
impl Stop {
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn told(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

fn doctor(data: &Path) -> Result<ExitCode> {
    let diagnosis = store::doctor(data).context("cannot examine the data")?;
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

fn restore(from: &Path, data: &Path) -> Result<()> {
    store::restore(from, data).context("cannot restore")?;
    if restore_pepper(from, data).context("cannot restore the pepper")?.is_none() {
        eprintln!(
            "maitred: no pepper lies beside the backup: put it into the data folder, or no PIN will fit"
        );
    }
    println!("{} is restored", data.display());
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
