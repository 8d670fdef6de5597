//! Whether an item can be had: eighty-six, and countdowns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::Mark;
use crate::ids::{ChangeId, LineId};

/// What happened to an item's availability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the columns of the variants' own descriptions")]
pub enum StockFact {
    /// Somebody said whether there is any, and how many. A count opens an epoch: what was taken before is in it.
    AvailabilitySet { count: ChangeId, available: bool, remaining: Option<i64> },
    /// A line took some (or a void gave some back: negative), under a count.
    StockTaken {
        count: ChangeId,
        taken: ChangeId,
        quantity: i64,
        /// It says what became of a line that was voided or changed. Of what two hubs say of one line, what stands on the
        /// check stands here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<LineEnd>,
    },
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineEnd {
    /// Which.
    pub line: LineId,
    /// The line that goes on for it, with the mark of that one; `None` when all of it was undone, whatever else goes on.
    /// So the end that stands is the least: all of it was undone, or the first line stands.
    pub instead: Option<(Mark, LineId)>,
}

/// How many were taken by ends of lines under `count`. Where two hubs ended one line, one end stands; and nothing that
/// became of a line that does not stand counts.
pub fn taken_by_ends(ends: &[(LineEnd, ChangeId, i64)], count: ChangeId) -> i64 {
    let mut standing: BTreeMap<LineId, LineEnd> = BTreeMap::new();
    let mut before: BTreeMap<LineId, LineId> = BTreeMap::new();
    for (end, _, _) in ends {
        let known = standing.entry(end.line).or_insert(*end);
        *known = (*known).min(*end);
        before.extend(end.instead.map(|(_, instead)| (instead, end.line)));
    }
    let stands = |mut line: LineId| loop {
        let Some(old) = before.get(&line) else { return true };
        if standing.get(old).and_then(|end| end.instead).map(|(_, instead)| instead) != Some(line) {
            return false;
        }
        line = *old;
    };
    let counted = ends.iter().filter(|(end, under, _)| {
        *under == count && standing.get(&end.line) == Some(end) && stands(end.line)
    });
    counted.map(|(_, _, quantity)| quantity).sum()
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
