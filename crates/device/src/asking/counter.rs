//! One attempt with a printer that asks, as a state machine without I/O.
//!
//! *Invariant:* a paper is given out once for each offer, only to a printer that could print when it last spoke; after
//! that only its word, about this very paper, ends the attempt well.

use std::time::Duration;

use super::{Ask, Verdict};
use crate::session::{Doubt, Health, Outcome, Refusal, Timing};

/// A printer that asks does so every few seconds, not at once.
const SLOWER: u32 = 3;

/// What to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// There is nothing.
    Nothing,
    /// The paper that is offered can be fetched.
    Ready,
    /// Commit the attempt, say so with [`Counter::given_out`], and give the paper out.
    GiveOut,
    /// The same paper again: it did not arrive.
    Again,
    /// Ask how it is.
    AskStatus,
    /// It was heard.
    Heard,
}

/// What lies between the hub and one printer. Times are since any fixed moment, and never go back.
#[derive(Debug)]
pub struct Counter {
    timing: Timing,
    health: Option<Health>,
    heard_at: Duration,
    is_silent: bool,
    stage: Stage,
    outcome: Option<Outcome>,
}

#[derive(Debug)]
enum Stage {
    Free,
    Offered { token: String, until: Duration, is_drawer: bool },
    Out(Out),
}

/// A paper that was given out.
#[derive(Debug)]
struct Out {
    token: String,
    given_at: Duration,
    budget: Duration,
    patience: Duration,
    /// Since when the printer says that it has no work, or says nothing of it.
    idle_since: Option<Duration>,
    /// Since when it has no paper, or its cover is open: it will go on by itself.
    blocked_since: Option<Duration>,
}

impl Counter {
    /// Nothing lies on it, and nobody came yet.
    pub fn new(timing: Timing, now: Duration) -> Self {
        Self { timing, health: None, heard_at: now, is_silent: false, stage: Stage::Free, outcome: None }
    }

    /// How the printer is; `None` until it came, or was waited for in vain.
    pub fn health(&self) -> Option<Health> {
        match self.stage {
            _ if self.is_silent => Some(Health::Unreachable),
            Stage::Out(_) if self.health.is_none_or(is_well) => Some(Health::Printing),
            Stage::Free | Stage::Offered { .. } | Stage::Out(_) => self.health,
        }
    }

    /// Whether the next paper may be offered.
    pub fn is_free(&self) -> bool {
        matches!(self.stage, Stage::Free)
    }

    /// How the attempt ended, once.
    pub fn take_outcome(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }

    /// Offers a paper under `token`, which no other ever had. A printer that cannot print is not offered anything.
    pub fn offer(&mut self, token: String, is_drawer: bool, now: Duration) {
        let until = now + self.timing.silence_max * SLOWER;
        self.stage = Stage::Offered { token, until, is_drawer };
        self.tick(now);
    }

    /// The attempt is committed, and the paper is on its way.
    pub fn given_out(&mut self, budget: Duration, patience: Duration, now: Duration) {
        if let Stage::Offered { token, .. } = &mut self.stage {
            let token = std::mem::take(token);
            let out = Out { token, given_at: now, budget, patience, idle_since: None, blocked_since: None };
            self.stage = Stage::Out(out);
        }
    }

    /// The attempt could not be committed.
    pub fn not_committed(&mut self) {
        self.end(Outcome::NotStarted { reason: Refusal::NotCommitted });
    }

    /// The worker must end.
    pub fn shut_down(&mut self) {
        match self.stage {
            Stage::Free => {}
            Stage::Offered { .. } => self.end(Outcome::NotStarted { reason: Refusal::ShuttingDown }),
            Stage::Out(_) => self.end(Outcome::Indeterminate { reason: Doubt::Interrupted }),
        }
    }

