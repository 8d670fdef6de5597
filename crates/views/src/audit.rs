//! Who did what.

use jiff::Timestamp;
use maitred_domain::check::{CheckFact, Mark};
use maitred_domain::day::DayFact;
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, StaffId};
use maitred_domain::money::{Amounts, Money};
use maitred_store::AuditRow;
use serde::Serialize;
use utoipa::ToSchema;

use super::{FactView, Params, Views};

/// A line of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its journal entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who, as shown.
    pub staff: String,
    /// Who.
    pub staff_id: Option<StaffId>,
    /// Who approved it with their PIN, as shown, where whoever did it may not.
    pub approved_by: Option<String>,
    /// What: the fact's name.
    pub action: String,
    /// On which check.
    pub check_id: Option<CheckId>,
    /// What people call the check.
    pub check_number: Option<String>,
    /// What, in plain English, for whoever does not know the action's name.
    pub summary: String,
    /// What the words of `action` are about: names of lines, items, tables, numbers of checks, reasons; the money is
    /// `amount_minor`.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub params: Params,
    /// The money it is about.
    pub amount_minor: Option<Money>,
    /// The fact itself.
    pub fact: FactView,
}

/// A page of the audit log, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditPageView {
    /// Its lines.
    pub entries: Vec<AuditEntry>,
    /// Where the next page starts; `null` on the last.
    pub next_cursor: Option<String>,
}

impl Views<'_> {
    /// A line of the audit log.
    pub fn audit_entry(&self, row: &AuditRow) -> AuditEntry {
        let AuditRow { seq, mark: Mark { by, approved_by, .. }, fact } = row;
        let check = fact.check().and_then(|id| self.check(id));
        AuditEntry {
            seq: *seq,
            at: row.mark.at(),
            staff: self.staff_name(*by),
            staff_id: self.catalogue.staff.contains_key(by).then_some(*by),
            approved_by: approved_by.map(|id| self.staff_name(id)),
            action: fact.name().to_owned(),
            check_id: fact.check(),
            check_number: check.as_ref().map(|check| check.number.clone()),
            summary: self.summary_of(fact, check.as_deref()),
            params: self.said(fact, check.as_deref()),
            amount_minor: amount(fact, check.as_deref()),
            fact: FactView::of(fact),
        }
    }
}

/// The money that a fact is about.
fn amount(fact: &Fact, check: Option<&maitred_domain::check::Check>) -> Option<Money> {
    let worth = |line| {
        let state = check?.lines.get(line)?;
        Some(state.standing_amounts().total())
    };
    let total = |parts: &[Amounts]| parts.iter().map(|amounts| amounts.total()).sum();
    match fact {
        Fact::Check { fact, .. } => match fact {
            CheckFact::LineAdded { line } => Some(line.amounts.total()),
            CheckFact::LineVoided { line, .. } | CheckFact::LineComped { line, .. } => worth(line),
            CheckFact::Discounted { parts, .. } => {
                Some(total(&parts.iter().map(|(_, amounts)| *amounts).collect::<Vec<_>>()))
            }
            CheckFact::Tendered { tender } => Some(tender.amount),
            CheckFact::Refunded { amount, .. } => Some(*amount),
            CheckFact::TipSet { tip, .. } => Some(*tip),
            CheckFact::CheckClosed { totals, .. } => Some(totals.amounts.total()),
            CheckFact::CheckOpened { .. }
            | CheckFact::CourseHeld { .. }
            | CheckFact::Fired { .. }
            | CheckFact::LineProgressed { .. }
            | CheckFact::TicketBumped { .. }
            | CheckFact::TicketRecalled { .. }
            | CheckFact::Rushed { .. }
            | CheckFact::PortionVoided { .. }
            | CheckFact::ServiceSet { .. }
            | CheckFact::LinesMovedOut { .. }
            | CheckFact::SharesSet { .. }
            | CheckFact::CheckReopened { .. }
            | CheckFact::CheckTransferred { .. }
            | CheckFact::TablesJoined { .. }
            | CheckFact::TablesParted { .. }
            | CheckFact::CheckMerged { .. } => None,
        },
        Fact::Day { fact: DayFact::CashMoved { amount, .. }, .. } => Some(*amount),
        Fact::Day { fact: DayFact::DayClosed { z, .. }, .. } => Some(z.figures.sales()),
        Fact::Day { fact: DayFact::DrawerOpened { .. }, .. }
        | Fact::Table { .. }
        | Fact::Stock { .. }
        | Fact::Device { .. }
        | Fact::Entity { .. } => None,
    }
}
