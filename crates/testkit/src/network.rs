//! A venue's network on one machine: boxes with an address of their own, switches between them, cables that can be cut,
//! and air that loses packets.
//!
//! Each box is a network namespace of the kernel. A process that is started [`Place::within`] one has that network and no
//! other, so that what runs is what ships. Nothing has a name outside: namespaces are held by open files, and are gone
//! with the last of them and the last process inside, also when a test panics or is killed.
//!
//! Needs root, `unshare` (util-linux), `ip` (iproute2) and, for lost packets, `nft` (nftables).

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::fd::{AsFd, AsRawFd};
use std::process::{Command, Stdio};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Why there is no such network here.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// A program could not be started: its package is not installed.
    #[error("cannot run {program}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A program failed.
    #[error("{command} failed: {message}")]
    Failed {
        /// What was wanted.
        command: String,
        /// What it wrote to standard error.
        message: String,
    },
    /// The kernel refused.
    #[error("cannot use a network namespace")]
    Refused(#[from] io::Error),
}

/// Says why there can be no network of its own on this machine, by making one.
///
/// # Errors
/// The reason with its causes, fit for a test to print before it gives up.
pub fn available() -> Result<(), String> {
    let attempt = || {
        let network = Network::new(&["lan"])?;
        let place = network.place()?;
        network.plug(&place, "lan", "10.77.0.1/24")?;
        place.lose(5)
    };
    attempt().map_err(|error: NetworkError| {
        let cause = std::error::Error::source(&error).map(|it| format!(": {it}")).unwrap_or_default();
        format!("no networks of our own here: {error}{cause}")
    })
}

/// A box on the network: whoever is inside sees its interfaces only.
#[derive(Debug)]
pub struct Place(File);

impl Place {
    fn new() -> Result<Self, NetworkError> {
        // It holds the namespace until somebody here does.
        let mut holder = Command::new("unshare")
            .args(["--net", "sh", "-c", "echo there; read _"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| NetworkError::Start { program: "unshare".into(), source })?;
        let mut said = String::new();
        let stdout = holder.stdout.take().expect("its standard output was asked for");
        BufReader::new(stdout).read_line(&mut said)?;
        let opened = File::open(format!("/proc/{}/ns/net", holder.id()));
        drop(holder.stdin.take());
        let ended = holder.wait_with_output()?;
        if said.is_empty() {
            let message = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
            return Err(NetworkError::Failed { command: "unshare --net".into(), message });
        }
        let place = Self(opened?);
        place.run("ip link set lo up")?;
        Ok(place)
    }

    /// Does something inside: sockets that it opens and processes that it starts stay there.
    ///
    /// # Panics
    /// When the kernel takes a thread in and not out again.
    pub fn within<T>(&self, inside: impl FnOnce() -> T) -> T {
        struct Back(File);
        impl Drop for Back {
            fn drop(&mut self) {
                enter(&self.0).expect("a thread goes back to where it came from");
            }
        }
        let _back = Back(File::open("/proc/thread-self/ns/net").expect("a thread has a network"));
        enter(&self.0).expect("a place can be entered for as long as it is held");
        inside()
    }

    /// Moves the calling thread here for good, and what it starts with it.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn enter(&self) -> Result<(), NetworkError> {
        Ok(enter(&self.0)?)
    }

    /// Runs a command inside.
    ///
    /// # Errors
    /// [`NetworkError`] when it fails.
    pub fn run(&self, command: &str) -> Result<(), NetworkError> {
        self.within(|| run(command))
    }

    /// Loses so many of a hundred packets that come and that go, at random; those of the box to itself are not touched.
    ///
    /// # Errors
    /// [`NetworkError`] when the kernel has no such filter.
    pub fn lose(&self, percent: u32) -> Result<(), NetworkError> {
        self.run("nft add table inet air")?;
        for hook in ["input", "output"] {
            self.run(&format!("nft add chain inet air {hook} {{ type filter hook {hook} priority 0 ; }}"))?;
            self.run(&format!("nft flush chain inet air {hook}"))?;
            let own = if hook == "input" { "iif" } else { "oif" };
            self.run(&format!("nft add rule inet air {hook} {own} lo accept"))?;
            self.run(&format!("nft add rule inet air {hook} numgen random mod 100 < {percent} drop"))?;
        }
        Ok(())
    }

