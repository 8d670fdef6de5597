use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::profile::BackChannel;

const CLEAN: &[u8] = &[0x12];
const PAPER_END: &[u8] = &[0x72];
const AUTO_CLEAN: [u8; 4] = [0x10, 0x00, 0x00, 0x0f];
const AUTO_PAPER_END: [u8; 4] = [0x18, 0x00, 0x0c, 0x0f];
const BODY: &[u8] = b"BODY";

/// A session with its time and everything it wrote.
struct Table {
    session: Session,
    now: Duration,
    wrote: Vec<u8>,
    has_committed: bool,
    healths: Vec<Health>,
    ended: Option<Ending>,
}

fn plan() -> Plan {
    let process_id = ProcessId::new(7);
    Plan {
        body: BODY.to_vec(),
        lines: 10,
        transfer: Duration::ZERO,
        process_id,
        recovers: false,
        patience: Duration::from_mins(10),
    }
}

impl Table {
    fn given(task: Task, abilities: Abilities) -> Self {
        let (session, outputs) = Session::start(task, abilities, Timing::default(), Duration::ZERO);
        let mut table = Self {
            session,
            now: Duration::ZERO,
            wrote: Vec::new(),
            has_committed: false,
            healths: Vec::new(),
            ended: None,
        };
        table.take(outputs);
        table
    }

    fn full() -> Self {
        Self::given(Task::Print(plan()), Abilities::declared(BackChannel::Full))
    }

    fn take(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Write(bytes) => self.wrote.extend(bytes),
                Output::Commit => {
                    self.has_committed = true;
                    let more = self.session.handle(self.now, Input::Committed);
                    self.take(more);
                }
                Output::Health(health) => self.healths.push(health),
                Output::Done(ending) => self.ended = Some(ending),
            }
        }
    }

    fn when(mut self, input: Input<'_>) -> Self {
        let outputs = self.session.handle(self.now, input);
        self.take(outputs);
        self
    }

    fn says(self, bytes: &[u8]) -> Self {
        self.when(Input::Bytes(bytes))
    }

    fn status_is_clean(self) -> Self {
        self.says(CLEAN).says(CLEAN).says(CLEAN).says(CLEAN)
    }

    /// Up to all bytes of the ticket being out, on a printer that can everything.
    fn printing() -> Self {
        Self::full().status_is_clean().says(&AUTO_CLEAN).says(&[0x00]).when(Input::Written)
    }

    /// Lets time pass, deadline by deadline.
    fn after(mut self, secs: u64) -> Self {
        let end = self.now + Duration::from_secs(secs);
        while let Some(deadline) = self.session.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(deadline);
            self = self.when(Input::Tick);
        }
        self.now = end;
        self
    }

    fn wrote_body(&self) -> bool {
        self.wrote.windows(BODY.len()).any(|window| window == BODY)
    }
}

fn printed(id: u32) -> Vec<u8> {
    [&[0x37, 0x22][..], &ProcessId::new(id).to_wire(), &[0x00]].concat()
}

#[expect(clippy::unnecessary_wraps, reason = "compared with an option")]
fn ended(outcome: Outcome) -> Option<Ending> {
    Some(Ending::Job(outcome))
}

#[test]
fn a_process_id_that_comes_back_proves_the_print() {
    let table = Table::printing();
    assert!(table.wrote_body() && table.ended.is_none());
    assert_eq!(table.healths, [Health::Ready, Health::Printing]);
    let table = table.says(&printed(6));
    assert_eq!(table.ended, None, "an earlier id proves nothing");
    assert_eq!(table.says(&printed(7)).ended, ended(Outcome::Confirmed { grade: Grade::A }));
}

#[test]
fn without_paper_nothing_is_written_that_could_print_later() {
    let table = Table::full().says(&[0x1a]).says(&[0x32]).says(CLEAN).says(PAPER_END);
    assert_eq!(table.ended, ended(Outcome::NotStarted { reason: Refusal::PaperOut }));
    assert!(!table.wrote_body() && !table.has_committed);
    let questions_only = [0x10, 0x04, 1, 0x10, 0x04, 2, 0x10, 0x04, 3, 0x10, 0x04, 4];
    assert_eq!(table.wrote, questions_only);
}

