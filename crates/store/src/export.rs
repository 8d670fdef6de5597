//! Everything, for other programs: one fact per line, or the lines and tenders of every check as a table.

use std::io::Write;
use std::path::Path;

use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::Check;
use maitred_domain::ids::CheckId;
use maitred_sync::Origin;
use rusqlite::Connection;
use uuid::Uuid;

use crate::documents::{self, Kind};
use crate::sqlite::Database;
use crate::{OpenError, ReadError, journal, past};

/// How to export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Lines and tenders of every check.
    Csv,
    /// Facts in journal order.
    Jsonl,
}

/// Why an export came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no database to read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// SQLite refuses.
    #[error("cannot read the database")]
    Sqlite(#[from] rusqlite::Error),
    /// The output does not take it.
    #[error("cannot write the export")]
    Csv(#[from] csv::Error),
    /// The output does not take it.
    #[error("cannot write the export")]
    Io(#[from] std::io::Error),
}

/// Writes everything of a data folder to `out`.
///
/// # Errors
/// [`ExportError`]; what was written until then stands.
pub fn export(data: &Path, format: ExportFormat, out: &mut dyn Write) -> Result<(), ExportError> {
    let mut connection = Database::of(data, None).reader()?;
    let connection = connection.transaction()?;
    match format {
        ExportFormat::Jsonl => jsonl(&connection, out),
        ExportFormat::Csv => csv_table(&connection, out),
    }
}

fn jsonl(connection: &Connection, out: &mut dyn Write) -> Result<(), ExportError> {
    let mut statement = connection.prepare("SELECT facts FROM entries ORDER BY hlc, n")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for fact in journal::split_facts(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?) {
            out.write_all(fact)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(())
}

const HEADER: [&str; 14] = [
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
];

fn csv_table(connection: &Connection, out: &mut dyn Write) -> Result<(), ExportError> {
    let reader = Origin::from_bytes([0; 16]);
    let mut catalogue = Catalogue::default();
    for kind in Kind::SHARED {
        if let Some(document) = journal::load(connection, &kind.shared_document(), reader)? {
            documents::catalogue::read(kind, &document, &mut catalogue)?;
        }
    }
    let mut table = csv::Writer::from_writer(out);
    table.write_record(HEADER)?;
    let mut statement = connection.prepare("SELECT id FROM checks ORDER BY opened")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = CheckId(Uuid::from_bytes(row.get(0)?));
        if let Some(check) = past::check(connection, id, reader)? {
            write_check(&mut table, &catalogue, &check)?;
        }
    }
    table.flush()?;
    Ok(())
}

fn write_check(
    table: &mut csv::Writer<&mut dyn Write>,
    catalogue: &Catalogue,
    check: &Check,
) -> Result<(), ExportError> {
    let place = check.place(catalogue);
    for line in check.lines_in_order() {
        let amounts = line.amounts();
        let state = match (&line.void, &line.comp) {
            (Some(_), _) => "void",
            (None, Some(_)) => "comp",
            (None, None) => line.progress.phase.as_str(),
        };
        table.write_record([
            "line".to_owned(),
            check.business_date.to_string(),
            cell(&check.number),
            cell(&place),
            cell(catalogue.staff_name(line.mark.by)),
            line.mark.at().to_string(),
            cell(&line.line.name),
            line.quantity().to_string(),
            amounts.net.0.to_string(),
            amounts.tax.0.to_string(),
            amounts.service.0.to_string(),
            amounts.total().0.to_string(),
            String::new(),
            state.to_owned(),
        ])?;
    }
    for tender in check.tenders.values() {
        table.write_record([
            "tender".to_owned(),
            tender.tender.business_date.to_string(),
            cell(&check.number),
            cell(&place),
            cell(catalogue.staff_name(tender.mark.by)),
            tender.mark.at().to_string(),
            tender.tender.kind.as_str().to_owned(),
            "1".to_owned(),
            String::new(),
            String::new(),
            String::new(),
            (tender.tender.amount - tender.refunded()).0.to_string(),
            tender.tender.tip.0.to_string(),
            String::new(),
        ])?;
    }
    Ok(())
}

/// Text as a cell: what a spreadsheet would take for a formula starts with an apostrophe.
fn cell(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        Some(_) | None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_looks_like_a_formula_is_text() {
        assert_eq!(cell("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("Margherita"), "Margherita");
    }
}
