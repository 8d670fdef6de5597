//! The trading day: cash in the drawer, and the close that counts it.
//!
//! What a day reports is everything that happened so far less what earlier closes reported. A fact that comes late,
//! for a day already closed, is therefore an adjustment of the next; so is what two hubs that closed a day apart both
//! reported.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::check::{Mark, TenderKind};
use crate::figures::Figures;
use crate::ids::ChangeId;
use crate::money::Money;

/// Why cash went into the drawer or out of it, other than a tender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CashKind {
    /// Change put in at the start.
    Float,
    /// Put in.
    PaidIn,
    /// Taken out.
    PaidOut,
}

/// How many of one note or coin were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counted {
    /// What one is worth.
    pub denomination_minor: Money,
    /// How many.
    pub count: u32,
}

/// What happened to a trading day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the columns of the variants' own descriptions")]
pub enum DayFact {
    /// Cash went in or out.
    CashMoved { change: ChangeId, kind: CashKind, amount: Money, reason: String },
    /// The drawer was opened, and nothing was sold.
    DrawerOpened { change: ChangeId, reason: String },
    /// The day was counted and reported.
    DayClosed { change: ChangeId, z: Box<ZReport> },
}

impl DayFact {
    /// The key under which a document keeps it.
    pub fn key(&self) -> String {
        match self {
            Self::CashMoved { change, .. } => format!("cash/{change}"),
            Self::DrawerOpened { change, .. } => format!("opened/{change}"),
            Self::DayClosed { change, .. } => format!("closed/{change}"),
        }
    }
}

/// What a close of the day wrote down.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ZReport {
    /// From 1, without gaps.
    pub number: u32,
    /// Everything that no earlier close reported.
    pub figures: Figures,
    /// The drawer.
    pub drawer: Drawer,
    /// Notes and coins as counted.
    pub counted: Vec<Counted>,
    /// Paid on checks that were still open.
    pub paid_ahead: Money,
    /// Paid before this day on checks that were open at the closes before.
    pub paid_before: Money,
    /// What it is made of: as [`Books::of`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub of: String,
}

/// Cash as it should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawer {
    /// Put in at the start.
    pub float: Money,
    /// Cash tenders and tips, less refunds.
    pub cash: Money,
    /// Put in.
    pub paid_in: Money,
    /// Taken out.
    pub paid_out: Money,
}

impl Drawer {
    /// The drawer that `figures` and `moves` make.
    pub fn of(figures: &Figures, moves: &[(CashKind, Money)]) -> Self {
        let sum = |wanted: CashKind| {
            moves.iter().filter(|(kind, _)| *kind == wanted).map(|(_, amount)| *amount).sum()
        };
        let cash = |what: &str| figures.money(&format!("tender/{}/{what}", TenderKind::Cash.as_str()));
        Self {
            float: sum(CashKind::Float),
            cash: cash("amount") + cash("tip") - cash("refund"),
            paid_in: sum(CashKind::PaidIn),
            paid_out: sum(CashKind::PaidOut),
        }
    }

    /// Cash moved that no close has reported: all of it, less what `closes` did. What was moved on a day that another
    /// hub had closed already is thereby an adjustment of the next.
    pub fn unreported<'a>(
        moves: &[(CashKind, Money)],
        closes: impl Iterator<Item = &'a Self>,
    ) -> Vec<(CashKind, Money)> {
        let mut left = Self::of(&Figures::default(), moves);
        for close in closes {
            left.float -= close.float;
            left.paid_in -= close.paid_in;
            left.paid_out -= close.paid_out;
        }
        let all = [
            (CashKind::Float, left.float),
            (CashKind::PaidIn, left.paid_in),
            (CashKind::PaidOut, left.paid_out),
        ];
        all.into_iter().filter(|(_, amount)| *amount != Money::ZERO).collect()
    }

    fn add(&mut self, other: &Self) {
        self.float += other.float;
        self.cash += other.cash;
        self.paid_in += other.paid_in;
        self.paid_out += other.paid_out;
    }

    /// What should be in it.
    pub fn expected(&self) -> Money {
        self.float + self.cash + self.paid_in - self.paid_out
    }
}

