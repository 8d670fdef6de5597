//! Looking back over days: checks found by number, table or person, closed days, sums of many days.
//!
//! What it costs: sums read one row per figure and day (a year of a venue with 300 items is some 200,000 rows, a
//! quarter of a second), never a document. A page of checks reads its own documents, and no others.

use jiff::civil::Date;
use maitred_domain::check::{Check, Mark, Reduction, ReductionKind};
use maitred_domain::day::ZReport;
use maitred_domain::figures::Figures;
use maitred_domain::ids::{CheckId, StaffId, TableId};
use maitred_domain::money::Money;
use rusqlite::{Connection, params};
use std::sync::Arc;
use uuid::Uuid;

use crate::projections::days::parse_date;
use crate::{ReadError, Store, books, projections};

/// Which checks; what is `None` does not matter.
#[derive(Clone, Debug, Default)]
pub struct CheckSearch {
    /// Open, or closed (merged ones count as closed).
    pub open: Option<bool>,
    /// Opened on that trading day or later.
    pub from: Option<Date>,
    /// Opened on that trading day or earlier.
    pub to: Option<Date>,
    /// The number begins so, or the table is one of [`tables`](Self::tables).
    pub number: Option<String>,
    /// Tables that count besides the number.
    pub tables: Vec<TableId>,
    /// At that table.
    pub table: Option<TableId>,
    /// Served by.
    pub server: Option<StaffId>,
    /// Older than that check of an earlier page.
    pub before: Option<CheckCursor>,
}

/// The place of a check among all, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckCursor {
    /// When it was opened, by hybrid logical clock.
    pub opened: u64,
    /// Which of those opened then.
    pub check: CheckId,
}

/// A reduction with the check it was made on.
#[derive(Clone, Debug)]
pub struct ReductionRow {
    /// The check.
    pub check: CheckId,
    /// What people call it.
    pub number: String,
    /// What it comes to now.
    pub total: Money,
    /// The trading day that the check was opened on.
    pub business_date: Date,
    /// What it was.
    pub reduction: Reduction,
}

/// How often and how much somebody gave for one reason.
#[derive(Clone, Debug)]
pub struct ReasonSum {
    /// How.
    pub kind: ReductionKind,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: StaffId,
    /// How often.
    pub count: u64,
    /// How much.
    pub amount: Money,
}

impl Store {
    /// Checks, newest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn search_checks(&self, search: &CheckSearch, limit: usize) -> Result<Vec<Arc<Check>>, ReadError> {
        let ids = self.inner.readers.read(|connection| find(connection, search, limit))?;
        ids.into_iter().map(|id| self.check(id)).filter_map(Result::transpose).collect()
    }

    /// Closed days before one, newest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn closed_days(
        &self,
        before: Option<Date>,
        limit: usize,
    ) -> Result<Vec<(Date, Mark, ZReport)>, ReadError> {
        self.inner.readers.read(|connection| books::closed_days(connection, before, limit))
    }

    /// What belongs to trading days up to `date` and came after the close of that day: the next close reports it.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn late_figures(&self, date: Date) -> Result<Figures, ReadError> {
        self.inner.readers.read(|connection| {
            let mut figures = sums(connection, None, date)?;
            let mut statement =
                connection.prepare_cached("SELECT z FROM closes WHERE business_date <= ?1")?;
            let mut rows = statement.query([date.to_string()])?;
            while let Some(row) = rows.next()? {
                figures.subtract_all(&parse_z(&row.get::<_, String>(0)?)?.figures);
            }
            Ok(figures)
        })
    }

    /// Sums of trading days, both included.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn figures(&self, from: Date, to: Date) -> Result<Figures, ReadError> {
        self.inner.readers.read(|connection| sums(connection, Some(from), to))
    }

    /// Sales, covers and reductions of each trading day that has any, oldest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn figures_by_day(&self, from: Date, to: Date) -> Result<Vec<(Date, Figures)>, ReadError> {
        self.inner.readers.read(|connection| by_day(connection, from, to))
    }

    /// Voids, comps, discounts and reopenings on checks of trading days, newest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn reductions(&self, from: Date, to: Date, limit: usize) -> Result<Vec<ReductionRow>, ReadError> {
        self.inner.readers.read(|connection| projections::reductions(connection, from, to, limit))
    }

    /// What those come to by kind, reason and person, the most first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn reasons(&self, from: Date, to: Date) -> Result<Vec<ReasonSum>, ReadError> {
        self.inner.readers.read(|connection| projections::reductions_by_reason(connection, from, to))
    }
}

