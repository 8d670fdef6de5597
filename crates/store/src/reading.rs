//! What can be asked of a store.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use maitred_domain::check::Mark;
use maitred_domain::day::{Books, ZReport};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, StaffId, TableId};

/// Which checks; what is `None` does not matter.
#[derive(Clone, Debug, Default)]
pub struct CheckFilter {
    /// Open, or closed (merged ones count as closed).
    pub open: Option<bool>,
    /// Opened on that trading day, or closed on it.
    pub business_date: Option<Date>,
    /// At that table now.
    pub table: Option<TableId>,
    /// Served by.
    pub server: Option<StaffId>,
}

/// Which facts; what is `None` does not matter.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Done by.
    pub by: Option<StaffId>,
    /// About.
    pub check: Option<CheckId>,
    /// From.
    pub from: Option<Timestamp>,
    /// Until before.
    pub to: Option<Timestamp>,
    /// Beyond this cursor of an earlier page.
    pub cursor: Option<u64>,
}

/// A line of the audit log.
#[derive(Clone, Debug)]
pub struct AuditRow {
    /// Journal entry, in the order of arrival at this hub.
    pub seq: u64,
    /// Who and when.
    pub mark: Mark,
    /// What.
    pub fact: Fact,
}

/// A page of the audit log, newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditPage {
    /// Its lines.
    pub rows: Vec<AuditRow>,
    /// Where the next page starts; `None` on the last.
    pub next_cursor: Option<u64>,
}

/// A trading day's books.
#[derive(Clone, Debug)]
pub struct DayBooks {
    /// The day.
    pub date: Date,
    /// As they stand: everything that no close reported. Of a closed day, what its close would have reported.
    pub books: Books,
    /// What its closes report together, with who made the first of them and when.
    pub closed: Option<(Mark, ZReport)>,
    /// Its closes: one, unless hubs that did not hear of each other closed it apart.
    pub parts: Vec<(Mark, ZReport)>,
    /// Earlier days with figures that nobody closed.
    pub unclosed_before: Vec<Date>,
}

/// Whether the store can do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It can.
    Healthy,
    /// It reads, and cannot write.
    ReadOnly {
        /// Why.
        problem: String,
    },
}

/// What this replica knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncState {
    /// Its journal's lineage, in hexadecimal.
    pub origin: String,
    /// How far it knows each journal.
    pub vector: BTreeMap<String, u64>,
}
