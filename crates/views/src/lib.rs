//! What people see of a venue, made from what its store holds, in one place: for the hub and for the cloud.
//!
//! *Invariant:* nothing here writes, and nothing here decides. No clock, no network, no printer.

mod audit;
mod catalogue;
mod check;
mod check_view;
mod day;
mod fact;
mod floor;
mod kitchen;
mod menu;
pub mod money;
mod report;
mod rights;
mod said;
mod summary;
mod venue;

use std::sync::Arc;

use jiff::Timestamp;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::{Check, LineState};
use maitred_domain::ids::{CheckId, StaffId, TableId};
use maitred_store::Store;

pub use audit::{AuditEntry, AuditPageView};
pub use catalogue::{CatalogueProblem, CatalogueView, StaffRecord, entity_fields, name_of};
pub use check::{
    CheckPage, CheckState, CheckSummary, CheckView, CompView, CourseProgress, DiscountView, LineModifierView,
    LineView, Progress, ServerView, ShareView, TaxView, TenderView, VoidView,
};
pub use day::{
    BalanceView, CategorySales, CloseView, CountedView, DayReport, DrawerView, HourSales, OpenCheckView,
    ReportKind, SalesView, TenderSales,
};
pub use fact::FactView;
pub use floor::{AreaView, DecorView, FloorView, SectionView, TableView};
pub use kitchen::{
    AllDayItem, AllDayModifier, TicketKind, TicketLineView, TicketState, TicketView, all_day, check_tickets,
    held_ticket_id,
};
pub use menu::{CategoryView, ItemView, MenuView, ModifierGroupView, ModifierView};
pub use report::{CHECK_OPEN_HOURS_MAX, ClosedDays, DayDetail, ReportParts, ReportView};
pub use rights::{RightsView, RoleRights};
pub use said::{Params, params};
pub use summary::degrees;
pub use venue::{StaffTile, StationView, VenueView};

/// How many merges are followed to find a party.
const MERGES_FOLLOWED_MAX: usize = 16;

/// What a view is made with: one picture of the catalogue, and the store for what lies in other checks.
pub struct Views<'a> {
    /// Settings, floor, menu, staff.
    pub catalogue: Arc<Catalogue>,
    /// Where other checks are.
    pub store: &'a Store,
    /// Now.
    pub now: Timestamp,
}

impl<'a> Views<'a> {
    /// Views of a store as it is now.
    pub fn new(store: &'a Store, now: Timestamp) -> Self {
        Self { catalogue: store.catalogue(), store, now }
    }

    /// How far the kitchen is with a line; of a moved one the check knows that the kitchen knows it by.
    pub fn progress(&self, line: &LineState) -> Progress {
        let home = line.line.moved_from.and_then(|home| {
            let check = self.check(home.check)?;
            check.lines.get(&home.line).map(|line| line.progress.phase)
        });
        home.unwrap_or(line.progress.phase).into()
    }

    /// A check; one that cannot be read is missing, and the log says so.
    pub fn check(&self, id: CheckId) -> Option<Arc<Check>> {
        self.store.check(id).unwrap_or_else(|error| {
            tracing::error!(check = %id, %error, "a check cannot be read");
            None
        })
    }

    /// The check where the party is now: of a merged one the check it went to.
    pub fn party(&self, check: &Check) -> Option<Arc<Check>> {
        let mut party = self.check(check.merged_into?)?;
        for _ in 0..MERGES_FOLLOWED_MAX {
            match party.merged_into.and_then(|into| self.check(into)) {
                Some(into) => party = into,
                None => break,
            }
        }
        Some(party)
    }

    /// What somebody is called.
    pub fn staff_name(&self, id: StaffId) -> String {
        self.catalogue.staff_name(id).to_owned()
    }

    /// Where a party sits, as people say it; `None` for take-away.
    pub fn place(&self, check: &Check) -> Option<String> {
        Some(check.place(&self.catalogue)).filter(|place| !place.is_empty())
    }

    /// What a table is called.
    pub fn table_name(&self, id: Option<TableId>) -> Option<String> {
        id.and_then(|id| self.catalogue.tables.get(&id)).map(|table| table.name.clone())
    }
}
