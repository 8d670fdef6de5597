//! Star's language, line by line against a printer that speaks it.

use std::time::Duration;

use crate::support::{
    Desk, Worker, complete_slips, eventually, is_marked, receipt, rich_ticket, steady, ticket, work_for,
};
use maitred_device::{
    job::JobState,
    paper::{DrawerKick, Paper, Receipt},
    profile::profile,
    session::{Grade, Health},
    virtual_printer::{Fault, Model, VirtualPrinter},
};
use maitred_domain::ids::{PrinterId, named};

async fn bar() -> (Desk, VirtualPrinter, PrinterId, Worker) {
    let printer = VirtualPrinter::bind("127.0.0.1:0", Model::Star).await.unwrap();
    let (desk, id) = (Desk::new(), named("bar"));
    let worker = work_for(&desk, id, printer.address(), profile("starprnt").unwrap(), steady());
    (desk, printer, id, worker)
}

#[tokio::test]
async fn the_counter_that_comes_back_with_the_jobs_id_proves_the_print() {
    let (desk, printer, id, _worker) = bar().await;
    for number in 1..=3 {
        let job = desk.queue(id, number, Paper::Ticket(rich_ticket()));
        assert!(matches!(desk.printed(job).await, JobState::Confirmed { grade: Grade::A, .. }));
        assert_eq!(complete_slips(&printer, number).len(), 1);
    }
    assert!(printer.slips()[0].text.contains("Crème brûlée"), "{}", printer.slips()[0].text);
}

#[tokio::test]
async fn without_paper_it_gets_nothing_and_with_a_new_roll_one_copy() {
    for (fault, health) in [
        (Fault::PaperOut, Health::PaperOut),
        (Fault::CoverOpen, Health::CoverOpen),
        (Fault::Offline, Health::Error),
    ] {
        let (desk, printer, id, _worker) = bar().await;
        printer.fault(fault);
        let job = desk.queue(id, 1, Paper::Ticket(ticket("Steak")));
        desk.until("the alarm", |inner| inner.health(id) == Some(health)).await;
        assert_eq!(printer.waiting_bytes(), 0);
        printer.fault(Fault::None);
        assert!(matches!(desk.printed(job).await, JobState::Confirmed { grade: Grade::A, .. }));
        assert_eq!(complete_slips(&printer, 1).len(), 1);
    }
}

#[tokio::test]
async fn paper_that_ends_in_the_middle_is_waited_for() {
    let (desk, printer, id, _worker) = bar().await;
    printer.fault(Fault::PaperOutAfter { lines: 4 });
    let job = desk.queue(id, 1, Paper::Ticket(ticket("Steak")));
    desk.until("the alarm", |inner| inner.health(id) == Some(Health::PaperOut)).await;
    printer.fault(Fault::None);
    assert!(matches!(desk.printed(job).await, JobState::Confirmed { grade: Grade::A, .. }));
    assert_eq!(complete_slips(&printer, 1).len(), 1);
}

#[tokio::test]
async fn a_power_cycle_in_the_middle_leaves_a_marked_copy() {
    let (desk, printer, id, _worker) = bar().await;
    printer.line_time(Duration::from_millis(20));
    let job = desk.queue(id, 1, Paper::Ticket(ticket("Steak")));
    eventually("the first lines", || printer.slips().iter().any(|slip| slip.text.contains("Table"))).await;
    printer.fault(Fault::PowerCycle);
    assert!(matches!(desk.printed(job).await, JobState::Reprinted { grade: Grade::A, .. }));
    assert!(complete_slips(&printer, 1).iter().any(is_marked));
}

#[tokio::test]
async fn a_receipt_opens_the_drawer_in_its_turn_and_a_no_sale_opens_it_at_once_without_paper() {
    let (desk, printer, id, _worker) = bar().await;
    let paper = Receipt { opens_drawer: Some(DrawerKick::Pin2), ..receipt() };
    desk.printed(desk.queue(id, 1, Paper::Receipt(paper))).await;
    assert_eq!(printer.drawer_kicks(), 1);
    printer.fault(Fault::PaperOut);
    desk.printed(desk.queue(id, 2, Paper::Drawer(DrawerKick::Pin2))).await;
    assert_eq!((printer.drawer_kicks(), printer.waiting_bytes()), (2, 0));
}
