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
pub use days::{DayChanges, add_to_days, day_again, day_changed, last_closed};
pub use menu::{changed as menu_changed, search};
pub use reductions::{reductions, reductions_by_reason};
pub use tickets::{bumped_tickets, check_of_ticket, checks_to_be_made};

use crate::documents::{self, DocId};
use crate::{ReadError, journal, past};

/// Writes what is different about a check. Figures of days, to which many checks add, are gathered in `days`: they are for
/// [`add_to_days`].
pub fn check_changed(
    connection: &Connection,
    before: Option<&Check>,
    after: &Check,
    days: &mut DayChanges,
) -> Result<(), ReadError> {
    checks::write(connection, before, after)?;
    tickets::write(connection, before, after)?;
    reductions::write(connection, before, after)?;
    days::check_changed(connection, before, after, days)
}

/// Fills projections that are younger than the documents before them. Runs in a transaction of its own, once.
pub fn fill(connection: &mut Connection, origin: Origin) -> Result<(), ReadError> {
    let transaction = connection.transaction()?;
    let is_to_fill = |what: &str| -> rusqlite::Result<bool> {
        Ok(transaction.execute("DELETE FROM meta WHERE name = ?1", [format!("{what} to fill")])? > 0)
    };
    let (reductions, closes) = (is_to_fill("reductions")?, is_to_fill("closes")?);
    if reductions {
        fill_reductions(&transaction, origin)?;
    }
    if closes {
        fill_closes(&transaction, origin)?;
    }
    if reductions || closes {
        transaction.commit()?;
    }
    Ok(())
}

fn fill_reductions(connection: &Connection, origin: Origin) -> Result<(), ReadError> {
    for id in ids(connection, "SELECT id FROM checks")? {
        if let Some(check) = past::check(connection, CheckId(Uuid::from_bytes(id)), origin)? {
            reductions::write(connection, None, &check)?;
        }
    }
    Ok(())
}

fn fill_closes(connection: &Connection, origin: Origin) -> Result<(), ReadError> {
    for id in ids(connection, "SELECT doc FROM documents WHERE kind = 'day'")? {
        if let Some(document) = journal::load(connection, &DocId::from(id), origin)? {
            day_again(connection, &documents::day::facts(&document)?)?;
        }
    }
    Ok(())
}

fn ids(connection: &Connection, sql: &str) -> Result<Vec<[u8; 16]>, ReadError> {
    let mut statement = connection.prepare(sql)?;
    let ids = statement.query_map([], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
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
