//! A printer that others wrote: `emupos` (`PyPI`), from `PATH` or from `EMUPOS`.

use std::{ffi::OsString, path::Path, process::Stdio, time::Duration};

use maitred_device::{
    job::JobState,
    paper::Paper,
    session::{Grade, Health, Timing},
};
use maitred_domain::ids::named;
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::sleep,
};

use crate::support::{Desk, default_profile, receipt, rich_ticket, ticket, work_for};

struct Peer {
    folder: TempDir,
    _simulator: Child,
    port: u16,
    api: String,
}

fn program() -> OsString {
    std::env::var_os("EMUPOS").unwrap_or_else(|| "emupos".into())
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

impl Peer {
    /// `None`, with the reason printed, when it is not installed.
    async fn start() -> Option<Self> {
        let (folder, port, api_port) = (tempfile::tempdir().unwrap(), free_port().await, free_port().await);
        let config = format!(
            "schema: 1\napi: {{ host: 127.0.0.1, port: {api_port} }}\ndevices:\n  - id: front\n    type: printer\n    \
             profile: epson-tm-t20iii\n    job_idle_timeout_ms: 200\n    connections:\n      - tcp: {{ port: {port} }}\n"
        );
        std::fs::write(folder.path().join("emupos.yaml"), config).unwrap();
        let mut command = Command::new(program());
        command
            .arg("run")
            .current_dir(folder.path())
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
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                let api = format!("http://127.0.0.1:{api_port}");
                return Some(Self { folder, _simulator: simulator, port, api });
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
    let Some(peer) = Peer::start().await else { return };
    let (desk, id) = (Desk::new(), named("front"));
    let address = format!("tcp://127.0.0.1:{}", peer.port);
    let _worker = work_for(&desk, id, address, default_profile(), Timing::default());
    let papers = [("ticket.png", Paper::Ticket(rich_ticket())), ("receipt.png", Paper::Receipt(receipt()))];
    for (number, (name, paper)) in (1..).zip(papers) {
        let job = desk.queue(id, number, paper);
        let state = desk.printed(job).await;
        assert!(matches!(state, JobState::Confirmed { grade: Grade::A | Grade::B, .. }), "{state:?}");
        sleep(Duration::from_millis(500)).await;
        let text = peer.tell(&["receipt", "show", "--save", name]).await;
        assert!(text.contains(&format!("#{number} / 1")), "{text}");
        peer.keep(name);
    }
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
