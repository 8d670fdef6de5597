//! A printer without paper: at a real TCP port or a pseudo-terminal it behaves, and misbehaves, as real ones do.
//!
//! It holds bytes between connections, obeys real-time commands on arrival, stops without paper and goes on by itself
//! with a new roll. It is the demonstration's printer and the tests' adversary.
//!
//! *Invariant:* it shares no code with [`crate::encode`] and [`crate::session`] except the tables of code pages: what
//! both sides misread in the same way would look right.

mod asking;
mod beacon;
mod command;
mod machine;
mod port;
mod real_time;
mod server;
mod slip;
mod star;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use maitred_domain::address::Caller;
use serde::{Deserialize, Serialize};
use tokio::{
    net::{TcpListener, ToSocketAddrs},
    sync::Notify,
    task::JoinHandle,
};

use crate::{bitmap::Bitmap, session::Health};
pub use beacon::Beacon;
use machine::{Machine, Step};
pub use slip::Slip;

/// Slips kept; older ones are thrown away.
pub const SLIPS_KEPT: usize = 64;
/// The model that it says it is.
pub const VIRTUAL_MODEL: &str = "Virtual 80";
/// Bytes that wait for paper; when full, the network waits.
pub const RECEIVE_BYTES_MAX: usize = 64 * 1_024;

/// What a virtual printer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Status, automatic status, `GS r`, process ids, buffer clear, power-on notice.
    Full,
    /// Status and `GS r`.
    Basic,
    /// Nothing.
    Mute,
    /// Star's language: status in real time, and the print-end counter.
    Star,
}

/// How it is connected where it has a device instead of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plug {
    /// Its device goes and comes with its cable and its power.
    Usb,
    /// The line's device stays; without its cable, nothing passes.
    Serial,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// A new roll, the cover closed, the cable in, switched on-line.
    #[default]
    None,
    /// No paper, now.
    PaperOut,
    /// It prints, but warns.
    PaperNearEnd,
    /// The paper ends when so many more lines are printed.
    PaperOutAfter {
        /// How many.
        lines: u32,
    },
    /// The cover is open.
    CoverOpen,
    /// Switched off-line by its button.
    Offline,
    /// Nothing passes in either direction, and nobody can connect.
    CutCable,
    /// Off and on: the connection and the buffer are lost. Over at once.
    PowerCycle,
    /// What waits to be printed is thrown away, and nothing is said of it; the connection stays. Over at once.
    BufferClear,
    /// It prints, but what it says is noise.
    Garbage,
}

/// A handle to a virtual printer; it ends with its last handle.
#[derive(Debug, Clone)]
pub struct VirtualPrinter {
    shared: Arc<Shared>,
    _tasks: Arc<Tasks>,
}

#[derive(Debug)]
struct Shared {
    machine: Mutex<Machine>,
    /// For the mechanism: there may be something to print.
    mechanism: Notify,
    /// For the server: there may be something to say, or to hang up.
    server: Notify,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Net(SocketAddr),
    Port(PathBuf, Plug),
    Asks(Caller),
}

impl Shared {
    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Tasks([JoinHandle<()>; 2]);

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

/// What a printer with paper `width_dots` wide makes of ESC/POS `bytes`: all of it, below one another.
pub fn picture(bytes: &[u8], width_dots: u16) -> Bitmap {
    let mut machine = Machine::new(Model::Mute, width_dots);
    machine.receive(bytes);
    while machine.step() != Step::Idle {}
    let slips: Vec<Bitmap> = machine.slips().iter().map(Slip::bitmap).collect();
    let mut whole = Bitmap::new(usize::from(width_dots), slips.iter().map(Bitmap::height).sum());
    let mut y = 0;
    for slip in &slips {
        whole.draw(slip, 0, y);
        y += slip.height();
    }
    whole
}

fn start(place: Place, model: Model, width_dots: u16) -> (Arc<Shared>, JoinHandle<()>) {
    let shared = Arc::new(Shared {
        machine: Mutex::new(Machine::new(model, width_dots)),
        mechanism: Notify::new(),
        server: Notify::new(),
        place,
    });
    let mechanism = tokio::spawn(server::run_mechanism(Arc::clone(&shared)));
    (shared, mechanism)
}

impl VirtualPrinter {
    /// Listens on `address` (port 0 takes a free one), with 80 mm paper.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn bind(address: impl ToSocketAddrs, model: Model) -> io::Result<Self> {
        Self::bind_with_width(address, model, 576).await
    }

