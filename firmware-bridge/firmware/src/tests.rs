extern crate std;

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::vec;
use std::vec::Vec;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, InputPin, OutputPin};
use maitred_wire::{Action, BridgeEnd, Colour, DeviceKind, Event, Fault, Heard, Outcome, Pattern, Receiver};

use crate::*;

/// A pin that somebody else moves.
#[derive(Clone, Default)]
struct Pin(Rc<Cell<bool>>);

impl ErrorType for Pin {
    type Error = std::convert::Infallible;
}

impl InputPin for Pin {
    fn is_high(&mut self) -> Result<bool, Self::Error> {
        Ok(!self.0.get())
    }

    fn is_low(&mut self) -> Result<bool, Self::Error> {
        Ok(self.0.get())
    }
}

/// A serial port with a bridge behind it.
struct Port {
    bridge: BridgeEnd,
    receiver: Receiver,
    to_device: VecDeque<u8>,
    heard: Vec<Heard>,
    now: u64,
}

impl Port {
    fn new() -> Self {
        Self {
            bridge: BridgeEnd::new(1, 0),
            receiver: Receiver::default(),
            to_device: VecDeque::new(),
            heard: vec![],
            now: 0,
        }
    }

    fn at(&mut self, now: u64) -> &mut Self {
        self.now = now;
        while let Some(frame) = self.bridge.poll(now) {
            self.to_device.extend(frame.packet());
        }
        self
    }

    fn events(&self) -> Vec<Event> {
        let event = |heard: &Heard| match heard {
            Heard::Event { event, .. } => Some(*event),
            Heard::Device(_) | Heard::Status(_) | Heard::Answered { .. } => None,
        };
        self.heard.iter().filter_map(event).collect()
    }
}

impl embedded_io::ErrorType for Port {
    type Error = std::convert::Infallible;
}

impl embedded_io::ReadReady for Port {
    fn read_ready(&mut self) -> Result<bool, Self::Error> {
        Ok(!self.to_device.is_empty())
    }
}

impl embedded_io::Read for Port {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let length = buffer.len().min(self.to_device.len());
        buffer.iter_mut().zip(self.to_device.drain(..length)).for_each(|(to, from)| *to = from);
        Ok(length)
    }
}

impl embedded_io::Write for Port {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        for byte in bytes {
            let Some(Ok(frame)) = self.receiver.push(*byte) else { continue };
            let Some(heard) = self.bridge.received(self.now, frame) else { continue };
            if let Heard::Event { boot, seq, .. } = heard {
                self.bridge.safe(self.now, boot, seq);
            }
            self.heard.push(heard);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn core(kind: DeviceKind) -> Core {
    Core::new(kind, "one".try_into().unwrap(), (0, 1, 0), 77)
}

#[test]
fn a_key_that_bounces_is_pressed_once_and_one_that_is_stuck_is_told() {
    let pins: [Pin; 4] = std::array::from_fn(|_| Pin::default());
    let (mut bar, mut core, mut port) = (BumpBar::new(pins.clone()), core(DeviceKind::BumpBar), Port::new());
    for now in 0..30_000 {
        let bounces = (100..110).contains(&now) && now % 3 == 0;
        pins[2].0.set(bounces || (110..200).contains(&now));
        pins[3].0.set(now > 1000);
        bar.step(now, &mut core, port.at(now), &mut Refuses).unwrap();
    }
    let stuck = Event::Fault { what: Fault::KeyStuck };
    assert_eq!(port.events(), [Event::Key { code: 2 }, Event::Key { code: 3 }, stuck]);
}

/// A thermometer that somebody else heats.
#[derive(Clone)]
struct Kettle(Rc<Cell<Result<i32, Fault>>>);

impl Thermometer for Kettle {
    const TAKES_MS: u64 = 750;

    fn begin(&mut self) -> Result<(), Fault> {
        self.0.get().map(|_| ())
    }

