//! Whether an item can be had: eighty-six, and countdowns.

use serde::{Deserialize, Serialize};

use crate::ids::ChangeId;

/// What happened to an item's availability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the columns of the variants' own descriptions")]
pub enum StockFact {
    /// Somebody said whether there is any, and how many. A count opens an epoch: what was taken before is in it.
    AvailabilitySet { count: ChangeId, available: bool, remaining: Option<i64> },
    /// A line took some (or a void gave some back: negative), under a count.
    StockTaken { count: ChangeId, taken: ChangeId, quantity: i64 },
}

/// An item's availability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// The last count.
    pub count: Option<ChangeId>,
    /// Nobody said there is none.
    pub available: bool,
    /// How many are left, when they are counted down. Below zero after a merge: sold twice.
    pub remaining: Option<i64>,
}

impl Default for Stock {
    fn default() -> Self {
        Self { count: None, available: true, remaining: None }
    }
}

impl Stock {
    /// Whether one can be ordered.
    pub fn is_available(&self) -> bool {
        self.available && self.remaining.is_none_or(|remaining| remaining > 0)
    }
}
