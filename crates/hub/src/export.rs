//! Tables for other programs, written page by page: no page holds a read transaction while somebody reads slowly.

use std::io;

use bytes::Bytes;
use jiff::civil::Date;
use maitred_domain::business_day;
use maitred_store::{AuditFilter, CHECK_COLUMNS, CheckCursor, CheckSearch, check_rows, guarded};
use serde::Deserialize;
use tokio::sync::mpsc::Sender;
use utoipa::ToSchema;

use crate::app::App;
use crate::limits::{EXPORT_PAGE, EXPORT_READ_TIME_MAX};
use crate::problem::Problem;

/// What a table is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Lines and tenders of checks.
    Checks,
    /// Items sold.
    Items,
    /// Who did what.
    Audit,
}

impl What {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Checks => "checks",
            Self::Items => "items",
            Self::Audit => "audit",
        }
    }
}

type Chunks = Sender<Result<Bytes, io::Error>>;

/// Why a table ended early.
enum Ended {
    /// Whoever read it is gone.
    Reader,
    /// It cannot be read.
    Problem(Problem),
}

impl From<maitred_store::ReadError> for Ended {
    fn from(error: maitred_store::ReadError) -> Self {
        Self::Problem(error.into())
    }
}

/// Writes a table into `chunks` until it ends or nobody reads it. A table that cannot be finished breaks off.
pub fn write(app: &App, what: What, from: Date, to: Date, chunks: &Chunks) {
    let mut table = Table { chunks, rows: csv::Writer::from_writer(Vec::new()) };
    let written = match what {
        What::Checks => checks(app, &mut table, from, to),
        What::Items => items(app, &mut table, from, to),
        What::Audit => audit(app, &mut table, from, to),
    };
    match written.and_then(|()| table.send()) {
        Ok(()) | Err(Ended::Reader) => {}
        Err(Ended::Problem(problem)) => {
            let broken = io::Error::other(format!("the export broke off: {}", problem.code()));
            let _ = chunks.blocking_send(Err(broken));
        }
    }
}

struct Table<'a> {
    chunks: &'a Chunks,
    rows: csv::Writer<Vec<u8>>,
}

impl Table<'_> {
    fn row(&mut self, cells: &[String]) {
        // A vector takes every byte, and every row has the cells of the first.
        let _ = self.rows.write_record(cells.iter().map(|cell| guarded(cell)));
    }

    fn head(&mut self, titles: &[&str]) {
        self.row(&titles.iter().map(|title| (*title).to_owned()).collect::<Vec<_>>());
    }

    fn send(&mut self) -> Result<(), Ended> {
        let rows = std::mem::replace(&mut self.rows, csv::Writer::from_writer(Vec::new()));
        let bytes = rows.into_inner().unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        // Who reads too slowly is cut off: a thread is theirs as long as they read.
        let send = self.chunks.send_timeout(Ok(bytes.into()), EXPORT_READ_TIME_MAX);
        tokio::runtime::Handle::current().block_on(send).map_err(|_| Ended::Reader)
    }
}

fn checks(app: &App, table: &mut Table<'_>, from: Date, to: Date) -> Result<(), Ended> {
    table.head(&CHECK_COLUMNS);
    let mut search = CheckSearch { from: Some(from), to: Some(to), ..CheckSearch::default() };
    loop {
        let page = app.store.search_checks(&search, EXPORT_PAGE)?;
        let views = app.views();
        for row in page.iter().flat_map(|check| check_rows(&views.catalogue, check)) {
            table.row(&row);
        }
        table.send()?;
        match page.last() {
            Some(last) if page.len() == EXPORT_PAGE => {
                search.before = Some(CheckCursor { opened: last.opened.hlc, check: last.id });
            }
            Some(_) | None => return Ok(()),
        }
    }
}

fn items(app: &App, table: &mut Table<'_>, from: Date, to: Date) -> Result<(), Ended> {
    table.head(&["from", "to", "item", "name", "quantity", "total_minor"]);
    let figures = app.store.figures(from, to)?;
    for row in app.views().items_sold(&figures) {
        let (quantity, total) = (row.quantity.to_string(), row.total_minor.0.to_string());
        table.row(&[from.to_string(), to.to_string(), row.id, row.name, quantity, total]);
    }
    Ok(())
}

fn audit(app: &App, table: &mut Table<'_>, from: Date, to: Date) -> Result<(), Ended> {
    table.head(&["seq", "at", "staff", "action", "check", "summary", "amount_minor", "approved_by"]);
    let venue = app.store.catalogue().venue.clone();
    let begin = |date: Date| business_day::begins_at(date, &venue.zone(), venue.day_starts_at_hour);
    let mut filter =
        AuditFilter { from: begin(from), to: to.tomorrow().ok().and_then(begin), ..AuditFilter::default() };
    loop {
        let page = app.store.audit(&filter, EXPORT_PAGE)?;
        let views = app.views();
        for row in &page.rows {
            let entry = views.audit_entry(row);
            table.row(&[
                entry.seq.to_string(),
                entry.at.to_string(),
                entry.staff,
                entry.action,
                entry.check_number.unwrap_or_default(),
                entry.summary,
                entry.amount_minor.map(|amount| amount.0.to_string()).unwrap_or_default(),
                entry.approved_by.unwrap_or_default(),
            ]);
        }
        table.send()?;
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            return Ok(());
        }
    }
}
