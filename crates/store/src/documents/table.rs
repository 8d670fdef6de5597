//! A table's mark: one register.

use maitred_domain::check::Mark;
use maitred_domain::table::{TableMark, TableState};
use maitred_sync::{Document, Edit, EditError};

use crate::ReadError;

const SECTION: &str = "table";
const MARKED: &str = "marked";

/// Sets the mark.
pub fn write(edit: &mut Edit<'_>, mark: Mark, said: TableMark) -> Result<(), EditError> {
    let json = serde_json::to_string(&(mark, said)).expect("a mark is JSON");
    edit.set(SECTION, MARKED, Some(&json))
}

/// Reads the mark.
pub fn read(document: &Document) -> Result<TableState, ReadError> {
    let json = document.register(SECTION, MARKED).and_then(|register| register.value);
    let marked = json
        .map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|e| ReadError::Damaged(format!("mark of a table: {e}")))?;
    Ok(TableState { marked })
}
