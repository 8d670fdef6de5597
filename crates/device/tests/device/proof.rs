//! A worker, a network and a printer: what is proven, what is in doubt, what is never written.

use std::time::Duration;

use crate::support::{
    Desk, DeskLedger, Kitchen, WIRES, Wire, complete_slips, default_profile, eventually, is_marked,
    kitchen_at, receipt, rich_ticket, steady, ticket, work_for,
};
use maitred_device::{
    encode::{Stamp, encode},
    job::JobState,
    paper::{DrawerKick, Paper},
    profile::profile,
    session::{Grade, Health},
    virtual_printer::{Fault, Model, VirtualPrinter},
    worker::{Printer, run_printer},
};
use maitred_domain::ids::named;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    time::sleep,
};

async fn kitchen(model: Model) -> Kitchen {
    kitchen_at(Wire::Tcp, model).await
}

fn paper(name: &str) -> Paper {
    Paper::Ticket(ticket(name))
}

#[tokio::test]
async fn each_model_gives_the_best_proof_it_can() {
    let models = [(Model::Full, Grade::A), (Model::Basic, Grade::B), (Model::Mute, Grade::C)];
    for (wire, (model, grade)) in WIRES.into_iter().flat_map(|wire| models.map(|model| (wire, model))) {
        let kitchen = kitchen_at(wire, model).await;
        for number in 1..=2 {
            let job = kitchen.desk.queue(kitchen.id, number, paper("Steak"));
            let state = kitchen.desk.printed(job).await;
            assert!(
                matches!(state, JobState::Confirmed { grade: found, .. } if found == grade),
                "{model:?} at {wire:?}: {state:?}"
            );
            eventually("the slip", || complete_slips(&kitchen.printer, number).len() == 1).await;
        }
    }
}

#[tokio::test]
async fn without_paper_no_ticket_byte_is_written_and_a_new_roll_prints_it_once() {
    let faults = [
        (Fault::PaperOut, Health::PaperOut),
        (Fault::CoverOpen, Health::CoverOpen),
        (Fault::Offline, Health::Error),
        (Fault::CutCable, Health::Unreachable),
    ];
    for (wire, (fault, health)) in WIRES.into_iter().flat_map(|wire| faults.map(|fault| (wire, fault))) {
        let kitchen = kitchen_at(wire, Model::Full).await;
        let first = kitchen.desk.queue(kitchen.id, 1, paper("Soup"));
        kitchen.desk.printed(first).await;
        kitchen.printer.fault(fault);
        let job = kitchen.desk.queue(kitchen.id, 2, paper("Steak"));
        kitchen.desk.until("the alarm", |inner| inner.health(kitchen.id) == Some(health)).await;
        sleep(Duration::from_millis(200)).await;
        assert_eq!(kitchen.printer.waiting_bytes(), 0, "{fault:?} at {wire:?}");
        assert!(
            matches!(kitchen.desk.state(job), JobState::Queued { refused: Some(_) }),
            "{fault:?} at {wire:?}"
        );
        kitchen.printer.fault(Fault::None);
        assert!(matches!(kitchen.desk.printed(job).await, JobState::Confirmed { grade: Grade::A, .. }));
        assert_eq!(complete_slips(&kitchen.printer, 2).len(), 1);
        assert_eq!(kitchen.desk.health(kitchen.id), Some(Health::Ready));
    }
}

#[tokio::test]
async fn a_drawer_that_is_left_open_is_seen() {
    for model in [Model::Full, Model::Basic] {
        let kitchen = kitchen(model).await;
        let says = |is_high: bool| {
            move |inner: &crate::support::Inner| {
                let states = inner.states.values().last();
                states.and_then(|states| states.last()).and_then(|state| state.is_drawer_high)
                    == Some(is_high)
            }
        };
        kitchen.desk.until("a closed drawer", says(true)).await;
        kitchen.printer.leave_drawer(true);
        kitchen.desk.until("an open drawer", says(false)).await;
        kitchen.printer.leave_drawer(false);
        kitchen.desk.until("a closed drawer", says(true)).await;
    }
}

#[tokio::test]
async fn paper_that_ends_in_the_middle_continues_on_a_new_roll_without_a_second_copy() {
    let models = [Model::Full, Model::Basic];
    for (wire, model) in WIRES.into_iter().flat_map(|wire| models.map(|model| (wire, model))) {
        let kitchen = kitchen_at(wire, model).await;
        kitchen.printer.fault(Fault::PaperOutAfter { lines: 4 });
        let job = kitchen.desk.queue(kitchen.id, 1, paper("Steak"));
        kitchen.desk.until("the alarm", |inner| inner.health(kitchen.id) == Some(Health::PaperOut)).await;
        sleep(Duration::from_millis(700)).await;
        assert!(matches!(kitchen.desk.state(job), JobState::Sent { .. }), "it waits, connected");
        kitchen.printer.fault(Fault::None);
        let state = kitchen.desk.printed(job).await;
        assert!(matches!(state, JobState::Confirmed { .. }), "{state:?}");
        let slips = complete_slips(&kitchen.printer, 1);
        assert_eq!((slips.len(), kitchen.desk.inner().jobs[&job].attempts), (1, 1));
        assert!(!is_marked(&slips[0]));
    }
}

