//! A check: what a party pays, and what the kitchen makes for it.
//!
//! A [`Check`] is nothing but the fold of its facts in the order of their marks; the same set of facts gives the same
//! check, in whatever order they arrived.

mod bill;
mod facts;
mod figures;
mod kitchen;
mod line;
mod reductions;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

pub use bill::{TaxRow, Totals};
pub use facts::{
    CheckFact, CloseTotals, FireKind, FiredTicket, Mark, Marked, MovedPart, Share, Tender, TenderKind,
};
pub use kitchen::{Ticket, TicketLine, TicketState};
pub use line::{Line, LineModifier, MovedFrom, Phase, Progress};
pub use reductions::{Reduction, ReductionKind};

use crate::ids::{ChangeId, CheckId, DiscountId, LineId, MoveId, StaffId, TableId, TenderId, TicketId};
use crate::money::{Amounts, Money};

/// The most lines that one check may hold.
pub const LINES_MAX: usize = 500;
/// The most of one item on one line.
pub const QUANTITY_MAX: u32 = 999;
/// The longest note on a line, in characters.
pub const NOTE_CHARS_MAX: usize = 280;
/// The longest name of what is ordered as an open item, in characters: a line of the narrowest paper.
pub const OPEN_NAME_CHARS_MAX: usize = 32;
/// The reason of a void that is a change: another line says what is wanted instead.
pub const CHANGED: &str = "changed";
/// The most covers of one check.
pub const COVERS_MAX: u32 = 500;

/// A void, a comp: why, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Who and when.
    pub mark: Mark,
    /// Why.
    pub reason: String,
    /// How many of the line.
    pub quantity: u32,
    /// How far the line was known to be.
    pub phase: Phase,
}

/// A line with all that happened to it.
#[derive(Clone, Debug, PartialEq)]
pub struct LineState {
    /// Who added it.
    pub mark: Mark,
    /// As ordered.
    pub line: Line,
    /// How far the kitchen is.
    pub progress: Progress,
    /// Undone.
    pub void: Option<Removal>,
    /// Undone with whatever goes on for it.
    whole_void: Option<Removal>,
    /// Another stands for what it stands for.
    is_second: bool,
    /// Undone in part, at the checks that parts of it were moved to.
    pub portion_voids: BTreeMap<LineId, Removal>,
    /// Given away.
    pub comp: Option<Removal>,
    /// Taken off by discounts.
    pub discounted: Amounts,
    /// Added to (or taken off) its service charge since it was ordered.
    pub service_changed: Money,
    /// Worth of what moved to other checks.
    pub moved: Amounts,
    /// How many moved to other checks.
    pub moved_quantity: u32,
    /// How many of those before the kitchen had them: it is to make them for the other check.
    pub moved_unsent: u32,
    /// The last check that some of it moved to.
    pub moved_to: Option<CheckId>,
    /// What it became elsewhere.
    pub became: Vec<(CheckId, LineId)>,
}

/// A discount that was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Discount {
    /// Who and when.
    pub mark: Mark,
    /// Why.
    pub reason: String,
    /// In hundredths of a percent, when it was given as a part.
    pub basis_points: Option<u32>,
    /// What each line lost.
    pub parts: Vec<(LineId, Amounts)>,
}

/// A payment with what was given back of it.
#[derive(Clone, Debug, PartialEq)]
pub struct TenderState {
    /// Who took it.
    pub mark: Mark,
    /// The payment, with the tip that was said last.
    pub tender: Tender,
    /// What was given back, with the day it counts for.
    pub refunds: BTreeMap<ChangeId, (Date, Money)>,
}

impl TenderState {
    /// All that was given back.
    pub fn refunded(&self) -> Money {
        self.refunds.values().map(|(_, amount)| *amount).sum()
    }

    /// Whether it is a card payment whose slip may still say a tip: none was said, and the money was kept.
    pub fn is_untipped_card(&self) -> bool {
        let Tender { kind, amount, tip, .. } = self.tender;
        kind == TenderKind::Card && tip == Money::ZERO && self.refunded() < amount
    }
}

