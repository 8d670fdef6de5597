//! What a bare SQLite database holds.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;

/// Every `n` of the table `rows`, none when there is no such table.
///
/// # Errors
/// What `quick_check` finds, or why it cannot be asked.
pub fn rows(path: &Path) -> Result<BTreeSet<u64>, String> {
    match read(path) {
        Ok((verdict, rows)) if verdict == "ok" => Ok(rows),
        Ok((verdict, _)) => Err(verdict),
        Err(error) => Err(error.to_string()),
    }
}

fn read(path: &Path) -> rusqlite::Result<(String, BTreeSet<u64>)> {
    let database = Connection::open(path)?;
    let verdict = database.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
    if !database.table_exists(None, "rows")? {
        return Ok((verdict, BTreeSet::new()));
    }
    let mut query = database.prepare("SELECT n FROM rows")?;
    let rows = query.query_map([], |row| row.get(0).map(|n: u32| n.into()))?.collect::<Result<_, _>>()?;
    Ok((verdict, rows))
}
