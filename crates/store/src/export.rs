//! Everything, for other programs: one fact per line, or the lines and tenders of every check as a table.

use std::io::Write;
use std::path::Path;

use maitred_domain::catalogue::Catalogue;
use maitred_domain::ids::CheckId;
use maitred_sync::Origin;
use rusqlite::Connection;
use uuid::Uuid;

use crate::check_rows::{CHECK_COLUMNS, check_rows, guarded};
use crate::documents::{self, Kind};
use crate::sqlite::Database;
use crate::{OpenError, ReadError, journal, past, personal};

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
            out.write_all(&personal::open_line(connection, fact)?)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(())
}

fn csv_table(connection: &Connection, out: &mut dyn Write) -> Result<(), ExportError> {
    let reader = Origin::from_bytes([0; 16]);
    let mut catalogue = Catalogue::default();
    for kind in Kind::SHARED {
        if let Some(document) = journal::load(connection, &kind.shared_document(), reader)? {
            documents::catalogue::read(connection, kind, &document, &mut catalogue)?;
        }
    }
    let mut table = csv::Writer::from_writer(out);
    table.write_record(CHECK_COLUMNS)?;
    let mut statement = connection.prepare("SELECT id FROM checks ORDER BY opened, id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = CheckId(Uuid::from_bytes(row.get(0)?));
        if let Some(check) = past::check(connection, id, reader)? {
            for row in check_rows(&catalogue, &check) {
                table.write_record(row.iter().map(|cell| guarded(cell)))?;
            }
        }
    }
    table.flush()?;
    Ok(())
}
