//! Programs that others wrote drive our virtual printer: `python-escpos` (`PyPI`) and `receiptio` (npm).

use std::{path::PathBuf, process::Stdio, time::Duration};

use maitred_device::virtual_printer::{Fault, Model, VirtualPrinter};
use tokio::{process::Command, time::timeout};

use crate::support::{eventually, peer_program};

const PYTHON: &str = r#"
import sys
from escpos.printer import Network
printer = Network("127.0.0.1", port=int(sys.argv[1]), timeout=10)
print("online", printer.is_online(), "paper", printer.paper_status())
printer.set(align="center", bold=True, double_width=True, double_height=True)
printer.text("Tavolo 12\n")
printer.set(align="left", bold=False, normal_textsize=True)
printer.text("2 Entrecote\n")
printer.qr("https://example.com/r/1042", native=True, size=6)
printer.cashdraw(2)
printer.cut()
printer.close()
"#;

const RECEIPT: &str = "^^^Table 12\n\nEntrecote | 89.00\nTiramisu | 12.00\n---\n^TOTAL | ^101.00\n";

/// `None`, with the reason printed, when it is not installed.
fn installed(name: &str, program: &str) -> Option<PathBuf> {
    let found = peer_program(program);
    if found.is_none() {
        println!("skipped: {name} is not installed (scripts/setup test)");
    }
    found
}

/// Whether it ends well, and what it says, wherever it says it.
async fn outcome(command: &mut Command) -> (bool, String) {
    let running = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = timeout(Duration::from_mins(1), running).await.unwrap().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

async fn run(command: &mut Command) -> String {
    let (is_well, said) = outcome(command).await;
    assert!(is_well, "{said}");
    said
}

#[tokio::test]
async fn python_escpos_prints_opens_the_drawer_and_is_told_the_state() {
    let Some(python) = installed("python-escpos", "python/bin/python") else { return };
    let printer = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
    let port = printer.addr().port().to_string();
    let said = run(Command::new(&python).args(["-c", PYTHON, &port])).await;
    assert!(said.contains("online True paper 2"), "{said}");
    eventually("the slip", || printer.slips().iter().any(|slip| slip.is_cut)).await;
    let slip = &printer.slips()[0];
    assert!(slip.text.contains("Tavolo 12") && slip.text.contains("2 Entrecote"), "{}", slip.text);
    assert!(slip.text.contains("[picture "), "the code is drawn: {}", slip.text);
    assert_eq!(printer.drawer_kicks(), 1);
    printer.fault(Fault::PaperOut);
    let said = run(Command::new(&python).args([
        "-c",
        "import sys\nfrom escpos.printer import Network\nprinter = Network('127.0.0.1', port=int(sys.argv[1]))\n\
         print(printer.is_online(), printer.paper_status())",
        &port,
    ]))
    .await;
    assert_eq!(said.trim(), "False 0");
}

#[tokio::test]
async fn receiptio_prints_and_says_success_only_with_paper() {
    let Some(receiptio) = installed("receiptio", "node/node_modules/.bin/receiptio") else { return };
    // It knows no port but 9100; the whole of 127/8 is this machine.
    let printer = match VirtualPrinter::bind("127.91.0.7:9100", Model::Full).await {
        Ok(printer) => printer,
        Err(error) => return println!("skipped: 127.91.0.7:9100 cannot be listened on: {error}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.receipt");
    std::fs::write(&file, RECEIPT).unwrap();
    let print = || {
        let mut command = Command::new(&receiptio);
        command.args(["-d", "127.91.0.7", "-p", "escpos"]).arg(&file);
        command
    };
    let said = run(&mut print()).await;
    assert!(said.contains("success"), "{said}");
    eventually("the slip", || printer.slips().iter().any(|slip| slip.is_cut)).await;
    let text = printer.slips().iter().map(|slip| slip.text.clone()).collect::<String>();
    assert!(text.contains("Entrecote") && text.contains("101.00"), "{text}");
    printer.fault(Fault::PaperOut);
    let (is_well, said) = outcome(&mut print()).await;
    assert!(!is_well && said.contains("paperempty"), "{said}");
}
