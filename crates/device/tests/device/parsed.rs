//! A parser that others wrote, `hardless-escpos` (crates.io), reads all that goes to a printer, and finds on it what our
//! virtual printer printed.

use std::{
    fmt::Write as _,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use maitred_device::{
    paper::{
        DrawerKick, Heading, KitchenTicket, Language, Logo, Paper, Receipt, Report, ReportSection, Row,
        TestPage, TicketKind, TicketLine,
    },
    profile::{BackChannel, Dialect, Profile, profiles},
    virtual_printer::{Model, VirtualPrinter},
};
use maitred_domain::ids::named;
use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

use crate::support::{
    Desk, arabic_receipt, eventually, peer_program, receipt, rich_ticket, steady, ticket, work_for,
};

/// What the parser makes of bytes, as far as it is looked at here.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum Node {
    Text {
        text: String,
    },
    LineFeed,
    Feed,
    Cut,
    Pulse {
        pin: u8,
        #[serde(default)]
        realtime: bool,
    },
    RasterImage {
        width_bytes: usize,
        height: usize,
        data_hex: String,
    },
    Unknown {
        command: Option<String>,
        bytes_hex: String,
    },
    #[serde(other)]
    Setting,
}

/// What it knows by name and does not print: a status that comes by itself, questions whose answers prove a print, real-time
/// commands switched off around pictures, the character set, and white on black.
const ASIDE: [&str; 6] = ["GS a", "GS r", "GS ( H", "GS ( D", "ESC R", "GS B"];

/// What a stranger sees of the papers.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    /// Line by line as [`maitred_device::virtual_printer::Slip::text`] has it, a slip each.
    slips: Vec<String>,
    /// The connector's pin, and whether it was told out of its turn.
    kicks: Vec<(u8, bool)>,
}

impl Seen {
    fn of(nodes: Vec<Node>) -> Self {
        let (mut seen, mut slip, mut line) = (Self::default(), String::new(), String::new());
        for node in nodes {
            match node {
                Node::Text { text } => line.push_str(&text),
                Node::Feed if line.is_empty() => {}
                Node::LineFeed | Node::Feed => end_line(&mut slip, &mut line),
                Node::RasterImage { width_bytes, height, data_hex } => {
                    assert_eq!(data_hex.len(), 2 * width_bytes * height);
                    writeln!(slip, "[picture {}x{height}]", width_bytes * 8).unwrap();
                }
                Node::Cut if slip.trim().is_empty() => slip.clear(),
                Node::Cut => seen.slips.push(std::mem::take(&mut slip)),
                Node::Pulse { pin, realtime } => seen.kicks.push((pin, realtime)),
                Node::Unknown { command, bytes_hex } => {
                    let is_known = command.as_deref().is_some_and(|name| ASIDE.contains(&name));
                    assert!(is_known, "{command:?} {bytes_hex} is no command");
                }
                Node::Setting => {}
            }
        }
        assert_eq!(line, "", "every line ends");
        seen.slips.extend((!slip.is_empty()).then_some(slip));
        seen
    }
}

fn end_line(slip: &mut String, line: &mut String) {
    writeln!(slip, "{}", line.trim_end()).unwrap();
    line.clear();
}

/// Whoever listens on the wire to a printer: all bytes that were sent to it.
struct Tap {
    address: String,
    bytes: Arc<Mutex<Vec<u8>>>,
    task: JoinHandle<()>,
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Tap {
    async fn on(printer: &VirtualPrinter) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        let (bytes, to) = (Arc::<Mutex<Vec<u8>>>::default(), printer.addr());
        let heard = Arc::clone(&bytes);
        let task = tokio::spawn(async move {
            loop {
                let (worker, _) = listener.accept().await.unwrap();
                let (asks, mut answers) = worker.into_split();
                let (mut replies, commands) = TcpStream::connect(to).await.unwrap().into_split();
                tokio::select! {
                    () = overhear(asks, commands, &heard) => {}
                    _ = copy(&mut replies, &mut answers) => {}
                }
            }
        });
        Self { address, bytes, task }
    }

    fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap().clone()
    }
}