/// A close of the check.
#[derive(Clone, Debug, PartialEq)]
pub struct Close {
    /// Its id.
    pub id: ChangeId,
    /// Who and when.
    pub mark: Mark,
    /// The trading day its sales belong to.
    pub business_date: Date,
    /// The local hour, for sales by hour.
    pub hour: i8,
    /// What the check counted for.
    pub totals: CloseTotals,
}

/// Where a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// To be paid, or to be ordered on.
    Open,
    /// Paid and done.
    Closed,
    /// Everything went to that check.
    Merged {
        /// Which.
        into: CheckId,
    },
}

/// A check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Its id.
    pub id: CheckId,
    /// Who opened it, and when.
    pub opened: Mark,
    /// What people call it: the number on every paper.
    pub number: String,
    /// A name, where there is one.
    pub name: String,
    /// The table; others may be joined to it.
    pub table: Option<TableId>,
    /// How many eat.
    pub covers: u32,
    /// Who serves.
    pub server: StaffId,
    /// The trading day it was opened on.
    pub business_date: Date,
    /// Service charge of new lines, in hundredths of a percent.
    pub service_basis_points: u32,
    /// Its lines.
    pub lines: BTreeMap<LineId, LineState>,
    /// Its discounts.
    pub discounts: BTreeMap<DiscountId, Discount>,
    /// Its payments.
    pub tenders: BTreeMap<TenderId, TenderState>,
    /// Its shares.
    pub shares: Vec<Share>,
    /// Its closes, oldest first.
    pub closes: Vec<Close>,
    /// Closes that were taken back, by whom and why.
    pub reopened: BTreeMap<ChangeId, (Mark, String)>,
    /// The check that everything went to.
    pub merged_into: Option<CheckId>,
    tickets: BTreeMap<TicketId, kitchen::TicketRecord>,
    /// The ticket that each round of a line is made on: that of the first fire.
    made_on: BTreeMap<(LineId, u32), TicketId>,
    rush_all: bool,
    rush_courses: BTreeMap<u8, bool>,
    movements: BTreeSet<MoveId>,
    services: BTreeMap<ChangeId, Service>,
    joins: BTreeMap<ChangeId, (Mark, Vec<TableId>)>,
    parted: BTreeSet<(ChangeId, TableId)>,
    last: Mark,
    revision: u32,
}

/// A setting of the service charge.
#[derive(Clone, Debug, PartialEq)]
struct Service {
    mark: Mark,
    after: Option<ChangeId>,
    basis_points: u32,
    parts: Vec<(LineId, Money)>,
}

/// Facts that make no check.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the facts of check {0} do not say how it was opened")]
pub struct NeverOpened(pub CheckId);

impl Check {
    /// Folds `facts`, in any order.
    ///
    /// # Errors
    /// [`NeverOpened`] when no fact opens the check.
    pub fn fold(id: CheckId, mut facts: Vec<Marked<CheckFact>>) -> Result<Self, NeverOpened> {
        // An opening comes first whatever the clocks say: without it there is nothing to apply the others to.
        facts.sort_by_cached_key(|fact| {
            (!matches!(fact.fact, CheckFact::CheckOpened { .. }), fact.mark, fact.fact.key())
        });
        facts.dedup();
        let mut facts = facts.into_iter();
        let mut check = facts.next().and_then(|first| Self::open(id, &first)).ok_or(NeverOpened(id))?;
        for fact in facts {
            check.apply(&fact);
        }
        Ok(check)
    }

