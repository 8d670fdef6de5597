use std::io;
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::{free_port, program, wait_until};

/// A NATS server. Dropping it kills it.
pub struct Nats {
    program: PathBuf,
    port: u16,
    running: Child,
}

impl Nats {
    /// Starts one; `None` when it is not installed, which is said.
    ///
    /// # Errors
    /// When it is installed and does not start.
    pub fn start() -> io::Result<Option<Self>> {
        let Some(program) = program("nats-server") else { return Ok(None) };
        let port = free_port()?;
        let running = run(&program, port)?;
        Ok(Some(Self { program, port, running }))
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Ends it as a power cut would.
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
        self.running = run(&self.program, self.port)?;
        Ok(())
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}

fn run(program: &PathBuf, port: u16) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(["-a", "127.0.0.1", "-p", &port.to_string()]);
    let running = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    wait_until("nats-server", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())?;
    Ok(running)
}