    /// Its path for programs that this process starts.
    fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.0.as_raw_fd())
    }
}

fn enter(place: &File) -> io::Result<()> {
    Ok(move_into_link_name_space(place.as_fd(), Some(LinkNameSpaceType::Network))?)
}

fn run(command: &str) -> Result<(), NetworkError> {
    let mut words = command.split(' ');
    let program = words.next().unwrap_or_default();
    let output = Command::new(program)
        .args(words)
        .env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin")
        .output()
        .map_err(|source| NetworkError::Start { program: program.to_owned(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(NetworkError::Failed { command: command.to_owned(), message })
}

/// A cable: the end of it that is in a switch.
#[derive(Clone, Debug)]
pub struct Cable(String);

/// Switches and the cables in them.
#[derive(Debug)]
pub struct Network {
    switches: Place,
    cables: Cell<u32>,
}

impl Network {
    /// Switches of those names, nothing in them.
    ///
    /// # Errors
    /// [`NetworkError`] where namespaces are not allowed.
    pub fn new(switches: &[&str]) -> Result<Self, NetworkError> {
        let network = Self { switches: Place::new()?, cables: Cell::new(0) };
        for switch in switches {
            // Multicast goes everywhere, as in the switch of a restaurant.
            network.switches.run(&format!("ip link add {switch} type bridge mcast_snooping 0"))?;
            network.switches.run(&format!("ip link set {switch} up"))?;
        }
        Ok(network)
    }

    /// A box without any cable.
    ///
    /// # Errors
    /// [`NetworkError`] where namespaces are not allowed.
    pub fn place(&self) -> Result<Place, NetworkError> {
        Place::new()
    }

    /// Plugs a box into a switch; its interface is called as the switch is.
    ///
    /// # Errors
    /// [`NetworkError`] when that cannot be done.
    pub fn plug(&self, place: &Place, switch: &str, address: &str) -> Result<Cable, NetworkError> {
        let cable = self.cable();
        let path = place.path();
        self.switches.run(&format!(
            "ip link add {cable} type veth peer name {switch} netns {path}",
            cable = cable.0
        ))?;
        self.switches.run(&format!("ip link set {} master {switch} up", cable.0))?;
        place.run(&format!("ip address add {address} dev {switch}"))?;
        place.run(&format!("ip link set {switch} up"))?;
        Ok(cable)
    }

    /// Puts a cable between two switches.
    ///
    /// # Errors
    /// [`NetworkError`] when that cannot be done.
    pub fn join(&self, one: &str, other: &str) -> Result<Cable, NetworkError> {
        let (cable, far) = (self.cable(), self.cable());
        self.switches.run(&format!("ip link add {} type veth peer name {}", cable.0, far.0))?;
        self.switches.run(&format!("ip link set {} master {one} up", cable.0))?;
        self.switches.run(&format!("ip link set {} master {other} up", far.0))?;
        Ok(cable)
    }

    /// Cuts a cable: what is sent is lost, and nobody is told.
    ///
    /// # Errors
    /// [`NetworkError`] when that cannot be done.
    pub fn cut(&self, cable: &Cable) -> Result<(), NetworkError> {
        self.switches.run(&format!("ip link set {} down", cable.0))
    }

    /// Mends it.
    ///
    /// # Errors
    /// [`NetworkError`] when that cannot be done.
    pub fn mend(&self, cable: &Cable) -> Result<(), NetworkError> {
        self.switches.run(&format!("ip link set {} up", cable.0))
    }

    /// Turns a switch off, with all that is in it, or on again.
    ///
    /// # Errors
    /// [`NetworkError`] when that cannot be done.
    pub fn power(&self, switch: &str, is_on: bool) -> Result<(), NetworkError> {
        self.switches.run(&format!("ip link set {switch} {}", if is_on { "up" } else { "down" }))
    }

    fn cable(&self) -> Cable {
        let number = self.cables.get();
        self.cables.set(number + 1);
        Cable(format!("cable{number}"))
    }
}