#[tokio::test]
async fn a_connection_lost_in_the_middle_is_reprinted_under_a_heading_that_says_so() {
    for wire in WIRES {
        let kitchen = kitchen_at(wire, Model::Full).await;
        kitchen.printer.line_time(Duration::from_millis(20));
        let job = kitchen.desk.queue(kitchen.id, 1, paper("Steak"));
        eventually("the first lines", || {
            kitchen.printer.slips().iter().any(|slip| slip.text.contains("Table"))
        })
        .await;
        kitchen.printer.fault(Fault::CutCable);
        kitchen.desk.until("the doubt", |inner| inner.jobs[&job].doubts == 1).await;
        kitchen.printer.fault(Fault::None);
        assert!(matches!(kitchen.desk.printed(job).await, JobState::Reprinted { grade: Grade::A, .. }));
        let slips = complete_slips(&kitchen.printer, 1);
        assert_eq!(slips.iter().filter(|slip| is_marked(slip)).count(), 1, "{slips:?}");
        assert!(
            slips.iter().filter(|slip| !is_marked(slip)).count() <= 1,
            "the cable did not stop the first copy"
        );
    }
}

#[tokio::test]
async fn a_power_cycle_in_the_middle_loses_the_buffer_but_not_the_ticket() {
    for wire in WIRES {
        let kitchen = kitchen_at(wire, Model::Full).await;
        kitchen.printer.line_time(Duration::from_millis(20));
        let job = kitchen.desk.queue(kitchen.id, 1, paper("Steak"));
        eventually("the first lines", || {
            kitchen.printer.slips().iter().any(|slip| slip.text.contains("Table"))
        })
        .await;
        kitchen.printer.fault(Fault::PowerCycle);
        assert!(matches!(kitchen.desk.printed(job).await, JobState::Reprinted { .. }));
        let slips = complete_slips(&kitchen.printer, 1);
        assert_eq!(slips.len(), 1);
        assert!(is_marked(&slips[0]));
        let all = kitchen.printer.slips();
        assert_eq!(all.len(), 2, "what the first attempt left is cut off: {all:?}");
    }
}

#[tokio::test]
async fn a_dead_printer_does_not_delay_another() {
    let kitchen = kitchen(Model::Full).await;
    let dead = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
    dead.fault(Fault::CutCable);
    let dead_id = named("bar");
    let _worker = work_for(&kitchen.desk, dead_id, dead.address(), default_profile(), steady());
    let stuck = kitchen.desk.queue(dead_id, 1, paper("Gin"));
    for number in 1..=5 {
        let job = kitchen.desk.queue(kitchen.id, number, paper("Steak"));
        kitchen.desk.printed(job).await;
    }
    assert!(matches!(kitchen.desk.state(stuck), JobState::Queued { .. }));
}

#[tokio::test]
async fn an_idle_printer_raises_its_alarm_and_drops_it_after_a_new_roll() {
    let kitchen = kitchen(Model::Full).await;
    kitchen.desk.until("the first look", |inner| inner.states.contains_key(&kitchen.id)).await;
    for (fault, health) in [
        (Fault::PaperNearEnd, Health::PaperLow),
        (Fault::PaperOut, Health::PaperOut),
        (Fault::None, Health::Ready),
        (Fault::CutCable, Health::Unreachable),
        (Fault::None, Health::Ready),
    ] {
        kitchen.printer.fault(fault);
        kitchen.desk.until("the state", |inner| inner.health(kitchen.id) == Some(health)).await;
    }
}

#[tokio::test]
async fn control_bytes_in_a_note_do_not_reach_the_printer() {
    let kitchen = kitchen(Model::Full).await;
    let mut hostile = rich_ticket();
    hostile.lines[0].note =
        Some("\u{10}\u{14}\u{1}\u{0}\u{1}\u{1b}p\u{0}AA\u{1d}V\u{0}\u{1b}@ hello".to_owned());
    let job = kitchen.desk.queue(kitchen.id, 1, Paper::Ticket(hostile));
    kitchen.desk.printed(job).await;
    assert_eq!(kitchen.printer.drawer_kicks(), 0);
    let slips = kitchen.printer.slips();
    assert_eq!(slips.len(), 1, "no cut in the middle");
    assert!(slips[0].text.contains("hello"));
}

