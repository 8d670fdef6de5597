//! What is known of each device, and what the broker keeps of it.

use std::collections::BTreeMap;

use maitred_device::field::homie::{self, Description, Part, State, celsius};
use maitred_device::field::message::{Action, Call, Colour, EventId, Happened};
use maitred_device::field::{DeviceId, DeviceKind};

use crate::outbox::{Outbox, Publication};
use crate::ports::{Met, PortId};

/// Devices of one bridge.
pub const DEVICES_MAX: usize = 256;

/// A device.
#[derive(Debug)]
pub struct Device {
    /// What it is for.
    pub kind: DeviceKind,
    /// The port at which it is now.
    pub port: Option<PortId>,
    /// The latest event that was taken of it.
    pub last: Option<EventId>,
    name: String,
    state: State,
    values: BTreeMap<(&'static str, &'static str), String>,
    alerts: BTreeMap<&'static str, String>,
}

/// All devices of a bridge.
#[derive(Debug)]
pub struct Devices {
    /// The bridge's own id.
    pub root: DeviceId,
    name: String,
    all: BTreeMap<DeviceId, Device>,
}

impl Devices {
    /// The devices of the bridge of that name: none yet.
    pub fn of_bridge(name: &str) -> Self {
        Self { root: DeviceId::of_bridge(name), name: name.to_owned(), all: BTreeMap::new() }
    }

    /// One of them.
    pub fn get(&self, id: &DeviceId) -> Option<&Device> {
        self.all.get(id)
    }

    /// One of them.
    pub fn get_mut(&mut self, id: &DeviceId) -> Option<&mut Device> {
        self.all.get_mut(id)
    }

    /// The device that is at a port.
    pub fn at(&self, port: PortId) -> Option<DeviceId> {
        self.all.iter().find(|(_, device)| device.port == Some(port)).map(|(id, _)| id.clone())
    }

    /// Takes a device that is there now; the port at which it was until now, if that is another.
    pub fn met(&mut self, port: PortId, met: &Met, outbox: &mut Outbox) -> Option<PortId> {
        let is_new = self.add(&met.id, met.kind, &met.name);
        let device = self.all.get_mut(&met.id)?;
        let before = device.port.replace(port).filter(|before| *before != port);
        device.kind = met.kind;
        device.name.clone_from(&met.name);
        device.state = State::Ready;
        for alert in std::mem::take(&mut device.alerts).into_keys() {
            outbox.retain(Part::Alert(alert.into()).topic(&met.id), vec![]);
        }
        if let Some(firmware) = &met.firmware {
            device.values.insert(("health", "firmware"), firmware.clone());
        }
        let (root, name) = (self.root.clone(), self.name.clone());
        if is_new {
            let children = self.all.keys().cloned().collect();
            outbox.retain(Part::Description.topic(&root), Description::of_bridge(&name, children).bytes());
        }
        for publication in self.all.get(&met.id)?.birth(&met.id, &root) {
            outbox.retain(publication.topic, publication.payload);
        }
        before
    }

    /// Takes a device that the broker knows from before this bridge was started, and that is not there now.
    pub fn remembered(&mut self, id: &DeviceId, description: &Description, outbox: &mut Outbox) {
        let ours = description.root.as_ref() == Some(&self.root) && !self.all.contains_key(id);
        let Some(kind) = description.kind().filter(|_| ours) else { return };
        if self.add(id, kind, description.name.as_deref().unwrap_or(id.as_str())) {
            outbox.retain(Part::State.topic(id), State::Lost.word().into());
            let children = self.all.keys().cloned().collect();
            let description = Description::of_bridge(&self.name, children);
            outbox.retain(Part::Description.topic(&self.root), description.bytes());
        }
    }

