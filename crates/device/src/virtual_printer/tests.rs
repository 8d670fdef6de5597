//! The virtual printer against what is known of real ones.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::{Fault, Model, VirtualHealth, VirtualPrinter};

const ASB_ON: [u8; 5] = [0x1b, 0x40, 0x1d, 0x61, 0x0f];
const CUT: [u8; 4] = [0x1d, 0x56, 0x42, 0x00];

async fn printer(model: Model) -> VirtualPrinter {
    VirtualPrinter::bind("127.0.0.1:0", model).await.unwrap()
}

async fn connect(printer: &VirtualPrinter) -> TcpStream {
    TcpStream::connect(printer.addr()).await.unwrap()
}

fn ticket(text: &str) -> Vec<u8> {
    [text.as_bytes(), b"\n", &CUT].concat()
}

fn identify(id: &[u8; 4]) -> Vec<u8> {
    [&[0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30][..], id].concat()
}

/// Everything the printer says within a while.
async fn hear(stream: &mut TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    let mut buffer = [0; 64];
    while let Ok(Ok(length)) = timeout(Duration::from_millis(150), stream.read(&mut buffer)).await {
        if length == 0 {
            break;
        }
        heard.extend(&buffer[..length]);
    }
    heard
}

async fn papers(printer: &VirtualPrinter, count: usize) -> Vec<String> {
    for _ in 0..200 {
        let slips: Vec<_> = printer.slips().into_iter().filter(|slip| slip.cut).collect();
        if slips.len() >= count {
            return slips.into_iter().map(|slip| slip.text.trim().to_owned()).collect();
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("waited for {count} papers, there are {}", printer.slips().len());
}

#[tokio::test]
async fn a_process_id_is_answered_when_everything_before_it_is_on_paper() {
    let printer = printer(Model::Full).await;
    let mut stream = connect(&printer).await;
    stream.write_all(&[&ASB_ON[..], &ticket("MARGHERITA"), &identify(b"0001"), &[0x1d, 0x72, 0x01]].concat()).await.unwrap();
    let heard = hear(&mut stream).await;
    assert_eq!(heard[..4], [0x10, 0, 0, 0], "automatic status at once");
    assert!(heard.windows(7).any(|seven| seven == b"7\"0001\0"), "{heard:02x?}");
    assert_eq!(papers(&printer, 1).await, ["MARGHERITA"]);
}

#[tokio::test]
async fn only_the_latest_of_several_process_ids_is_answered() {
    let printer = printer(Model::Full).await;
    let mut stream = connect(&printer).await;
    stream.write_all(&[identify(b"0001"), identify(b"0002")].concat()).await.unwrap();
    assert_eq!(hear(&mut stream).await, b"7\"0002\0");
}

#[tokio::test]
async fn a_basic_model_says_processed_and_a_mute_one_nothing() {
    let basic = printer(Model::Basic).await;
    let mut stream = connect(&basic).await;
    stream.write_all(&[ticket("A"), identify(b"0001"), vec![0x1d, 0x72, 0x01]].concat()).await.unwrap();
    assert_eq!(hear(&mut stream).await, [0x00]);
    let mute = printer(Model::Mute).await;
    let mut stream = connect(&mute).await;
    stream.write_all(&[&[0x10, 0x04, 0x01][..], &ASB_ON, &ticket("B"), &identify(b"0001")].concat()).await.unwrap();
    assert_eq!(hear(&mut stream).await, []);
    assert_eq!(papers(&mute, 1).await, ["B"]);
}

#[tokio::test]
async fn without_paper_status_is_answered_and_nothing_is_printed() {
    let printer = printer(Model::Full).await;
    printer.fault(Fault::PaperOut);
    let mut stream = connect(&printer).await;
    let status = [0x10, 0x04, 0x01, 0x10, 0x04, 0x02, 0x10, 0x04, 0x04];
    stream.write_all(&[&status[..], &ticket("A")].concat()).await.unwrap();
    assert_eq!(hear(&mut stream).await, [0x1a, 0x32, 0x7e]);
    assert_eq!((printer.slips().len(), printer.health()), (0, VirtualHealth::PaperOut));
    printer.fault(Fault::None);
    assert_eq!(papers(&printer, 1).await, ["A"]);
}

/// The reason why nothing is sent to a printer that is not ready.
#[tokio::test]
async fn paper_out_send_disconnect_send_again_new_roll_and_both_copies_print() {
    let printer = printer(Model::Full).await;
    printer.fault(Fault::PaperOut);
    for _ in 0..2 {
        let mut stream = connect(&printer).await;
        stream.write_all(&ticket("TABLE 7")).await.unwrap();
        stream.shutdown().await.unwrap();
        hear(&mut stream).await;
    }
    printer.fault(Fault::None);
    assert_eq!(papers(&printer, 2).await, ["TABLE 7", "TABLE 7"]);
}

#[tokio::test]
async fn clearing_the_buffers_forgets_what_was_not_printed() {
    let printer = printer(Model::Full).await;
    printer.fault(Fault::CoverOpen);
    let mut stream = connect(&printer).await;
    stream.write_all(&ticket("OLD")).await.unwrap();
    stream.write_all(&[0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]).await.unwrap();
    assert_eq!(hear(&mut stream).await, [0x37, 0x25, 0x00]);
    stream.write_all(&ticket("NEW")).await.unwrap();
    printer.fault(Fault::None);
    assert_eq!(papers(&printer, 1).await, ["NEW"]);
}

#[tokio::test]
async fn a_roll_that_ends_in_mid_ticket_goes_on_with_the_next() {
    let printer = printer(Model::Full).await;
    printer.fault(Fault::PaperOutAfter { lines: 2 });
    let mut stream = connect(&printer).await;
    stream.write_all(&[&ASB_ON[..], b"one\ntwo\n", &ticket("three"), &identify(b"0007")].concat()).await.unwrap();
    let heard = hear(&mut stream).await;
    assert!(!heard.contains(&b'7'), "not printed yet: {heard:02x?}");
    assert_eq!(heard[heard.len() - 4..], [0x18, 0, 0x0f, 0], "offline, no paper");
    printer.fault(Fault::None);
    assert!(hear(&mut stream).await.ends_with(b"7\"0007\0"));
    assert_eq!(papers(&printer, 1).await, ["one\ntwo\nthree"]);
}

#[tokio::test]
async fn a_second_session_is_turned_away_while_the_first_lasts() {
    let printer = printer(Model::Full).await;
    let mut first = connect(&printer).await;
    first.write_all(&[0x10, 0x04, 0x01]).await.unwrap();
    hear(&mut first).await;
    let mut second = connect(&printer).await;
    assert_eq!(second.read(&mut [0; 8]).await.unwrap_or(0), 0);
    drop(first);
    sleep(Duration::from_millis(50)).await;
    let mut third = connect(&printer).await;
    third.write_all(&[0x10, 0x04, 0x01]).await.unwrap();
    assert_eq!(hear(&mut third).await, [0x12]);
}

#[tokio::test]
async fn after_a_power_cycle_the_buffer_is_gone_and_the_next_session_is_told() {
    let printer = printer(Model::Full).await;
    printer.fault(Fault::Offline);
    let mut stream = connect(&printer).await;
    stream.write_all(&ticket("LOST")).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    printer.fault(Fault::PowerCycle);
    assert!(matches!(timeout(Duration::from_secs(1), stream.read(&mut [0; 8])).await, Ok(Ok(0) | Err(_))));
    printer.fault(Fault::None);
    let mut next = connect(&printer).await;
    assert_eq!(hear(&mut next).await, [0x3b, 0x31, 0x00]);
    assert!(printer.slips().is_empty());
}

#[tokio::test]
async fn with_its_cable_cut_nobody_connects_until_it_is_back() {
    let printer = printer(Model::Full).await;
    printer.fault(Fault::CutCable);
    sleep(Duration::from_millis(50)).await;
    assert!(TcpStream::connect(printer.addr()).await.is_err());
    printer.fault(Fault::None);
    for _ in 0..100 {
        if TcpStream::connect(printer.addr()).await.is_ok() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("the cable is in, and nobody can connect");
}

#[tokio::test]
async fn the_drawer_opens_in_its_turn_or_at_once() {
    let printer = printer(Model::Full).await;
    let mut stream = connect(&printer).await;
    stream.write_all(&[0x1b, 0x70, 0x00, 50, 250, 0x10, 0x14, 0x01, 0x00, 0x02]).await.unwrap();
    hear(&mut stream).await;
    assert_eq!(printer.drawer_kicks(), 2);
}
