//! A bridge in a process of its own, with simulated devices behind pseudo-terminals, and a kitchen for its bump bar.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::hub::http::Client;
use crate::hub::parties::{Party, Waiter};

/// The bump bar that is simulated, as the demo venue calls it.
pub const BAR: &str = "bump-bar-grill";
/// Its keys: the first ticket, clear it, bring the last one back.
pub const KEY_FIRST: u16 = 1;
/// Clears what is chosen.
pub const KEY_BUMP: u16 = 0;
/// Brings back what was cleared last.
pub const KEY_RECALL: u16 = 14;

/// How long a device may take to be there.
const READY_TIME_MAX: Duration = Duration::from_mins(1);

/// A bridge. Dropping it kills it.
#[derive(Debug)]
pub struct BridgeProcess {
    child: Child,
    controls: SocketAddr,
    // A bridge whose greeting nobody reads would take that for a reason to end.
    _stdout: BufReader<ChildStdout>,
}

impl BridgeProcess {
    /// Starts `binary` at a broker with a simulated bump bar. Waits until its controls listen.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(binary: &Path, broker: &str) -> io::Result<Self> {
        let mut child = Command::new(binary)
            .args(["serve", "--log", "error", "--broker", broker, "--controls", "127.0.0.1:0"])
            .args(["--simulate", "bump-bar:grill"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().expect("its standard output was asked for"));
        let mut greeting = String::new();
        stdout.read_line(&mut greeting)?;
        let address = greeting.trim().trim_end_matches("/simulated").rsplit_once("http://");
        let controls = address.and_then(|(_, address)| address.parse().ok());
        let controls = controls.ok_or_else(|| io::Error::other(format!("no bridge: {greeting:?}")))?;
        Ok(Self { child, controls, _stdout: stdout })
    }

    /// Presses a key of the bump bar.
    ///
    /// # Errors
    /// When the bridge does not answer, or the bar is not there.
    pub fn press(&self, code: u16) -> io::Result<()> {
        let body = json!({ "code": code }).to_string();
        let mut stream = TcpStream::connect(self.controls)?;
        stream.set_nodelay(true)?;
        let head = format!(
            "POST /simulated/{BAR}/press HTTP/1.1\r\nhost: bridge\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes())?;
        let mut status = String::new();
        BufReader::new(stream).read_line(&mut status)?;
        let is_done = status.split(' ').nth(1).is_some_and(|status| status.starts_with('2'));
        if is_done { Ok(()) } else { Err(io::Error::other(format!("the bar cannot be pressed: {status}"))) }
    }
}

impl Drop for BridgeProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives the kitchen a ticket, and the bump bar to the ticket's station. Returns the ticket.
///
/// # Errors
/// When the hub refuses, or the bar does not come.
pub fn ticket_for_the_bar(manager: &mut Client, number: u64) -> io::Result<Value> {
    let mut waiter = Waiter::sign_in(manager.at(manager.address()))?;
    let mut party = Party::new(number);
    for step in 0..3 {
        let answer = waiter.send(&party, step)?;
        if !answer.is_success() {
            return Err(io::Error::other(format!("{answer:?}")));
        }
        party.learn(step, &answer);
    }
    let tickets = manager.look("/api/v1/kitchen/tickets")?;
    let newest = tickets.as_array().and_then(|tickets| tickets.last()).cloned();
    let ticket = newest.ok_or_else(|| io::Error::other("no ticket"))?;
    let device = bar(manager)?["device"].clone();
    let path = format!("/api/v1/devices/{}", device["id"].as_str().unwrap_or_default());
    let body = json!({ "name": device["name"], "station": ticket["station"] });
    let placed = manager.post(&path, Some(&format!("place the bar {number}")), &body)?;
    if placed.is_success() { Ok(ticket) } else { Err(io::Error::other(format!("{placed:?}"))) }
}

/// The bump bar as the hub knows it.
///
/// # Errors
/// When the hub does not answer.
pub fn bar(client: &mut Client) -> io::Result<Value> {
    let devices = client.look("/api/v1/devices")?["devices"].clone();
    let bar = devices.as_array().into_iter().flatten().find(|device| device["homie"] == BAR);
    bar.cloned().ok_or_else(|| io::Error::other("no bump bar"))
}

/// Waits until the hub sees the bump bar.
///
/// # Errors
/// When it does not come.
pub fn until_the_bar_is_there(client: &mut Client) -> io::Result<()> {
    let begun = Instant::now();
    while bar(client)?["health"]["state"] != "ready" {
        if begun.elapsed() > READY_TIME_MAX {
            return Err(io::Error::other("the bump bar does not come"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
