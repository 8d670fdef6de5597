//! Printers that say anything at all: no panic, and no ticket byte before its attempt is committed.

use std::time::Duration;

use maitred_device::{
    asking::{Ask, Counter, Form, Reply, Told, Verdict},
    profile::{BackChannel, Dialect},
    session::{
        Abilities, Doubt, Ending, Grade, Health, Input, Outcome, Output, Plan, ProcessId, Session, Task,
        Timing,
    },
};

const BODY: &[u8] = b"one ticket";
/// What printers really say: whole or in pieces, it gets further than noise.
const REPLIES: [&[u8]; 15] = [
    &[0x23, 0x86, 0, 0, 0, 0, 0, 0, 0],
    &[0x1b, 0x1d, 0x03, 0x00, 0x00, 0x00, 0x05, 0x00],
    &[0x1b, 0x1d, 0x03, 0x01, 0x07, 0x00, 0x06, 0x00],
    &[0x12],
    &[0x1e],
    &[0x32],
    &[0x7e],
    &[0x10, 0x00, 0x00, 0x0f],
    &[0x38, 0x00, 0x0f, 0x0f],
    &[0x00],
    &[0x0c],
    &[0x37, 0x25, 0x00],
    &[0x37, 0x22, 0x20, 0x20, 0x20, 0x27, 0x00],
    &[0x3b, 0x31, 0x00],
    &[0x11, 0x13],
];

/// `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn saying(&mut self) -> Vec<u8> {
        let mut bytes = if self.below(4) == 0 {
            self.next().to_be_bytes()[..=self.below(8)].to_vec()
        } else {
            REPLIES[self.below(REPLIES.len())].to_vec()
        };
        if self.below(8) == 0 {
            let at = self.below(bytes.len());
            bytes[at] = self.next().to_be_bytes()[0];
        }
        bytes
    }

    fn task(&mut self) -> Task {
        match self.below(8) {
            0 => Task::Check { clears: self.below(2) == 0 },
            1 => Task::Drawer(BODY.to_vec()),
            _ => Task::Print(Plan {
                body: BODY.to_vec(),
                lines: 3,
                transfer: Duration::ZERO,
                process_id: ProcessId::new(7),
                recovers: self.below(2) == 0,
                patience: Duration::from_secs(self.next() % 60),
            }),
        }
    }
}

/// One conversation; gives the inputs that it took.
fn converse(dice: &mut Dice) -> u64 {
    let channels = [BackChannel::Probe, BackChannel::Full, BackChannel::Basic, BackChannel::Mute];
    let dialect = [Dialect::EscPos, Dialect::StarPrnt][dice.below(2)];
    let abilities = Abilities { dialect, ..Abilities::declared(channels[dice.below(channels.len())]) };
    let mut now = Duration::ZERO;
    let (mut session, mut outputs) = Session::start(dice.task(), abilities, Timing::default(), now);
    let (mut inputs, mut is_committed) = (0, false);
    loop {
        let wants_commit = outputs.contains(&Output::Commit);
        for output in &outputs {
            match output {
                Output::Write(bytes) => {
                    let is_ticket = bytes.windows(BODY.len()).any(|part| part == BODY);
                    assert!(is_committed || !is_ticket, "a ticket byte before its attempt was committed");
                }
                Output::Done(ending) => {
                    assert!(
                        !proves_nothing(*ending, is_committed),
                        "{ending:?} although nothing was written"
                    );
                    return inputs;
                }
                Output::Commit | Output::Health(_) => {}
            }
        }
        inputs += 1;
        let saying = dice.saying();
        let input = match dice.below(16) {
            _ if wants_commit => {
                is_committed = dice.below(16) != 0;
                if is_committed { Input::Committed } else { Input::CommitFailed }
            }
            0..10 => Input::Bytes(&saying),
            10 | 11 => Input::Written,
            12..15 => {
                now = session.deadline().unwrap_or(now).max(now);
                Input::Tick
            }
            _ if dice.below(8) > 0 => Input::Written,
            _ => [Input::Finished, Input::Closed, Input::ShutDown][dice.below(3)],
        };
        outputs = session.handle(now, input);
    }
}

fn proves_nothing(ending: Ending, is_committed: bool) -> bool {
    match ending {
        Ending::Job(Outcome::Confirmed { .. } | Outcome::Indeterminate { reason: Doubt::TimedOut }) => {
            !is_committed
        }
        Ending::Job(_) | Ending::Checked => false,
    }
}

fn any_ask(dice: &mut Dice) -> Ask {
    let healths =
        [None, Some(Health::Ready), Some(Health::PaperOut), Some(Health::CoverOpen), Some(Health::Error)];
    let health = healths[dice.below(healths.len())];
    let token = [None, Some("7".to_owned()), Some("8".to_owned())][dice.below(3)].clone();
    let told = Told { health, is_drawer_high: [None, Some(false), Some(true)][dice.below(3)] };
    match dice.below(5) {
        0 => Ask::Poll { told, is_at_work: [None, Some(false), Some(true)][dice.below(3)] },
        1 => Ask::Fetch { token, form: Form::Png },
        2 => Ask::Take,
        3 => Ask::Tell { told },
        _ => {
            let verdicts = [Verdict::Printed(Grade::A), Verdict::Untouched, Verdict::Failed];
            Ask::Report { token, verdict: verdicts[dice.below(3)], told }
        }
    }
}

/// Visits of a printer in any order: given out once for each offer, proven only by its own word about that paper.
fn visits(dice: &mut Dice) -> u64 {
    let mut now = Duration::ZERO;
    let mut counter = Counter::new(Timing::default(), now);
    counter.offer("7".to_owned(), dice.below(8) == 0, now);
    let (mut asks, mut is_out) = (0, false);
    while asks < 40 {
        asks += 1;
        now += Duration::from_millis(dice.next() % 8_000);
        let ask = any_ask(dice);
        let reply = counter.ask(now, &ask);
        match reply {
            Reply::GiveOut => {
                assert!(!is_out, "the same paper twice");
                if dice.below(8) == 0 {
                    counter.not_committed();
                } else {
                    is_out = true;
                    counter.given_out(Duration::from_secs(1), Duration::from_mins(1), now);
                }
            }
            Reply::Again => assert!(is_out),
            Reply::Nothing | Reply::Ready | Reply::AskStatus | Reply::Heard => {}
        }
        if let Some(outcome) = counter.take_outcome() {
            let is_of_it = matches!(&ask, Ask::Report { token, .. } if token.as_deref().is_none_or(|token| token == "7"));
            match outcome {
                Outcome::Confirmed { .. } => assert!(is_out && is_of_it, "{ask:?} proved a paper"),
                Outcome::Indeterminate { .. } => assert!(is_out),
                Outcome::NotStarted { .. } => assert!(!is_out || is_of_it, "{ask:?} took a paper back"),
            }
            return asks;
        }
    }
    asks
}

fn survive(inputs: u64, seed: u64) {
    println!("{inputs} inputs from {seed}");
    let mut dice = Dice(seed);
    let mut taken = 0;
    while taken < inputs {
        taken += converse(&mut dice) + visits(&mut dice);
    }
}

#[test]
fn whatever_a_printer_says_no_ticket_byte_comes_before_its_attempt() {
    survive(200_000, 1);
}

/// `cargo nextest run -p maitred-device --run-ignored only fuzz_printers`
#[test]
#[ignore = "ten million inputs take minutes"]
fn fuzz_printers() {
    survive(10_000_000, 2);
}