    /// The check that `first` opens; `None` when it opens none.
    pub fn open(id: CheckId, first: &Marked<CheckFact>) -> Option<Self> {
        let CheckFact::CheckOpened {
            number,
            table,
            covers,
            name,
            server,
            business_date,
            service_basis_points,
        } = &first.fact
        else {
            return None;
        };
        Some(Self {
            id,
            opened: first.mark,
            number: number.clone(),
            name: name.clone(),
            table: *table,
            covers: *covers,
            server: *server,
            business_date: *business_date,
            service_basis_points: *service_basis_points,
            lines: BTreeMap::new(),
            discounts: BTreeMap::new(),
            tenders: BTreeMap::new(),
            shares: Vec::new(),
            closes: Vec::new(),
            reopened: BTreeMap::new(),
            merged_into: None,
            tickets: BTreeMap::new(),
            made_on: BTreeMap::new(),
            rush_all: false,
            rush_courses: BTreeMap::new(),
            movements: BTreeSet::new(),
            services: BTreeMap::new(),
            joins: BTreeMap::new(),
            parted: BTreeSet::new(),
            last: first.mark,
            revision: 1,
        })
    }

    /// The mark of the latest fact.
    pub fn last(&self) -> Mark {
        self.last
    }

    /// How many facts it is made of, each counted once. At one hub it grows with everything that happens to the check.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Whether `fact` comes after everything applied so far, so that [`apply`](Self::apply) equals a new fold.
    pub fn is_next(&self, fact: &Marked<CheckFact>) -> bool {
        fact.mark > self.last
    }

    /// Applies one fact. It never refuses: what happened, happened.
    pub fn apply(&mut self, fact: &Marked<CheckFact>) {
        let mark = fact.mark;
        self.last = self.last.max(mark);
        self.revision += 1;
        match &fact.fact {
            CheckFact::CheckOpened { .. } => {}
            CheckFact::LineAdded { line } => self.add_line(mark, line),
            CheckFact::CourseHeld { lines, .. } => {
                for line in lines {
                    self.advance(*line, Progress { round: 0, phase: Phase::Held });
                }
            }
            CheckFact::Fired { kind, tickets, .. } => self.fire(mark, *kind, tickets),
            CheckFact::LineProgressed { line, round, phase } => {
                self.advance(*line, Progress { round: *round, phase: *phase });
            }
            CheckFact::TicketBumped { ticket, round, voids_seen } => {
                self.bump(mark, *ticket, *round, voids_seen);
            }
            CheckFact::TicketRecalled { ticket, round } => self.recall(*ticket, *round),
            CheckFact::Rushed { ticket, course, on, .. } => self.rush(*ticket, *course, *on),
            CheckFact::LineVoided { line, quantity, reason, phase, goes_on } => {
                let removal = Removal { mark, reason: reason.clone(), quantity: *quantity, phase: *phase };
                match goes_on {
                    Some(_) => {
                        if let Some(line) = self.lines.get_mut(line) {
                            line.void.get_or_insert(removal);
                        }
                    }
                    None => self.void_whole(*line, &removal),
                }
            }
            CheckFact::PortionVoided { line, part, quantity, reason, phase } => {
                let removal = Removal { mark, reason: reason.clone(), quantity: *quantity, phase: *phase };
                if let Some(line) = self.lines.get_mut(line) {
                    line.portion_voids.entry(*part).or_insert(removal);
                }
            }
            CheckFact::LineComped { line, reason } => {
                if let Some(state) = self.lines.get_mut(line) {
                    let (quantity, phase) = (state.quantity(), state.progress.phase);
                    state.comp.get_or_insert(Removal { mark, reason: reason.clone(), quantity, phase });
                }
            }
            CheckFact::Discounted { discount, reason, basis_points, parts } => {
                let (reason, parts) = (reason.clone(), parts.clone());
                self.discount(*discount, Discount { mark, reason, basis_points: *basis_points, parts });
            }
            CheckFact::ServiceSet { change, after, basis_points, parts } => {
                let (after, basis_points, parts) = (*after, *basis_points, parts.clone());
                self.set_service(*change, Service { mark, after, basis_points, parts });
            }
            CheckFact::LinesMovedOut { movement, to, parts } => self.move_out(*movement, *to, parts),
            CheckFact::Tendered { tender } => {
                self.tenders.entry(tender.id).or_insert_with(|| TenderState {
                    mark,
                    tender: tender.clone(),
                    refunds: BTreeMap::new(),
                });
            }
            CheckFact::Refunded { refund, tender, amount, business_date, .. } => {
                if let Some(tender) = self.tenders.get_mut(tender) {
                    tender.refunds.insert(*refund, (*business_date, *amount));
                }
            }
            CheckFact::TipSet { tender, tip, .. } => {
                if let Some(TenderState { tender, .. }) = self.tenders.get_mut(tender) {
                    (tender.tip, tender.handed) = (*tip, tender.amount + *tip);
                }
            }
            CheckFact::SharesSet { shares, .. } => self.shares.clone_from(shares),
            CheckFact::CheckClosed { close, business_date, hour, totals } => {
                let (id, business_date, hour) = (*close, *business_date, *hour);
                if self.closes.iter().all(|known| known.id != id) {
                    self.closes.push(Close { id, mark, business_date, hour, totals: totals.clone() });
                }
            }
            CheckFact::CheckReopened { close, reason, .. } => {
                self.reopened.entry(*close).or_insert_with(|| (mark, reason.clone()));
            }
            CheckFact::CheckTransferred { table, server, covers, name, .. } => {
                self.table = table.or(self.table);
                self.server = server.unwrap_or(self.server);
                self.covers = covers.unwrap_or(self.covers);
                if let Some(name) = name {
                    self.name.clone_from(name);
                }
            }
            CheckFact::TablesJoined { join, tables } => self.join_tables(mark, *join, tables),
            CheckFact::TablesParted { parts, .. } => self.part_tables(parts),
            CheckFact::CheckMerged { into } => self.merged_into = Some(*into),
        }
    }

