//! One worker owns one printer that asks; it answers as fast as the ledger commits.

use std::{error::Error, future::Future, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use super::{Answer, Ask, Counter, Form, Handed, Reply, Visit};
use crate::{
    encode::{Stamp, encode},
    job::{Attempt, backoff},
    paper::{DrawerKick, Heading, Paper, Receipt},
    profile::{Dialect, Profile},
    session::{Abilities, Outcome},
    virtual_printer,
    worker::{Ledger, Printer, PrinterState, Work},
};

/// Where nothing is due, it is looked once in a while all the same.
const WAIT_MAX: Duration = Duration::from_hours(1);

/// Works for a `printer` that asks until `shutdown` is ready, or nobody is left who could send a visit.
pub async fn run_asking<L: Ledger>(
    printer: Printer,
    ledger: L,
    mut visits: mpsc::Receiver<Visit>,
    shutdown: impl Future<Output = ()> + Send,
) {
    let epoch = Instant::now();
    let counter = Counter::new(printer.timing, Duration::ZERO);
    let mut clerk = Clerk {
        printer,
        ledger,
        counter,
        epoch,
        current: None,
        is_drawer_high: None,
        state: None,
        refusals: 0,
        rests_until: epoch,
    };
    tokio::pin!(shutdown);
    loop {
        let may_take = clerk.current.is_none() && Instant::now() >= clerk.rests_until;
        let due = clerk.due();
        tokio::select! {
            biased;
            () = &mut shutdown => return clerk.end().await,
            visit = visits.recv() => match visit {
                Some(visit) => clerk.serve(visit).await,
                None => return clerk.end().await,
            },
            work = clerk.ledger.next(), if may_take => match work {
                Ok(work) => clerk.offer(work),
                Err(error) => {
                    tracing::error!(error = &error as &dyn Error, "no next print job");
                    clerk.rest();
                }
            },
            () = sleep_until(due) => clerk.tick(),
        }
        clerk.settle().await;
        clerk.report().await;
    }
}

struct Clerk<L> {
    printer: Printer,
    ledger: L,
    counter: Counter,
    epoch: Instant,
    current: Option<Current>,
    is_drawer_high: Option<bool>,
    state: Option<PrinterState>,
    /// Attempts in a row that gave nothing out.
    refusals: u32,
    rests_until: Instant,
}

struct Current {
    work: Work,
    attempt: Attempt,
    /// Kept for a printer that did not get it.
    handed: Option<Handed>,
}

impl<L: Ledger> Clerk<L> {
    fn now(&self) -> Duration {
        self.epoch.elapsed()
    }

    fn due(&self) -> Instant {
        let due = self.epoch + self.counter.deadline().min(self.now() + WAIT_MAX);
        let is_resting = self.current.is_none() && self.rests_until > Instant::now();
        if is_resting { due.min(self.rests_until) } else { due }
    }

    fn tick(&mut self) {
        self.counter.tick(self.now());
    }

    /// Tries of a printer that does not print come further and further apart.
    fn rest(&mut self) {
        self.refusals = self.refusals.saturating_add(1);
        self.rests_until = Instant::now() + backoff(self.refusals, &self.printer.timing);
    }

    fn offer(&mut self, work: Work) {
        let attempt = Attempt { job: work.job, attempt: work.attempt, process_id: work.process_id };
        let token = format!("{:08}", work.process_id.number());
        let is_drawer = matches!(work.paper, Paper::Drawer(_));
        self.counter.offer(token, is_drawer, self.now());
        self.current = Some(Current { work, attempt, handed: None });
    }

    async fn serve(&mut self, visit: Visit) {
        let form = match &visit.ask {
            Ask::Fetch { form, .. } => *form,
            Ask::Poll { .. } | Ask::Take | Ask::Tell { .. } | Ask::Report { .. } => Form::EscPos,
        };
        self.is_drawer_high = visit.ask.told().is_drawer_high.or(self.is_drawer_high);
        let answer = match self.counter.ask(self.now(), &visit.ask) {
            Reply::Nothing => Answer::Nothing,
            Reply::AskStatus => Answer::AskStatus,
            Reply::Heard => Answer::Heard,
            Reply::Ready => self.ready(),
            Reply::Again => self.again(),
            Reply::GiveOut => self.give_out(form).await,
        };
        hand(visit.answer, answer);
    }

    fn ready(&self) -> Answer {
        self.current.as_ref().map_or(Answer::Nothing, |current| Answer::Ready {
            token: format!("{:08}", current.attempt.process_id.number()),
            is_drawer: matches!(current.work.paper, Paper::Drawer(_)),
        })
    }

    fn again(&self) -> Answer {
        let handed = self.current.as_ref().and_then(|current| current.handed.clone());
        handed.map_or(Answer::Nothing, Answer::Paper)
    }

    /// Not one byte of a paper leaves before this has committed its attempt.
    async fn give_out(&mut self, form: Form) -> Answer {
        let Some(current) = &mut self.current else { return Answer::Nothing };
        if let Err(error) = self.ledger.begin(&current.attempt).await {
            tracing::error!(error = &error as &dyn Error, job = %current.attempt.job, "attempt not committed");
            self.counter.not_committed();
            return Answer::Nothing;
        }
        let (handed, lines) = write(&current.work, &self.printer, form);
        let budget = self.printer.timing.confirm_per_line * lines;
        self.counter.given_out(budget, current.work.patience, self.epoch.elapsed());
        if let Err(error) = self.ledger.sent(&current.attempt).await {
            tracing::warn!(error = &error as &dyn Error, job = %current.attempt.job, "attempt not marked as sent");
        }
        Answer::Paper(current.handed.insert(handed).clone())
    }

    /// Until it is durable: an attempt that stays open would be printed again after a restart.
    async fn settle(&mut self) {
        let Some(outcome) = self.counter.take_outcome() else { return };
        let Some(current) = self.current.take() else { return };
        match outcome {
            Outcome::NotStarted { .. } => self.rest(),
            Outcome::Confirmed { .. } | Outcome::Indeterminate { .. } => self.refusals = 0,
        }
        let mut failures = 0;
        while let Err(error) = self.ledger.settle(&current.attempt, &outcome).await {
            tracing::error!(error = &error as &dyn Error, job = %current.attempt.job, ?outcome, "attempt not settled");
            failures += 1;
            tokio::time::sleep(backoff(failures, &self.printer.timing)).await;
        }
    }

    async fn report(&mut self) {
        let Some(health) = self.counter.health() else { return };
        let is_drawer_high = self.is_drawer_high;
        let state = PrinterState { health, abilities: Abilities::default(), is_drawer_high };
        if self.state.replace(state) != Some(state) {
            tracing::info!(address = %self.printer.address, ?health, ?is_drawer_high, "printer state");
            self.ledger.printer_state(state).await;
        }
    }

    /// What is out is in doubt; what was only offered costs nothing.
    async fn end(&mut self) {
        self.counter.shut_down();
        let (Some(outcome), Some(current)) = (self.counter.take_outcome(), self.current.take()) else {
            return;
        };
        if let Err(error) = self.ledger.settle(&current.attempt, &outcome).await {
            tracing::error!(error = &error as &dyn Error, job = %current.attempt.job, ?outcome, "attempt not settled");
        }
    }
}

/// Nobody waits for it when the printer has hung up: then the paper is out all the same, and its silence will tell.
fn hand(answer: oneshot::Sender<Answer>, what: Answer) {
    if answer.send(what).is_err() {
        tracing::debug!("a printer asked and did not wait for the answer");
    }
}

/// The paper as the printer wants it, and its lines.
fn write(work: &Work, printer: &Printer, form: Form) -> (Handed, u32) {
    let token = format!("{:08}", work.process_id.number());
    let (dialect, is_language) = match form {
        Form::EscPos | Form::Png => (Dialect::EscPos, false),
        Form::StarPrnt => (Dialect::StarPrnt, true),
    };
    if let (Paper::Drawer(kick), false) = (&work.paper, is_language) {
        return (Handed { token, form, bytes: Vec::new(), drawer: Some(*kick) }, 0);
    }
    let stamp = Stamp { number: work.number, attempt: work.attempt };
    let encoded = encode(&work.paper, &printer.profile.speaking(dialect), stamp);
    let (bytes, drawer) = match form {
        Form::EscPos | Form::StarPrnt => (encoded.bytes, None),
        Form::Png => (png(&encoded.bytes, &printer.profile), drawer_of(&work.paper)),
    };
    (Handed { token, form, bytes, drawer }, encoded.lines)
}

/// The same paper as a picture: as a printer draws it.
fn png(bytes: &[u8], profile: &Profile) -> Vec<u8> {
    let picture = virtual_printer::picture(bytes, profile.width_dots);
    picture.to_png().unwrap_or_else(|error| {
        tracing::error!(%error, "a paper cannot be drawn");
        Vec::new()
    })
}

/// A picture cannot open the drawer that a receipt opens; a reprint never does.
fn drawer_of(paper: &Paper) -> Option<DrawerKick> {
    match paper {
        Paper::Receipt(Receipt { heading: Heading::Original | Heading::Duplicate, opens_drawer, .. }) => {
            *opens_drawer
        }
        Paper::Receipt(_) | Paper::Ticket(_) | Paper::Report(_) | Paper::Test(_) | Paper::Drawer(_) => None,
    }
}
