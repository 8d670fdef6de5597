//! What the bridge decides: who is there, what is said to whom. No socket, no port, no clock.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::Sender;

use maitred_device::field::DeviceId;
use maitred_device::field::homie::{self, Description, Part, State};
use maitred_device::field::message::{
    Channel, Command, Event, EventId, Happened, Message, Outcome, SAY_AGAIN,
};
use uuid::Uuid;

use crate::commands::{Commands, Verdict};
use crate::devices::Devices;
use crate::outbox::{Outbox, Publication};
use crate::ports::{FromPort, Met, PortId, ToPort};

/// How long what a stranger set is tried, in milliseconds.
const SETTING_LASTS_MS: i64 = 5_000;

/// For how long keys and calls are said again to whoever begins to listen, in milliseconds; and how many at most.
const AGAIN_MS: i64 = 60_000;
const AGAIN_MAX: usize = 256;

/// A bridge.
pub struct Bridge {
    /// What the broker is to have.
    pub outbox: Outbox,
    /// Keys and calls of the last minute: a broker that was killed has them no more, and who listens may come after them.
    recent: VecDeque<Said>,
    devices: Devices,
    commands: Commands,
    ports: BTreeMap<PortId, Sender<ToPort>>,
    draw: fn() -> u128,
}

/// An event as it was said.
struct Said {
    at_ms: i64,
    topic: String,
    payload: Vec<u8>,
}

impl Bridge {
    /// The bridge of that name, with nothing at it. `draw` gives random bits.
    pub fn new(name: &str, draw: fn() -> u128) -> Self {
        Self {
            outbox: Outbox::default(),
            recent: VecDeque::new(),
            devices: Devices::of_bridge(name),
            commands: Commands::default(),
            ports: BTreeMap::new(),
            draw,
        }
    }

    /// Its own id.
    pub fn root(&self) -> &DeviceId {
        &self.devices.root
    }

    /// The broker answers: everything that it is to keep is said again.
    pub fn connected(&mut self) {
        let birth = self.devices.birth();
        self.outbox.connected(birth);
    }

    /// What to say before the connection is closed in good order.
    pub fn farewell(&mut self) {
        self.outbox.retain(Part::State.topic(&self.devices.root), State::Disconnected.word().into());
    }

    /// The broker has a packet.
    pub fn taken(&mut self, packet: u16) {
        if let Some((device, id)) = self.outbox.taken(packet) {
            self.safe(&device, id);
        }
    }

    fn safe(&self, device: &DeviceId, id: EventId) {
        if let Some(port) = self.devices.get(device).and_then(|device| device.port) {
            self.tell(port, ToPort::Safe(id));
        }
    }

    /// False when nobody is there any more.
    fn tell(&self, port: PortId, what: ToPort) -> bool {
        self.ports.get(&port).is_some_and(|to_port| to_port.send(what).is_ok())
    }

    /// A port tells something.
    pub fn port_told(&mut self, now_ms: i64, what: FromPort) {
        match what {
            FromPort::Met { port, device, to_port } => self.met(port, &device, to_port),
            FromPort::Happened { port, id, event } => self.happened(now_ms, port, id, event),
            FromPort::Health { port, battery_percent, dropped } => {
                self.health(port, battery_percent, dropped);
            }
            FromPort::Answered { id, outcome } => self.answered(id, outcome, None),
            FromPort::Silent { port, is_silent } => {
                let state = if is_silent { State::Lost } else { State::Ready };
                self.with_device(port, |device, id, outbox| device.set_state(state, id, outbox));
            }
            FromPort::Garbled { port, what } => {
                self.with_device(port, |device, id, outbox| device.alert("line", what, id, outbox));
            }
            FromPort::Gone { port } => {
                self.ports.remove(&port);
                self.devices.gone(port, &mut self.outbox);
            }
        }
    }