    fn end(&mut self) -> Result<i32, Fault> {
        self.0.get()
    }
}

#[test]
fn a_probe_says_what_changed_and_every_half_minute_what_did_not() {
    let kettle = Kettle(Rc::new(Cell::new(Ok(4_000))));
    let (mut probe, mut core, mut port) = (Probe::new(kettle.clone()), core(DeviceKind::Probe), Port::new());
    for now in 0..100_000 {
        match now {
            40_000 => kettle.0.set(Ok(4_050)),
            50_000 => kettle.0.set(Ok(9_000)),
            60_000 => kettle.0.set(Err(Fault::SensorMissing)),
            _ => {}
        }
        probe.step(now, &mut core, port.at(now)).unwrap();
    }
    let reading = |milli_celsius| Event::Reading { milli_celsius };
    let missing = Event::Fault { what: Fault::SensorMissing };
    assert_eq!(port.events(), [reading(4_000), reading(4_000), reading(9_000), missing]);
}

#[test]
fn a_beacon_shows_what_it_is_told_and_refuses_to_page() {
    let (mut beacon, mut core, mut port) = (Beacon::default(), core(DeviceKind::Beacon), Port::new());
    let mut looks = vec![];
    let mut orders = vec![
        Action::Page { pager: 1, pattern: Pattern::Short },
        Action::Sound { pattern: Pattern::Double },
        Action::Light { colour: Colour::Red, blink: true },
    ];
    for now in 0..4_000 {
        if now > 1_000
            && let Some(order) = orders.pop()
            && port.bridge.command(now, order.clone()).is_err()
        {
            orders.push(order);
        }
        core.talk(now, port.at(now), &mut beacon).unwrap();
        let look = beacon.look(now);
        if looks.last() != Some(&look) {
            looks.push(look);
        }
    }
    let answered: Vec<Outcome> = port
        .heard
        .iter()
        .filter_map(|heard| match heard {
            Heard::Answered { outcome, .. } => Some(*outcome),
            Heard::Device(_) | Heard::Event { .. } | Heard::Status(_) => None,
        })
        .collect();
    assert_eq!(answered, [Outcome::Done, Outcome::Done, Outcome::Refused]);
    assert_eq!(looks.iter().filter(|look| look.sounds).count(), 2, "two tones: {looks:?}");
    assert!(looks.iter().filter(|look| look.colour == Colour::Red).count() >= 4, "it blinks: {looks:?}");
}

#[test]
fn scratchpads_of_the_datasheet_are_degrees() {
    for (bytes, milli) in
        [([0xd0, 0x07], 125_000), ([0x91, 0x01], 25_062), ([0x5e, 0xff], -10_125), ([0x90, 0xfc], -55_000)]
    {
        let scratchpad = scratchpad(bytes);
        assert_eq!(milli_celsius_of_scratchpad(&scratchpad), Ok(milli));
        let mut changed = scratchpad;
        changed[0] ^= 0x10;
        assert_eq!(milli_celsius_of_scratchpad(&changed), Err(Fault::SensorGarbled));
    }
    assert_eq!(milli_celsius_of_scratchpad(&[0xff; 9]), Err(Fault::SensorMissing));
    assert_eq!(milli_celsius_of_scratchpad(&[0; 9]), Err(Fault::SensorGarbled), "a line that is held low");
}

/// With the rest of what a DS18B20 keeps there, and its checksum computed bit by bit.
fn scratchpad([low, high]: [u8; 2]) -> [u8; 9] {
    let mut bytes = [low, high, 0x4b, 0x46, 0x7f, 0xff, 0x01, 0x10, 0];
    let mut crc = 0_u8;
    for byte in &bytes[..8] {
        for bit in 0..8 {
            let is_odd = (crc ^ (byte >> bit)) & 1 == 1;
            crc = if is_odd { (crc >> 1) ^ 0x8c } else { crc >> 1 };
        }
    }
    bytes[8] = crc;
    bytes
}

/// A DS18B20, as far as its timing goes: it counts microseconds and answers slots.
#[derive(Default)]
struct Sensor {
    now_us: u64,
    fell_at: u64,
    is_driven_low: bool,
    bits: Vec<bool>,
    answer: VecDeque<bool>,
    low_until: u64,
    low_from: u64,
}

#[derive(Clone, Default)]
struct OneWire(Rc<std::cell::RefCell<Sensor>>);

impl ErrorType for OneWire {
    type Error = std::convert::Infallible;
}

impl InputPin for OneWire {
    fn is_high(&mut self) -> Result<bool, Self::Error> {
        Ok(!self.is_low()?)
    }

    fn is_low(&mut self) -> Result<bool, Self::Error> {
        let sensor = self.0.borrow();
        Ok(sensor.is_driven_low || (sensor.low_from..sensor.low_until).contains(&sensor.now_us))
    }
}

impl OutputPin for OneWire {
    fn set_low(&mut self) -> Result<(), Self::Error> {
        let mut sensor = self.0.borrow_mut();
        (sensor.is_driven_low, sensor.fell_at) = (true, sensor.now_us);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Self::Error> {
        self.0.borrow_mut().released();
        Ok(())
    }
}

impl DelayNs for OneWire {
    fn delay_ns(&mut self, ns: u32) {
        self.0.borrow_mut().now_us += u64::from(ns) / 1000;
    }
}

impl Sensor {
    fn released(&mut self) {
        self.is_driven_low = false;
        let low_us = self.now_us - self.fell_at;
        if low_us >= 480 {
            (self.bits, self.answer) = (vec![], VecDeque::new());
            (self.low_from, self.low_until) = (self.now_us + 20, self.now_us + 150);
        } else if let Some(bit) = self.answer.pop_front() {
            (self.low_from, self.low_until) = (self.now_us, self.now_us + if bit { 0 } else { 25 });
        } else {
            self.bits.push(low_us < 15);
            let bytes: Vec<u8> = self.bits.chunks(8).map(byte).collect();
            if self.bits.len() == 16 && bytes == [0xcc, 0xbe] {
                let scratchpad = scratchpad([0x5e, 0xff]);
                self.answer =
                    scratchpad.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).collect();
            }
        }
    }
}

fn byte(bits: &[bool]) -> u8 {
    bits.iter().zip(0..).fold(0, |byte, (bit, place)| byte | u8::from(*bit) << place)
}

#[test]
fn a_sensor_is_read_bit_by_bit() {
    let line = OneWire::default();
    let mut sensor = Ds18b20::new(line.clone(), line);
    sensor.begin().unwrap();
    assert_eq!(sensor.end(), Ok(-10_125));
}

#[test]
fn a_thermistor_is_read_within_half_a_degree_and_a_broken_one_is_told() {
    for tenths in -390_i32..=1190 {
        let kelvin = f64::from(tenths) / 10.0 + 273.15;
        let ohms = 10_000.0 * (3950.0 * (1.0 / kelvin - 1.0 / 298.15)).exp();
        let value = 4095.0 * ohms / (10_000.0 + ohms);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 4095")]
        let read = Thermistor::new(|| value.round() as u16).end().unwrap();
        assert!(read.abs_diff(tenths * 100) <= 400, "{tenths} tenths read as {read}");
    }
    assert_eq!(milli_celsius_of_divider(4095), Err(Fault::SensorMissing));
    assert_eq!(milli_celsius_of_divider(0), Err(Fault::SensorGarbled));
}
