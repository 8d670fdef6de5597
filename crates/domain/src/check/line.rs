//! A line of a check: a menu item as ordered, and how far the kitchen is with it.

use serde::{Deserialize, Serialize};

use crate::catalogue::Tax;
use crate::ids::{CategoryId, CheckId, ItemId, LineId, ModifierId, StationId};
use crate::money::{Amounts, Money};

/// How far a line is. The order is the order of work: where two disagree, the furthest wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Written down.
    #[default]
    New,
    /// Sent, to wait.
    Held,
    /// Sent, to be made.
    Fired,
    /// Being made.
    Started,
    /// On the pass.
    Ready,
    /// At the table.
    Served,
}

impl Phase {
    /// As in keys and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Held => "held",
            Self::Fired => "fired",
            Self::Started => "started",
            Self::Ready => "ready",
            Self::Served => "served",
        }
    }

    /// Whether the kitchen has it to make.
    pub fn is_sent(self) -> bool {
        self >= Self::Fired
    }
}

/// Progress of a line: a higher round (refire, recall) counts before a later phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Progress {
    /// From 0; a refire or a recall starts the next.
    pub round: u32,
    /// How far in that round.
    pub phase: Phase,
}

impl Progress {
    /// Whether some of it was made: it is being made, or was, in this round or an earlier one.
    pub fn is_begun(self) -> bool {
        self.round > 0 || self.phase >= Phase::Started
    }
}

/// A chosen modifier, as it was when chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineModifier {
    /// Which.
    pub id: ModifierId,
    /// As shown and printed.
    pub name: String,
    /// What it adds to one.
    #[serde(default)]
    pub price: Money,
}

/// Where a moved line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedFrom {
    /// The check that the kitchen knows it by.
    pub check: CheckId,
    /// The line that the kitchen knows it by.
    pub line: LineId,
}

/// A menu item as ordered. Everything a guest, a cook or an accountant needs is written down with it, so that
/// later changes of the menu do not change what was sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// What was ordered.
    pub item: ItemId,
    /// As shown and printed.
    pub name: String,
    /// Its name and price are those that whoever ordered it said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// For the day's figures.
    pub category: CategoryId,
    /// How many.
    pub quantity: u32,
    /// For whom, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<u8>,
    /// Which course, from 1.
    pub course: u8,
    /// How.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<LineModifier>,
    /// What else.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What can hurt a guest, of the item and its modifiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allergens: Vec<String>,
    /// Price of one with its modifiers, with or without tax as the venue says.
    pub unit_price: Money,
    /// What all of it is worth.
    pub amounts: Amounts,
    /// Its tax, as it was.
    pub tax: Tax,
    /// Who makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<StationId>,
    /// It had no station of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unrouted: bool,
    /// How long it should take.
    #[serde(default)]
    pub prep_secs: u32,
    /// It was taken off an item that is counted down, under this count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<crate::ids::ChangeId>,
    /// The voided line it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<LineId>,
    /// The sent line of another check it is billed for: its kitchen state is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<MovedFrom>,
}
