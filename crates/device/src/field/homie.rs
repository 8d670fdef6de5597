//! Topics and descriptions of the Homie convention, version 5, domain `homie`.
//!
//! The bridge is a root device; what is wired to it are its children. Retained: `$state`, `$description`, alerts and every
//! property that has a value. A child whose root is lost is lost ([`State::under`]).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::message::{Colour, Pattern};
use super::{DeviceId, DeviceKind};

/// What every topic begins with: the domain, and the major version.
pub const PREFIX: &str = "homie/5";
/// The version that descriptions name.
const VERSION: &str = "5.0";
/// Bytes of a description or a value that is read.
pub const PAYLOAD_BYTES_MAX: usize = 16 * 1024;

/// How a device is, as it or its root says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its description is being written.
    Init,
    /// At work.
    Ready,
    /// Went away in good order.
    Disconnected,
    /// Saves its battery.
    Sleeping,
    /// Gone without a word.
    Lost,
}

impl State {
    const ALL: [Self; 5] = [Self::Init, Self::Ready, Self::Disconnected, Self::Sleeping, Self::Lost];

    /// As it stands in `$state`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Ready => "ready",
            Self::Disconnected => "disconnected",
            Self::Sleeping => "sleeping",
            Self::Lost => "lost",
        }
    }

    /// The state of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// How a device really is, that says this of itself, while its root says `root`: nobody hears it without its root.
    #[must_use]
    pub fn under(self, root: Self) -> Self {
        match root {
            Self::Ready => self,
            Self::Init | Self::Disconnected | Self::Sleeping | Self::Lost => root,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a topic of a device is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `$state`.
    State,
    /// `$description`.
    Description,
    /// `$alert/{id}`: a retained text for people; an empty one ends it.
    Alert(String),
    /// `{node}/{property}`.
    Value {
        /// Which part of the device.
        node: String,
        /// Which property.
        property: String,
    },
    /// `{node}/{property}/set`.
    Set {
        /// Which part of the device.
        node: String,
        /// Which property.
        property: String,
    },
}

impl Part {
    /// The value of a property.
    pub fn value(node: &str, property: &str) -> Self {
        Self::Value { node: node.to_owned(), property: property.to_owned() }
    }

    /// Its topic at `device`.
    pub fn topic(&self, device: &DeviceId) -> String {
        match self {
            Self::State => format!("{PREFIX}/{device}/$state"),
            Self::Description => format!("{PREFIX}/{device}/$description"),
            Self::Alert(id) => format!("{PREFIX}/{device}/$alert/{id}"),
            Self::Value { node, property } => format!("{PREFIX}/{device}/{node}/{property}"),
            Self::Set { node, property } => format!("{PREFIX}/{device}/{node}/{property}/set"),
        }
    }

    /// Whose topic it is, and about what; nothing for topics that mean nothing here.
    pub fn of_topic(topic: &str) -> Option<(DeviceId, Self)> {
        let mut levels = topic.strip_prefix(PREFIX)?.strip_prefix('/')?.split('/');
        let device = levels.next()?.parse().ok()?;
        let (first, second, third) = (levels.next()?, levels.next(), levels.next());
        let is_name = |level: &str| level.parse::<DeviceId>().is_ok();
        let part = match (first, second, third) {
            ("$state", None, None) => Self::State,
            ("$description", None, None) => Self::Description,
            ("$alert", Some(id), None) if is_name(id) => Self::Alert(id.to_owned()),
            (node, Some(property), None) if is_name(node) && is_name(property) => Self::value(node, property),
            (node, Some(property), Some("set")) if is_name(node) && is_name(property) => {
                Self::Set { node: node.to_owned(), property: property.to_owned() }
            }
            _ => return None,
        };
        levels.next().is_none().then_some((device, part))
    }
}

/// Filter for everything that devices say of themselves.
pub fn everything() -> String {
    format!("{PREFIX}/#")
}

/// Filter for the descriptions of all devices.
pub fn descriptions() -> String {
    format!("{PREFIX}/+/$description")
}

/// Filter for the alerts of all devices.
pub fn alerts() -> String {
    format!("{PREFIX}/+/$alert/+")
}

/// Filter for what others set at any device.
pub fn settings() -> String {
    format!("{PREFIX}/+/+/+/set")
}

/// `$description`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Of the convention.
    pub homie: String,
    /// Of this description; another for another description.
    pub version: i64,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for; ours are as [`DeviceKind`] is called there.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Devices below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<DeviceId>,
    /// Its root, unless it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<DeviceId>,
    /// The device above it, unless it is a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<DeviceId>,
    /// Its parts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nodes: BTreeMap<String, Node>,
}

