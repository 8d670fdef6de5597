//! Tables that are pure functions of the documents: written when a check changes, rebuilt and compared by the doctor.

mod checks;
pub mod days;
pub mod device_log;
mod menu;
mod reductions;
pub mod small;
mod tickets;

use maitred_domain::check::Check;
use maitred_domain::ids::CheckId;
use maitred_sync::Origin;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use uuid::Uuid;

pub use checks::{at_table, checks_opened, find_checks, open_checks, table_left};
pub use days::{day_again, day_changed, last_closed};
pub use menu::{changed as menu_changed, search};
pub use reductions::{reductions, reductions_by_reason};
pub use tickets::{bumped_tickets, check_of_ticket, checks_to_be_made};

use crate::{ReadError, past};

/// Writes what is different about a check.
pub fn check_changed(
    connection: &Connection,
    before: Option<&Check>,
    after: &Check,
) -> Result<(), ReadError> {
    checks::write(connection, before, after)?;
    tickets::write(connection, before, after)?;
    reductions::write(connection, before, after)?;
    days::check_changed(connection, before, after)
}

/// Fills a projection that is younger than the checks before it. Runs in a transaction of its own, once.
pub fn fill_reductions(connection: &mut Connection, origin: Origin) -> Result<(), ReadError> {
    let transaction = connection.transaction()?;
    if transaction.execute("DELETE FROM meta WHERE name = 'reductions to fill'", [])? == 0 {
        return Ok(());
    }
    let ids = transaction
        .prepare("SELECT id FROM checks")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<Vec<[u8; 16]>, _>>()?;
    for id in ids {
        if let Some(check) = past::check(&transaction, CheckId(Uuid::from_bytes(id)), origin)? {
            reductions::write(&transaction, None, &check)?;
        }
    }
    Ok(transaction.commit()?)
}

/// The tables that are projections.
pub const TABLES: [&str; 12] = [
    "checks",
    "joined_tables",
    "tickets",
    "check_days",
    "day_figures",
    "cash_moves",
    "closes",
    "table_marks",
    "stock",
    "reductions",
    "device_log",
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
