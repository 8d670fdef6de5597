//! What a check comes to. Amounts were computed when each fact was decided; here they are only added up.

use serde::{Deserialize, Serialize};

use super::{Check, CloseTotals, LineState, Removal};
use crate::catalogue::Tax;
use crate::ids::ShareId;
use crate::money::{Amounts, Money};

/// What a check comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Net, tax and service of what is to be paid.
    pub amounts: Amounts,
    /// Taken off by discounts, of lines that still stand.
    pub discount: Money,
    /// Given away.
    pub comp: Money,
    /// Undone.
    pub void: Money,
    /// Paid, less refunds.
    pub paid: Money,
    /// Gratuities.
    pub tips: Money,
}

impl Totals {
    /// What is to be paid.
    pub fn total(&self) -> Money {
        self.amounts.total()
    }

    /// What is still to be paid; negative when a refund is due.
    pub fn due(&self) -> Money {
        self.total() - self.paid
    }
}

/// What one tax comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRow {
    /// As printed.
    pub name: String,
    /// In hundredths of a percent.
    pub rate_basis_points: u32,
    /// What it is levied on.
    pub net: Money,
    /// The tax.
    pub tax: Money,
}

impl LineState {
    /// What it would count for if it were not undone or given away.
    pub fn standing_amounts(&self) -> Amounts {
        let service = Amounts { service: self.service_changed, ..Amounts::ZERO };
        self.line.amounts + service - self.discounted - self.moved
    }

    /// What it counts for.
    pub fn amounts(&self) -> Amounts {
        if self.void.is_some() || self.comp.is_some() { Amounts::ZERO } else { self.left() }
    }

    /// What is left of it. What two hubs did at once may take off more than there was: moved to two checks, it is on
    /// neither's account here, and nobody is owed anything for it.
    pub(super) fn left(&self) -> Amounts {
        let left = self.standing_amounts();
        if self.line.amounts.total() < Money::ZERO {
            return left;
        }
        if self.line.quantity <= self.moved_quantity {
            return Amounts::ZERO;
        }
        let at_least_nothing = |amount: Money| amount.max(Money::ZERO);
        Amounts {
            net: at_least_nothing(left.net),
            tax: at_least_nothing(left.tax),
            service: at_least_nothing(left.service),
        }
    }
}

impl Check {
    /// What it comes to.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for line in self.lines.values() {
            totals.amounts += line.amounts();
            if let Some(void) = &line.void {
                totals.void += self.undone(line, void);
            } else if line.comp.is_some() {
                totals.comp += line.left().total();
            } else {
                totals.discount += line.discounted.total();
            }
        }
        for tender in self.tenders.values() {
            totals.paid += tender.tender.amount - tender.refunded();
            totals.tips += tender.tender.tip;
        }
        totals
    }

    /// What a voided line took off the check for good: not what another line stands for.
    pub(super) fn undone(&self, line: &LineState, void: &Removal) -> Money {
        // One that never stood because another stands for the same line took nothing off.
        let stands = line.line.replaces.and_then(|old| self.stands_for(old));
        if stands.is_some_and(|stands| stands.line.id != line.line.id) {
            return Money::ZERO;
        }
        let worth = line.left().total();
        let kept = self.stands_for(line.line.id).map_or(0, |other| other.line.quantity.min(void.quantity));
        let weights = [u64::from(void.quantity - kept), u64::from(kept)];
        worth.allocate(&weights).map_or(worth, |parts| parts[0])
    }

    /// What a close writes down.
    pub fn close_totals(&self) -> CloseTotals {
        let totals = self.totals();
        CloseTotals { amounts: totals.amounts, paid: totals.paid, figures: self.sales_figures() }
    }

    /// Its taxes, by name and rate.
    pub fn tax_rows(&self) -> Vec<TaxRow> {
        let mut rows: Vec<TaxRow> = Vec::new();
        for line in self.lines.values() {
            let amounts = line.amounts();
            let Tax { name, basis_points, .. } = &line.line.tax;
            if amounts == Amounts::ZERO {
                continue;
            }
            if let Some(row) =
                rows.iter_mut().find(|row| row.name == *name && row.rate_basis_points == *basis_points)
            {
                row.net += amounts.net;
                row.tax += amounts.tax;
            } else {
                let (net, tax) = (amounts.net, amounts.tax);
                rows.push(TaxRow { name: name.clone(), rate_basis_points: *basis_points, net, tax });
            }
        }
        rows.sort_by(|a, b| (a.rate_basis_points, &a.name).cmp(&(b.rate_basis_points, &b.name)));
        rows
    }

    /// What was paid of a share.
    pub fn share_paid(&self, share: ShareId) -> Money {
        self.tenders
            .values()
            .filter(|tender| tender.tender.share == Some(share))
            .map(|tender| tender.tender.amount - tender.refunded())
            .sum()
    }
}