/// A part of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What can be read and set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, Property>,
}

/// What can be read or set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// What its values are.
    pub datatype: Datatype,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which values: a range, or words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Whether others may set it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settable: bool,
    /// Whether the broker keeps its value; what only happens is not kept.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub retained: bool,
    /// Of numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

fn yes() -> bool {
    true
}

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datatype {
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// Text.
    String,
    /// One of the words in the format.
    Enum,
    /// A colour.
    Color,
    /// A time, ISO 8601.
    Datetime,
    /// A span of time, ISO 8601.
    Duration,
    /// JSON.
    Json,
}

impl Property {
    fn new(name: &str, datatype: Datatype) -> Self {
        let name = Some(name.to_owned());
        Self { datatype, name, format: None, settable: false, retained: true, unit: None }
    }

    fn settable(self) -> Self {
        Self { settable: true, ..self }
    }

    fn passing(self) -> Self {
        Self { retained: false, ..self }
    }

    fn of_words(self, words: &[&str]) -> Self {
        Self { format: Some(words.join(",")), ..self }
    }

    fn within(self, format: &str) -> Self {
        Self { format: Some(format.to_owned()), ..self }
    }

    fn in_unit(self, unit: &str) -> Self {
        Self { unit: Some(unit.to_owned()), ..self }
    }
}

/// Why a description is none.
#[derive(Debug, thiserror::Error)]
pub enum NoDescription {
    /// It is too long.
    #[error("a description of {0} bytes; {PAYLOAD_BYTES_MAX} at most")]
    TooLong(usize),
    /// It has another shape.
    #[error("not the shape of a description")]
    Shape(#[from] serde_json::Error),
    /// It is of another version of the convention.
    #[error("a description of version {0:?}, not 5")]
    Version(String),
}

impl Description {
    /// The bridge, with what is wired to it.
    pub fn of_bridge(name: &str, children: Vec<DeviceId>) -> Self {
        Self {
            homie: VERSION.to_owned(),
            version: 0,
            name: Some(name.to_owned()),
            class: Some("bridge".to_owned()),
            children,
            root: None,
            parent: None,
            nodes: BTreeMap::new(),
        }
        .versioned()
    }

    /// A device of `kind` under `bridge`.
    pub fn of_device(kind: DeviceKind, name: &str, bridge: &DeviceId) -> Self {
        let mut nodes = own_nodes(kind);
        nodes.insert("health".to_owned(), health());
        Self {
            homie: VERSION.to_owned(),
            version: 0,
            name: Some(name.to_owned()),
            class: Some(kind.as_homie().to_owned()),
            children: Vec::new(),
            root: Some(bridge.clone()),
            parent: Some(bridge.clone()),
            nodes,
        }
        .versioned()
    }

    /// What it is for, when it is one of ours.
    pub fn kind(&self) -> Option<DeviceKind> {
        self.class.as_deref().and_then(DeviceKind::of_homie)
    }

    /// Its JSON.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("this shape is always JSON")
    }

    /// Reads what anybody may have published.
    ///
    /// # Errors
    /// [`NoDescription`] for everything that is no description of version 5.
    pub fn read(bytes: &[u8]) -> Result<Self, NoDescription> {
        if bytes.len() > PAYLOAD_BYTES_MAX {
            return Err(NoDescription::TooLong(bytes.len()));
        }
        let description: Self = serde_json::from_slice(bytes)?;
        if description.homie == "5" || description.homie.starts_with("5.") {
            return Ok(description);
        }
        Err(NoDescription::Version(description.homie.chars().take(20).collect()))
    }

