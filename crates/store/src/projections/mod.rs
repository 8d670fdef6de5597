//! Tables that are pure functions of the documents: written when a check changes, rebuilt and compared by the doctor.

mod checks;
pub mod days;
mod menu;
pub mod small;
mod tickets;

use maitred_domain::check::Check;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

pub use checks::{checks_opened, find_checks, open_checks, tables_left};
pub use days::{day_again, day_changed, last_closed};
pub use menu::{changed as menu_changed, search};
pub use tickets::{bumped_tickets, check_of_ticket};

use crate::ReadError;

/// Writes what is different about a check.
pub fn check_changed(
    connection: &Connection,
    before: Option<&Check>,
    after: &Check,
) -> Result<(), ReadError> {
    checks::write(connection, before, after)?;
    tickets::write(connection, before, after)?;
    days::check_changed(connection, before, after)
}

/// The tables that are projections.
pub const TABLES: [&str; 9] = [
    "checks",
    "tickets",
    "check_days",
    "day_figures",
    "cash_moves",
    "closes",
    "table_marks",
    "stock",
    "menu_search",
];

/// Every row of a projection, as comparable text: for the doctor.
pub fn dump(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut dumped = Vec::new();
    while let Some(row) = rows.next()? {
        let cells =
            (0..columns).map(|column| row.get_ref(column).map(cell)).collect::<Result<Vec<_>, _>>()?;
        dumped.push(cells.join(" | "));
    }
    Ok(dumped)
}

fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(integer) => integer.to_string(),
        ValueRef::Real(real) => real.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => format!("{bytes:02x?}"),
    }
}
