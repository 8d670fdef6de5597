//! The last mark of each table and the availability of each item.

use std::collections::BTreeMap;

use maitred_domain::ids::{ItemId, TableId};
use maitred_domain::stock::Stock;
use maitred_domain::table::TableState;
use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::ReadError;

/// Writes what is known of a table.
pub fn table_marked(connection: &Connection, id: TableId, state: TableState) -> Result<(), ReadError> {
    let sql =
        "INSERT INTO table_marks (table_id, state) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET state = ?2";
    write(connection, sql, id.0, &state.marked)
}

/// Writes what is known of an item.
pub fn stock_changed(connection: &Connection, id: ItemId, stock: Stock) -> Result<(), ReadError> {
    let sql = "INSERT INTO stock (item, state) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET state = ?2";
    write(connection, sql, id.0, &(stock.count, stock.available, stock.remaining))
}

/// What is known of every table that was marked.
pub fn tables(connection: &Connection) -> Result<BTreeMap<TableId, TableState>, ReadError> {
    let states = read(connection, "SELECT table_id, state FROM table_marks")?;
    Ok(states.into_iter().map(|(id, marked)| (TableId(id), TableState { marked })).collect())
}

/// What is known of every item that was counted.
pub fn stock(connection: &Connection) -> Result<BTreeMap<ItemId, Stock>, ReadError> {
    let states = read(connection, "SELECT item, state FROM stock")?;
    let stock = |(count, available, remaining)| Stock { count, available, remaining };
    Ok(states.into_iter().map(|(id, state)| (ItemId(id), stock(state))).collect())
}

fn write(connection: &Connection, sql: &str, id: Uuid, state: &impl Serialize) -> Result<(), ReadError> {
    let json = serde_json::to_string(state).expect("a state is JSON");
    connection.prepare_cached(sql)?.execute(params![id.as_bytes().as_slice(), json])?;
    Ok(())
}

fn read<T: DeserializeOwned>(connection: &Connection, sql: &str) -> Result<Vec<(Uuid, T)>, ReadError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (id, json) = row?;
        let state = serde_json::from_str(&json).map_err(|e| ReadError::Damaged(format!("a state: {e}")))?;
        Ok((Uuid::from_bytes(id), state))
    })
    .collect()
}
