//! Tables for other programs, written page by page: no page holds a read transaction while somebody reads slowly.

use std::io;

use bytes::Bytes;
use jiff::civil::Date;
use maitred_domain::business_day;
use maitred_domain::check::Check;
use maitred_store::{AuditFilter, CheckCursor, CheckSearch};
use serde::Deserialize;
use tokio::sync::mpsc::Sender;
use utoipa::ToSchema;

use crate::app::App;
use crate::limits::{EXPORT_PAGE, EXPORT_READ_TIME_MAX};
use crate::problem::Problem;
use crate::views::Views;

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

/// Text as a cell: what a spreadsheet would take for a formula starts with an apostrophe. Numbers are what they are.
fn guarded(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<i64>().is_err();
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

fn checks(app: &App, table: &mut Table<'_>, from: Date, to: Date) -> Result<(), Ended> {
    table.head(&[
        "row",
        "business_date",
        "check",
        "table",
        "server",
        "at",
        "name",
        "quantity",
        "net_minor",
        "tax_minor",
        "service_minor",
        "total_minor",
        "tip_minor",
        "state",
    ]);
    let mut search = CheckSearch { from: Some(from), to: Some(to), ..CheckSearch::default() };
    loop {
        let page = app.store.search_checks(&search, EXPORT_PAGE)?;
        let views = app.views();
        for check in &page {
            one_check(&views, table, check);
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

fn one_check(views: &Views<'_>, table: &mut Table<'_>, check: &Check) {
    let place = check.place(&views.catalogue);
    let head =
        |row: &str, date: Date| vec![row.to_owned(), date.to_string(), check.number.clone(), place.clone()];
    for line in check.lines_in_order() {
        let amounts = line.amounts();
        let state = match (&line.void, &line.comp) {
            (Some(_), _) => "void",
            (None, Some(_)) => "comp",
            (None, None) => line.progress.phase.as_str(),
        };
        let mut cells = head("line", check.business_date);
        cells.extend([
            views.catalogue.staff_name(line.mark.by).to_owned(),
            line.mark.at().to_string(),
            line.line.name.clone(),
            line.quantity().to_string(),
            amounts.net.0.to_string(),
            amounts.tax.0.to_string(),
            amounts.service.0.to_string(),
            amounts.total().0.to_string(),
            String::new(),
            state.to_owned(),
        ]);
        table.row(&cells);
    }
    for tender in check.tenders.values() {
        let mut cells = head("tender", tender.tender.business_date);
        let paid = tender.tender.amount - tender.refunded();
        cells.extend([
            views.catalogue.staff_name(tender.mark.by).to_owned(),
            tender.mark.at().to_string(),
            tender.tender.kind.as_str().to_owned(),
            "1".to_owned(),
            String::new(),
            String::new(),
            String::new(),
            paid.0.to_string(),
            tender.tender.tip.0.to_string(),
            String::new(),
        ]);
        table.row(&cells);
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
    table.head(&["seq", "at", "staff", "action", "check", "summary", "amount_minor"]);
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
            ]);
        }
        table.send()?;
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            return Ok(());
        }
    }
}
