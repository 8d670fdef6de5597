//! How devices are, by what they say of themselves.

use jiff::Timestamp;
use maitred_device::field::homie::{Description, Part, State};
use maitred_domain::catalogue::DeviceKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::Known;
use crate::limits::DEVICES_SEEN_MAX;

/// How a device is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Nobody has heard of it.
    #[default]
    Unknown,
    /// It starts.
    Init,
    /// At work.
    Ready,
    /// Saves its battery.
    Sleeping,
    /// Went away in good order.
    Disconnected,
    /// Gone without a word.
    Lost,
}

impl From<State> for DeviceState {
    fn from(state: State) -> Self {
        match state {
            State::Init => Self::Init,
            State::Ready => Self::Ready,
            State::Disconnected => Self::Disconnected,
            State::Sleeping => Self::Sleeping,
            State::Lost => Self::Lost,
        }
    }
}

/// How a device is, and what it said last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceHealth {
    /// Whether it is there.
    pub state: DeviceState,
    /// Since when it is as it is.
    pub since: Option<Timestamp>,
    /// When it said something last.
    pub heard_at: Option<Timestamp>,
    /// Of its battery, if it has one.
    pub battery_percent: Option<u8>,
    /// What a probe measured last, in thousandths of a degree Celsius.
    pub milli_celsius: Option<i32>,
    /// The key that was pressed last.
    pub last_key: Option<u16>,
    /// Whether a drawer is open.
    pub is_open: Option<bool>,
    /// What it says is wrong.
    pub fault: Option<String>,
    /// Which firmware it runs.
    pub firmware: Option<String>,
}

/// A device as it announced itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What it is, if it is one of ours.
    pub kind: Option<DeviceKind>,
    /// As it calls itself.
    pub name: Option<String>,
    /// The device it hangs on.
    root: Option<String>,
    own: Option<State>,
    /// How it is.
    pub health: DeviceHealth,
}

impl DeviceHealth {
    /// Whether it can do what it is for.
    pub fn is_there(&self) -> bool {
        match self.state {
            DeviceState::Ready | DeviceState::Init | DeviceState::Sleeping => true,
            DeviceState::Unknown | DeviceState::Disconnected | DeviceState::Lost => false,
        }
    }
}

impl Known {
    /// What a device says of itself. Answers which devices look different now.
    pub fn hears_of(&mut self, homie: &str, part: &Part, payload: &[u8], now: Timestamp) -> Vec<String> {
        if !self.has_room_for(homie) {
            tracing::warn!(homie, "there are too many devices; one is left out");
            return Vec::new();
        }
        let before = self.seen.clone();
        let seen = self.seen.entry(homie.to_owned()).or_default();
        match part {
            Part::State => seen.own = std::str::from_utf8(payload).ok().and_then(State::of_word),
            Part::Description => seen.describe(payload),
            Part::Alert(_) => {
                let text = String::from_utf8_lossy(payload).into_owned();
                seen.health.fault = Some(text).filter(|text| !text.is_empty());
            }
            Part::Value { node, property } => seen.value(node, property, payload),
            Part::Set { .. } => {}
        }
        if payload.is_empty() && matches!(part, Part::Description) {
            // Taken off the broker for good.
            self.seen.remove(homie);
        }
        self.settle(now);
        let all = before.keys().chain(self.seen.keys());
        let mut changed: Vec<String> =
            all.filter(|name| before.get(*name) != self.seen.get(*name)).cloned().collect();
        changed.dedup();
        changed
    }

    /// Whether there is room to remember that device.
    pub fn has_room_for(&self, homie: &str) -> bool {
        self.seen.contains_key(homie) || self.seen.len() < DEVICES_SEEN_MAX
    }

    /// A device said something just now.
    pub fn heard(&mut self, homie: &str, now: Timestamp) -> &mut DeviceHealth {
        let seen = self.seen.entry(homie.to_owned()).or_default();
        seen.health.heard_at = Some(now);
        &mut seen.health
    }

    /// The broker is gone: nobody is heard any more.
    pub fn lose_all(&mut self, now: Timestamp) {
        for seen in self.seen.values_mut() {
            // Whoever is still there says so when the broker is back.
            seen.own = None;
            seen.be(DeviceState::Lost, now);
        }
    }

