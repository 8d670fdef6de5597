use std::io;
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{free_port, program, wait_until};

/// An MQTT broker that remembers nothing when it ends. Dropping it kills it.
pub struct Mosquitto {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    running: Child,
}

impl Mosquitto {
    /// Starts one; `None` when it is not installed, which is said.
    ///
    /// # Errors
    /// When it is installed and does not start.
    pub fn start() -> io::Result<Option<Self>> {
        let Some(program) = program("mosquitto") else { return Ok(None) };
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let config = format!("listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n");
        std::fs::write(folder.path().join("mosquitto.conf"), config)?;
        let running = run(&program, &folder, port)?;
        Ok(Some(Self { program, folder, port, running }))
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// Ends it with everything that it kept.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.running.kill();
        let _ = self.running.wait();
    }

    /// Starts it again where it was.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> io::Result<()> {
        self.kill();
        self.running = run(&self.program, &self.folder, self.port)?;
        Ok(())
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}

fn run(program: &PathBuf, folder: &TempDir, port: u16) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.arg("-c").arg(folder.path().join("mosquitto.conf"));
    let running = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    wait_until("mosquitto", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())?;
    Ok(running)
}
