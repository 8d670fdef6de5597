//! One task for each printer of the settings, started, changed and ended as the settings change.

use std::collections::BTreeMap;
use std::sync::Arc;

use maitred_device::asking::run_asking;
use maitred_device::profile::profile;
use maitred_device::worker::{Printer, run_printer};
use maitred_domain::address::Address;
use maitred_domain::catalogue;
use maitred_domain::fact::Fact;
use maitred_domain::ids::PrinterId;
use maitred_store::Committed;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::gone;
use super::ledger::StoreLedger;
use crate::app::App;
use crate::limits::PRINTERS_STOP_MAX;

/// A printer's task.
struct Worker {
    printer: Printer,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Worker {
    fn start(app: &App, id: PrinterId, printer: Printer) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let ledger = StoreLedger::new(app.clone(), id);
        let shutdown = async move {
            // Dropped or told: both mean the end.
            let _ = stopped.await;
        };
        let task = match printer.address.parse() {
            Ok(Address::Caller(caller)) => {
                let visits = app.printers.callers.open(caller);
                tokio::spawn(run_asking(printer.clone(), ledger, visits, shutdown))
            }
            Ok(Address::Tcp(_) | Address::Usb(_) | Address::Serial(_)) | Err(_) => {
                tokio::spawn(run_printer(printer.clone(), ledger, shutdown))
            }
        };
        Self { printer, stop, task }
    }

    async fn end(self) {
        // It fails only when the task has ended already.
        let _ = self.stop.send(());
        let mut task = self.task;
        if tokio::time::timeout(PRINTERS_STOP_MAX, &mut task).await.is_err() {
            task.abort();
        }
    }
}

/// Keeps every printer at work until the hub stops. `feed` tells of papers and of changed settings.
pub async fn run(app: App, mut feed: broadcast::Receiver<Arc<Committed>>) {
    if let Err(error) = app.store.recover_jobs().await {
        tracing::error!(%error, "jobs of an earlier run were not looked at");
    }
    let has_others = app.store.hubs().is_ok_and(|hubs| hubs.len() > 1);
    if has_others && let Err(error) = app.store.doubt_jobs().await {
        tracing::error!(%error, "jobs of an earlier run may be printed twice without saying so");
    }
    let mut workers = BTreeMap::new();
    follow_settings(&app, &mut workers).await;
    gone::empty_queues(&app).await;
    loop {
        tokio::select! {
            () = app.stopped() => break,
            entry = feed.recv() => match entry {
                Ok(entry) => {
                    if entry.facts.iter().any(|fact| matches!(fact.fact, Fact::Entity { .. })) {
                        follow_settings(&app, &mut workers).await;
                        gone::empty_queues(&app).await;
                    }
                    if !entry.jobs.is_empty() {
                        app.printers.wake();
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    follow_settings(&app, &mut workers).await;
                    gone::empty_queues(&app).await;
                    app.printers.wake();
                }
                Err(RecvError::Closed) => break,
            }
        }
    }
    let ends: Vec<_> = workers.into_values().map(|worker| tokio::spawn(worker.end())).collect();
    for end in ends {
        // It fails only when it panicked, which the log says.
        let _ = end.await;
    }
}

async fn follow_settings(app: &App, workers: &mut BTreeMap<PrinterId, Worker>) {
    let catalogue = app.store.catalogue();
    let wanted: BTreeMap<PrinterId, Printer> = catalogue
        .printers
        .values()
        .filter(|printer| !printer.archived)
        .map(|printer| (printer.id, device_of(printer)))
        .collect();
    let over: Vec<PrinterId> = workers
        .iter()
        .filter(|(id, worker)| wanted.get(id) != Some(&worker.printer))
        .map(|(id, _)| *id)
        .collect();
    for id in over {
        if let Some(worker) = workers.remove(&id) {
            worker.end().await;
            app.printers.forget(id);
        }
    }
    for (id, printer) in wanted {
        workers.entry(id).or_insert_with(|| Worker::start(app, id, printer));
    }
}

fn device_of(printer: &catalogue::Printer) -> Printer {
    let named = profile(&printer.profile);
    if named.is_none() && !printer.profile.is_empty() {
        tracing::warn!(
            printer = printer.name,
            profile = printer.profile,
            "no such profile; the default is taken"
        );
    }
    Printer::new(printer.address.clone(), named.unwrap_or_default())
}
