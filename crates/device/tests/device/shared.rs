//! A printer at a USB port that its box shares with the others, as Debian's p910nd does it.

use std::{
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::support::{
    Desk, complete_slips, default_profile, eventually, is_marked, steady, ticket, work_for,
};
use maitred_device::{
    job::JobState,
    paper::Paper,
    session::{Grade, Health},
    virtual_printer::{Fault, Model, Plug, VirtualPrinter},
};
use maitred_domain::ids::named;
use tokio::{net::TcpListener, process::Command, task::JoinHandle};

/// In no search path of a user.
const P910ND: &str = "/usr/sbin/p910nd";
/// Where it notes that it runs; its service makes the folder.
const P910ND_LOCKS: &str = "/var/lock/p910nd";

/// Listens as inetd would, one session after the other, and has p910nd carry each to the device.
async fn share(device: PathBuf) -> (u16, JoinHandle<()>) {
    std::fs::create_dir_all(P910ND_LOCKS).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        loop {
            let (session, _) = listener.accept().await.unwrap();
            carry(session.into_std().unwrap(), &device).await;
        }
    });
    (port, serving)
}

async fn carry(session: std::net::TcpStream, device: &Path) {
    session.set_nonblocking(false).unwrap();
    let session = OwnedFd::from(session);
    let mut p910nd = Command::new(P910ND)
        .args(["-b", "-f"])
        .arg(device)
        .stdin(session.try_clone().unwrap())
        .stdout(session)
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{P910ND}: {error}; apt-get install p910nd"));
    p910nd.wait().await.unwrap();
}

#[tokio::test]
async fn a_usb_printer_of_another_box_is_one_of_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("lp0");
    let printer = VirtualPrinter::at_port(&device, Plug::Usb, Model::Full);
    let (port, _serving) = share(device).await;
    let (desk, id) = (Desk::new(), named("bar"));
    let address = format!("tcp://127.0.0.1:{port}");
    let worker = work_for(&desk, id, address, default_profile(), steady());
    let paper = |name| Paper::Ticket(ticket(name));

    let first = desk.queue(id, 1, paper("Soup"));
    let state = desk.printed(first).await;
    assert!(matches!(state, JobState::Confirmed { grade: Grade::A, .. }), "{state:?}");
    eventually("the slip", || complete_slips(&printer, 1).len() == 1).await;

    printer.fault(Fault::PaperOut);
    let second = desk.queue(id, 2, paper("Steak"));
    desk.until("the alarm", |inner| inner.health(id) == Some(Health::PaperOut)).await;
    printer.fault(Fault::None);
    let state = desk.printed(second).await;
    assert!(matches!(state, JobState::Confirmed { grade: Grade::A, .. }), "{state:?}");
    assert_eq!(complete_slips(&printer, 2).len(), 1);

    printer.fault(Fault::CutCable);
    desk.until("no printer", |inner| inner.health(id) == Some(Health::Unreachable)).await;
    let third = desk.queue(id, 3, paper("Cake"));
    printer.fault(Fault::None);
    let state = desk.printed(third).await;
    assert!(matches!(state, JobState::Confirmed { grade: Grade::A, .. }), "{state:?}");
    let slips = complete_slips(&printer, 3);
    assert!(slips.len() == 1 && !is_marked(&slips[0]));
    drop(worker);
}
