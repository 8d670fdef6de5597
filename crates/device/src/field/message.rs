//! Events, commands and answers: JSON under `maitred/1/{device}/`, at least once and never retained; who receives one takes
//! its id only once.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::DeviceId;

/// What our own topics begin with; the number is the version of these messages.
pub const PREFIX: &str = "maitred/1";
/// Where whoever begins to listen asks for what was said shortly before: keys and calls, with the ids they had. The payload
/// is empty.
pub const SAY_AGAIN: &str = "maitred/1/again";
/// Bytes of one message.
pub const MESSAGE_BYTES_MAX: usize = 4096;
/// Lines that are shown to a guest.
pub const LINES_MAX: usize = 2;
/// Characters of one such line, and of what is said about a fault.
pub const TEXT_CHARS_MAX: usize = 200;

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// From a device.
    Event,
    /// To a device.
    Command,
    /// What became of a command.
    Answer,
}

impl Channel {
    fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Command => "command",
            Self::Answer => "answer",
        }
    }

    /// The topic of `device`.
    pub fn topic(self, device: &DeviceId) -> String {
        format!("{PREFIX}/{device}/{}", self.word())
    }

    /// The filter that hears every device.
    pub fn filter(self) -> String {
        format!("{PREFIX}/+/{}", self.word())
    }

    /// Whose topic it is, and which.
    pub fn of_topic(topic: &str) -> Option<(Self, DeviceId)> {
        let (device, word) = topic.strip_prefix(PREFIX)?.strip_prefix('/')?.split_once('/')?;
        let channel =
            [Self::Event, Self::Command, Self::Answer].into_iter().find(|channel| channel.word() == word)?;
        Some((channel, device.parse().ok()?))
    }
}

/// Which event of a device: what it counts since it was switched on. A device's events arrive in order, and one that comes
/// again has the same id, so the last id of each device is all that a receiver has to remember.
///
/// As text it is `{boot}-{seq}`: eight hexadecimal digits, and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventId {
    /// Another at each start of the device.
    pub boot: u32,
    /// Counts from 1 since then, without gaps.
    pub seq: u32,
}

impl EventId {
    /// Whether somebody who took `last` as the latest of this device has this one already.
    pub fn is_known_after(self, last: Self) -> bool {
        self.boot == last.boot && self.seq <= last.seq
    }
}

/// What is no id of an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no event id: eight hexadecimal digits, a hyphen and a number")]
pub struct NoEventId;

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{}", self.boot, self.seq)
    }
}

impl FromStr for EventId {
    type Err = NoEventId;

    fn from_str(text: &str) -> Result<Self, NoEventId> {
        let (boot, seq) = text.split_once('-').ok_or(NoEventId)?;
        let is_hex = boot.len() == 8 && boot.bytes().all(|it| it.is_ascii_hexdigit());
        let is_number = seq.bytes().all(|it| it.is_ascii_digit());
        if !is_hex || !is_number {
            return Err(NoEventId);
        }
        let boot = u32::from_str_radix(boot, 16).map_err(|_| NoEventId)?;
        Ok(Self { boot, seq: seq.parse().map_err(|_| NoEventId)? })
    }
}

impl TryFrom<String> for EventId {
    type Error = NoEventId;

    fn try_from(text: String) -> Result<Self, NoEventId> {
        text.parse()
    }
}

impl From<EventId> for String {
    fn from(id: EventId) -> Self {
        id.to_string()
    }
}

/// Something happened at a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which.
    pub id: EventId,
    /// When the bridge heard of it, in milliseconds since 1970.
    pub at_ms: i64,
    /// What.
    pub event: Happened,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Happened {
    /// A key was pressed.
    Key {
        /// As the device numbers its keys.
        code: u16,
    },
    /// A guest wants somebody, or no longer.
    Call {
        /// Which button, where one device hears several.
        button: u16,
        /// What for.
        what: Call,
    },
    /// A temperature.
    Reading {
        /// In thousandths of a degree Celsius.
        milli_celsius: i32,
    },
    /// A device cannot do its work.
    Fault {
        /// In words, for whoever mends it.
        what: String,
    },
}

/// What a guest wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Somebody to come.
    Call,
    /// To pay.
    Bill,
    /// Nothing any more.
    Cancel,
}

