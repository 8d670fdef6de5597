//! The steps after the first byte: only proof, or the lack of it, ends them.

use std::time::Duration;

use super::{Doubt, Health, Known, Output, Plan, Session, Task, machine::Phase};
use crate::decode::Reply;

/// How far a print is.
#[derive(Debug)]
pub(super) struct Progress {
    /// Handed to the network, all of it.
    written_at: Option<Duration>,
    /// Everything is processed, or as near to it as this model tells.
    is_processed: bool,
    /// The question out: which `n`, and whether its round began after processing.
    asked: Option<Question>,
    poll_at: Duration,
    heard_at: Duration,
    confirm_by: Duration,
    blocked_since: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Question {
    n: u8,
    is_after_processing: bool,
}

impl Session {
    pub(super) fn print(&mut self, now: Duration) {
        let Task::Print(plan) = &self.task else { return };
        let mut bytes = plan.body.clone();
        if self.abilities.printed == Known::Yes {
            bytes.extend(self.abilities.dialect.ask_printed(plan.process_id));
        }
        if self.abilities.processed == Known::Yes && !self.is_mute {
            bytes.extend(self.abilities.dialect.ask_processed());
            self.unanswered += 1;
        }
        let confirm_by = now + self.budget(plan);
        self.has_cleared = false;
        self.out.push(Output::Write(bytes));
        self.phase = Phase::Printing(Progress {
            written_at: None,
            is_processed: false,
            asked: None,
            poll_at: now + self.timing.poll,
            heard_at: now,
            confirm_by,
            blocked_since: None,
        });
        self.report(Health::Printing);
    }

    fn budget(&self, plan: &Plan) -> Duration {
        self.timing.confirm_base + self.timing.confirm_per_line * plan.lines + plan.transfer
    }

    fn expects_reply(&self) -> bool {
        !self.is_mute && self.abilities.processed == Known::Yes
    }

    /// All bytes are out, and this model never says more.
    pub(super) fn is_handed_over(&self) -> bool {
        match &self.phase {
            Phase::Printing(progress) => self.is_mute && progress.written_at.is_some(),
            Phase::Opening { .. } => self.is_mute,
            _ => false,
        }
    }

    /// Whether every byte of the ticket was handed to the network.
    pub fn is_sent(&self) -> bool {
        matches!(&self.phase, Phase::Printing(progress) if progress.written_at.is_some())
    }

    pub(super) fn written(&mut self, now: Duration) {
        match &mut self.phase {
            Phase::Printing(progress) if progress.written_at.is_none() => {
                progress.written_at = Some(now);
                progress.heard_at = now;
            }
            Phase::Opening { .. } if self.is_mute => self.confirm(),
            _ => {}
        }
    }

    pub(super) fn reply_while_printing(&mut self, now: Duration, reply: &Reply) {
        let Phase::Printing(progress) = &mut self.phase else { return };
        progress.heard_at = now;
        match reply {
            Reply::Printed(id) => {
                if let Task::Print(plan) = &self.task
                    && id.confirms(plan.process_id)
                {
                    self.confirm();
                }
            }
            Reply::Counted(short) => {
                if let Task::Print(plan) = &self.task
                    && *short == plan.process_id.short()
                {
                    self.confirm();
                }
            }
            Reply::Processed(_) => {
                self.unanswered = self.unanswered.saturating_sub(1);
                if self.unanswered == 0 {
                    progress.is_processed = true;
                    self.poll(now);
                }
            }
            Reply::Status(byte) => self.answered_while_printing(*byte, now),
            Reply::PowerCycled => self.doubt(Doubt::PowerCycled),
            Reply::Auto(_) if self.is_answered_whole() => self.answered_all(now),
            Reply::Auto(_) => self.look(now),
            Reply::Cleared | Reply::Named(_) | Reply::Resume | Reply::Pause | Reply::Unknown => {}
        }
    }