fn find(connection: &Connection, search: &CheckSearch, limit: usize) -> Result<Vec<CheckId>, ReadError> {
    let open = match search.open {
        Some(true) => "state = 0",
        Some(false) => "state <> 0",
        None => "1",
    };
    let tables: Vec<String> = search.tables.iter().map(|table| table.0.simple().to_string()).collect();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id FROM checks WHERE {open}
           AND (?1 IS NULL OR business_date >= ?1) AND (?2 IS NULL OR business_date <= ?2)
           AND (?3 IS NULL OR substr(number, 1, length(?3)) = ?3 COLLATE NOCASE
                OR (table_id IS NOT NULL AND instr(?4, lower(hex(table_id))) > 0))
           AND {} AND (?6 IS NULL OR server = ?6)
           AND (?7 IS NULL OR (opened, id) < (?7, ?8))
         ORDER BY opened DESC, id DESC LIMIT ?9",
        projections::at_table(5),
    ))?;
    let rows = statement.query_map(
        params![
            search.from.map(|date| date.to_string()),
            search.to.map(|date| date.to_string()),
            search.number,
            tables.join(" "),
            search.table.as_ref().map(|table| table.0.as_bytes().as_slice()),
            search.server.as_ref().map(|server| server.0.as_bytes().as_slice()),
            search.before.map(|cursor| cursor.opened),
            search.before.as_ref().map(|cursor| cursor.check.0.as_bytes().as_slice()),
            limit,
        ],
        |row| row.get::<_, [u8; 16]>(0),
    )?;
    rows.map(|row| Ok(CheckId(Uuid::from_bytes(row?)))).collect()
}

fn parse_z(json: &str) -> Result<ZReport, ReadError> {
    serde_json::from_str(json).map_err(|e| ReadError::Damaged(format!("a close of a day: {e}")))
}

fn sums(connection: &Connection, from: Option<Date>, to: Date) -> Result<Figures, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, sum(value) FROM day_figures
         WHERE (?1 IS NULL OR business_date >= ?1) AND business_date <= ?2 GROUP BY name",
    )?;
    let mut rows = statement.query(params![from.map(|date| date.to_string()), to.to_string()])?;
    let mut figures = Figures::default();
    while let Some(row) = rows.next()? {
        figures.add(row.get::<_, String>(0)?, row.get(1)?);
    }
    Ok(figures)
}

/// What each day is shown by.
const OF_A_DAY: &str =
    "'sales/net', 'sales/tax', 'sales/service', 'discount', 'comp', 'void', 'checks', 'covers'";

fn by_day(connection: &Connection, from: Date, to: Date) -> Result<Vec<(Date, Figures)>, ReadError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT business_date, name, value FROM day_figures
         WHERE business_date BETWEEN ?1 AND ?2 AND name IN ({OF_A_DAY}) ORDER BY business_date"
    ))?;
    let mut rows = statement.query([from.to_string(), to.to_string()])?;
    let mut days: Vec<(Date, Figures)> = Vec::new();
    while let Some(row) = rows.next()? {
        let date = parse_date(&row.get::<_, String>(0)?)?;
        if days.last().is_none_or(|(last, _)| *last != date) {
            days.push((date, Figures::default()));
        }
        if let Some((_, figures)) = days.last_mut() {
            figures.add(row.get::<_, String>(1)?, row.get(2)?);
        }
    }
    Ok(days)
}