    /// A device is only there when what it hangs on is.
    fn settle(&mut self, now: Timestamp) {
        let roots: std::collections::BTreeMap<String, State> =
            self.seen.iter().filter_map(|(name, seen)| Some((name.clone(), seen.own?))).collect();
        for seen in self.seen.values_mut() {
            let root = match &seen.root {
                Some(root) => roots.get(root).copied().unwrap_or(State::Lost),
                None => State::Ready,
            };
            let state = match (seen.own, seen.health.state) {
                (Some(own), _) => own.under(root).into(),
                (None, DeviceState::Lost) => DeviceState::Lost,
                (None, _) => DeviceState::Unknown,
            };
            seen.be(state, now);
        }
    }
}

impl Seen {
    fn be(&mut self, state: DeviceState, now: Timestamp) {
        if self.health.state != state {
            self.health.state = state;
            self.health.since = Some(now);
        }
    }

    fn describe(&mut self, payload: &[u8]) {
        let Ok(description) = Description::read(payload) else { return };
        self.kind = description.class.as_deref().and_then(DeviceKind::of_homie);
        self.root = description.root.map(String::from);
        self.name = description.name;
    }

    fn value(&mut self, node: &str, property: &str, payload: &[u8]) {
        let text = String::from_utf8_lossy(payload).trim().to_owned();
        let health = &mut self.health;
        match (node, property) {
            ("health", "battery") => health.battery_percent = text.parse().ok().filter(|it| *it <= 100),
            ("health", "firmware") => health.firmware = Some(text.chars().take(64).collect()),
            ("temperature", "value") => health.milli_celsius = milli_celsius(&text),
            ("drawer", "open") => health.is_open = text.parse().ok(),
            _ => {}
        }
    }
}

/// Degrees Celsius as Homie says them, in thousandths.
fn milli_celsius(text: &str) -> Option<i32> {
    let celsius: f64 = text.parse().ok()?;
    let milli = (celsius * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "it is within a few hundred thousand")]
    (milli.abs() < 1_000_000.0).then_some(milli as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(known: &mut Known, homie: &str, part: &Part, payload: &str) -> Vec<String> {
        known.hears_of(homie, part, payload.as_bytes(), Timestamp::UNIX_EPOCH)
    }

    const PROBE: &str = r#"{"homie":"5.0","version":1,"name":"Walk-in","type":"probe","root":"bridge-k"}"#;

    #[test]
    fn a_device_is_there_when_it_and_what_it_hangs_on_are() {
        let mut known = Known::default();
        say(&mut known, "probe-1", &Part::Description, PROBE);
        say(&mut known, "probe-1", &Part::State, "ready");
        assert_eq!(known.seen["probe-1"].health.state, DeviceState::Lost, "nobody heard of the bridge");
        let changed = say(&mut known, "bridge-k", &Part::State, "ready");
        assert!(changed.contains(&"probe-1".to_owned()), "{changed:?}");
        assert_eq!(known.seen["probe-1"].health.state, DeviceState::Ready);
        assert_eq!(known.seen["probe-1"].kind, Some(DeviceKind::Probe));
        say(&mut known, "bridge-k", &Part::State, "lost");
        assert_eq!(known.seen["probe-1"].health.state, DeviceState::Lost);
    }

    #[test]
    fn what_a_device_measures_is_read_and_nonsense_is_left_alone() {
        let mut known = Known::default();
        let value = Part::value("temperature", "value");
        say(&mut known, "probe-1", &value, "-18.25");
        assert_eq!(known.seen["probe-1"].health.milli_celsius, Some(-18_250));
        for nonsense in ["", "warm", "NaN", "1e300", "inf"] {
            say(&mut known, "probe-1", &value, nonsense);
            assert_eq!(known.seen["probe-1"].health.milli_celsius, None, "{nonsense}");
        }
    }

    #[test]
    fn no_more_devices_are_kept_than_a_house_can_have() {
        let mut known = Known::default();
        for n in 0..DEVICES_SEEN_MAX + 10 {
            say(&mut known, &format!("probe-{n}"), &Part::State, "ready");
        }
        assert_eq!(known.seen.len(), DEVICES_SEEN_MAX);
    }
}