    fn answered_while_printing(&mut self, byte: u8, now: Duration) {
        let Phase::Printing(progress) = &mut self.phase else { return };
        let Some(Question { n, is_after_processing }) = progress.asked else { return };
        self.conditions.read_status(n, byte);
        if n < self.abilities.dialect.status_questions() {
            return self.question(Question { n: n + 1, is_after_processing });
        }
        self.answered_all(now);
    }

    /// A round of questions is over, or it told by itself.
    fn answered_all(&mut self, now: Duration) {
        let Phase::Printing(progress) = &mut self.phase else { return };
        let Some(Question { is_after_processing, .. }) = progress.asked.take() else { return self.look(now) };
        let should_ask_again = progress.is_processed && !is_after_processing;
        progress.poll_at = now + self.timing.poll;
        let is_clean = self.conditions.refusal().is_none();
        self.look(now);
        if is_after_processing && is_clean && self.abilities.printed != Known::Yes {
            self.confirm();
        } else if should_ask_again {
            self.poll(now);
        }
    }

    /// Takes the conditions in: paper and cover are waited for, an error ends the attempt.
    fn look(&mut self, now: Duration) {
        let (Phase::Printing(progress), Task::Print(plan)) = (&mut self.phase, &self.task) else { return };
        if self.conditions.has_error() {
            self.report(Health::Error);
            return self.give_up(Doubt::Error, now);
        }
        if self.conditions.refusal().is_some() {
            progress.blocked_since.get_or_insert(now);
            return self.report(self.conditions.health());
        }
        if progress.blocked_since.take().is_some() {
            progress.confirm_by =
                now + self.timing.confirm_base + self.timing.confirm_per_line * plan.lines + plan.transfer;
        }
        self.report(Health::Printing);
    }

    /// Asks for the status from `n` = 1, unless an answer is still out.
    fn poll(&mut self, now: Duration) {
        let Phase::Printing(progress) = &mut self.phase else { return };
        progress.poll_at = now + self.timing.poll;
        if self.is_mute || self.abilities.status != Known::Yes {
            if progress.is_processed {
                self.confirm();
            }
        } else if progress.asked.is_none() {
            let is_after_processing = progress.is_processed;
            self.question(Question { n: 1, is_after_processing });
        }
    }

    fn question(&mut self, question: Question) {
        let Phase::Printing(progress) = &mut self.phase else { return };
        progress.asked = Some(question);
        self.out.push(Output::Write(self.abilities.dialect.ask_status(question.n)));
    }

    pub(super) fn printing_deadline(&self, progress: &Progress) -> Duration {
        let mut earliest = match (progress.blocked_since, &self.task) {
            (Some(since), Task::Print(plan)) => since + plan.patience,
            _ => progress.confirm_by,
        };
        if let Some(written_at) = progress.written_at {
            earliest = earliest.min(progress.poll_at);
            if !self.is_mute {
                earliest = earliest.min(progress.heard_at + self.timing.silence_max);
            }
            if !self.expects_reply() && !progress.is_processed {
                earliest = earliest.min(written_at + self.timing.linger);
            }
        }
        earliest
    }

    pub(super) fn tick_while_printing(&mut self, now: Duration) {
        let expects_reply = self.expects_reply();
        let (Phase::Printing(progress), Task::Print(plan)) = (&mut self.phase, &self.task) else { return };
        let patience_ends = progress.blocked_since.map(|since| since + plan.patience);
        if patience_ends.is_some_and(|end| now >= end) {
            return self.give_up(Doubt::PatienceEnded, now);
        }
        if patience_ends.is_none() && now >= progress.confirm_by {
            // Processed, but no word of printing: perhaps another printer stands there now. It is probed anew.
            if progress.is_processed {
                self.abilities.printed = Known::Unknown;
            }
            return self.give_up(Doubt::TimedOut, now);
        }
        let Some(written_at) = progress.written_at else { return };
        if !self.is_mute && now >= progress.heard_at + self.timing.silence_max {
            return self.doubt(Doubt::Silent);
        }
        if !expects_reply && now >= written_at + self.timing.linger {
            progress.is_processed = true;
        }
        if now >= progress.poll_at || progress.is_processed {
            self.poll(now);
        }
    }
}
