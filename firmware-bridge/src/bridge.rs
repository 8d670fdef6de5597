//! What the bridge decides: who is there, what is said to whom. No socket, no port, no clock.

use std::collections::BTreeMap;
use std::sync::mpsc::Sender;

use maitred_device::field::DeviceId;
use maitred_device::field::homie::{self, Description, Part, State};
use maitred_device::field::message::{Channel, Command, Event, EventId, Happened, Message, Outcome};
use uuid::Uuid;

use crate::commands::{Commands, Verdict};
use crate::devices::Devices;
use crate::outbox::{Outbox, Publication};
use crate::ports::{FromPort, Met, PortId, ToPort};

/// How long what a stranger set is tried, in milliseconds.
const SETTING_LASTS_MS: i64 = 5_000;

/// A bridge.
pub struct Bridge {
    /// What the broker is to have.
    pub outbox: Outbox,
    devices: Devices,
    commands: Commands,
    ports: BTreeMap<PortId, Sender<ToPort>>,
    draw: fn() -> u128,
}

impl Bridge {
    /// The bridge of that name, with nothing at it. `draw` gives random bits.
    pub fn new(name: &str, draw: fn() -> u128) -> Self {
        Self {
            outbox: Outbox::default(),
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
        self.outbox.send(Channel::Event.topic(&whose), message.bytes(), Some((whose, id)));
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
