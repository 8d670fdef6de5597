//! Papers to print, and a ledger in memory.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;
use maitred_device::{
    job::{Attempt, Job, JobEvent, JobKey, JobState, Subject},
    paper::{KitchenTicket, Language, Paper, Receipt, ReceiptLine, ReplacedLine, Row, TicketLine},
    profile::{Profile, profile},
    session::{Health, Outcome, ProcessId, Timing},
    virtual_printer::{Model, Plug, Slip, VirtualPrinter},
    worker::{Ledger, LedgerError, Printer, PrinterState, Work, run_printer},
};
use maitred_domain::ids::{JobId, PrinterId, named};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle, time::sleep};

pub fn ticket(name: &str) -> KitchenTicket {
    let line = TicketLine { quantity: 2, name: name.to_owned(), ..TicketLine::default() };
    KitchenTicket {
        station: "Grill".to_owned(),
        check: "1042".to_owned(),
        table: "12".to_owned(),
        server: "Ana".to_owned(),
        covers: 4,
        course: "Mains".to_owned(),
        fired_at: "19:42".to_owned(),
        lines: vec![line],
        ..KitchenTicket::default()
    }
}

pub fn rich_ticket() -> KitchenTicket {
    let text = str::to_owned;
    KitchenTicket {
        rush: true,
        lines: vec![
            TicketLine {
                quantity: 2,
                name: text("Entrecôte 300 g"),
                modifiers: vec![
                    text("medium rare"),
                    text("no onion"),
                    text("pepper sauce on the side, please, not on the meat"),
                ],
                allergens: vec![text("NUTS"), text("SESAME")],
                seat: Some(2),
                ..TicketLine::default()
            },
            TicketLine {
                quantity: 1,
                name: text("شاورما دجاج"),
                modifiers: vec![text("بدون بصل")],
                note: Some(text("birthday 🎂🎉 – bring “sparkler”")),
                seat: Some(3),
                ..TicketLine::default()
            },
            TicketLine {
                quantity: 3,
                name: text("Fries"),
                replaces: Some(ReplacedLine {
                    quantity: 2,
                    name: text("Fries"),
                    modifiers: vec![text("no salt")],
                    note: None,
                }),
                ..TicketLine::default()
            },
            TicketLine { quantity: 1, name: text("Crème brûlée"), voided: true, ..TicketLine::default() },
        ],
        note: Some(text("VIP, hurry for the theatre at 20:30")),
        ..ticket("unused")
    }
}

pub fn receipt() -> Receipt {
    let text = str::to_owned;
    let line = |quantity, name: &str, amount: &str| ReceiptLine {
        quantity,
        name: text(name),
        amount: text(amount),
        ..ReceiptLine::default()
    };
    Receipt {
        venue: text("Chez Maître"),
        venue_lines: vec![text("12 Harbour Road"), text("+971 4 555 0100"), text("TRN 100123456700003")],
        title: text("TAX INVOICE"),
        check: text("1042"),
        table: text("12"),
        server: text("Ana"),
        covers: 4,
        date: text("2 Mar 2026 21:05"),
        lines: vec![
            ReceiptLine {
                modifiers: vec![Row::new("pepper sauce", "3.00")],
                ..line(2, "Entrecôte 300 g", "178.00")
            },
            line(1, "Chicken shawarma in saj bread with pickles and garlic sauce", "42.00"),
            line(12, "Still water 0.75", "180.00"),
            ReceiptLine {
                comp: Some(Row::new("On the house: birthday", "-24.00")),
                ..line(1, "Tiramisù", "24.00")
            },
        ],
        subtotal: text("403.00"),
        discounts: vec![Row::new("Happy hour -10%", "-18.00")],
        taxes: vec![Row::new("incl. VAT 5%", "18.33")],
        service: Some(Row::new("Service 10%", "38.50")),
        total: text("AED 423.50"),
        tenders: vec![Row::new("Cash", "450.00")],
        change: Some(text("26.50")),
        tip: Some(text("20.00")),
        footer: vec![text("Thank you, see you soon!")],
        ..Receipt::default()
    }
}

