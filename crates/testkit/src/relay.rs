//! A whole relay as a process of its own.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A relay in a process of its own. Dropping it kills it.
#[derive(Debug)]
pub struct RelayProcess {
    child: Child,
    address: String,
    // A relay whose greeting nobody reads would take that for a reason to end.
    _stdout: BufReader<ChildStdout>,
}

impl RelayProcess {
    /// Starts `binary` listening at `listen`, with `options`, and waits until it does.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(binary: &Path, data: &Path, listen: &str, options: &[&str]) -> io::Result<Self> {
        let mut child = Command::new(binary)
            .args(["serve", "--log", "error", "--listen", listen])
            .args(options)
            .arg("--data")
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().expect("its standard output was asked for"));
        let mut greeting = String::new();
        stdout.read_line(&mut greeting)?;
        let mut relay = Self { child, address: String::new(), _stdout: stdout };
        let address = greeting.trim().strip_prefix("Maitred relay listens on http://");
        let not_started = || io::Error::other(format!("the relay did not start; it said {greeting:?}"));
        address.ok_or_else(not_started)?.clone_into(&mut relay.address);
        Ok(relay)
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The same as hubs are told.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A token with which one hub joins the only venue of the relay in `data`.
///
/// # Errors
/// What the relay says when it makes none.
pub fn enrol(binary: &Path, data: &Path) -> io::Result<String> {
    let output = Command::new(binary)
        .args(["enrol", "--org", "Ada", "--venue", "Aurora", "--data"])
        .arg(data)
        .output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}