    /// Forgets a device that is not there, because somebody took its description out of the broker.
    pub fn forget(&mut self, id: &DeviceId, outbox: &mut Outbox) {
        if self.all.get(id).is_none_or(|device| device.port.is_some()) {
            return;
        }
        self.all.remove(id);
        outbox.retain(Part::State.topic(id), vec![]);
        let children = self.all.keys().cloned().collect();
        outbox.retain(
            Part::Description.topic(&self.root),
            Description::of_bridge(&self.name, children).bytes(),
        );
    }

    fn add(&mut self, id: &DeviceId, kind: DeviceKind, name: &str) -> bool {
        if self.all.contains_key(id) {
            return false;
        }
        if self.all.len() >= DEVICES_MAX {
            tracing::error!(device = %id, "more than {DEVICES_MAX} devices");
            return false;
        }
        let device = Device {
            kind,
            port: None,
            last: None,
            name: name.to_owned(),
            state: State::Lost,
            values: BTreeMap::new(),
            alerts: BTreeMap::new(),
        };
        self.all.insert(id.clone(), device);
        true
    }

    /// Its port is closed.
    pub fn gone(&mut self, port: PortId, outbox: &mut Outbox) {
        let Some(id) = self.at(port) else { return };
        let Some(device) = self.all.get_mut(&id) else { return };
        device.port = None;
        device.set_state(State::Lost, &id, outbox);
    }

    /// Everything that the broker is to keep, for a new connection.
    pub fn birth(&self) -> Vec<Publication> {
        let retained = |topic, payload| Publication { topic, payload, is_retained: true };
        let children = self.all.keys().cloned().collect();
        let mut birth = vec![
            retained(Part::State.topic(&self.root), State::Init.word().into()),
            retained(
                Part::Description.topic(&self.root),
                Description::of_bridge(&self.name, children).bytes(),
            ),
        ];
        birth.extend(self.all.iter().flat_map(|(id, device)| device.birth(id, &self.root)));
        birth.push(retained(Part::State.topic(&self.root), State::Ready.word().into()));
        birth
    }
}

impl Device {
    fn birth(&self, id: &DeviceId, root: &DeviceId) -> Vec<Publication> {
        let retained = |part: &Part, payload: &[u8]| Publication {
            topic: part.topic(id),
            payload: payload.to_vec(),
            is_retained: true,
        };
        let mut birth =
            vec![retained(&Part::Description, &Description::of_device(self.kind, &self.name, root).bytes())];
        let values = self.values.iter();
        birth.extend(
            values.map(|((node, property), value)| {
                retained(&Part::value(node, property), homie::payload(value))
            }),
        );
        let alerts = self.alerts.iter();
        birth.extend(alerts.map(|(alert, text)| retained(&Part::Alert((*alert).into()), text.as_bytes())));
        birth.push(retained(&Part::State, self.state.word().as_bytes()));
        birth
    }

    /// How it is.
    pub fn set_state(&mut self, state: State, id: &DeviceId, outbox: &mut Outbox) {
        if self.state != state {
            self.state = state;
            outbox.retain(Part::State.topic(id), state.word().into());
        }
    }

    /// A value that the broker keeps.
    pub fn set(
        &mut self,
        place: (&'static str, &'static str),
        value: String,
        id: &DeviceId,
        outbox: &mut Outbox,
    ) {
        if self.values.get(&place) != Some(&value) {
            outbox.retain(Part::value(place.0, place.1).topic(id), homie::payload(&value).to_vec());
            self.values.insert(place, value);
        }
    }

    /// Something that people should know until it is over.
    pub fn alert(&mut self, alert: &'static str, text: Option<String>, id: &DeviceId, outbox: &mut Outbox) {
        let before = match &text {
            Some(text) => self.alerts.insert(alert, text.clone()),
            None => self.alerts.remove(alert),
        };
        if before != text {
            // An empty payload ends it, and takes it out of the broker.
            outbox.retain(Part::Alert(alert.into()).topic(id), text.unwrap_or_default().into());
        }
    }