pub fn arabic_receipt() -> Receipt {
    let text = str::to_owned;
    let mut receipt = receipt();
    receipt.venue = text("مطعم البحر");
    receipt.venue_lines = vec![text("شارع الميناء 12، دبي"), text("TRN 100123456700003")];
    receipt.title = text("فاتورة ضريبية");
    receipt.server = text("أمينة");
    receipt.lines[0].name = text("شريحة لحم 300 غ");
    receipt.lines[0].modifiers[0].label = text("صلصة الفلفل");
    receipt.lines[1].name = text("شاورما دجاج");
    receipt.lines[2].name = text("مياه معدنية");
    receipt.discounts.clear();
    receipt.service = None;
    receipt.taxes[0].label = text("ضريبة القيمة المضافة 5%");
    receipt.tenders[0].label = text("نقدا");
    receipt.total = text("423.50 د.إ");
    receipt.footer = vec![text("شكرا لزيارتكم")];
    receipt.qr = Some(text("https://example.com/r/1042"));
    receipt.language = Language::Ar;
    receipt
}

/// Hasty: a busy machine may look like a silent printer.
pub fn fast() -> Timing {
    Timing::default().faster(20)
}

/// As fast, but patient where haste would look like a fault.
pub fn steady() -> Timing {
    let secs = Duration::from_secs;
    Timing { reply: secs(1), silence_max: secs(3), confirm_base: secs(10), ..fast() }
}

/// All jobs of all printers, as the hub would keep them.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Mutex<Inner>>,
    changed: Arc<watch::Sender<u64>>,
}

#[derive(Default)]
pub struct Inner {
    pub jobs: BTreeMap<JobId, Job>,
    pub states: BTreeMap<PrinterId, Vec<PrinterState>>,
    process_ids: BTreeMap<PrinterId, ProcessId>,
    unclean: BTreeMap<PrinterId, bool>,
    pub dismisses_doubts: bool,
}

impl Inner {
    pub fn health(&self, printer: PrinterId) -> Option<Health> {
        self.states.get(&printer).and_then(|states| states.last()).map(|state| state.health)
    }
}

impl Desk {
    pub fn new() -> Self {
        Self { inner: Arc::default(), changed: Arc::new(watch::Sender::new(0)) }
    }

    pub fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    fn touch(&self) {
        self.changed.send_modify(|version| *version += 1);
    }

    pub fn queue(&self, printer: PrinterId, number: u32, paper: Paper) -> JobId {
        let subject = Subject::Ticket(named(&format!("ticket {printer} {number}")));
        let job = Job::new(
            JobKey { subject, destination: printer, round: 0 },
            number,
            paper,
            Timestamp::UNIX_EPOCH,
        );
        let id = job.id;
        self.inner().jobs.insert(id, job);
        self.touch();
        id
    }

    pub fn state(&self, job: JobId) -> JobState {
        self.inner().jobs[&job].state.clone()
    }

    pub fn health(&self, printer: PrinterId) -> Option<Health> {
        self.inner().health(printer)
    }

