//! What hangs on a wire in the kitchen and the room, besides printers.

use serde::{Deserialize, Serialize};

use crate::ids::{AreaId, DeviceId, StationId, TableId};

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// Keys by which a station clears its tickets.
    BumpBar,
    /// Calls pagers that guests carry.
    PagerBase,
    /// A button on a table.
    CallButton,
    /// Two lines that the guest reads at the till.
    CustomerDisplay,
    /// A light or a buzzer.
    Beacon,
    /// Measures the temperature of a fridge or a hot-hold.
    Probe,
    /// A cash drawer of its own.
    Drawer,
}

impl DeviceKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::BumpBar,
        Self::PagerBase,
        Self::CallButton,
        Self::CustomerDisplay,
        Self::Beacon,
        Self::Probe,
        Self::Drawer,
    ];

    /// As the device describes itself on the broker.
    pub const fn as_homie(self) -> &'static str {
        match self {
            Self::BumpBar => "bump-bar",
            Self::PagerBase => "pager-base",
            Self::CallButton => "call-button",
            Self::CustomerDisplay => "customer-display",
            Self::Beacon => "beacon",
            Self::Probe => "probe",
            Self::Drawer => "drawer",
        }
    }

    /// The kind that describes itself as `name`.
    pub fn of_homie(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_homie() == name)
    }
}

/// What a key of a bump bar does, in the words of the kitchen screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are what the keys do")]
pub enum KeyAction {
    At1,
    At2,
    At3,
    At4,
    At5,
    At6,
    At7,
    At8,
    At9,
    At10,
    Bump,
    Next,
    Previous,
    LineDown,
    LineUp,
    Start,
    Rush,
    Recall,
    Recent,
    AllDay,
    PageNext,
    PagePrevious,
}

impl KeyAction {
    /// Which ticket of the screen it chooses, from 0.
    pub const fn place(self) -> Option<usize> {
        match self {
            Self::At1 => Some(0),
            Self::At2 => Some(1),
            Self::At3 => Some(2),
            Self::At4 => Some(3),
            Self::At5 => Some(4),
            Self::At6 => Some(5),
            Self::At7 => Some(6),
            Self::At8 => Some(7),
            Self::At9 => Some(8),
            Self::At10 => Some(9),
            Self::Bump
            | Self::Next
            | Self::Previous
            | Self::LineDown
            | Self::LineUp
            | Self::Start
            | Self::Rush
            | Self::Recall
            | Self::Recent
            | Self::AllDay
            | Self::PageNext
            | Self::PagePrevious => None,
        }
    }
}

/// A key of a bump bar and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceKey {
    /// As the bar says it.
    pub code: u16,
    /// What it does.
    pub does: KeyAction,
}

/// A device and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// As it is called on the broker: `probe-28ff641e`.
    pub homie: String,
    /// As shown.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// The station whose tickets a bump bar clears, or that a beacon is at.
    #[serde(default)]
    pub station: Option<StationId>,
    /// The table that a button is on.
    #[serde(default)]
    pub table: Option<TableId>,
    /// The area that a display or a pager base is for; every area without one.
    #[serde(default)]
    pub area: Option<AreaId>,
    /// Keys of a bump bar; those that bars are made with when there are none.
    #[serde(default)]
    pub keys: Vec<DeviceKey>,
    /// Colder is wrong, in thousandths of a degree Celsius.
    #[serde(default)]
    pub low_milli_celsius: Option<i32>,
    /// Warmer is wrong, in thousandths of a degree Celsius.
    #[serde(default)]
    pub high_milli_celsius: Option<i32>,
    /// For how long it may be too warm or too cold before somebody has to come, in minutes.
    #[serde(default = "ten")]
    pub tolerated_minutes: u16,
    /// The highest number of a pager of a base; the lowest is 1.
    #[serde(default)]
    pub pagers_max: u16,
    /// No longer there.
    #[serde(default)]
    pub archived: bool,
}

fn ten() -> u16 {
    10
}

/// Keys as bars are made. Those of a board of its own are numbered from 0; others say letters: digits choose a ticket,
/// Enter clears it.
const MADE_WITH: [(u16, KeyAction); 36] = [
    (0, KeyAction::Bump),
    (1, KeyAction::At1),
    (2, KeyAction::At2),
    (3, KeyAction::At3),
    (4, KeyAction::At4),
    (5, KeyAction::At5),
    (6, KeyAction::At6),
    (7, KeyAction::At7),
    (8, KeyAction::At8),
    (9, KeyAction::At9),
    (10, KeyAction::At10),
    (11, KeyAction::Next),
    (12, KeyAction::Previous),
    (14, KeyAction::Recall),
    (15, KeyAction::Start),
    (16, KeyAction::Rush),
    (17, KeyAction::LineDown),
    (18, KeyAction::LineUp),
    (b'1' as u16, KeyAction::At1),
    (b'2' as u16, KeyAction::At2),
    (b'3' as u16, KeyAction::At3),
    (b'4' as u16, KeyAction::At4),
    (b'5' as u16, KeyAction::At5),
    (b'6' as u16, KeyAction::At6),
    (b'7' as u16, KeyAction::At7),
    (b'8' as u16, KeyAction::At8),
    (b'9' as u16, KeyAction::At9),
    (b'0' as u16, KeyAction::At10),
    (b'\r' as u16, KeyAction::Bump),
    (b' ' as u16, KeyAction::Bump),
    (b'+' as u16, KeyAction::Next),
    (b'-' as u16, KeyAction::Previous),
    (b'r' as u16, KeyAction::Recall),
    (b's' as u16, KeyAction::Start),
    (b'u' as u16, KeyAction::Rush),
    (b'a' as u16, KeyAction::AllDay),
];

impl Device {
    /// One that was just found, and is for nothing yet.
    pub fn found(id: DeviceId, homie: &str, name: &str, kind: DeviceKind) -> Self {
        Self {
            id,
            homie: homie.to_owned(),
            name: name.to_owned(),
            kind,
            station: None,
            table: None,
            area: None,
            keys: Vec::new(),
            low_milli_celsius: None,
            high_milli_celsius: None,
            tolerated_minutes: ten(),
            pagers_max: 0,
            archived: false,
        }
    }

    /// The keys of a bump bar that was taught none.
    pub fn keys_made_with() -> Vec<DeviceKey> {
        MADE_WITH.into_iter().map(|(code, does)| DeviceKey { code, does }).collect()
    }

    /// What a key does; `None` when nothing.
    pub fn key(&self, code: u16) -> Option<KeyAction> {
        if self.keys.is_empty() {
            return MADE_WITH.into_iter().find(|(made, _)| *made == code).map(|(_, does)| does);
        }
        self.keys.iter().find(|key| key.code == code).map(|key| key.does)
    }
}
