//! Frames and their bytes.

use crc::{CRC_32_ISO_HDLC, Crc};
use heapless::String;
use serde::{Deserialize, Serialize};

use crate::receiver::Noise;
use crate::{CONTENT_BYTES_MAX, PACKET_BYTES_MAX, VERSION};

const CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
const CHECKSUM_BYTES: usize = 4;

/// What a device says of itself to be told apart from others: ASCII, on its label.
pub type Serial = String<24>;
/// A line for a guest: UTF-8, at most 20 characters.
pub type Text = String<40>;

/// One frame. The number of each is its place in this list, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// Device: who it is. Said until it is welcome.
    Hello(Hello),
    /// Device: something happened. Said until it is safe.
    Event {
        /// Of the device's start.
        boot: u32,
        /// From 1, without gaps.
        seq: u32,
        /// What.
        event: Event,
    },
    /// Device: how it is; also says that it is there.
    Status(Status),
    /// Device: what became of a command.
    Answer {
        /// Of the bridge's start.
        session: u32,
        /// Of the command.
        seq: u32,
        /// What.
        outcome: Outcome,
    },
    /// Bridge: who is there?
    Greet,
    /// Bridge: that device is known now.
    Welcome {
        /// Of the device's start.
        boot: u32,
        /// Of the bridge's start.
        session: u32,
        /// Events below this are safe.
        safe: u32,
    },
    /// Bridge: events below this are safe; also says that it is there.
    Ack {
        /// Of the device's start.
        boot: u32,
        /// The first that is not safe.
        safe: u32,
    },
    /// Bridge: do something. Said until it is answered.
    Command {
        /// Of the bridge's start.
        session: u32,
        /// Ascends.
        seq: u32,
        /// What.
        action: Action,
    },
}

/// Who a device is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// What it is for.
    pub kind: DeviceKind,
    /// Drawn at each start: a device that was switched off and on is known by it.
    pub boot: u32,
    /// The oldest event that it does not know to be safe; the next one, if all are.
    pub first: u32,
    /// Major, minor, patch.
    pub firmware: (u8, u8, u8),
    /// Another for each device of a kind.
    pub serial: Serial,
}

/// What a device is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceKind {
    /// Keys beside a kitchen screen.
    BumpBar,
    /// Calls the pagers that guests carry.
    PagerBase,
    /// Buttons on tables.
    CallButton,
    /// Two lines towards the guest.
    CustomerDisplay,
    /// A light and a buzzer.
    Beacon,
    /// A thermometer.
    Probe,
    /// A cash drawer.
    Drawer,
}

/// Something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A key was pressed.
    Key {
        /// As the device numbers them.
        code: u16,
    },
    /// A guest's button was pressed.
    Call {
        /// As the device numbers them.
        button: u16,
        /// What for.
        what: Call,
    },
    /// A temperature.
    Reading {
        /// In thousandths of a degree Celsius.
        milli_celsius: i32,
    },
    /// The device cannot do its work.
    Fault {
        /// Why.
        what: Fault,
    },
}

/// What a guest wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// Somebody to come.
    Call,
    /// To pay.
    Bill,
    /// Nothing any more.
    Cancel,
}

/// Why a device cannot do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// No sensor answers.
    SensorMissing,
    /// A sensor answers nonsense.
    SensorGarbled,
    /// The supply is weak.
    Supply,
    /// A key is held down for longer than a person would.
    KeyStuck,
    /// Something else.
    Internal,
}

/// How a device is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Of 100; nothing without a battery.
    pub battery_percent: Option<u8>,
    /// Events that found no room since its start.
    pub dropped: u32,
    /// Since its start, in seconds.
    pub up_seconds: u32,
}

/// Something that a device can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Calls a pager.
    Page {
        /// The number on it.
        pager: u16,
        /// How.
        pattern: Pattern,
    },
    /// Shows two lines.
    Show {
        /// The upper.
        upper: Text,
        /// The lower.
        lower: Text,
    },
    /// A light that stays until the next.
    Light {
        /// Which.
        colour: Colour,
        /// On and off in turn.
        blink: bool,
    },
    /// A sound.
    Sound {
        /// Which.
        pattern: Pattern,
    },
}

/// How something buzzes or sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pattern {
    /// Not any more.
    Off,
    /// Once, short.
    Short,
    /// Twice, short.
    Double,
    /// Once, long.
    Long,
    /// For a minute, or until `Off`.
    Alarm,
}

/// Colours of a light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Done.
    Done,
    /// This device cannot do that.
    Refused,
}

/// A frame's bytes on the wire.
pub type Packet = heapless::Vec<u8, PACKET_BYTES_MAX>;

impl Frame {
    /// Its bytes on the wire: version, body and checksum, stuffed, and a zero.
    pub fn packet(&self) -> Packet {
        let mut content = [0; CONTENT_BYTES_MAX];
        content[0] = VERSION;
        let room = &mut content[1..CONTENT_BYTES_MAX - CHECKSUM_BYTES];
        let body = postcard::to_slice(self, room).expect("every frame fits").len();
        let checked = 1 + body;
        let checksum = CHECKSUM.checksum(&content[..checked]).to_le_bytes();
        content[checked..checked + CHECKSUM_BYTES].copy_from_slice(&checksum);
        let mut packet = Packet::new();
        packet.resize_default(PACKET_BYTES_MAX).expect("it is that large");
        let stuffed = cobs::encode(&content[..checked + CHECKSUM_BYTES], &mut packet);
        packet[stuffed] = 0;
        packet.truncate(stuffed + 1);
        packet
    }

    /// Reads what stood between two zeros, and unstuffs it in place.
    ///
    /// # Errors
    /// [`Noise`] for everything that is no frame of this version.
    pub fn read(stuffed: &mut [u8]) -> Result<Self, Noise> {
        let length = cobs::decode_in_place(stuffed).map_err(|_| Noise::Garbled)?;
        let content = stuffed.get(..length).ok_or(Noise::Garbled)?;
        let (checked, checksum) = content.split_last_chunk::<CHECKSUM_BYTES>().ok_or(Noise::Garbled)?;
        if CHECKSUM.checksum(checked) != u32::from_le_bytes(*checksum) {
            return Err(Noise::Garbled);
        }
        let (version, body) = checked.split_first().ok_or(Noise::Garbled)?;
        if *version != VERSION {
            return Err(Noise::Version(*version));
        }
        match postcard::take_from_bytes(body) {
            Ok((frame, [])) => Ok(frame),
            Ok(_) | Err(_) => Err(Noise::Unknown),
        }
    }
}
