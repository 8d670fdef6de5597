//! A whole hub as a process of its own, spoken to over HTTP, as devices do.
//!
//! [`parties`] are its guests: every command of theirs has a number, so that whoever finds the hub again can tell what
//! must be there. [`http`] and [`screen`] are what devices are made of, as thin as can be, so that what is measured is
//! the hub.

pub mod http;
pub mod parties;
pub mod screen;

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use maitred_domain::catalogue::{EntityChanged, Printer};
use maitred_domain::decide;
use maitred_domain::permission::Role;
use maitred_hub::config::Settings;
use maitred_hub::serve::{Hub, ServeError};
use maitred_store::{CommandError, Request};

use http::Client;
use parties::Waiter;

/// How long a hub may take to end once it is told to.
pub const STOP_MAX: Duration = Duration::from_secs(5);

/// An address where nobody listens.
const NOBODY: &str = "tcp://127.0.0.1:1";

/// Why a hub could not be used.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The process could not be started or told something.
    #[error("cannot {action} the hub")]
    Process {
        /// What.
        action: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It said something else than where it listens.
    #[error("the hub did not start; it said {0:?}")]
    NotStarted(String),
    /// It ended badly.
    #[error("the hub ended with {0}")]
    Ended(std::process::ExitStatus),
    /// It went on.
    #[error("the hub did not end in {} s", STOP_MAX.as_secs())]
    Late,
    /// The venue could not be made.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The venue could not be changed.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// It cannot be reached.
    #[error("the hub does not answer")]
    Unreachable(#[from] io::Error),
}

/// Makes the demo venue in `data`, its printers unplugged: others on this box may have theirs.
///
/// # Errors
/// [`HubError`] when the folder cannot be written.
pub fn seed(data: &Path) -> Result<(), HubError> {
    seed_with(data, |_| NOBODY.into())
}

/// The same with printers at the addresses that `printers_at` says.
///
/// # Errors
/// [`HubError`] when the folder cannot be written.
pub fn seed_with(data: &Path, printers_at: impl Fn(&Printer) -> String) -> Result<(), HubError> {
    let start = |source| HubError::Process { action: "start the threads of", source };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(start)?;
    runtime.block_on(async {
        let hub = Hub::start(Settings { demo: true, ..Settings::new(data) }).await?;
        let store = hub.app().store.clone();
        let catalogue = store.catalogue();
        let moved = |printer: &Printer| Printer { address: printers_at(printer), ..printer.clone() };
        let printers = catalogue.printers.values();
        let changes = printers.filter_map(|it| EntityChanged::between(Some(it), &moved(it))).collect();
        if let Some(manager) = catalogue.staff.values().find(|staff| staff.role == Role::Manager) {
            let command = decide::Command::Edit { changes };
            let (by, role) = (manager.id, manager.role);
            store
                .command(Request { idempotency_key: "unplug".into(), by, role, approval: None, command })
                .await?;
        }
        drop(Arc::clone(&catalogue));
        Ok(hub.stop().await?)
    })
}

/// A hub in a process of its own. Dropping it kills it.
#[derive(Debug)]
pub struct HubProcess {
    child: Child,
    address: SocketAddr,
    // A hub whose greeting nobody reads would take that for a reason to end.
    stdout: BufReader<ChildStdout>,
}

impl HubProcess {
    /// Starts `binary` on a free port; it logs errors to `log`. Waits until it listens.
    ///
    /// # Errors
    /// [`HubError`] when it does not start.
    pub fn start(binary: &Path, data: &Path, log: Stdio) -> Result<Self, HubError> {
        Self::start_with(binary, data, &["--listen", "127.0.0.1:0"], log)
    }

    /// The same with other options.
    ///
    /// # Errors
    /// [`HubError`] when it does not start.
    pub fn start_with(binary: &Path, data: &Path, options: &[&str], log: Stdio) -> Result<Self, HubError> {
        Self::start_in_sight(binary, data, &[options, &["--no-discovery"]].concat(), log)
    }

    /// The same, and it looks for other hubs in its network and is found there.
    ///
    /// # Errors
    /// [`HubError`] when it does not start.
    pub fn start_in_sight(
        binary: &Path,
        data: &Path,
        options: &[&str],
        log: Stdio,
    ) -> Result<Self, HubError> {
        let process = |source| HubError::Process { action: "start", source };
        let mut child = Command::new(binary)
            .args(["serve", "--log", "error", "--data"])
            .arg(data)
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(process)?;
        let stdout = child.stdout.take().expect("its standard output was asked for");
        let mut hub = Self { child, address: ([0; 4], 0).into(), stdout: BufReader::new(stdout) };
        let mut greeting = String::new();
        hub.stdout.read_line(&mut greeting).map_err(process)?;
        let address = greeting.trim().strip_prefix("Maitred listens on http://");
        hub.address = address.and_then(|it| it.parse().ok()).ok_or(HubError::NotStarted(greeting))?;
        if hub.address.ip().is_unspecified() {
            // It listens everywhere, and answers to addresses that are one.
            hub.address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        Ok(hub)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens for encrypted connections, when it was told to: the next thing that it says.
    ///
    /// # Errors
    /// When it says something else.
    pub fn secure_address(&mut self) -> Result<SocketAddr, HubError> {
        let mut said = String::new();
        self.stdout
            .read_line(&mut said)
            .map_err(|source| HubError::Process { action: "listen to", source })?;
        let address = said.trim().strip_prefix("Maitred listens on https://");
        address.and_then(|it| it.parse().ok()).ok_or(HubError::NotStarted(said))
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Somebody with a device, who has not signed in.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Waits until it ends by itself, or until nobody wants it any more.
    ///
    /// # Errors
    /// [`HubError::Process`] when that cannot be told.
    pub fn has_ended(&mut self) -> Result<bool, HubError> {
        let ended = self.child.try_wait();
        Ok(ended.map_err(|source| HubError::Process { action: "look at", source })?.is_some())
    }

    /// Tells it to stop (SIGTERM), and waits; returns how long that took.
    ///
    /// # Errors
    /// [`HubError::Late`] when it takes more than [`STOP_MAX`], [`HubError::Ended`] when it exits otherwise than with 0.
    pub fn stop(mut self) -> Result<Duration, HubError> {
        let told = Instant::now();
        let stop = |source| HubError::Process { action: "stop", source };
        self.terminate().map_err(stop)?;
        while told.elapsed() < STOP_MAX {
            match self.child.try_wait().map_err(stop)? {
                Some(status) if status.success() => return Ok(told.elapsed()),
                Some(status) => return Err(HubError::Ended(status)),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
        Err(HubError::Late)
    }

    #[cfg(target_os = "linux")]
    fn terminate(&self) -> io::Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        Ok(rustix::process::kill_process(pid, rustix::process::Signal::TERM)?)
    }

    #[cfg(not(target_os = "linux"))]
    fn terminate(&self) -> io::Result<()> {
        Command::new("kill").arg(self.pid().to_string()).status().map(drop)
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the hub on a folder that nobody uses, asks it for everything, and stops it. Returns the numbers of commands
/// that were done.
///
/// # Errors
/// What is not as it should be.
pub fn present(binary: &Path, data: &Path) -> Result<BTreeSet<u64>, String> {
    doctor(binary, data)?;
    let hub = HubProcess::start(binary, data, Stdio::inherit()).map_err(|error| error.to_string())?;
    let mut waiter = Waiter::sign_in(hub.client()).map_err(|error| error.to_string())?;
    let present = parties::check(&mut waiter)?;
    hub.stop().map_err(|error| error.to_string())?;
    doctor(binary, data)?;
    Ok(present)
}

/// Examines a data folder as an operator would.
///
/// # Errors
/// What `maitred doctor` says when it does not exit with 0.
pub fn doctor(binary: &Path, data: &Path) -> Result<(), String> {
    let output = Command::new(binary).args(["doctor", "--data"]).arg(data).output();
    let output = output.map_err(|error| format!("the doctor cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("the doctor ended with {}: {}", output.status, String::from_utf8_lossy(&said)))
}