    fn add_line(&mut self, mark: Mark, line: &Line) {
        // Changed at two hubs at once, a line would go on twice: the first that stands for it holds, and what became
        // of another does not.
        let became_of_second = |old| self.lines.get(&old).is_some_and(|old| old.is_second);
        let is_second =
            line.replaces.is_some_and(|old| self.stands_for(old).is_some() || became_of_second(old));
        let void = is_second.then(|| Removal {
            mark,
            reason: CHANGED.to_owned(),
            quantity: line.quantity,
            phase: Phase::New,
        });
        let old = line.replaces.and_then(|old| self.lines.get(&old));
        let whole_void = old.and_then(|old| old.whole_void.clone());
        let whole_void = whole_void.map(|void| Removal { quantity: line.quantity, ..void });
        self.lines.entry(line.id).or_insert_with(|| LineState {
            mark,
            line: line.clone(),
            progress: Progress::default(),
            void,
            whole_void: None,
            is_second,
            portion_voids: BTreeMap::new(),
            comp: None,
            discounted: Amounts::ZERO,
            service_changed: Money::ZERO,
            moved: Amounts::ZERO,
            moved_quantity: 0,
            moved_unsent: 0,
            moved_to: None,
            became: Vec::new(),
        });
        if let Some(removal) = whole_void {
            self.void_whole(line.id, &removal);
        }
    }

    /// Undoes a line, and whatever another hub let go on for it at the same time: a void of all of it stands.
    fn void_whole(&mut self, line: LineId, removal: &Removal) {
        let mut undone = vec![line];
        while let Some(id) = undone.pop() {
            let Some(state) = self.lines.get_mut(&id) else { continue };
            let quantity = if id == line { removal.quantity } else { state.quantity() };
            state.void.get_or_insert_with(|| Removal { quantity, ..removal.clone() });
            if state.whole_void.is_none() {
                state.whole_void = Some(Removal { quantity, ..removal.clone() });
                let instead = self.lines.values().filter(|other| other.line.replaces == Some(id));
                undone.extend(instead.map(|other| other.line.id));
            }
        }
    }

    /// The line that goes on for one that was voided in part, or changed: the first of them.
    fn stands_for(&self, old: LineId) -> Option<&LineState> {
        let instead = self.lines.values().filter(|line| line.line.replaces == Some(old));
        instead.min_by_key(|line| (line.mark, line.line.id))
    }

    fn advance(&mut self, line: LineId, progress: Progress) {
        if let Some(line) = self.lines.get_mut(&line) {
            line.progress = line.progress.max(progress);
        }
    }