async fn overhear(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, heard: &Mutex<Vec<u8>>) {
    let mut bytes = vec![0; 4_096];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        heard.lock().unwrap().extend(&bytes[..length]);
        if to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}

/// One of every kind, in scripts that are typed and scripts that are drawn.
fn papers() -> Vec<Paper> {
    let line = |name: &str| TicketLine { quantity: 2, name: name.to_owned(), ..TicketLine::default() };
    let chinese = KitchenTicket { lines: vec![line("宫保鸡丁 Kung Pao")], ..ticket("unused") };
    let void = KitchenTicket { kind: TicketKind::Void, ..ticket("Steak") };
    let dots = maitred_device::picture::logo(include_bytes!("../pictures/rings.jpg")).unwrap();
    let logo = Logo { width_dots: 384, rows: dots.bytes().to_vec() };
    let qr = Some("https://example.com/r/1042".to_owned());
    let section = |rows| ReportSection { title: "Section".to_owned(), rows };
    let z = Report {
        title: "Z report 12".to_owned(),
        subtitle: vec!["2026-03-02".to_owned()],
        sections: vec![section(vec![
            Row::new("Food", "1.204,00 €"),
            Row::new("TOTAL", "1.515,50 €").strong(),
        ])],
        signed: true,
        ..Report::default()
    };
    let temperatures = Report {
        title: "Temperature".to_owned(),
        sections: vec![section(vec![Row::new("14:00", "3.0 °C ... 9.5 °C").strong(), Row::new("0", "")])],
        language: Language::It,
        ..z.clone()
    };
    vec![
        Paper::Ticket(rich_ticket()),
        Paper::Ticket(chinese),
        Paper::Ticket(void),
        Paper::Ticket(ticket("Steak")).headed(Heading::Reprint { n: 1 }),
        Paper::Receipt(Receipt { logo: Some(logo), qr, opens_drawer: Some(DrawerKick::Pin2), ..receipt() }),
        Paper::Receipt(Receipt { opens_drawer: Some(DrawerKick::Pin5), ..arabic_receipt() }),
        Paper::Receipt(receipt()).headed(Heading::Duplicate),
        Paper::Report(z),
        Paper::Report(temperatures),
        Paper::Test(TestPage { printer: "Grill".to_owned(), ..TestPage::default() }),
        Paper::Drawer(DrawerKick::Pin2),
        Paper::Drawer(DrawerKick::Pin5),
    ]
}

/// Prints all of them; the bytes that went over the wire, and what the virtual printer made of them.
async fn print(profile: &Profile) -> (Vec<u8>, Vec<String>) {
    let model = match profile.back_channel {
        BackChannel::Probe | BackChannel::Full => Model::Full,
        BackChannel::Basic => Model::Basic,
        BackChannel::Mute => Model::Mute,
    };
    let printer = VirtualPrinter::bind_with_width("127.0.0.1:0", model, profile.width_dots).await.unwrap();
    let tap = Tap::on(&printer).await;
    let (desk, id) = (Desk::new(), named("printer"));
    let worker = work_for(&desk, id, tap.address.clone(), profile.clone(), steady());
    for (number, paper) in (1..).zip(papers()) {
        desk.printed(desk.queue(id, number, paper)).await;
    }
    drop(worker);
    eventually("all of it", || printer.waiting_bytes() == 0 && printer.drawer_kicks() == 4).await;
    (tap.bytes(), printer.slips().into_iter().map(|slip| slip.text).collect())
}

#[tokio::test]
async fn a_parser_that_others_wrote_reads_every_paper_in_every_profile() {
    let Some(parser) = peer_program("cargo/bin/hardless-reads") else {
        println!("skipped: hardless-escpos is not installed (scripts/setup test)");
        return;
    };
    for profile in profiles().iter().filter(|profile| profile.dialect == Dialect::EscPos) {
        let (bytes, slips) = print(profile).await;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let read = Command::new(&parser).stdin(file.reopen().unwrap()).stderr(Stdio::inherit()).output();
        let nodes: Vec<Node> = serde_json::from_slice(&read.unwrap().stdout).unwrap();
        let kicks = vec![(2, false), (5, false), (2, true), (5, true)];
        assert_eq!(Seen::of(nodes), Seen { slips, kicks }, "{}", profile.name);
    }
}
