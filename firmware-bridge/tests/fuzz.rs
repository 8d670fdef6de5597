//! Every parser against whatever may come: bytes of a line, of a keyboard, of topics, and of printers.
//!
//! `corpus/` holds what to begin from, a file each. Every run reads all of it and some thousands of changed copies; ten million for
//! each parser are `cargo nextest run -p maitred-bridge --test fuzz --run-ignored only`, or as many as `MAITRED_FUZZ_INPUTS`
//! says. An input that was ever the end of a parser is put into the corpus.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use maitred_bridge::ports::{InputEvents, Wanted};
use maitred_device::asking::{Ask, Verdict, cloudprnt, epson};
use maitred_device::decode::Decoder;
use maitred_device::field::homie::{Description, Part};
use maitred_device::field::message::{Answer, Channel, Command, Event, EventId, Message};
use maitred_device::profile::Dialect;
use maitred_wire::{BridgeEnd, DeviceEnd, DeviceKind, Hello, Receiver};

/// One parser, or what stands behind it.
type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 7] = [
    ("line", line),
    ("body", body),
    ("input", input),
    ("message", message),
    ("homie", homie),
    ("printer", printer),
    ("request", request),
];

/// A line in both directions: what is a frame goes to both ends, and what they say is read again.
fn line(bytes: &[u8]) {
    let serial = "grill".try_into().unwrap();
    let hello = Hello { kind: DeviceKind::BumpBar, boot: 7, first: 1, firmware: (1, 0, 0), serial };
    let mut device: DeviceEnd<8> = DeviceEnd::new(hello);
    let (mut bridge, mut receiver) = (BridgeEnd::new(9, 0), Receiver::default());
    for (byte, now_ms) in bytes.iter().zip(0..) {
        let Some(Ok(frame)) = receiver.push(*byte) else { continue };
        assert_eq!(read_again(&frame), frame, "a frame is written as it is read");
        if let Some(maitred_wire::Heard::Event { boot, seq, .. }) = bridge.received(now_ms, frame.clone()) {
            bridge.safe(now_ms, boot, seq);
        }
        if device.received(now_ms, frame).is_some() {
            device.answer(maitred_wire::Outcome::Done);
        }
        let said = [bridge.poll(now_ms), device.poll(now_ms)];
        said.iter().flatten().for_each(|frame| assert_eq!(read_again(frame), *frame));
    }
}

/// What a checksum would stop: bodies of frames as they are.
fn body(bytes: &[u8]) {
    let mut packets = Vec::new();
    let mut rest = bytes;
    while let Ok((frame, after)) = postcard::take_from_bytes::<maitred_wire::Frame>(rest) {
        packets.extend(frame.packet());
        rest = after;
    }
    line(&packets);
}

fn read_again(frame: &maitred_wire::Frame) -> maitred_wire::Frame {
    let mut packet = frame.packet();
    assert_eq!(packet.pop(), Some(0));
    maitred_wire::Frame::read(&mut packet).unwrap()
}

fn input(bytes: &[u8]) {
    let mut events = InputEvents::default();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let split = events.push(first).len() + events.push(second).len();
    assert_eq!(split, InputEvents::default().push(bytes).len(), "how bytes are split changes nothing");
}

fn message(bytes: &[u8]) {
    if let Ok(event) = Event::read(bytes) {
        assert_eq!(Event::read(&event.bytes()).unwrap(), event);
    }
    if let Ok(command) = Command::read(bytes) {
        assert_eq!(Command::read(&command.bytes()).unwrap(), command);
    }
    if let Ok(answer) = Answer::read(bytes) {
        assert_eq!(Answer::read(&answer.bytes()).unwrap(), answer);
    }
    if let Ok(id) = String::from_utf8_lossy(bytes).parse::<EventId>() {
        assert!(id.is_known_after(id));
    }
}

fn homie(bytes: &[u8]) {
    if let Ok(description) = Description::read(bytes) {
        assert_eq!(Description::read(&description.bytes()).unwrap(), description);
    }
    let text = String::from_utf8_lossy(bytes);
    if let Some((device, part)) = Part::of_topic(&text) {
        assert_eq!(part.topic(&device), text);
    }
    if let Some((channel, device)) = Channel::of_topic(&text) {
        assert_eq!(channel.topic(&device), text);
    }
    let _ = text.parse::<Wanted>().is_ok();
}

/// What printers say back, in both languages.
fn printer(bytes: &[u8]) {
    for dialect in [Dialect::EscPos, Dialect::StarPrnt] {
        let whole = Decoder::new(dialect).push(bytes);
        let mut decoder = Decoder::new(dialect);
        let split: Vec<_> = bytes.iter().flat_map(|byte| decoder.push(&[*byte])).collect();
        assert_eq!(split, whole, "how bytes are split changes nothing");
    }
}

/// What printers that ask send: bodies of both makes, and what stands in an address.
fn request(bytes: &[u8]) {
    let (poll, form) = (cloudprnt::read_poll(bytes), epson::read_form(bytes));
    assert!(poll.is_err() || form.is_err(), "it is two things at once");
    let text = String::from_utf8_lossy(bytes);
    cloudprnt::read_fetch(&text, Some(&text));
    if let Ask::Report { verdict: Verdict::Printed(_), .. } = cloudprnt::read_report(&text, None) {
        assert!(text.trim_start().starts_with('2'), "that is no acknowledgement");
    }
}

/// Random bits from a seed, by `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// A copy with some changes: bits, bytes, pieces left out, doubled, or taken from another.
fn changed(dice: &mut Dice, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let end = (at + dice.below(16)).min(bytes.len());
        match dice.below(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.below(8),
            1 if !bytes.is_empty() => bytes[at] = dice.roll().to_le_bytes()[0],
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len());
                bytes.splice(at..at, other[from..].iter().take(40).copied());
            }
            _ => bytes.insert(at, dice.roll().to_le_bytes()[0]),
        }
    }
    bytes.truncate(600);
    bytes
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = folder(target).read_dir().unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn fuzz(inputs: usize) {
    for (name, target) in TARGETS {
        let corpus = corpus(name);
        for bytes in &corpus {
            target(bytes);
        }
        let mut dice = Dice(2026);
        for number in 0..inputs {
            let bytes = changed(&mut dice, &corpus);
            if catch_unwind(AssertUnwindSafe(|| target(&bytes))).is_err() {
                let kept = folder(name).join(format!("found-{number}"));
                std::fs::write(&kept, &bytes).unwrap();
                panic!("{} is the end of {name}", kept.display());
            }
        }
    }
}

#[test]
fn nothing_that_comes_is_the_end_of_a_parser() {
    fuzz(4_000);
}

#[test]
#[ignore = "takes half an hour"]
fn ten_million_inputs_are_the_end_of_no_parser() {
    let inputs = std::env::var("MAITRED_FUZZ_INPUTS").map_or(10_000_000, |it| it.parse().unwrap());
    fuzz(inputs);
}