    /// The printer came.
    pub fn ask(&mut self, now: Duration, ask: &Ask) -> Reply {
        self.heard_at = now;
        self.is_silent = false;
        let reply = match ask {
            Ask::Poll { told, is_at_work } => self.polled(told.health, *is_at_work, now),
            Ask::Take => self.taken(now),
            Ask::Fetch { token, .. } => self.fetched(token.as_deref()),
            Ask::Tell { told } => {
                self.health = told.health.or(self.health);
                self.look(now);
                Reply::Heard
            }
            Ask::Report { token, verdict, told } => {
                self.health = told.health.or(self.health);
                self.reported(token.as_deref(), *verdict);
                Reply::Heard
            }
        };
        self.tick(now);
        let needs_paper = matches!(reply, Reply::Ready | Reply::GiveOut | Reply::Again);
        if self.is_free() && needs_paper { Reply::Nothing } else { reply }
    }

    fn polled(&mut self, health: Option<Health>, is_at_work: Option<bool>, now: Duration) -> Reply {
        self.health = health.or(self.health).or(Some(Health::Ready));
        self.look(now);
        match &mut self.stage {
            Stage::Offered { is_drawer, .. } if *is_drawer || self.health.is_some_and(is_well) => {
                Reply::Ready
            }
            Stage::Out(out) => {
                match is_at_work {
                    Some(true) => out.idle_since = None,
                    Some(false) | None => drop(out.idle_since.get_or_insert(now)),
                }
                Reply::Nothing
            }
            Stage::Free | Stage::Offered { .. } => Reply::Nothing,
        }
    }

    /// What does not say how it is, is asked before it gets a paper.
    fn taken(&mut self, now: Duration) -> Reply {
        match (&mut self.stage, self.health) {
            (Stage::Out(out), _) => {
                out.idle_since.get_or_insert(now);
                Reply::Nothing
            }
            (Stage::Offered { .. }, Some(health)) if is_well(health) => Reply::GiveOut,
            (_, Some(health)) if is_well(health) => Reply::Nothing,
            (Stage::Offered { .. } | Stage::Free, _) => Reply::AskStatus,
        }
    }

    fn fetched(&mut self, token: Option<&str>) -> Reply {
        let is_meant = |own: &str| token.is_none_or(|token| token == own);
        match &self.stage {
            Stage::Offered { token, is_drawer, .. } if is_meant(token) => {
                let can = self.health.is_some_and(is_well) || *is_drawer;
                if can { Reply::GiveOut } else { Reply::Nothing }
            }
            // It says by polling that it has begun, or forgotten: only before that did it not arrive.
            Stage::Out(out) if is_meant(&out.token) && out.idle_since.is_none() => Reply::Again,
            Stage::Free | Stage::Offered { .. } | Stage::Out(_) => Reply::Nothing,
        }
    }

    fn reported(&mut self, token: Option<&str>, verdict: Verdict) {
        let Stage::Out(out) = &self.stage else { return };
        if token.is_some_and(|token| token != out.token) {
            return;
        }
        self.end(match verdict {
            Verdict::Printed(grade) => Outcome::Confirmed { grade },
            Verdict::Untouched => Outcome::NotStarted { reason: Refusal::Error },
            Verdict::Failed => Outcome::Indeterminate { reason: Doubt::Error },
        });
    }

    /// Paper and cover are waited for; then its time begins anew.
    fn look(&mut self, now: Duration) {
        let Stage::Out(out) = &mut self.stage else { return };
        match self.health {
            Some(Health::PaperOut | Health::CoverOpen) => drop(out.blocked_since.get_or_insert(now)),
            _ if out.blocked_since.take().is_some() => (out.given_at, out.idle_since) = (now, None),
            _ => {}
        }
    }

    /// When to call [`Self::tick`], if nothing happens before.
    pub fn deadline(&self) -> Duration {
        let silent_at = self.heard_at + self.timing.silence_max * SLOWER;
        match &self.stage {
            Stage::Free if self.is_silent => Duration::MAX,
            Stage::Free => silent_at,
            Stage::Offered { until, .. } => silent_at.min(*until),
            Stage::Out(out) => silent_at.min(self.doubt_of(out).0),
        }
    }

