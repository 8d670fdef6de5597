//! `maitred-bridge`: the binary.

mod cli;

use std::process::ExitCode;

use anyhow::{Context, Result};
use maitred_bridge::serve::{Running, Settings};
use maitred_process::{Stop, read_file};

use crate::cli::{Cli, Command, File};

fn main() -> ExitCode {
    maitred_process::run("maitred-bridge", run)
}

fn run(cli: Cli) -> Result<ExitCode> {
    let file: File = read_file(cli.logs.config.as_deref())?;
    cli.logs.start(file.log.as_deref(), file.log_format, "info")?;
    match cli.command {
        Command::Serve(serve) => {
            let settings = serve.settings(file)?;
            let runtime = tokio::runtime::Runtime::new().context("cannot start the threads")?;
            runtime.block_on(serve_until_told(settings))?;
            // Threads of ports may wait for a device; they hold nothing that has to be kept.
            runtime.shutdown_background();
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve_until_told(settings: Settings) -> Result<()> {
    // Before anybody can know that the bridge runs: who tells it to stop as soon as it is ready is heard too.
    let told = Stop::listen().context("cannot wait for signals")?;
    let name = settings.name.clone();
    let running = Running::start(settings).await?;
    let doing = running.controls.map_or_else(
        || "looks for devices".to_owned(),
        |address| format!("simulates devices, controls on http://{address}/simulated"),
    );
    println!("Maitred bridge {name} {doing}");
    running.until(told.told()).await;
    Ok(())
}