    /// The same, with paper `width_dots` wide: 384 for 58 mm.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn bind_with_width(
        address: impl ToSocketAddrs,
        model: Model,
        width_dots: u16,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let place = Place::Net(listener.local_addr()?);
        let (shared, mechanism) = start(place, model, width_dots);
        let server = tokio::spawn(server::serve(Arc::clone(&shared), listener));
        Ok(Self { shared, _tasks: Arc::new(Tasks([mechanism, server])) })
    }

    /// Has a device at `link`, a name that is made here, with 80 mm paper. The device may take a moment to appear.
    pub fn at_port(link: impl AsRef<Path>, plug: Plug, model: Model) -> Self {
        let link = link.as_ref().to_owned();
        let (shared, mechanism) = start(Place::Port(link.clone(), plug), model, 576);
        let server = tokio::spawn(port::serve(Arc::clone(&shared), link, plug));
        Self { shared, _tasks: Arc::new(Tasks([mechanism, server])) }
    }

    /// Asks the hub at `url` (`http://host:port/path`) for papers, `every` so often, with 80 mm paper.
    pub fn asking(url: impl Into<String>, caller: Caller, every: Duration) -> Self {
        let model = match caller {
            Caller::CloudPrnt(_) => Model::Star,
            Caller::Epson(_) => Model::Full,
        };
        let (shared, mechanism) = start(Place::Asks(caller.clone()), model, 576);
        let server = tokio::spawn(asking::serve(Arc::clone(&shared), url.into(), caller, every));
        Self { shared, _tasks: Arc::new(Tasks([mechanism, server])) }
    }

    /// Where it listens in the network; the unspecified address when it does not.
    pub fn addr(&self) -> SocketAddr {
        match &self.shared.place {
            Place::Net(address) => *address,
            Place::Port(..) | Place::Asks(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        }
    }

    /// Where a worker finds it, as [`maitred_domain::address::Address`] reads it.
    pub fn address(&self) -> String {
        match &self.shared.place {
            Place::Net(address) => format!("tcp://{address}"),
            Place::Port(link, Plug::Usb) => format!("usb:{}", link.display()),
            Place::Port(link, Plug::Serial) => format!("serial:{}", link.display()),
            Place::Asks(caller) => caller.to_string(),
        }
    }

    /// Breaks it, or repairs it with [`Fault::None`]. A fault replaces the one before.
    pub fn fault(&self, fault: Fault) {
        self.shared.machine().set_fault(fault);
        self.shared.mechanism.notify_one();
        self.shared.server.notify_one();
    }

    /// Ends the connection; the buffer stays.
    pub fn hang_up(&self) {
        self.shared.machine().life += 1;
        self.shared.server.notify_one();
    }

    /// How long a line takes; at first, no time.
    pub fn line_time(&self, line_time: Duration) {
        self.shared.machine().line_time = line_time;
    }

    /// The last [`SLIPS_KEPT`] slips, oldest first; a last one that is not cut yet is the paper still hanging out.
    pub fn slips(&self) -> Vec<Slip> {
        self.shared.machine().slips()
    }

    /// What its panel would show.
    pub fn health(&self) -> Health {
        self.shared.machine().health()
    }

    /// How often a drawer was opened.
    pub fn drawer_kicks(&self) -> u32 {
        self.shared.machine().drawer_kicks()
    }

    /// Leaves its drawer open, or shuts it. A drawer that it opens itself is shut at once.
    pub fn leave_drawer(&self, is_open: bool) {
        self.shared.machine().is_drawer_open = is_open;
    }

    /// Bytes that wait for paper.
    pub fn waiting_bytes(&self) -> usize {
        self.shared.machine().waiting_bytes()
    }
}