    fn with_device(
        &mut self,
        port: PortId,
        change: impl FnOnce(&mut crate::devices::Device, &DeviceId, &mut Outbox),
    ) {
        let Some(id) = self.devices.at(port) else { return };
        if let Some(device) = self.devices.get_mut(&id) {
            change(device, &id, &mut self.outbox);
        }
    }

    fn met(&mut self, port: PortId, met: &Met, to_port: Sender<ToPort>) {
        tracing::info!(device = %met.id, "device is there");
        if self.devices.at(port).is_some_and(|other| other != met.id) {
            self.devices.gone(port, &mut self.outbox);
        }
        self.ports.insert(port, to_port);
        if let Some(before) = self.devices.met(port, met, &mut self.outbox) {
            tracing::warn!(device = %met.id, "two ports have this device: {before:?} and {port:?}");
        }
        for (id, action) in self.commands.of(&met.id) {
            self.tell(port, ToPort::Do { id, action: action.clone() });
        }
    }

    fn happened(&mut self, now_ms: i64, port: PortId, id: EventId, event: Happened) {
        let Some(whose) = self.devices.at(port) else { return };
        let Some(device) = self.devices.get_mut(&whose) else { return };
        if device.last.is_some_and(|last| id.is_known_after(last)) {
            // The device was at another port, and said again what was not safe then. It may be by now.
            if !self.outbox.holds(&whose, id) {
                self.safe(&whose, id);
            }
            return;
        }
        device.last = Some(id);
        device.show_event(&event, &whose, &mut self.outbox);
        let message = Event { id, at_ms: now_ms, event };
        let said = Said { at_ms: now_ms, topic: Channel::Event.topic(&whose), payload: message.bytes() };
        self.outbox.send(said.topic.clone(), said.payload.clone(), Some((whose, id)));
        if matches!(message.event, Happened::Key { .. } | Happened::Call { .. }) {
            self.recent.push_back(said);
            self.forget_old(now_ms);
        }
    }

    fn forget_old(&mut self, now_ms: i64) {
        let is_old = |said: &Said| said.at_ms < now_ms.saturating_sub(AGAIN_MS);
        while self.recent.len() > AGAIN_MAX || self.recent.front().is_some_and(is_old) {
            self.recent.pop_front();
        }
    }

    /// Somebody begins to listen. What they have heard already they know by its id.
    fn say_again(&mut self, now_ms: i64) {
        self.forget_old(now_ms);
        for Said { topic, payload, .. } in &self.recent {
            self.outbox.send(topic.clone(), payload.clone(), None);
        }
    }

    fn health(&mut self, port: PortId, battery_percent: Option<u8>, dropped: u32) {
        self.with_device(port, |device, id, outbox| {
            if let Some(percent) = battery_percent {
                device.set(("health", "battery"), percent.to_string(), id, outbox);
            }
            device.set(("health", "dropped"), dropped.to_string(), id, outbox);
        });
    }

    fn answered(&mut self, id: Uuid, outcome: Outcome, why: Option<&str>) {
        let why = why.or((outcome == Outcome::Refused).then_some("this device cannot do that"));
        let Some((command, answer)) = self.commands.ended(id, outcome, why) else { return };
        if outcome == Outcome::Done
            && let Some(device) = self.devices.get_mut(&command.device)
        {
            device.show_done(&command.action, &command.device, &mut self.outbox);
        }
        if let Some(answer) = answer {
            self.outbox.send(Channel::Answer.topic(&command.device), answer.bytes(), None);
        }
    }

    /// The time goes by: what is too late is not done any more.
    pub fn tick(&mut self, now_ms: i64) {
        for id in self.commands.expired(now_ms) {
            for to_port in self.ports.values() {
                // A port that is closed has given up already.
                let _ = to_port.send(ToPort::GiveUp(id));
            }
            self.answered(id, Outcome::Expired, Some("the device did not answer in time"));
        }
    }

