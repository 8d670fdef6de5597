//! Two ends over a line that does everything to their bytes.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use maitred_wire::{
    Action, BridgeEnd, DeviceEnd, DeviceKind, Event, Frame, Heard, Hello, NoRoom, Outcome, Pattern, Receiver,
    SILENCE_MS_MAX,
};
use proptest::prelude::*;

fn hello(boot: u32) -> Hello {
    let serial = "grill".try_into().unwrap();
    Hello { kind: DeviceKind::BumpBar, boot, first: 1, firmware: (1, 0, 0), serial }
}

/// What a line does to the next packet.
#[derive(Clone, Copy, Debug)]
enum Weather {
    Fair,
    Lost,
    Twice,
    Cut(usize),
    Changed(usize, u8),
    After(u8),
}

fn weather() -> impl Strategy<Value = Weather> {
    prop_oneof![
        4 => Just(Weather::Fair),
        1 => Just(Weather::Lost),
        1 => Just(Weather::Twice),
        1 => (0_usize..20).prop_map(Weather::Cut),
        1 => (0_usize..40, 1_u8..).prop_map(|(at, by)| Weather::Changed(at, by)),
        1 => any::<u8>().prop_map(Weather::After),
    ]
}

fn through(weather: Weather, packet: &[u8]) -> Vec<u8> {
    let mut bytes = packet.to_vec();
    match weather {
        Weather::Fair => {}
        Weather::Lost => bytes.clear(),
        Weather::Twice => bytes.extend_from_slice(packet),
        Weather::Cut(at) => bytes.truncate(at),
        Weather::Changed(at, by) => {
            let at = at % bytes.len();
            bytes[at] ^= by;
        }
        Weather::After(byte) => bytes.insert(0, byte),
    }
    bytes
}

/// What happens from outside in one step of 20 ms.
#[derive(Clone, Copy, Debug)]
enum Step {
    Nothing,
    Press,
    Order,
    Safe,
    BridgeRestarts,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Nothing),
        3 => Just(Step::Press),
        1 => Just(Step::Order),
        3 => Just(Step::Safe),
    ]
}

/// A device, a bridge, and what each of them heard.
struct Line {
    now: u64,
    sessions: u32,
    device: DeviceEnd<32>,
    bridge: BridgeEnd,
    at_device: Receiver,
    at_bridge: Receiver,
    pressed: u16,
    ordered: u16,
    heard: Vec<(u32, u16)>,
    done: Vec<u16>,
    answered: usize,
}

impl Line {
    fn new() -> Self {
        Self {
            now: 0,
            sessions: 1,
            device: DeviceEnd::new(hello(7)),
            bridge: BridgeEnd::new(1, 0),
            at_device: Receiver::default(),
            at_bridge: Receiver::default(),
            pressed: 0,
            ordered: 0,
            heard: vec![],
            done: vec![],
            answered: 0,
        }
    }

    fn step(&mut self, step: Step, weather: &mut impl Iterator<Item = Weather>) {
        self.now += 20;
        match step {
            Step::Nothing => {}
            Step::Press => {
                if self.device.push(Event::Key { code: self.pressed }).is_ok() {
                    self.pressed += 1;
                }
            }
            Step::Order => {
                let action = Action::Page { pager: self.ordered, pattern: Pattern::Short };
                if self.bridge.command(self.now, action).is_ok() {
                    self.ordered += 1;
                }
            }
            Step::Safe => self.all_safe(),
            Step::BridgeRestarts => {
                self.sessions += 1;
                self.bridge = BridgeEnd::new(self.sessions, self.now);
                self.at_bridge = Receiver::default();
            }
        }
        while let Some(frame) = self.device.poll(self.now) {
            for byte in through(weather.next().unwrap_or(Weather::Fair), &frame.packet()) {
                self.bridge_hears(byte);
            }
        }
        while let Some(frame) = self.bridge.poll(self.now) {
            for byte in through(weather.next().unwrap_or(Weather::Fair), &frame.packet()) {
                self.device_hears(byte);
            }
        }
    }

    fn all_safe(&mut self) {
        if let Some((seq, _)) = self.heard.last() {
            self.bridge.safe(self.now, 7, *seq);
        }
    }

    fn bridge_hears(&mut self, byte: u8) {
        let Some(Ok(frame)) = self.at_bridge.push(byte) else { return };
        match self.bridge.received(self.now, frame) {
            Some(Heard::Event { seq, event: Event::Key { code }, .. }) => self.heard.push((seq, code)),
            Some(Heard::Answered { outcome: Outcome::Done, .. }) => self.answered += 1,
            Some(_) | None => {}
        }
    }