    /// With a version that is a function of everything else (FNV-1a, 53 bits: JSON numbers are floats to many).
    fn versioned(self) -> Self {
        let hash = self.bytes().into_iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        Self { version: (hash >> 11).cast_signed(), ..self }
    }
}

/// What every device says of itself.
fn health() -> Node {
    node(
        "Health",
        [
            ("battery", Property::new("Battery", Datatype::Integer).within("0:100").in_unit("%")),
            ("firmware", Property::new("Firmware", Datatype::String)),
            ("dropped", Property::new("Events that found no room", Datatype::Integer).within("0:")),
        ],
    )
}

fn own_nodes(kind: DeviceKind) -> BTreeMap<String, Node> {
    let (name, node) = match kind {
        DeviceKind::BumpBar => {
            let last = Property::new("Key that was pressed", Datatype::Integer).within("0:65535").passing();
            ("keys", node("Keys", [("last", last)]))
        }
        DeviceKind::PagerBase => {
            let page = Property::new("Pager to call", Datatype::Integer).within("0:65535");
            ("pagers", node("Pagers", [("page", page.settable().passing())]))
        }
        DeviceKind::CallButton => {
            let last =
                Property::new("What a guest wants", Datatype::Enum).of_words(&["call", "bill", "cancel"]);
            ("button", node("Button", [("last", last.passing())]))
        }
        DeviceKind::CustomerDisplay => {
            let line = |name| Property::new(name, Datatype::String).settable();
            ("text", node("Text", [("line-1", line("Upper line")), ("line-2", line("Lower line"))]))
        }
        DeviceKind::Beacon => return beacon(),
        DeviceKind::Probe => {
            let value = Property::new("Temperature", Datatype::Float).in_unit("°C");
            ("temperature", node("Temperature", [("value", value)]))
        }
        DeviceKind::Drawer => {
            ("drawer", node("Drawer", [("open", Property::new("Open", Datatype::Boolean))]))
        }
    };
    BTreeMap::from([(name.to_owned(), node)])
}

fn beacon() -> BTreeMap<String, Node> {
    let light = [
        ("on", Property::new("On", Datatype::Boolean).settable()),
        ("blink", Property::new("Blinking", Datatype::Boolean).settable()),
        (
            "colour",
            Property::new("Colour", Datatype::Enum).of_words(&Colour::ALL.map(|(_, word)| word)).settable(),
        ),
    ];
    let pattern = Property::new("Pattern", Datatype::Enum).of_words(&Pattern::ALL.map(|(_, word)| word));
    BTreeMap::from([
        ("light".to_owned(), node("Light", light)),
        ("sound".to_owned(), node("Sound", [("pattern", pattern.settable().passing())])),
    ])
}

fn node<const N: usize>(name: &str, properties: [(&str, Property); N]) -> Node {
    let properties = properties.map(|(id, property)| (id.to_owned(), property));
    Node { name: Some(name.to_owned()), properties: BTreeMap::from(properties) }
}

/// A value as it goes over a topic: a text of nothing is a zero byte, as an empty payload takes the value out of the broker.
pub fn payload(value: &str) -> &[u8] {
    if value.is_empty() { b"\0" } else { value.as_bytes() }
}

/// What a payload says; the other way round.
pub fn value(payload: &[u8]) -> std::borrow::Cow<'_, str> {
    if payload == b"\0" { "".into() } else { String::from_utf8_lossy(payload) }
}

/// A temperature as Homie has it: degrees Celsius, a point, at most three digits behind it.
pub fn celsius(milli: i32) -> String {
    let sign = if milli < 0 { "-" } else { "" };
    let (whole, rest) = (milli.unsigned_abs() / 1000, milli.unsigned_abs() % 1000);
    let text = format!("{sign}{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
