//! Printers that say anything at all: no panic, and no ticket byte before its attempt is committed.

use std::time::Duration;

use maitred_device::{
    decode::Decoder,
    profile::BackChannel,
    session::{Abilities, Doubt, Ending, Input, Outcome, Output, Plan, ProcessId, Session, Task, Timing},
};

const BODY: &[u8] = b"one ticket";
/// What printers really say: whole or in pieces, it gets further than noise.
const REPLIES: [&[u8]; 12] = [
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
    let abilities = Abilities::declared(channels[dice.below(channels.len())]);
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

fn survive(inputs: u64, seed: u64) {
    println!("{inputs} inputs from {seed}");
    let mut dice = Dice(seed);
    let (mut taken, mut decoder) = (0, Decoder::default());
    while taken < inputs {
        taken += converse(&mut dice);
        decoder.push(&dice.next().to_be_bytes());
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