    fn device_hears(&mut self, byte: u8) {
        let Some(Ok(frame)) = self.at_device.push(byte) else { return };
        if let Some(asked) = self.device.received(self.now, frame) {
            let Action::Page { pager, .. } = asked.action else { panic!("nobody asked that") };
            self.done.push(pager);
            self.device.answer(Outcome::Done);
        }
    }

    /// Fair weather until everything has arrived.
    fn settle(&mut self) {
        for _ in 0..800 {
            self.step(Step::Safe, &mut std::iter::empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_event_arrives_once_and_in_order_and_every_command_is_done_once(
        steps in prop::collection::vec(step(), 1..200),
        weather in prop::collection::vec(weather(), 0..400),
    ) {
        let mut line = Line::new();
        let mut weather = weather.into_iter();
        for step in steps {
            line.step(step, &mut weather);
        }
        line.settle();
        let codes: Vec<u16> = line.heard.iter().map(|(_, code)| *code).collect();
        prop_assert_eq!(codes, (0..line.pressed).collect::<Vec<_>>());
        prop_assert_eq!(&line.done, &(0..line.ordered).collect::<Vec<_>>());
        prop_assert_eq!(line.answered, usize::from(line.ordered));
        prop_assert_eq!(line.device.waiting(), 0);
    }

    #[test]
    fn a_bridge_that_is_switched_off_loses_no_event_and_gives_none_another_number(
        steps in prop::collection::vec(prop_oneof![12 => step(), 1 => Just(Step::BridgeRestarts)], 1..200),
        weather in prop::collection::vec(weather(), 0..400),
    ) {
        let mut line = Line::new();
        let mut weather = weather.into_iter();
        for step in steps {
            line.step(step, &mut weather);
        }
        line.settle();
        let mut last = 0;
        for (seq, code) in &line.heard {
            prop_assert_eq!(*seq, u32::from(*code) + 1);
            prop_assert!(*seq <= last + 1, "none is left out");
            last = last.max(*seq);
        }
        prop_assert_eq!(last, u32::from(line.pressed));
    }

    #[test]
    fn any_bytes_are_survived_and_a_frame_after_them_is_read(garbage in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut receiver = Receiver::default();
        for byte in garbage.into_iter().chain([0]) {
            let _ = receiver.push(byte);
        }
        let frames: Vec<_> = Frame::Greet.packet().into_iter().filter_map(|byte| receiver.push(byte)).collect();
        prop_assert_eq!(frames, vec![Ok(Frame::Greet)]);
    }
}

#[test]
fn a_device_that_is_switched_on_again_is_another_start() {
    let mut line = Line::new();
    line.step(Step::Press, &mut std::iter::empty());
    line.settle();
    assert_eq!(line.heard, [(1, 0)]);
    line.device = DeviceEnd::new(hello(8));
    line.device.push(Event::Key { code: 1 }).unwrap();
    line.settle();
    assert_eq!(line.heard, [(1, 0), (1, 1)], "counted from one again");
}

#[test]
fn silence_is_noticed_at_both_ends_and_ends_by_itself() {
    let mut line = Line::new();
    line.settle();
    assert!(line.device.is_welcome() && line.bridge.is_heard(line.now));
    let mut deaf = std::iter::repeat(Weather::Lost);
    for _ in 0..SILENCE_MS_MAX / 20 + 60 {
        line.step(Step::Nothing, &mut deaf);
    }
    assert!(!line.device.is_welcome() && !line.bridge.is_heard(line.now));
    line.settle();
    assert!(line.device.is_welcome() && line.bridge.is_heard(line.now));
}

#[test]
fn keys_find_room_where_readings_do_not() {
    let mut device: DeviceEnd<8> = DeviceEnd::new(hello(1));
    for milli_celsius in 0..100 {
        device.push(Event::Reading { milli_celsius }).unwrap();
    }
    assert_eq!(device.waiting(), 1, "of readings that nobody heard the last is kept");
    for code in 0..7 {
        device.push(Event::Key { code }).unwrap();
    }
    assert_eq!(device.push(Event::Key { code: 7 }), Err(NoRoom));
    assert_eq!(device.push(Event::Reading { milli_celsius: 0 }), Err(NoRoom));
}

#[test]
fn the_longest_frame_fits() {
    let text = "ﷺ".repeat(13);
    let action =
        Action::Show { upper: text.as_str().try_into().unwrap(), lower: text.as_str().try_into().unwrap() };
    let frame = Frame::Command { session: u32::MAX, seq: u32::MAX, action };
    let mut packet = frame.packet();
    assert_eq!(packet.pop(), Some(0));
    assert!(!packet.contains(&0));
    assert_eq!(Frame::read(&mut packet), Ok(frame));
}