#[test]
fn a_printer_that_used_to_answer_and_does_not_gets_nothing() {
    let table = Table::full().after(3);
    assert_eq!(table.ended, ended(Outcome::NotStarted { reason: Refusal::Silent }));
    assert!(!table.wrote_body());
}

#[test]
fn an_unknown_printer_that_never_answers_is_mute() {
    let table =
        Table::given(Task::Print(plan()), Abilities::default()).after(2).when(Input::Written).after(2);
    assert!(table.wrote_body());
    assert_eq!(table.ended, ended(Outcome::Confirmed { grade: Grade::C }));
    assert_eq!(table.session.abilities(), Abilities::default(), "next time it is asked again");
}

#[test]
fn paper_that_ends_in_the_middle_is_waited_for() {
    let table = Table::printing().says(&AUTO_PAPER_END);
    assert_eq!(table.healths.last(), Some(&Health::PaperOut));
    let mut table = table;
    for _ in 0..30 {
        table = table.after(5).says(&[0x1a]).says(&[0x32]).says(CLEAN).says(PAPER_END);
    }
    assert_eq!(table.ended, None, "it resumes by itself");
    let table = table.says(&AUTO_CLEAN).says(&printed(7));
    assert_eq!(table.ended, ended(Outcome::Confirmed { grade: Grade::A }));
}

#[test]
fn patience_ends_by_clearing_what_is_left() {
    let mut task = plan();
    task.patience = Duration::from_secs(5);
    let table = Table::given(Task::Print(task), Abilities::declared(BackChannel::Full))
        .status_is_clean()
        .says(&AUTO_CLEAN)
        .says(&[0x00])
        .when(Input::Written)
        .says(&AUTO_PAPER_END)
        .after(6);
    assert!(table.wrote.ends_with(&[0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]));
    let table = table.says(&[0x37, 0x25, 0x00]);
    assert_eq!(table.ended, ended(Outcome::Indeterminate { reason: Doubt::PatienceEnded }));
}

#[test]
fn after_the_first_byte_every_loss_is_a_doubt() {
    let lost = Table::printing().when(Input::Closed);
    assert_eq!(lost.ended, ended(Outcome::Indeterminate { reason: Doubt::ConnectionLost }));
    let cycled = Table::printing().says(&[0x3b, 0x31, 0x00]);
    assert_eq!(cycled.ended, ended(Outcome::Indeterminate { reason: Doubt::PowerCycled }));
    let silent = Table::printing().after(11);
    assert_eq!(silent.ended, ended(Outcome::Indeterminate { reason: Doubt::Silent }));
    let cutter = Table::printing().says(&[0x18, 0x08, 0x00, 0x0f]).says(&[0x37, 0x25, 0x00]);
    assert_eq!(cutter.ended, ended(Outcome::Indeterminate { reason: Doubt::Error }));
    let stopped = Table::printing().when(Input::ShutDown);
    assert_eq!(stopped.ended, ended(Outcome::Indeterminate { reason: Doubt::Interrupted }));
}

#[test]
fn a_talking_printer_without_proof_times_out() {
    let mut table = Table::printing();
    for _ in 0..17 {
        table = table.after(1).says(CLEAN);
    }
    let table = table.says(&[0x37, 0x25, 0x00]);
    assert_eq!(table.ended, ended(Outcome::Indeterminate { reason: Doubt::TimedOut }));
}

#[test]
fn before_the_first_byte_a_loss_costs_nothing() {
    let table = Table::full().says(CLEAN).when(Input::Closed);
    assert_eq!(table.ended, ended(Outcome::NotStarted { reason: Refusal::Unreachable }));
}

#[test]
fn a_doubt_is_cleared_before_anything_else_even_without_paper() {
    let task = Task::Print(Plan { recovers: true, ..plan() });
    let table = Table::given(task, Abilities::declared(BackChannel::Full));
    let table = table.says(&[0x1a]).says(&[0x32]).says(CLEAN).says(PAPER_END);
    assert_eq!(table.ended, None, "it waits for the buffers to be empty");
    assert!(table.wrote.ends_with(&[0x06, 0x02, 0x08]));
    let table = table.says(&[0x37, 0x25, 0x00]);
    assert_eq!(table.ended, ended(Outcome::NotStarted { reason: Refusal::PaperOut }));
}

