//! The steps before the first byte; [`super::printing`] has those after it.

use std::time::Duration;

use super::{
    Abilities, Doubt, Ending, Health, Input, Known, Outcome, Output, Plan, Refusal, Task, Timing,
    conditions::Conditions, printing::Progress,
};
use crate::{
    decode::{Decoder, Reply},
    profile::Dialect,
};

/// `DLE DC4 8`: clears the receive and print buffers, also off-line.
const CLEAR: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];
/// `DLE ENQ 2`: recovers from an error whose cause is gone.
const RECOVER: [u8; 3] = [0x10, 0x05, 0x02];

/// One conversation with a printer. Times are since any fixed moment, and never go back.
#[derive(Debug)]
pub struct Session {
    pub(super) task: Task,
    pub(super) timing: Timing,
    pub(super) abilities: Abilities,
    pub(super) conditions: Conditions,
    pub(super) phase: Phase,
    /// `GS r` sent and not yet answered; answers come in order.
    pub(super) unanswered: u32,
    /// Did not answer although it might: treated as mute, for this job only.
    pub(super) is_mute: bool,
    pub(super) last_health: Option<Health>,
    pub(super) out: Vec<Output>,
    decoder: Decoder,
    has_tried_to_recover: bool,
    pub(super) has_cleared: bool,
}

#[derive(Debug)]
pub(super) enum Phase {
    /// `DLE EOT n` was asked.
    Asking { n: u8, until: Duration },
    /// `DLE ENQ 2` was sent; then it is asked again.
    Recovering { until: Duration },
    /// Nothing may be sent until it says that it is empty.
    Clearing { until: Duration, is_retry: bool },
    /// Reset, and asked whether data flows.
    Waking { until: Duration, is_retry: bool },
    /// Data flows; the answer to the first process id may come late.
    Grace { until: Duration },
    /// Data flows, but answers to questions of an earlier attempt may still come: they prove nothing of this one.
    Settling { until: Duration },
    /// The attempt is being committed.
    Committing,
    /// The drawer was told to open.
    Opening { until: Duration },
    /// Bytes are out.
    Printing(Progress),
    /// What is left in the buffer is cleared, so that it cannot print later.
    GivingUp { until: Duration, reason: Doubt },
    /// Nothing more to do.
    Done,
}

impl Session {
    /// Starts on a fresh connection.
    pub fn start(task: Task, abilities: Abilities, timing: Timing, now: Duration) -> (Self, Vec<Output>) {
        let mut session = Self {
            task,
            timing,
            abilities,
            conditions: Conditions::default(),
            phase: Phase::Committing,
            unanswered: 0,
            is_mute: abilities.status == Known::No,
            last_health: None,
            out: Vec::new(),
            decoder: Decoder::new(abilities.dialect),
            has_tried_to_recover: false,
            has_cleared: false,
        };
        if session.is_mute {
            session.proceed_mute();
        } else {
            session.ask(1, now);
        }
        let out = std::mem::take(&mut session.out);
        (session, out)
    }

    /// What is known about the printer by now.
    pub fn abilities(&self) -> Abilities {
        self.abilities
    }

    /// Whether the printer said that its buffers are empty.
    pub fn has_cleared(&self) -> bool {
        self.has_cleared
    }

    /// Whether ticket bytes may be out.
    pub fn has_started(&self) -> bool {
        matches!(self.phase, Phase::Opening { .. } | Phase::Printing(_) | Phase::GivingUp { .. })
    }

    /// Takes what happened, gives what to do.
    pub fn handle(&mut self, now: Duration, input: Input<'_>) -> Vec<Output> {
        match input {
            Input::Bytes(bytes) => {
                for reply in self.decoder.push(bytes) {
                    self.reply(now, &reply);
                }
            }
            Input::Written => self.written(now),
            Input::Committed => self.committed(now),
            Input::CommitFailed => self.refuse(Refusal::NotCommitted),
            Input::Finished if self.is_handed_over() => self.confirm(),
            Input::Finished | Input::Closed => self.lost(),
            Input::Tick => self.tick(now),
            Input::ShutDown if self.has_started() => self.doubt(Doubt::Interrupted),
            Input::ShutDown => self.refuse(Refusal::ShuttingDown),
        }
        std::mem::take(&mut self.out)
    }