    /// When a paper that is out becomes doubtful, and why.
    fn doubt_of(&self, out: &Out) -> (Duration, Doubt) {
        if let Some(since) = out.blocked_since {
            return (since.saturating_add(out.patience), Doubt::PatienceEnded);
        }
        let by_time = out.given_at + self.timing.confirm_base * SLOWER + out.budget;
        let by_idling = out.idle_since.map(|since| since + self.timing.silence_max);
        (by_idling.map_or(by_time, |idle| idle.min(by_time)), Doubt::TimedOut)
    }

    /// Time passed.
    pub fn tick(&mut self, now: Duration) {
        self.is_silent |= now >= self.heard_at + self.timing.silence_max * SLOWER;
        match &self.stage {
            Stage::Free => {}
            Stage::Offered { until, is_drawer, .. } => {
                let reason = self.refusal(*is_drawer).or((now >= *until).then_some(Refusal::Silent));
                if let Some(reason) = reason {
                    self.end(Outcome::NotStarted { reason });
                }
            }
            Stage::Out(out) => {
                let (at, reason) = self.doubt_of(out);
                if now >= at {
                    self.end(Outcome::Indeterminate { reason });
                } else if self.is_silent {
                    self.end(Outcome::Indeterminate { reason: Doubt::Silent });
                }
            }
        }
    }

    /// Why it would not print now, as far as it said.
    fn refusal(&self, is_drawer: bool) -> Option<Refusal> {
        if self.is_silent {
            return Some(Refusal::Unreachable);
        }
        match self.health? {
            _ if is_drawer => None,
            Health::PaperOut => Some(Refusal::PaperOut),
            Health::CoverOpen => Some(Refusal::CoverOpen),
            Health::Error => Some(Refusal::Error),
            Health::Unreachable => Some(Refusal::Unreachable),
            Health::Ready | Health::Printing | Health::PaperLow => None,
        }
    }

    fn end(&mut self, outcome: Outcome) {
        self.stage = Stage::Free;
        self.outcome = Some(outcome);
    }
}