    /// Somebody published something.
    pub fn heard(&mut self, now_ms: i64, topic: &str, payload: &[u8]) {
        if topic == SAY_AGAIN {
            return self.say_again(now_ms);
        }
        if let Some((Channel::Command, device)) = Channel::of_topic(topic) {
            match Command::read(payload) {
                Ok(command) => self.command(now_ms, &device, command),
                Err(error) => tracing::warn!(%device, "no command: {error}"),
            }
            return;
        }
        match Part::of_topic(topic) {
            Some((id, Part::Description)) if payload.is_empty() => {
                self.devices.forget(&id, &mut self.outbox);
            }
            Some((id, Part::Alert(alert))) if !payload.is_empty() => {
                if let Some(device) = self.devices.get(&id) {
                    device.end_alert_of_before(alert, &id, &mut self.outbox);
                }
            }
            Some((id, Part::Description)) if id != self.devices.root => {
                if let Ok(description) = Description::read(payload) {
                    self.devices.remembered(&id, &description, &mut self.outbox);
                }
            }
            Some((id, Part::Set { node, property })) => {
                let value = homie::value(payload);
                self.setting(now_ms, &id, &node, &property, &value);
            }
            // Its own words.
            Some((_, Part::Description | Part::State | Part::Alert(_) | Part::Value { .. })) | None => {}
        }
    }

    fn command(&mut self, now_ms: i64, device: &DeviceId, command: Command) {
        // Of another bridge, if of any.
        if self.devices.get(device).is_none() {
            return;
        }
        let (id, action) = (command.id, command.action.clone());
        match self.commands.take(now_ms, device, command) {
            Verdict::Do => self.start(device, id, action),
            Verdict::Wait => {}
            Verdict::Say(answer) => {
                self.outbox.send(Channel::Answer.topic(device), answer.bytes(), None);
            }
        }
    }

    fn setting(&mut self, now_ms: i64, id: &DeviceId, node: &str, property: &str, value: &str) {
        let short = value.chars().count() <= maitred_device::field::message::TEXT_CHARS_MAX;
        let Some(device) = self.devices.get(id).filter(|_| short) else { return };
        let Some(action) = device.setting(node, property, value) else {
            tracing::warn!(device = %id, "{node}/{property} cannot be set to {value:?}");
            return;
        };
        let setting = Uuid::from_u128((self.draw)());
        if self.commands.take_setting(setting, id, action.clone(), now_ms + SETTING_LASTS_MS) {
            self.start(id, setting, action);
        }
    }

    /// A device that is not there is told when it comes, or never.
    fn start(&mut self, device: &DeviceId, id: Uuid, action: maitred_device::field::message::Action) {
        let Some(port) = self.devices.get(device).and_then(|device| device.port) else { return };
        if !self.tell(port, ToPort::Do { id, action }) {
            self.answered(id, Outcome::Refused, Some("this device cannot be told anything"));
        }
    }