    /// When to give [`Input::Tick`], if nothing happens before.
    pub fn deadline(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Asking { until, .. }
            | Phase::Recovering { until }
            | Phase::Clearing { until, .. }
            | Phase::Waking { until, .. }
            | Phase::Grace { until }
            | Phase::Settling { until }
            | Phase::Opening { until }
            | Phase::GivingUp { until, .. } => Some(*until),
            Phase::Printing(progress) => Some(self.printing_deadline(progress)),
            Phase::Committing | Phase::Done => None,
        }
    }

    fn reply(&mut self, now: Duration, reply: &Reply) {
        if let Reply::Auto(status) = reply {
            self.abilities.auto_status = Known::Yes;
            self.conditions.read_auto(*status);
        }
        match (&self.phase, reply) {
            (Phase::Printing(_), _) => self.reply_while_printing(now, reply),
            (Phase::Asking { n, .. }, Reply::Status(byte)) => self.answered(*n, *byte, now),
            (Phase::Asking { .. }, Reply::Auto(_)) if self.is_answered_whole() => {
                self.abilities.status = Known::Yes;
                self.looked(now);
            }
            (Phase::Opening { .. }, Reply::Status(_)) => self.confirm(),
            (Phase::Opening { .. }, Reply::Auto(_)) if self.is_answered_whole() => self.confirm(),
            (Phase::Clearing { is_retry, .. }, Reply::Cleared) => {
                let is_retry = *is_retry;
                self.abilities.clears = Known::Yes;
                self.has_cleared = true;
                self.unanswered = 0;
                self.wake(is_retry, now);
            }
            (Phase::GivingUp { reason, .. }, Reply::Cleared) => {
                let reason = *reason;
                self.has_cleared = true;
                self.doubt(reason);
            }
            (Phase::Waking { .. } | Phase::Grace { .. }, Reply::Processed(_)) => self.flows(now),
            (Phase::Waking { .. } | Phase::Grace { .. }, Reply::Printed(_) | Reply::Counted(_)) => {
                self.abilities.printed = Known::Yes;
                if matches!(self.phase, Phase::Grace { .. }) {
                    self.commit();
                }
            }
            _ => {}
        }
    }

    fn tick(&mut self, now: Duration) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        match self.phase {
            Phase::Asking { n: 1, .. } if self.abilities.status == Known::Unknown => {
                self.is_mute = true;
                self.proceed_mute();
            }
            Phase::Asking { .. } => self.refuse(Refusal::Silent),
            Phase::Recovering { .. } => self.ask(1, now),
            Phase::Clearing { .. } if self.abilities.clears == Known::Yes => self.refuse(Refusal::Stuck),
            Phase::Clearing { is_retry, .. } => {
                self.abilities.clears = Known::No;
                self.wake(is_retry, now);
            }
            Phase::Waking { is_retry: false, .. } => self.clear(true, now),
            Phase::Waking { is_retry: true, .. } => self.never_flowed(),
            Phase::Grace { .. } => {
                self.abilities.printed = Known::No;
                self.commit();
            }
            Phase::Settling { .. } => self.commit(),
            Phase::Opening { .. } => self.doubt(Doubt::Silent),
            Phase::GivingUp { reason, .. } => self.doubt(reason),
            Phase::Printing(_) => self.tick_while_printing(now),
            Phase::Committing | Phase::Done => {}
        }
    }

    /// One answer says all of its status.
    pub(super) fn is_answered_whole(&self) -> bool {
        match self.abilities.dialect {
            Dialect::EscPos => false,
            Dialect::StarPrnt => true,
        }
    }

    /// Status is asked one `n` at a time: the answers do not say which they are.
    fn ask(&mut self, n: u8, now: Duration) {
        self.out.push(Output::Write(self.abilities.dialect.ask_status(n)));
        self.phase = Phase::Asking { n, until: now + self.timing.reply };
    }

    fn answered(&mut self, n: u8, byte: u8, now: Duration) {
        self.abilities.status = Known::Yes;
        self.conditions.read_status(n, byte);
        if n < self.abilities.dialect.status_questions() {
            return self.ask(n + 1, now);
        }
        self.looked(now);
    }

    fn looked(&mut self, now: Duration) {
        if self.conditions.is_recoverable && !self.has_tried_to_recover {
            self.has_tried_to_recover = true;
            self.out.push(Output::Write(RECOVER.to_vec()));
            self.phase = Phase::Recovering { until: now + self.timing.reply / 4 };
            return;
        }
        self.report(self.conditions.health());
        match &self.task {
            Task::Check { clears: false } => self.done(Ending::Checked),
            Task::Drawer(_) => self.commit(),
            Task::Check { clears: true } | Task::Print(Plan { recovers: true, .. }) => self.clear(false, now),
            Task::Print(_) => self.wake(false, now),
        }
    }

    fn proceed_mute(&mut self) {
        match self.task {
            Task::Check { .. } => {
                self.report(Health::Ready);
                self.done(Ending::Checked);
            }
            Task::Drawer(_) | Task::Print(_) => self.commit(),
        }
    }

    fn clear(&mut self, is_retry: bool, now: Duration) {
        if self.abilities.clears == Known::No {
            return self.wake(is_retry, now);
        }
        self.out.push(Output::Write(CLEAR.to_vec()));
        self.phase = Phase::Clearing { until: now + self.timing.reply, is_retry };
    }

    /// A printer that cannot print is left alone: no byte that would wait in its buffer.
    fn wake(&mut self, is_retry: bool, now: Duration) {
        if matches!(self.task, Task::Check { .. }) {
            return self.done(Ending::Checked);
        }
        if let Some(reason) = self.conditions.refusal() {
            return self.refuse(reason);
        }
        let dialect = self.abilities.dialect;
        let mut bytes = dialect.wake();
        if let (Task::Print(plan), Known::Unknown) = (&self.task, self.abilities.printed) {
            bytes.extend(dialect.ask_printed(plan.process_id.previous()));
        }
        bytes.extend(dialect.ask_processed());
        self.unanswered += 1;
        self.out.push(Output::Write(bytes));
        self.phase = Phase::Waking { until: now + self.timing.reply, is_retry };
    }

    /// `GS r` came back, and with it everything that was asked before it.
    fn flows(&mut self, now: Duration) {
        self.unanswered = self.unanswered.saturating_sub(1);
        self.abilities.processed = Known::Yes;
        if self.unanswered > 0 {
            return;
        }
        if self.abilities.auto_status == Known::Unknown {
            self.abilities.auto_status = Known::No;
        }
        let until = now + self.timing.probe_grace;
        let is_left_over = matches!(&self.task, Task::Print(plan) if plan.recovers) && !self.has_cleared;
        if self.abilities.printed == Known::Unknown {
            self.phase = Phase::Grace { until };
        } else if self.abilities.printed == Known::No && is_left_over {
            self.phase = Phase::Settling { until };
        } else {
            self.commit();
        }
    }

    /// Neither reset nor cleared did it answer in order: a model without, or a full buffer.
    fn never_flowed(&mut self) {
        if self.abilities.processed == Known::Yes {
            return self.refuse(Refusal::Stuck);
        }
        self.abilities.processed = Known::No;
        if self.abilities.printed == Known::Unknown {
            self.abilities.printed = Known::No;
        }
        self.commit();
    }

    fn commit(&mut self) {
        self.phase = Phase::Committing;
        self.out.push(Output::Commit);
    }

    fn committed(&mut self, now: Duration) {
        if !matches!(self.phase, Phase::Committing) {
            return;
        }
        match &self.task {
            Task::Check { .. } => self.done(Ending::Checked),
            Task::Drawer(kick) => {
                let mut bytes = kick.clone();
                if !self.is_mute {
                    bytes.extend(self.abilities.dialect.ask_status(1));
                }
                self.out.push(Output::Write(bytes));
                self.phase = Phase::Opening { until: now + self.timing.reply };
            }
            Task::Print(_) => match self.conditions.refusal() {
                Some(reason) => self.refuse(reason),
                None => self.print(now),
            },
        }
    }

    pub(super) fn report(&mut self, health: Health) {
        if self.last_health.replace(health) != Some(health) {
            self.out.push(Output::Health(health));
        }
    }

    fn lost(&mut self) {
        if self.has_started() {
            let reason =
                if let Phase::GivingUp { reason, .. } = self.phase { reason } else { Doubt::ConnectionLost };
            return self.doubt(reason);
        }
        self.refuse(Refusal::Unreachable);
    }

    pub(super) fn confirm(&mut self) {
        let grade = match self.task {
            Task::Drawer(_) if !self.is_mute => super::Grade::B,
            _ if self.is_mute => super::Grade::C,
            _ => self.abilities.grade(),
        };
        self.report(self.conditions.health());
        self.done(Ending::Job(Outcome::Confirmed { grade }));
    }

    pub(super) fn doubt(&mut self, reason: Doubt) {
        match reason {
            Doubt::ConnectionLost | Doubt::Silent => self.report(Health::Unreachable),
            Doubt::TimedOut
            | Doubt::PowerCycled
            | Doubt::Error
            | Doubt::PatienceEnded
            | Doubt::Interrupted => {
                self.report(self.conditions.health());
            }
        }
        self.done(Ending::Job(Outcome::Indeterminate { reason }));
    }

    /// Ends so that what the printer still holds does not print by itself, hours later.
    pub(super) fn give_up(&mut self, reason: Doubt, now: Duration) {
        if self.is_mute || self.abilities.clears == Known::No {
            return self.doubt(reason);
        }
        self.out.push(Output::Write(CLEAR.to_vec()));
        self.phase = Phase::GivingUp { until: now + self.timing.reply, reason };
    }

    fn refuse(&mut self, reason: Refusal) {
        match reason {
            Refusal::Unreachable | Refusal::Silent => self.report(Health::Unreachable),
            Refusal::Stuck => self.report(Health::Error),
            Refusal::PaperOut | Refusal::CoverOpen | Refusal::Error => self.report(self.conditions.health()),
            Refusal::NotCommitted | Refusal::ShuttingDown => {}
        }
        match self.task {
            Task::Check { .. } => self.done(Ending::Checked),
            Task::Drawer(_) | Task::Print(_) => self.done(Ending::Job(Outcome::NotStarted { reason })),
        }
    }

    fn done(&mut self, ending: Ending) {
        if !matches!(self.phase, Phase::Done) {
            self.phase = Phase::Done;
            self.out.push(Output::Done(ending));
        }
    }
}
