//! A printer without paper, for tests in another language: `virtual-printer ADDRESS` listens there, and writes every slip
//! that it cuts to standard output, a JSON text to a line. It ends when nobody reads that any more.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use maitred_device::virtual_printer::{Model, VirtualPrinter};

/// How often its tray is looked into.
const LOOK: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() -> ExitCode {
    let Some(address) = std::env::args().nth(1) else {
        eprintln!("usage: virtual-printer ADDRESS");
        return ExitCode::from(2);
    };
    match print(&address).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("virtual-printer: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn print(address: &str) -> io::Result<()> {
    let printer = VirtualPrinter::bind(address, Model::Full).await?;
    let mut written = 0;
    loop {
        for slip in printer.slips() {
            if slip.is_cut && slip.index >= written {
                written = slip.index + 1;
                writeln!(io::stdout(), "{}", serde_json::json!(slip.text))?;
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}