    pub async fn until(&self, what: &str, mut is_so: impl FnMut(&Inner) -> bool) {
        let mut changed = self.changed.subscribe();
        let waiting = async {
            while !is_so(&self.inner()) {
                changed.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(Duration::from_secs(30), waiting).await.is_err() {
            let inner = self.inner();
            panic!(
                "never came: {what}; jobs {:?}, printers {:?}",
                inner.jobs.values().map(|job| &job.state).collect::<Vec<_>>(),
                inner.states
            );
        }
    }

    /// Until the job is proven; gives the state.
    pub async fn printed(&self, job: JobId) -> JobState {
        self.until("proof", |inner| is_proven(&inner.jobs[&job].state)).await;
        self.state(job)
    }
}

/// A program of others, where `scripts/setup test` puts it.
pub fn peer_program(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers").join(name);
    path.exists().then_some(path)
}

pub fn is_proven(state: &JobState) -> bool {
    matches!(state, JobState::Confirmed { .. } | JobState::Reprinted { .. })
}

pub struct DeskLedger {
    pub desk: Desk,
    pub printer: PrinterId,
}

impl Ledger for DeskLedger {
    async fn next(&mut self) -> Result<Work, LedgerError> {
        let mut changed = self.desk.changed.subscribe();
        loop {
            if let Some(work) = self.find() {
                return Ok(work);
            }
            changed.changed().await.map_err(|error| LedgerError(Box::new(error)))?;
        }
    }

    async fn begin(&mut self, attempt: &Attempt) -> Result<(), LedgerError> {
        let mut inner = self.desk.inner();
        inner.process_ids.insert(self.printer, attempt.process_id);
        inner.jobs.get_mut(&attempt.job).unwrap().apply(&JobEvent::Begun { attempt: *attempt }).unwrap();
        Ok(())
    }

    async fn sent(&mut self, attempt: &Attempt) -> Result<(), LedgerError> {
        self.desk.inner().jobs.get_mut(&attempt.job).unwrap().apply(&JobEvent::Sent).unwrap();
        Ok(())
    }

    async fn settle(&mut self, attempt: &Attempt, outcome: &Outcome) -> Result<(), LedgerError> {
        {
            let mut inner = self.desk.inner();
            let dismisses = inner.dismisses_doubts;
            let is_in_doubt = matches!(outcome, Outcome::Indeterminate { .. });
            match outcome {
                Outcome::NotStarted { .. } => {}
                Outcome::Confirmed { .. } | Outcome::Indeterminate { .. } => {
                    inner.unclean.insert(self.printer, is_in_doubt);
                }
            }
            let job = inner.jobs.get_mut(&attempt.job).unwrap();
            job.apply(&JobEvent::Settled { outcome: *outcome, settled_at: Timestamp::UNIX_EPOCH }).unwrap();
            let event = if dismisses {
                JobEvent::Dismissed { by: named("manager"), dismissed_at: Timestamp::UNIX_EPOCH }
            } else {
                JobEvent::Requeued { printer: self.printer }
            };
            if is_in_doubt {
                job.apply(&event).unwrap();
            }
        }
        self.desk.touch();
        Ok(())
    }

    async fn printer_state(&mut self, state: PrinterState) {
        self.desk.inner().states.entry(self.printer).or_default().push(state);
        self.desk.touch();
    }
}

impl DeskLedger {
    fn find(&self) -> Option<Work> {
        let inner = self.desk.inner();
        let mut queued: Vec<&Job> =
            inner.jobs.values().filter(|job| job.printer == self.printer && job.is_queued()).collect();
        queued.sort_by_key(|job| job.number);
        let job = queued.first()?;
        Some(Work {
            job: job.id,
            number: job.number,
            attempt: job.attempts + 1,
            process_id: inner.process_ids.get(&self.printer).copied().unwrap_or_default().next(),
            paper: job.next_paper(),
            recovers: inner.unclean.get(&self.printer).copied().unwrap_or_default(),
            patience: Duration::from_mins(1),
        })
    }
}

/// A worker that ends with the test.
pub struct Worker(JoinHandle<()>);

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub fn work_for(desk: &Desk, id: PrinterId, address: String, profile: Profile, timing: Timing) -> Worker {
    let printer = Printer { timing, ..Printer::new(address, profile) };
    let ledger = DeskLedger { desk: desk.clone(), printer: id };
    Worker(tokio::spawn(run_printer(printer, ledger, std::future::pending())))
}

/// How a printer is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    Tcp,
    Usb,
    Serial,
}

pub const WIRES: [Wire; 3] = [Wire::Tcp, Wire::Usb, Wire::Serial];

impl Wire {
    /// A printer, and the folder that its device may be in.
    pub async fn printer(self, model: Model) -> (VirtualPrinter, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("printer");
        let printer = match self {
            Self::Tcp => VirtualPrinter::bind("127.0.0.1:0", model).await.unwrap(),
            Self::Usb => VirtualPrinter::at_port(link, Plug::Usb, model),
            Self::Serial => VirtualPrinter::at_port(link, Plug::Serial, model),
        };
        (printer, folder)
    }
}

/// A desk, a worker and its printer.
pub struct Kitchen {
    pub desk: Desk,
    pub printer: VirtualPrinter,
    pub id: PrinterId,
    _worker: Worker,
    _folder: TempDir,
}

pub async fn kitchen_at(wire: Wire, model: Model) -> Kitchen {
    let (printer, folder) = wire.printer(model).await;
    let (desk, id) = (Desk::new(), named("grill"));
    let worker = work_for(&desk, id, printer.address(), default_profile(), steady());
    Kitchen { desk, printer, id, _worker: worker, _folder: folder }
}

pub fn default_profile() -> Profile {
    profile("default").unwrap()
}

/// Slips with all their ink, down to the foot that names the job.
pub fn complete_slips(printer: &VirtualPrinter, number: u32) -> Vec<Slip> {
    let foot = format!("#{number} /");
    printer.slips().into_iter().filter(|slip| slip.text.contains(&foot)).collect()
}

pub fn is_marked(slip: &Slip) -> bool {
    slip.text
        .lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| line.contains("POSSIBLE DUPLICATE"))
}

pub async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if is_so() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("never came: {what}");
}
