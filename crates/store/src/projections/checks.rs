//! Checks by state, date and table.

use jiff::civil::Date;
use maitred_domain::check::{Check, CheckState};
use maitred_domain::ids::{CheckId, TableId};
use rusqlite::{Connection, params};

use crate::{CheckFilter, ReadError};

#[derive(Clone, PartialEq)]
struct Row {
    number: String,
    table: Option<TableId>,
    joined: Vec<TableId>,
    server: [u8; 16],
    state: i64,
    business_date: Date,
    closed_date: Option<Date>,
    opened: u64,
    closed: Option<u64>,
    total: i64,
    paid: i64,
}

fn row(check: &Check) -> Row {
    let totals = check.totals();
    let close = check.closes.last();
    let (state, close) = match check.state() {
        CheckState::Open => (0, None),
        CheckState::Closed => (1, close),
        CheckState::Merged { .. } => (2, close),
    };
    Row {
        number: check.number.clone(),
        table: check.table,
        joined: check.tables().into_iter().filter(|table| Some(*table) != check.table).collect(),
        server: check.server.0.into_bytes(),
        state,
        business_date: check.business_date,
        closed_date: close.map(|close| close.business_date),
        opened: check.opened.hlc,
        closed: close.map(|close| close.mark.hlc),
        total: totals.total().0,
        paid: totals.paid.0,
    }
}

pub(super) fn write(connection: &Connection, before: Option<&Check>, after: &Check) -> Result<(), ReadError> {
    let new = row(after);
    let old = before.map(row);
    if old.as_ref().map_or(&[][..], |old| &old.joined) != new.joined {
        write_joined(connection, after.id, &new.joined)?;
    }
    if let Some(old) = old {
        if old == new {
            return Ok(());
        }
        // What most commands change. SQLite writes to every index of every column that is named, changed or not.
        if old == (Row { total: old.total, paid: old.paid, ..new.clone() }) {
            connection
                .prepare_cached("UPDATE checks SET total = ?2, paid = ?3 WHERE id = ?1")?
                .execute(params![after.id.0.as_bytes().as_slice(), new.total, new.paid])?;
            return Ok(());
        }
        // A close, and what takes it back.
        let (state, closed_date, closed) = (old.state, old.closed_date, old.closed);
        if old == (Row { state, closed_date, closed, total: old.total, paid: old.paid, ..new.clone() }) {
            connection
                .prepare_cached(
                    "UPDATE checks SET state = ?2, closed_date = ?3, closed = ?4, total = ?5, paid = ?6
                     WHERE id = ?1",
                )?
                .execute(params![
                    after.id.0.as_bytes().as_slice(),
                    new.state,
                    new.closed_date.map(|date| date.to_string()),
                    new.closed,
                    new.total,
                    new.paid,
                ])?;
            return Ok(());
        }
    }
    connection
        .prepare_cached(
            "INSERT INTO checks
             (id, number, table_id, server, state, business_date, closed_date, opened, closed, total, paid)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT DO UPDATE SET number = ?2, table_id = ?3, server = ?4, state = ?5, business_date = ?6,
                 closed_date = ?7, opened = ?8, closed = ?9, total = ?10, paid = ?11",
        )?
        .execute(params![
            after.id.0.as_bytes().as_slice(),
            new.number,
            new.table.as_ref().map(|table| table.0.as_bytes().as_slice()),
            new.server.as_slice(),
            new.state,
            new.business_date.to_string(),
            new.closed_date.map(|date| date.to_string()),
            new.opened,
            new.closed,
            new.total,
            new.paid,
        ])?;
    Ok(())
}

/// Every open check, oldest first.
pub fn open_checks(connection: &Connection) -> rusqlite::Result<Vec<CheckId>> {
    connection
        .prepare_cached("SELECT id FROM checks WHERE state = 0 ORDER BY opened, id")?
        .query_map([], |row| row.get::<_, [u8; 16]>(0).map(|id| CheckId(uuid::Uuid::from_bytes(id))))?
        .collect()
}

/// How many checks were opened on a trading day.
pub fn checks_opened(connection: &Connection, date: Date) -> rusqlite::Result<u32> {
    connection
        .prepare_cached("SELECT count(*) FROM checks WHERE business_date = ?1")?
        .query_row([date.to_string()], |row| row.get(0))
}

/// When the last check that sat at a table by `until` left it.
pub fn table_left(connection: &Connection, table: TableId, until: u64) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached(
            "SELECT max(closed) FROM (
                 SELECT max(closed) AS closed FROM checks WHERE table_id = ?1 AND closed <= ?2
                 UNION ALL
                 SELECT max(closed) FROM joined_tables JOIN checks ON checks.id = check_id
                 WHERE joined_tables.table_id = ?1 AND closed <= ?2)",
        )?
        .query_row(params![table.0.as_bytes().as_slice(), i64::try_from(until).unwrap_or(i64::MAX)], |row| {
            row.get(0)
        })
}

fn write_joined(connection: &Connection, check: CheckId, joined: &[TableId]) -> rusqlite::Result<()> {
    let id = check.0.as_bytes().as_slice();
    connection.prepare_cached("DELETE FROM joined_tables WHERE check_id = ?1")?.execute([id])?;
    for table in joined {
        connection
            .prepare_cached("INSERT INTO joined_tables (check_id, table_id) VALUES (?1, ?2)")?
            .execute([id, table.0.as_bytes().as_slice()])?;
    }
    Ok(())
}

/// The condition that a check's party sits at the table of a parameter, if that is said.
pub fn at_table(parameter: usize) -> String {
    format!(
        "(?{parameter} IS NULL OR checks.table_id = ?{parameter}
          OR checks.id IN (SELECT check_id FROM joined_tables WHERE joined_tables.table_id = ?{parameter}))"
    )
}

/// Checks, newest first.
pub fn find_checks(
    connection: &Connection,
    filter: &CheckFilter,
    limit: usize,
) -> Result<Vec<CheckId>, ReadError> {
    let open = match filter.open {
        Some(true) => "state = 0",
        Some(false) => "state <> 0",
        None => "1",
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id FROM checks WHERE {open}
           AND (?1 IS NULL OR business_date = ?1 OR closed_date = ?1)
           AND {} AND (?3 IS NULL OR server = ?3)
         ORDER BY opened DESC, id DESC LIMIT ?4",
        at_table(2),
    ))?;
    let rows = statement.query_map(
        params![
            filter.business_date.map(|date| date.to_string()),
            filter.table.as_ref().map(|table| table.0.as_bytes().as_slice()),
            filter.server.as_ref().map(|server| server.0.as_bytes().as_slice()),
            limit,
        ],
        |row| row.get::<_, [u8; 16]>(0),
    )?;
    rows.map(|row| Ok(CheckId(uuid::Uuid::from_bytes(row?)))).collect()
}