impl ZReport {
    /// What was counted.
    pub fn counted_total(&self) -> Money {
        self.counted.iter().map(|row| row.denomination_minor.times(row.count)).sum()
    }

    /// Whether another close reports the same, whoever counted the drawer.
    fn reports_as(&self, other: &Self) -> bool {
        let sums = |z: &Self| (z.drawer, z.paid_ahead, z.paid_before);
        self.of == other.of && sums(self) == sums(other) && self.figures == other.figures
    }

    /// The closes of one day that stand, by their marks: of those that report the same, the first. Each that reports
    /// something else was made by a hub that did not hear of the others, and is on a paper that somebody signed: what it
    /// reported is reported.
    pub fn standing(mut closes: Vec<(Mark, Self)>) -> Vec<(Mark, Self)> {
        closes.sort_by(|(one, this), (other, that)| (one, &this.of).cmp(&(other, &that.of)));
        let mut standing: Vec<(Mark, Self)> = Vec::new();
        for (mark, z) in closes {
            if !standing.iter().any(|(_, known)| known.reports_as(&z)) {
                standing.push((mark, z));
            }
        }
        standing
    }

    /// What the closes of one day report together, under the number and the mark of the first; `None` when there is none.
    pub fn together(closes: &[(Mark, Self)]) -> Option<(Mark, Self)> {
        let ((mark, first), others) = closes.split_first()?;
        let mut sum = first.clone();
        for (_, z) in others {
            sum.figures.add_all(&z.figures);
            sum.drawer.add(&z.drawer);
            sum.paid_ahead += z.paid_ahead;
            sum.paid_before += z.paid_before;
            for row in &z.counted {
                let same = |known: &&mut Counted| known.denomination_minor == row.denomination_minor;
                match sum.counted.iter_mut().find(same) {
                    Some(known) => known.count += row.count,
                    None => sum.counted.push(*row),
                }
            }
        }
        Some((*mark, sum))
    }

    /// Paid on checks that were open when `closes` were made, as far as none of them took it for paid before.
    pub fn carried<'a>(closes: impl Iterator<Item = &'a Self>) -> Money {
        closes.map(|z| z.paid_ahead - z.paid_before).sum()
    }

    /// Sales less what was paid for them, which is nothing when the books balance.
    pub fn difference(&self) -> Money {
        self.figures.sales() - (self.figures.tendered() + self.paid_before - self.paid_ahead)
    }
}

/// A trading day as its facts left it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
    /// Cash movements.
    pub cash: BTreeMap<ChangeId, (Mark, CashKind, Money, String)>,
    /// The closes that stand: one, unless hubs that did not hear of each other reported different things.
    pub closes: Vec<(Mark, ZReport)>,
}

impl Day {
    /// Applies one fact.
    pub fn apply(&mut self, mark: Mark, fact: &DayFact) {
        match fact {
            DayFact::CashMoved { change, kind, amount, reason } => {
                self.cash.insert(*change, (mark, *kind, *amount, reason.clone()));
            }
            DayFact::DrawerOpened { .. } => {}
            DayFact::DayClosed { z, .. } => {
                self.closes.push((mark, (**z).clone()));
                self.closes = ZReport::standing(std::mem::take(&mut self.closes));
            }
        }
    }
}

/// The books since the last close, up to and with one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Books {
    /// The day.
    pub date: Date,
    /// Closes so far.
    pub closes: u32,
    /// Everything up to `date` that no close reported.
    pub figures: Figures,
    /// Cash moved up to `date` that no close reported.
    pub cash: Vec<(CashKind, Money)>,
    /// Paid on checks still open at the end of `date`.
    pub paid_ahead: Money,
    /// The same at the closes before.
    pub paid_before: Money,
    /// Tells what it is made of from anything else, also from what comes to the same sums.
    pub of: String,
}

impl Books {
    /// The report as it stands: an X, or with what was counted a Z.
    pub fn report(&self, counted: Vec<Counted>) -> ZReport {
        ZReport {
            number: self.closes + 1,
            figures: self.figures.clone(),
            drawer: Drawer::of(&self.figures, &self.cash),
            counted,
            paid_ahead: self.paid_ahead,
            paid_before: self.paid_before,
            of: self.of.clone(),
        }
    }
}
