//! A printer that others wrote: `emupos` (`PyPI`), by TCP and at a pseudo-terminal.

use std::{ffi::OsString, path::Path, process::Stdio, time::Duration};

use maitred_device::{
    job::JobState,
    paper::{Paper, Receipt},
    session::{Grade, Health, Timing},
};
use maitred_domain::ids::named;
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::sleep,
};

use crate::support::{Desk, default_profile, peer_program, receipt, rich_ticket, ticket, work_for};

const CODE: &str = "https://example.com/r/1042";

/// What a phone reads on the paper that others drew from our bytes.
fn assert_code(picture: &Path) {
    match std::process::Command::new("zbarimg").args(["--quiet", "--raw"]).arg(picture).output() {
        Ok(read) => assert_eq!(String::from_utf8_lossy(&read.stdout).trim(), CODE),
        Err(error) => println!("skipped: zbarimg (Debian: zbar-tools) does not start: {error}"),
    }
}

struct Peer {
    folder: TempDir,
    _simulator: Child,
    address: String,
    api: String,
}

/// From `EMUPOS`, from where `scripts/setup test` puts it, or from the path.
fn program() -> OsString {
    let installed = peer_program("python/bin/emupos");
    std::env::var_os("EMUPOS").or(installed.map(Into::into)).unwrap_or_else(|| "emupos".into())
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

impl Peer {
    /// `None`, with the reason printed, when it is not installed.
    async fn start(is_serial: bool) -> Option<Self> {
        let (folder, port, api_port) = (tempfile::tempdir().unwrap(), free_port().await, free_port().await);
        let (connection, address) = if is_serial {
            let link = folder.path().join("emupos/front");
            ("serial: { pty: true }".to_owned(), format!("serial:{}", link.display()))
        } else {
            (format!("tcp: {{ port: {port} }}"), format!("tcp://127.0.0.1:{port}"))
        };
        let config = format!(
            "schema: 1\napi: {{ host: 127.0.0.1, port: {api_port} }}\ndevices:\n  - id: front\n    type: printer\n    \
             profile: epson-tm-t20iii\n    job_idle_timeout_ms: 200\n    connections:\n      - {connection}\n"
        );
        std::fs::write(folder.path().join("emupos.yaml"), config).unwrap();
        let mut command = Command::new(program());
        command
            .arg("run")
            .current_dir(folder.path())
            .env("TMPDIR", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let simulator = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                println!("skipped: emupos (PyPI, Python 3.13) does not start: {error}");
                return None;
            }
        };
        for _ in 0..150 {
            if TcpStream::connect(("127.0.0.1", api_port)).await.is_ok() {
                let api = format!("http://127.0.0.1:{api_port}");
                return Some(Self { folder, _simulator: simulator, address, api });
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("emupos started, but nobody listens");
    }

    async fn tell(&self, arguments: &[&str]) -> String {
        let output = Command::new(program())
            .args(["--api", &self.api])
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn keep(&self, name: &str) {
        if let Some(folder) = std::env::var_os("MAITRED_SLIPS") {
            let path = Path::new(&folder).join(format!("maitred-{}-peer-{name}", std::process::id()));
            std::fs::copy(self.folder.path().join(name), path).unwrap();
        }
    }
}

#[tokio::test]
async fn a_printer_that_others_wrote_understands_us() {
    talk(false).await;
}

#[tokio::test]
async fn a_printer_that_others_wrote_understands_us_on_a_serial_line() {
    talk(true).await;
}

async fn talk(is_serial: bool) {
    let Some(peer) = Peer::start(is_serial).await else { return };
    let (desk, id) = (Desk::new(), named("front"));
    // Python on a busy machine takes its time, and a printer that is silent at first is taken for one that never speaks.
    let timing = Timing { reply: Duration::from_secs(20), ..Timing::default() };
    let _worker = work_for(&desk, id, peer.address.clone(), default_profile(), timing);
    let with_code = Receipt { qr: Some(CODE.to_owned()), ..receipt() };
    let papers = [("ticket.png", Paper::Ticket(rich_ticket())), ("receipt.png", Paper::Receipt(with_code))];
    for (number, (name, paper)) in (1..).zip(papers) {
        let job = desk.queue(id, number, paper);
        let state = desk.printed(job).await;
        assert!(matches!(state, JobState::Confirmed { grade: Grade::A | Grade::B, .. }), "{state:?}");
        sleep(Duration::from_millis(500)).await;
        let text = peer.tell(&["receipt", "show", "--save", name]).await;
        assert!(text.contains(&format!("#{number} / 1")), "{text}");
        peer.keep(name);
    }
    assert_code(&peer.folder.path().join("receipt.png"));
    peer.tell(&["fault", "set", "front", "paper-out"]).await;
    let job = desk.queue(id, 3, Paper::Ticket(ticket("Steak")));
    desk.until("the alarm", |inner| inner.health(id) == Some(Health::PaperOut)).await;
    assert!(matches!(desk.state(job), JobState::Queued { .. }));
    peer.tell(&["fault", "clear", "front", "paper-out"]).await;
    assert!(matches!(desk.printed(job).await, JobState::Confirmed { .. }));
    sleep(Duration::from_millis(500)).await;
    let list = peer.tell(&["receipt", "list", "--json"]).await;
    assert_eq!(list.matches("completed_at").count(), 3, "each once: {list}");
    assert!(peer.tell(&["receipt", "show"]).await.contains("#3 / 1"));
}