    /// The next thing to hand to the client.
    pub fn next(&mut self) -> Option<Publication> {
        self.outbox.next()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use maitred_device::field::DeviceKind;

    use super::*;

    fn connected() -> Bridge {
        let mut bridge = Bridge::new("test", || 1);
        bridge.connected();
        bridge
    }

    /// A device at a port, and what it is told.
    fn meet(bridge: &mut Bridge, port: u64, serial: &str) -> Receiver<ToPort> {
        let (to_port, told) = channel();
        let (kind, name) = (DeviceKind::BumpBar, serial.to_owned());
        let device = Met { id: DeviceId::of(kind, serial), kind, name, firmware: None };
        bridge.port_told(0, FromPort::Met { port: PortId(port), device, to_port });
        told
    }

    fn press(bridge: &mut Bridge, port: u64, seq: u32) {
        let event = Happened::Key { code: 1 };
        bridge.port_told(0, FromPort::Happened { port: PortId(port), id: EventId { boot: 1, seq }, event });
    }

    /// What goes out, with packet ids from `first`; the last of each topic.
    fn said(bridge: &mut Bridge, first: u16) -> BTreeMap<String, String> {
        let mut said = BTreeMap::new();
        for packet in first.. {
            let Some(publication) = bridge.next() else { break };
            bridge.outbox.sent(packet);
            said.insert(publication.topic, String::from_utf8(publication.payload).unwrap());
        }
        said
    }

    fn safe(told: &Receiver<ToPort>) -> Vec<u32> {
        told.try_iter().filter_map(|it| if let ToPort::Safe(id) = it { Some(id.seq) } else { None }).collect()
    }

    #[test]
    fn an_event_is_safe_when_the_broker_has_it_and_not_before() {
        let mut bridge = connected();
        let told = meet(&mut bridge, 1, "grill");
        said(&mut bridge, 1);
        (1..64).for_each(|packet| bridge.taken(packet));
        press(&mut bridge, 1, 1);
        let out = said(&mut bridge, 100);
        assert!(out.contains_key("maitred/1/bump-bar-grill/event"), "{out:?}");
        assert!(safe(&told).is_empty());
        (100..110).for_each(|packet| bridge.taken(packet));
        assert_eq!(safe(&told), [1]);
    }

    #[test]
    fn a_device_that_changes_ports_says_again_what_is_taken_once() {
        let mut bridge = connected();
        let _unplugged = meet(&mut bridge, 1, "grill");
        press(&mut bridge, 1, 1);
        bridge.port_told(0, FromPort::Gone { port: PortId(1) });
        assert_eq!(said(&mut bridge, 1)["homie/5/bump-bar-grill/$state"], "lost");
        let told = meet(&mut bridge, 2, "grill");
        press(&mut bridge, 2, 1);
        assert!(safe(&told).is_empty(), "it waits for the broker still");
        let out = said(&mut bridge, 100);
        assert!(!out.contains_key("maitred/1/bump-bar-grill/event"), "{out:?}");
        (1..64).for_each(|packet| bridge.taken(packet));
        assert_eq!(safe(&told), [1], "of the port where it is now");
        press(&mut bridge, 2, 1);
        assert_eq!(safe(&told), [1], "its acknowledgement was lost");
    }

    #[test]
    fn who_begins_to_listen_hears_the_keys_of_the_last_minute_as_they_were() {
        let mut bridge = connected();
        let _told = meet(&mut bridge, 1, "grill");
        press(&mut bridge, 1, 1);
        let first = said(&mut bridge, 1)["maitred/1/bump-bar-grill/event"].clone();
        (1..64).for_each(|packet| bridge.taken(packet));
        bridge.heard(AGAIN_MS, SAY_AGAIN, b"");
        assert_eq!(said(&mut bridge, 100)["maitred/1/bump-bar-grill/event"], first);
        (100..110).for_each(|packet| bridge.taken(packet));
        bridge.heard(AGAIN_MS + 1, SAY_AGAIN, b"");
        assert!(said(&mut bridge, 200).is_empty());
    }

    #[test]
    fn a_line_that_garbles_is_told_until_it_is_well() {
        let mut bridge = connected();
        let _told = meet(&mut bridge, 1, "grill");
        let alert = "homie/5/bump-bar-grill/$alert/line";
        bridge.port_told(0, FromPort::Garbled { port: PortId(1), what: Some("cable".into()) });
        assert_eq!(said(&mut bridge, 1)[alert], "cable");
        bridge.port_told(0, FromPort::Garbled { port: PortId(1), what: None });
        assert_eq!(said(&mut bridge, 50)[alert], "");
    }

    #[test]
    fn there_are_no_more_devices_than_fit() {
        let mut bridge = connected();
        let told: Vec<_> = (0..300).map(|number| meet(&mut bridge, number, &number.to_string())).collect();
        assert_eq!(told.len(), 300);
        bridge.connected();
        let mut described = 0;
        while let Some(publication) = bridge.next() {
            bridge.outbox.sent(1);
            bridge.taken(1);
            described += usize::from(publication.topic.ends_with("/$description"));
        }
        assert_eq!(described, 1 + crate::devices::DEVICES_MAX);
    }
}