/// A device is to do something. It is said again until it is answered or too late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The same when it is said again.
    pub id: Uuid,
    /// When it is too late, in milliseconds since 1970.
    pub expires_at_ms: i64,
    /// What to do.
    #[serde(rename = "do")]
    pub action: Action,
}

/// What a device can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Action {
    /// Calls a guest's pager.
    Page {
        /// The number on it.
        pager: u16,
        /// How.
        pattern: Pattern,
    },
    /// Shows lines to the guest, at most two; none clears the display.
    Show {
        /// From above.
        lines: Vec<String>,
    },
    /// A light that stays until the next.
    Light {
        /// Which colour, or none.
        colour: Colour,
        /// On and off in turn.
        blink: bool,
    },
    /// A sound, once.
    Sound {
        /// Which.
        pattern: Pattern,
    },
}

/// How something buzzes, flashes or sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// Not any more.
    Off,
    /// Once, short.
    Short,
    /// Twice, short.
    Double,
    /// Once, long.
    Long,
    /// Until somebody stops it, or for a minute.
    Alarm,
}

impl Pattern {
    /// Every pattern with its word.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Off, "off"),
        (Self::Short, "short"),
        (Self::Double, "double"),
        (Self::Long, "long"),
        (Self::Alarm, "alarm"),
    ];
}

/// Colours of a light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// Dark.
    Off,
    /// Red.
    Red,
    /// Amber.
    Amber,
    /// Green.
    Green,
    /// Blue.
    Blue,
    /// White.
    White,
}

impl Colour {
    /// Every colour with its word.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Off, "off"),
        (Self::Red, "red"),
        (Self::Amber, "amber"),
        (Self::Green, "green"),
        (Self::Blue, "blue"),
        (Self::White, "white"),
    ];
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Of the command.
    pub id: Uuid,
    /// What.
    pub outcome: Outcome,
    /// In words, when it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The device did it.
    Done,
    /// The device cannot do it, and will not later.
    Refused,
    /// It was too late.
    Expired,
}

/// Why a message is none.
#[derive(Debug, thiserror::Error)]
pub enum NoMessage {
    /// It is too long.
    #[error("a message of {0} bytes; {MESSAGE_BYTES_MAX} at most")]
    TooLong(usize),
    /// It has another shape.
    #[error("not the shape of this message")]
    Shape(#[from] serde_json::Error),
    /// Some text in it is too long, or there are too many lines.
    #[error("too many lines, or more than {TEXT_CHARS_MAX} characters in one")]
    Text,
}

/// A message that goes over a topic.
pub trait Message: Serialize + DeserializeOwned {
    /// Over which.
    const CHANNEL: Channel;

    /// Whether all texts are within their bounds.
    fn is_bounded(&self) -> bool;

    /// Its bytes.
    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("these shapes are always JSON")
    }

    /// Reads what anybody may have sent.
    ///
    /// # Errors
    /// [`NoMessage`] for everything that is not such a message within its bounds.
    fn read(bytes: &[u8]) -> Result<Self, NoMessage> {
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Err(NoMessage::TooLong(bytes.len()));
        }
        let message: Self = serde_json::from_slice(bytes)?;
        if message.is_bounded() { Ok(message) } else { Err(NoMessage::Text) }
    }
}

fn is_short(text: &str) -> bool {
    text.chars().count() <= TEXT_CHARS_MAX
}

impl Message for Event {
    const CHANNEL: Channel = Channel::Event;

    fn is_bounded(&self) -> bool {
        match &self.event {
            Happened::Fault { what } => is_short(what),
            Happened::Key { .. } | Happened::Call { .. } | Happened::Reading { .. } => true,
        }
    }
}

impl Message for Command {
    const CHANNEL: Channel = Channel::Command;

    fn is_bounded(&self) -> bool {
        match &self.action {
            Action::Show { lines } => lines.len() <= LINES_MAX && lines.iter().all(|line| is_short(line)),
            Action::Page { .. } | Action::Light { .. } | Action::Sound { .. } => true,
        }
    }
}

impl Message for Answer {
    const CHANNEL: Channel = Channel::Answer;

    fn is_bounded(&self) -> bool {
        self.why.as_deref().is_none_or(is_short)
    }
}
