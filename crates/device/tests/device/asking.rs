//! A worker and a printer that asks, without a network between them.

use std::time::Duration;

use crate::support::{Desk, DeskLedger, default_profile, fast, receipt, steady, ticket};
use maitred_device::{
    asking::{Answer, Ask, Form, Handed, Told, Verdict, Visit, run_asking},
    job::JobState,
    paper::{DrawerKick, Paper, Receipt},
    session::{Grade, Health, Timing},
    worker::Printer,
};
use maitred_domain::ids::{PrinterId, named};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

struct Counter {
    desk: Desk,
    id: PrinterId,
    visits: mpsc::Sender<Visit>,
    worker: JoinHandle<()>,
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

impl Counter {
    fn open(timing: Timing) -> Self {
        let (visits, received) = mpsc::channel(8);
        let (desk, id) = (Desk::new(), named("asks"));
        let printer = Printer { timing, ..Printer::new("epson:asks", default_profile()) };
        let ledger = DeskLedger { desk: desk.clone(), printer: id };
        let worker = tokio::spawn(run_asking(printer, ledger, received, std::future::pending()));
        Self { desk, id, visits, worker }
    }

    async fn ask(&self, ask: Ask) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.visits.send(Visit { ask, answer }).await.unwrap();
        answered.await.unwrap()
    }

    async fn poll(&self) -> Answer {
        let told = Told { health: Some(Health::Ready), ..Told::default() };
        self.ask(Ask::Poll { told, is_at_work: Some(false) }).await
    }

    /// Polls until a paper is offered; gives its token.
    async fn offered(&self) -> String {
        for _ in 0..3_000 {
            if let Answer::Ready { token, .. } = self.poll().await {
                return token;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nothing was offered");
    }

    async fn fetch(&self, token: &str, form: Form) -> Handed {
        match self.ask(Ask::Fetch { token: Some(token.to_owned()), form }).await {
            Answer::Paper(handed) => handed,
            other => panic!("{other:?}"),
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn a_paper_is_committed_when_it_is_fetched_and_proven_when_it_is_acknowledged() {
    let counter = Counter::open(steady());
    let job = counter.desk.queue(counter.id, 1, Paper::Ticket(ticket("Steak")));
    let token = counter.offered().await;
    assert!(matches!(counter.desk.state(job), JobState::Queued { .. }), "nothing left yet");
    let handed = counter.fetch(&token, Form::StarPrnt).await;
    assert!(holds(&handed.bytes, "Steak"));
    assert!(matches!(counter.desk.state(job), JobState::Sent { .. }));
    let verdict = Verdict::Printed(Grade::A);
    counter.ask(Ask::Report { token: Some(token), verdict, told: Told::default() }).await;
    assert!(matches!(counter.desk.printed(job).await, JobState::Confirmed { grade: Grade::A, .. }));
}

#[tokio::test]
async fn a_printer_that_never_comes_back_gets_a_copy_that_says_so() {
    let counter = Counter::open(fast());
    let job = counter.desk.queue(counter.id, 1, Paper::Ticket(ticket("Steak")));
    let token = counter.offered().await;
    let first = counter.fetch(&token, Form::EscPos).await;
    assert!(!holds(&first.bytes, "POSSIBLE DUPLICATE"));
    counter.desk.until("the doubt", |inner| inner.jobs[&job].doubts == 1).await;
    assert_eq!(counter.desk.health(counter.id), Some(Health::Unreachable));
    let again = counter.offered().await;
    assert_ne!(again, token);
    let second = counter.fetch(&again, Form::EscPos).await;
    assert!(holds(&second.bytes, "POSSIBLE DUPLICATE"));
    let told = Told::default();
    let late = Ask::Report { token: Some(token), verdict: Verdict::Printed(Grade::A), told };
    counter.ask(late).await;
    assert!(matches!(counter.desk.state(job), JobState::Sent { .. }), "that was the first copy");
    counter.ask(Ask::Report { token: Some(again), verdict: Verdict::Printed(Grade::B), told }).await;
    assert!(matches!(counter.desk.printed(job).await, JobState::Reprinted { grade: Grade::B, .. }));
}

#[tokio::test]
async fn a_picture_of_a_receipt_says_beside_it_that_the_drawer_opens() {
    let counter = Counter::open(steady());
    let paper = Receipt { opens_drawer: Some(DrawerKick::Pin2), ..receipt() };
    counter.desk.queue(counter.id, 1, Paper::Receipt(paper));
    let token = counter.offered().await;
    let handed = counter.fetch(&token, Form::Png).await;
    assert_eq!(handed.drawer, Some(DrawerKick::Pin2));
    let picture = png::Decoder::new(std::io::Cursor::new(handed.bytes)).read_info().unwrap();
    assert_eq!((picture.info().width, picture.info().bit_depth), (576, png::BitDepth::One));
}
