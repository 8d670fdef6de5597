//! What made a check less than it was, or opened it again: what a manager asks about.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Check, Mark};
use crate::money::Money;

/// How a check was made less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReductionKind {
    /// A line was undone.
    Void,
    /// A line was given away.
    Comp,
    /// Something was taken off.
    Discount,
    /// The check was opened again after its close.
    Reopening,
}

impl ReductionKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Void, Self::Comp, Self::Discount, Self::Reopening];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Comp => "comp",
            Self::Discount => "discount",
            Self::Reopening => "reopening",
        }
    }
}

/// What made a check less than it was, or opened it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduction {
    /// How.
    pub kind: ReductionKind,
    /// Of the line, discount or close.
    pub id: Uuid,
    /// Who and when.
    pub mark: Mark,
    /// Why.
    pub reason: String,
    /// The item, of a line.
    pub what: String,
    /// How many, of a line.
    pub quantity: u32,
    /// How much; of a reopening what the close came to.
    pub amount: Money,
}

impl Check {
    /// Everything that made it less than it was.
    pub fn reductions(&self) -> Vec<Reduction> {
        let mut reductions = Vec::new();
        for line in self.lines.values() {
            let (kind, removal, amount) = match (&line.void, &line.comp) {
                (Some(void), _) => (ReductionKind::Void, void, self.undone(line, void)),
                (None, Some(comp)) => (ReductionKind::Comp, comp, line.left().total()),
                (None, None) => continue,
            };
            // A line that another stands for was changed, not undone.
            if amount == Money::ZERO && line.left().total() != Money::ZERO {
                continue;
            }
            reductions.push(Reduction {
                kind,
                id: line.line.id.0,
                mark: removal.mark,
                reason: removal.reason.clone(),
                what: line.line.name.clone(),
                quantity: removal.quantity,
                amount,
            });
        }
        for (id, discount) in &self.discounts {
            reductions.push(Reduction {
                kind: ReductionKind::Discount,
                id: id.0,
                mark: discount.mark,
                reason: discount.reason.clone(),
                what: String::new(),
                quantity: 0,
                amount: discount.parts.iter().map(|(_, off)| off.total()).sum(),
            });
        }
        for (close, (mark, reason)) in &self.reopened {
            let closed = self.closes.iter().find(|it| it.id == *close);
            reductions.push(Reduction {
                kind: ReductionKind::Reopening,
                id: close.0,
                mark: *mark,
                reason: reason.clone(),
                what: String::new(),
                quantity: 0,
                amount: closed.map_or(Money::ZERO, |close| close.totals.amounts.total()),
            });
        }
        reductions
    }
}
