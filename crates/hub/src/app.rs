//! What every handler shares.

use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use maitred_domain::check::Check;
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::CheckId;
use maitred_store::{Clock, CommandError, Reply, Request, Store};
use tokio::sync::{Semaphore, watch};

use crate::auth::{Actor, Approvals, DevicePolicy, Gate, Names, Paces, Pairings, Pins, Terminals};
use crate::backup::Backups;
use crate::demo::lines::Lines;
use crate::demo::printers::DemoPrinters;
use crate::devices::Devices;
use crate::extract::IdempotencyKey;
use crate::limits::TICKET_TIME_MAX;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::peer::Hubs;
use crate::peers::Peers;
use crate::printing::Printers;
use crate::problem::Problem;
use crate::relay::Relay;
use crate::tls::{Authority, Certificates};
use crate::upkeep::Upkeep;
use crate::views::{CheckView, Views};

/// What every handler shares. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<AppState>);

/// The parts of the hub.
pub struct AppState {
    /// Everything durable.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Hashes PINs.
    pub pins: Pins,
    /// Counts wrong ones.
    pub gate: Gate,
    /// Which devices may talk to the hub.
    pub devices: DevicePolicy,
    /// What the hub is called.
    pub names: Names,
    /// What devices believe that belongs to the venue.
    pub authority: Authority,
    /// Where screens are spoken with so that nobody else hears it.
    pub secure: Option<Secure>,
    /// How often devices ask, and are refused.
    pub(crate) paces: Paces,
    /// When terminals were heard of.
    pub terminals: Terminals,
    /// What was approved and is still to be done.
    pub approvals: Approvals,
    /// Screens that wait to be let in.
    pub pairings: Pairings,
    /// Turns true when the hub stops.
    pub stopping: watch::Receiver<bool>,
    /// It runs the demo venue.
    pub is_demo: bool,
    /// Other hubs of the venue.
    pub peers: Peers,
    /// The relay, if there is one.
    pub relay: Option<Relay>,
    /// How it stands among them.
    pub hubs: Hubs,
    pub(crate) live: Live,
    pub(crate) metrics: Metrics,
    pub(crate) printers: Printers,
    /// Devices on a wire.
    pub wired: Devices,
    /// It knows a broker through which devices are reached.
    pub has_broker: bool,
    /// The controls of simulated devices.
    pub(crate) simulated: Option<std::net::SocketAddr>,
    pub(crate) demo: DemoPrinters,
    pub(crate) lines: Lines,
    pub(crate) exports: Arc<Semaphore>,
    pub(crate) upkeep: Upkeep,
    pub(crate) backups: Backups,
}

/// Where screens are spoken with over TLS.
pub struct Secure {
    /// The port.
    pub port: u16,
    /// What is shown there.
    pub certificates: Arc<Certificates>,
}

impl Deref for App {
    type Target = AppState;
    fn deref(&self) -> &AppState {
        &self.0
    }
}

impl From<AppState> for App {
    fn from(state: AppState) -> Self {
        Self(Arc::new(state))
    }
}

impl App {
    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The time, unless the journal knows a later one: a clock whose battery is empty starts anew with the box.
    pub(crate) fn time_known(&self) -> Timestamp {
        time_known(&self.store, &self.clock)
    }

    /// Waits until the hub stops.
    pub async fn stopped(&self) {
        // An error means that the hub itself is gone.
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }

    /// Views of everything as it is now.
    pub fn views(&self) -> Views<'_> {
        Views::new(&self.store, self.now())
    }

    /// Does a command for `actor`; returns when it is durable.
    pub(crate) async fn command(
        &self,
        actor: &Actor,
        key: &IdempotencyKey,
        command: Command,
    ) -> Result<Reply, Problem> {
        Ok(self.command_refused(actor, key, command).await??)
    }

    /// The same for who wants to know what exactly the rules refuse.
    pub(crate) async fn command_refused(
        &self,
        actor: &Actor,
        key: &IdempotencyKey,
        command: Command,
    ) -> Result<Result<Reply, Refusal>, Problem> {
        let begun = std::time::Instant::now();
        let request = Request {
            idempotency_key: key.of(actor.staff),
            by: actor.staff,
            role: actor.role,
            approval: self.approvals.of(actor, key, &self.store.catalogue(), self.now()),
            command,
        };
        let reply = self.store.command(request).await;
        if let Ok(done) = &reply {
            self.hubs.standing.durable_twice(done.entry).await;
        }
        self.metrics.command(reply.as_ref().err(), begun.elapsed());
        match reply {
            Ok(reply) => Ok(Ok(reply)),
            Err(CommandError::Refused(refusal)) => Ok(Err(refusal)),
            Err(error) => Err(error.into()),
        }
    }

    /// Does a command whose answer is one check.
    pub(crate) async fn check_command(
        &self,
        actor: &Actor,
        key: &IdempotencyKey,
        command: Command,
    ) -> Result<axum::Json<CheckView>, Problem> {
        let reply = self.command(actor, key, command).await?;
        Ok(axum::Json(self.views().check_view(first_check(&reply)?)))
    }

    /// Checks that the kitchen may have on its screens.
    pub(crate) fn kitchen_checks(&self) -> Result<Vec<Arc<Check>>, Problem> {
        Ok(self.store.kitchen_checks(self.now() - TICKET_TIME_MAX)?)
    }

    /// A check.
    pub(crate) fn check(&self, id: CheckId) -> Result<Arc<Check>, Problem> {
        self.store.check(id)?.ok_or_else(|| Problem::unknown("check"))
    }

    /// Reads from the disk, off the threads that serve requests.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = self.clone();
        let done = tokio::task::spawn_blocking(move || read(&app)).await;
        done.map_err(|error| Problem::internal(&error))?
    }
}

/// The time of `clock`, unless the journal of `store` knows a later one.
pub(crate) fn time_known(store: &Store, clock: &Clock) -> Timestamp {
    // What cannot be read is found out by whoever needs it more.
    clock().max(store.latest_instant().unwrap_or(Timestamp::MIN))
}

/// The check that a command was about.
pub(crate) fn first_check(reply: &Reply) -> Result<&Check, Problem> {
    let check = reply.checks.first().ok_or_else(|| Problem::unknown("check"))?;
    Ok(check)
}

impl App {
    /// A job was queued by a person: screens and the printer's task learn of it.
    pub(crate) fn queued(&self, job: &maitred_store::PrintJob) {
        self.live.job_changed(job.id, job.printer);
        self.printers.wake();
    }
}