#[test]
fn a_buffer_that_neither_flows_nor_clears_gets_no_ticket() {
    let table = Table::full().status_is_clean().after(5);
    assert_eq!(table.ended, ended(Outcome::NotStarted { reason: Refusal::Stuck }));
    assert!(!table.wrote_body());
}

#[test]
fn a_probe_finds_a_printer_without_process_ids() {
    let table =
        Table::given(Task::Print(plan()), Abilities::default()).status_is_clean().says(&[0x00]).after(1);
    assert_eq!(table.session.abilities().grade(), Grade::B);
    let table = table.when(Input::Written).says(&[0x00]);
    assert_eq!(table.ended, None, "processed, but its status is not known to be clean yet");
    let table = table.status_is_clean();
    assert_eq!(table.ended, ended(Outcome::Confirmed { grade: Grade::B }));
}

#[test]
fn a_late_answer_to_the_probe_proves_nothing_about_the_ticket() {
    let table =
        Table::given(Task::Print(plan()), Abilities::default()).status_is_clean().says(&[0x00]).after(1);
    let table = table.when(Input::Written).says(&printed(6));
    assert_eq!(table.ended, None);
}

#[test]
fn a_drawer_opens_without_paper() {
    let kick = vec![0x10, 0x14, 0x01, 0x00, 0x02];
    let table = Table::given(Task::Drawer(kick), Abilities::declared(BackChannel::Full));
    let table = table.says(&[0x1a]).says(&[0x32]).says(CLEAN).says(PAPER_END).says(&[0x1a]);
    assert_eq!(table.ended, ended(Outcome::Confirmed { grade: Grade::B }));
}

#[test]
fn an_attempt_that_cannot_be_committed_writes_nothing() {
    let abilities = Abilities::declared(BackChannel::Mute);
    let (mut session, outputs) =
        Session::start(Task::Print(plan()), abilities, Timing::default(), Duration::ZERO);
    assert_eq!(outputs, [Output::Commit]);
    let refused = Outcome::NotStarted { reason: Refusal::NotCommitted };
    assert_eq!(session.handle(Duration::ZERO, Input::CommitFailed), [Output::Done(Ending::Job(refused))]);
}

#[test]
fn a_check_after_a_doubt_clears_and_a_plain_one_does_not() {
    let full = Abilities::declared(BackChannel::Full);
    let plain = Table::given(Task::Check { clears: false }, full).status_is_clean();
    assert_eq!((plain.ended, plain.healths), (Some(Ending::Checked), vec![Health::Ready]));
    let clearing = Table::given(Task::Check { clears: true }, full).status_is_clean();
    assert_eq!(clearing.ended, None);
    let clearing = clearing.says(&[0x37, 0x25, 0x00]);
    assert!(clearing.session.has_cleared() && clearing.ended == Some(Ending::Checked));
}

proptest! {
    /// Whatever a printer says: no ticket byte before the commit, and the end comes once.
    #[test]
    fn no_ticket_byte_precedes_its_commit(
        chunks in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..12), 0_u64..4), 0..30),
        channel in prop_oneof![Just(BackChannel::Probe), Just(BackChannel::Full), Just(BackChannel::Basic)],
    ) {
        let (session, outputs) = Session::start(Task::Print(plan()), Abilities::declared(channel), Timing::default(), Duration::ZERO);
        let (mut session, mut outputs, mut now, mut ends) = (session, outputs, Duration::ZERO, 0);
        for (chunk, secs) in chunks {
            for output in outputs {
                match output {
                    Output::Write(bytes) => prop_assert!(!bytes.windows(BODY.len()).any(|window| window == BODY)),
                    Output::Done(ending) => {
                        ends += 1;
                        let is_free = matches!(ending, Ending::Job(Outcome::NotStarted { .. }));
                        prop_assert!(is_free);
                    }
                    Output::Commit | Output::Health(_) => {}
                }
            }
            now += Duration::from_secs(secs);
            outputs = session.handle(now, Input::Bytes(&chunk));
            outputs.extend(session.handle(now, Input::Tick));
        }
        prop_assert!(ends <= 1);
    }
}