#[tokio::test]
async fn a_drawer_opens_once_even_without_paper() {
    let kitchen = kitchen(Model::Full).await;
    kitchen.printer.fault(Fault::PaperOut);
    let job = kitchen.desk.queue(kitchen.id, 1, Paper::Drawer(DrawerKick::Pin2));
    assert!(matches!(kitchen.desk.printed(job).await, JobState::Confirmed { grade: Grade::B, .. }));
    assert_eq!(kitchen.printer.drawer_kicks(), 1);
    kitchen.printer.fault(Fault::None);
    let mut with_cash = receipt();
    with_cash.opens_drawer = Some(DrawerKick::Pin2);
    with_cash.qr = Some("https://example.com".to_owned());
    let job = kitchen.desk.queue(kitchen.id, 2, Paper::Receipt(with_cash));
    kitchen.desk.printed(job).await;
    assert_eq!(kitchen.printer.drawer_kicks(), 2);
    let job = kitchen.desk.queue(kitchen.id, 3, Paper::Drawer(DrawerKick::Pin2));
    kitchen.desk.printed(job).await;
    assert_eq!(kitchen.printer.drawer_kicks(), 3, "real-time pulses work again after a picture");
}

#[tokio::test]
async fn a_worker_told_to_end_in_the_middle_leaves_a_doubt_not_a_lie() {
    let printer = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
    printer.fault(Fault::PaperOutAfter { lines: 2 });
    let (desk, id) = (Desk::new(), named("grill"));
    let (stop, stopped) = oneshot::channel::<()>();
    let setup = Printer { timing: steady(), ..Printer::new(printer.address(), default_profile()) };
    let ledger = DeskLedger { desk: desk.clone(), printer: id };
    let worker = tokio::spawn(run_printer(setup, ledger, async { stopped.await.unwrap_or_default() }));
    let job = desk.queue(id, 1, paper("Steak"));
    eventually("all bytes out", || matches!(desk.state(job), JobState::Sent { .. })).await;
    stop.send(()).unwrap();
    worker.await.unwrap();
    assert_eq!(desk.inner().jobs[&job].doubts, 1);
    assert!(matches!(desk.state(job), JobState::Queued { refused: None }));
}

#[tokio::test]
async fn a_second_client_is_turned_away() {
    let printer = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
    let mut first = TcpStream::connect(printer.addr()).await.unwrap();
    first.write_all(&[0x10, 0x04, 1]).await.unwrap();
    assert_eq!(first.read_u8().await.unwrap(), 0x16, "the drawer is shut");
    let mut second = TcpStream::connect(printer.addr()).await.unwrap();
    assert_eq!(second.read(&mut [0; 8]).await.unwrap_or(0), 0, "closed at once");
    first.write_all(&[0x10, 0x04, 2]).await.unwrap();
    assert_eq!(first.read_u8().await.unwrap(), 0x12);
}

/// Why a ticket byte is never written to a printer without paper.
#[tokio::test]
async fn naive_clients_print_both_copies() {
    let printer = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
    printer.fault(Fault::PaperOut);
    let ticket = encode(&paper("Steak"), &profile("mute").unwrap(), Stamp { number: 1, attempt: 1 }).bytes;
    for copies in 1..=2 {
        let mut client = TcpStream::connect(printer.addr()).await.unwrap();
        client.write_all(&ticket).await.unwrap();
        client.shutdown().await.unwrap();
        eventually("the bytes", || printer.waiting_bytes() == copies * ticket.len()).await;
    }
    assert!(printer.slips().is_empty());
    printer.fault(Fault::None);
    eventually("both copies", || complete_slips(&printer, 1).len() == 2).await;
    assert!(complete_slips(&printer, 1).iter().all(|slip| !is_marked(slip)));
}

/// The field's "revived printer prints last night's tickets".
#[tokio::test]
async fn what_a_doubtful_attempt_left_is_cleared_though_its_job_is_gone() {
    // A serial line knows no connection that could be lost.
    for wire in [Wire::Tcp, Wire::Usb] {
        let kitchen = kitchen_at(wire, Model::Full).await;
        kitchen.printer.fault(Fault::PaperOutAfter { lines: 3 });
        let job = kitchen.desk.queue(kitchen.id, 1, paper("Steak"));
        eventually("all bytes out", || matches!(kitchen.desk.state(job), JobState::Sent { .. })).await;
        kitchen.desk.inner().dismisses_doubts = true;
        kitchen.printer.hang_up();
        kitchen.desk.until("the doubt", |inner| inner.jobs[&job].doubts == 1).await;
        eventually("an empty buffer", || kitchen.printer.waiting_bytes() == 0).await;
        kitchen.printer.fault(Fault::None);
        kitchen.desk.until("good health", |inner| inner.health(kitchen.id) == Some(Health::Ready)).await;
        assert!(complete_slips(&kitchen.printer, 1).is_empty(), "the rest was not printed later");
    }
}