    /// The broker has an alert: one of an earlier start, which nobody would end any more, is over.
    pub fn end_alert_of_before(&self, alert: String, id: &DeviceId, outbox: &mut Outbox) {
        if !self.alerts.contains_key(alert.as_str()) {
            outbox.retain(Part::Alert(alert).topic(id), vec![]);
        }
    }

    /// What strangers see of an event.
    pub fn show_event(&mut self, event: &Happened, id: &DeviceId, outbox: &mut Outbox) {
        let mut mention = |node, property, value: String| {
            outbox.mention(Part::value(node, property).topic(id), value.into());
        };
        match event {
            Happened::Key { code } => mention("keys", "last", code.to_string()),
            Happened::Call { what, .. } => {
                let word = match what {
                    Call::Call => "call",
                    Call::Bill => "bill",
                    Call::Cancel => "cancel",
                };
                mention("button", "last", word.into());
            }
            Happened::Reading { milli_celsius } => {
                self.set(("temperature", "value"), celsius(*milli_celsius), id, outbox);
                self.alert("fault", None, id, outbox);
            }
            Happened::Fault { what } => self.alert("fault", Some(what.clone()), id, outbox),
        }
    }

    /// What strangers see of something that was done.
    pub fn show_done(&mut self, action: &Action, id: &DeviceId, outbox: &mut Outbox) {
        match action {
            Action::Light { colour, blink } => {
                let word = Colour::ALL.iter().find(|(it, _)| it == colour).map_or("off", |(_, word)| word);
                self.set(("light", "on"), (*colour != Colour::Off).to_string(), id, outbox);
                self.set(("light", "blink"), blink.to_string(), id, outbox);
                self.set(("light", "colour"), word.to_owned(), id, outbox);
            }
            Action::Show { lines } => {
                let line = |at: usize| lines.get(at).cloned().unwrap_or_default();
                self.set(("text", "line-1"), line(0), id, outbox);
                self.set(("text", "line-2"), line(1), id, outbox);
            }
            Action::Page { .. } | Action::Sound { .. } => {}
        }
    }

    /// What is to be done so that a property gets a value that a stranger sets; nothing when it cannot have that one.
    pub fn setting(&self, node: &str, property: &str, value: &str) -> Option<Action> {
        let own = |place| self.values.get(&place).map_or("", String::as_str);
        let colour = |word: &str| Colour::ALL.iter().find(|(_, it)| *it == word).map(|(colour, _)| *colour);
        let now = colour(own(("light", "colour"))).unwrap_or(Colour::Off);
        let blink = own(("light", "blink")) == "true";
        match (self.kind, node, property) {
            (DeviceKind::Beacon, "light", "on") => match value {
                "true" if now == Colour::Off => Some(Action::Light { colour: Colour::White, blink }),
                "true" => Some(Action::Light { colour: now, blink }),
                "false" => Some(Action::Light { colour: Colour::Off, blink: false }),
                _ => None,
            },
            (DeviceKind::Beacon, "light", "blink") => {
                value.parse().ok().map(|blink| Action::Light { colour: now, blink })
            }
            (DeviceKind::Beacon, "light", "colour") => {
                colour(value).map(|colour| Action::Light { colour, blink })
            }
            (DeviceKind::Beacon, "sound", "pattern") => {
                use maitred_device::field::message::Pattern;
                let pattern = Pattern::ALL.iter().find(|(_, word)| *word == value)?.0;
                Some(Action::Sound { pattern })
            }
            (DeviceKind::PagerBase, "pagers", "page") => {
                use maitred_device::field::message::Pattern;
                value.parse().ok().map(|pager| Action::Page { pager, pattern: Pattern::Long })
            }
            (DeviceKind::CustomerDisplay, "text", "line-1") => {
                Some(Action::Show { lines: vec![value.to_owned(), own(("text", "line-2")).to_owned()] })
            }
            (DeviceKind::CustomerDisplay, "text", "line-2") => {
                Some(Action::Show { lines: vec![own(("text", "line-1")).to_owned(), value.to_owned()] })
            }
            _ => None,
        }
    }
}