    fn discount(&mut self, id: DiscountId, discount: Discount) {
        if self.discounts.contains_key(&id) {
            return;
        }
        for (line, amounts) in &discount.parts {
            if let Some(line) = self.lines.get_mut(line) {
                line.discounted += *amounts;
            }
        }
        self.discounts.insert(id, discount);
    }

    fn set_service(&mut self, change: ChangeId, service: Service) {
        self.services.entry(change).or_insert(service);
        for line in self.lines.values_mut() {
            line.service_changed = Money::ZERO;
        }
        let last = self.last_service();
        self.service_basis_points =
            last.map_or(self.service_basis_points, |id| self.services[&id].basis_points);
        // Only what the last one was decided upon: what was set elsewhere at the same time is not added to it.
        let (mut next, mut counted) = (last, BTreeSet::new());
        while let Some(id) = next.filter(|id| counted.insert(*id)) {
            let Some(service) = self.services.get(&id) else { break };
            for (line, change) in &service.parts {
                if let Some(line) = self.lines.get_mut(line) {
                    line.service_changed += *change;
                }
            }
            next = service.after;
        }
    }

    /// The setting of the service charge that holds.
    pub fn last_service(&self) -> Option<ChangeId> {
        self.services.iter().max_by_key(|(id, service)| (service.mark, **id)).map(|(id, _)| *id)
    }

    fn move_out(&mut self, movement: MoveId, to: CheckId, parts: &[MovedPart]) {
        if !self.movements.insert(movement) {
            return;
        }
        for part in parts {
            if let Some(line) = self.lines.get_mut(&part.line) {
                line.moved += part.amounts;
                line.moved_quantity += part.quantity;
                if !part.sent {
                    line.moved_unsent += part.quantity;
                }
                line.moved_to = Some(to);
                line.became.push((to, part.becomes));
            }
        }
    }

    /// Where it stands. Closed and merged are derived: a check that was closed and changed since is open again, with
    /// a balance, and one that was merged while another hub added a line or took money keeps those.
    pub fn state(&self) -> CheckState {
        let Some(close) = self.standing_close() else { return CheckState::Open };
        let nothing_left =
            close.totals.paid == Money::ZERO && !self.lines.values().any(LineState::is_standing);
        match self.merged_into {
            Some(into) if nothing_left => CheckState::Merged { into },
            Some(_) | None => CheckState::Closed,
        }
    }

    /// The close that still holds.
    pub fn standing_close(&self) -> Option<&Close> {
        let close = self.closes.last()?;
        let now = self.totals();
        let stands = !self.reopened.contains_key(&close.id)
            && close.totals.amounts == now.amounts
            && close.totals.paid == now.paid
            && close.totals.figures.items() == self.items()
            && now.due() == Money::ZERO;
        stands.then_some(close)
    }

    /// How many items it counts for. What costs nothing shows in no total, yet is still to be brought.
    fn items(&self) -> i64 {
        self.lines.values().map(|line| i64::from(line.quantity())).sum()
    }

    /// Its lines, in the order they were added.
    pub fn lines_in_order(&self) -> Vec<&LineState> {
        let mut lines: Vec<&LineState> = self.lines.values().collect();
        lines.sort_by_key(|line| (line.mark, line.line.id));
        lines
    }
}

impl LineState {
    /// How many of it this check still counts for.
    pub fn quantity(&self) -> u32 {
        if self.void.is_some() { 0 } else { self.line.quantity.saturating_sub(self.moved_quantity) }
    }

    /// Whether it still counts, in money or as a gift.
    pub fn is_standing(&self) -> bool {
        self.quantity() > 0
    }

    /// More of it was moved than there was: two hubs moved it at once.
    pub fn is_moved_twice(&self) -> bool {
        self.moved_quantity > self.line.quantity
    }

    /// Undone after the kitchen had begun: food in the bin.
    pub fn is_waste(&self) -> bool {
        self.void.as_ref().is_some_and(|void| self.progress.is_begun() || void.phase >= Phase::Started)
    }
}