fn is_well(health: Health) -> bool {
    match health {
        Health::Ready | Health::Printing | Health::PaperLow => true,
        Health::PaperOut | Health::CoverOpen | Health::Error | Health::Unreachable => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        asking::{Form, Told},
        session::Grade,
    };

    const SEC: Duration = Duration::from_secs(1);
    const PATIENCE: Duration = Duration::from_mins(10);

    fn is(health: Health) -> Told {
        Told { health: Some(health), ..Told::default() }
    }

    fn poll(health: Health, is_at_work: bool) -> Ask {
        Ask::Poll { told: is(health), is_at_work: Some(is_at_work) }
    }

    fn fetch(token: &str) -> Ask {
        Ask::Fetch { token: Some(token.into()), form: Form::Png }
    }

    fn report(token: &str, verdict: Verdict) -> Ask {
        Ask::Report { token: Some(token.into()), verdict, told: Told::default() }
    }

    fn offered() -> Counter {
        let mut counter = Counter::new(Timing::default(), Duration::ZERO);
        counter.offer("7".into(), false, Duration::ZERO);
        counter
    }

    /// A paper is out since one second.
    fn out() -> Counter {
        let mut counter = offered();
        assert_eq!(counter.ask(SEC, &poll(Health::Ready, false)), Reply::Ready);
        assert_eq!(counter.ask(SEC, &fetch("7")), Reply::GiveOut);
        counter.given_out(SEC, PATIENCE, SEC);
        counter
    }

    #[expect(clippy::unnecessary_wraps, reason = "compared with an option")]
    fn doubt(reason: Doubt) -> Option<Outcome> {
        Some(Outcome::Indeterminate { reason })
    }

    #[test]
    fn a_paper_is_fetched_once_and_its_own_acknowledgement_proves_it() {
        let mut counter = out();
        assert_eq!(counter.health(), Some(Health::Printing));
        counter.ask(2 * SEC, &report("6", Verdict::Printed(Grade::A)));
        assert_eq!(counter.take_outcome(), None, "that was another paper");
        counter.ask(2 * SEC, &report("7", Verdict::Printed(Grade::A)));
        assert_eq!(counter.take_outcome(), Some(Outcome::Confirmed { grade: Grade::A }));
        assert_eq!(counter.ask(3 * SEC, &fetch("7")), Reply::Nothing);
    }

    #[test]
    fn what_did_not_arrive_is_given_again_but_not_to_a_printer_that_has_polled_since() {
        let mut counter = out();
        assert_eq!(counter.ask(SEC, &fetch("7")), Reply::Again);
        assert_eq!(counter.ask(2 * SEC, &poll(Health::Ready, false)), Reply::Nothing);
        assert_eq!(counter.ask(2 * SEC, &fetch("7")), Reply::Nothing);
    }

    #[test]
    fn a_printer_without_paper_is_offered_nothing() {
        let mut counter = offered();
        assert_eq!(counter.ask(SEC, &poll(Health::PaperOut, false)), Reply::Nothing);
        assert_eq!(counter.take_outcome(), Some(Outcome::NotStarted { reason: Refusal::PaperOut }));
    }

    #[test]
    fn a_printer_that_stops_asking_in_the_middle_leaves_a_doubt() {
        let mut counter = out();
        counter.tick(counter.deadline());
        assert_eq!(counter.take_outcome(), doubt(Doubt::Silent));
        assert_eq!(counter.health(), Some(Health::Unreachable));
    }

    #[test]
    fn a_printer_that_asks_on_and_never_says_that_it_printed_leaves_a_doubt() {
        let mut counter = out();
        counter.ask(5 * SEC, &poll(Health::Ready, false));
        counter.ask(10 * SEC, &poll(Health::Ready, false));
        assert_eq!(counter.take_outcome(), None);
        counter.ask(15 * SEC, &poll(Health::Ready, false));
        assert_eq!(counter.take_outcome(), doubt(Doubt::TimedOut));
    }

    #[test]
    fn paper_that_ends_in_the_middle_is_waited_for() {
        let mut counter = out();
        for at in 2..300 {
            assert_eq!(counter.ask(at * SEC, &poll(Health::PaperOut, true)), Reply::Nothing);
        }
        assert_eq!((counter.take_outcome(), counter.health()), (None, Some(Health::PaperOut)));
        counter.ask(300 * SEC, &poll(Health::Ready, true));
        counter.ask(301 * SEC, &report("7", Verdict::Printed(Grade::A)));
        assert_eq!(counter.take_outcome(), Some(Outcome::Confirmed { grade: Grade::A }));
    }

    #[test]
    fn a_printer_that_does_not_say_how_it_is_is_asked_first() {
        let mut counter = offered();
        assert_eq!(counter.ask(SEC, &Ask::Take), Reply::AskStatus);
        counter.ask(SEC, &Ask::Report { token: None, verdict: Verdict::Failed, told: is(Health::Ready) });
        assert_eq!(counter.ask(2 * SEC, &Ask::Take), Reply::GiveOut);
    }

    #[test]
    fn who_never_comes_is_unreachable_and_costs_nothing() {
        let mut counter = offered();
        assert_eq!(counter.health(), None);
        counter.tick(29 * SEC);
        assert_eq!(counter.take_outcome(), None);
        counter.tick(counter.deadline());
        assert_eq!(counter.take_outcome(), Some(Outcome::NotStarted { reason: Refusal::Unreachable }));
        assert_eq!(counter.health(), Some(Health::Unreachable));
        counter.offer("8".into(), false, 31 * SEC);
        assert_eq!(counter.take_outcome(), Some(Outcome::NotStarted { reason: Refusal::Unreachable }));
    }
}
