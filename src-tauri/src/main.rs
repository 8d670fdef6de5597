//! `maitred-app`: the screen at the host stand. A window on the whole screen shows the venue's own pages, and behind it runs a
//! hub that stands by for the venue's, or is its only one.
//!
//! *Invariant:* what the window shows comes from a hub over HTTP, as in any browser. A page can ask this program for nothing:
//! no capability is given to any, and nothing of a restaurant is decided or stored here.

mod awake;
mod cli;
mod hub;
mod memory;
mod naps;
mod places;
mod stand;
mod trust;
mod window;

use std::process::ExitCode;

use anyhow::{Context, Result};
use maitred_process::{Stop, read_file};
use tauri::Manager;
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};

use crate::cli::{Cli, File};
use crate::places::Places;
use crate::stand::Stand;

/// What is logged when nobody says: libraries only when something is wrong.
const LOGGED: &str = "info,refinery_core=warn,maitred_device::worker=warn";

fn main() -> ExitCode {
    memory::hold_little();
    window::choose_renderer();
    maitred_process::run("maitred-app", run)
}

fn run(cli: Cli) -> Result<ExitCode> {
    let file: File = read_file(cli.logs.config.as_deref())?;
    let settings = cli.options.settings(&file)?;
    cli.logs.start(file.log.as_deref(), file.log_format, LOGGED)?;
    let runtime = Runtime::new().context("cannot start the threads")?;
    tauri::async_runtime::set(runtime.handle().clone());
    let told = runtime.block_on(async { Stop::listen() }).context("cannot wait for signals")?;
    let (leave, leaving) = watch::channel(false);
    let (open, opened) = oneshot::channel();
    let places = Places::of(&settings)?;
    let app = tauri::Builder::default()
        .setup(move |app| {
            let stage = window::open(app, &settings.look, &places)?;
            // Whoever waits for it is gone only when the program ends.
            let _ = open.send(Stand { stage, places, settings });
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("cannot open a window: is there a display?")?;
    let (told_to, failed) = (app.app_handle().clone(), app.app_handle().clone());
    runtime.spawn(async move {
        told.told().await;
        told_to.exit(0);
    });
    let standing = runtime.spawn(async move {
        let Ok(stand) = opened.await else { return };
        if let Err(error) = stand.keep(leaving).await {
            tracing::error!("{error:#}");
            failed.exit(1);
        }
    });
    let code = app.run_return(|_, _| {});
    leave.send_replace(true);
    // The hub it carries ends what it began. How that went is in the log.
    let _ = runtime.block_on(standing);
    Ok(if code == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
