//! What devices said, by log and day.

use jiff::civil::Date;
use maitred_domain::check::Marked;
use maitred_domain::device_log::{DeviceFact, DeviceLog, GoingOn};
use rusqlite::{Connection, params};

use crate::{ReadError, documents};

/// Writes everything that a log says in place of what was known of it.
pub fn write(connection: &Connection, log: DeviceLog, facts: &[Marked<DeviceFact>]) -> Result<(), ReadError> {
    let doc = documents::of_log(log);
    let name = serde_json::to_string(&log).expect("a log is JSON");
    let mut insert = connection.prepare_cached(
        "INSERT INTO device_log (doc, key, log, business_date, hlc, fact) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET hlc = ?5, fact = ?6 WHERE fact <> ?6",
    )?;
    for fact in facts {
        let json = serde_json::to_string(fact).expect("a fact is JSON");
        let (key, date) = (fact.fact.key(), log.date().to_string());
        insert.execute(params![doc.as_bytes().as_slice(), key, name, date, fact.mark.hlc, json])?;
    }
    Ok(())
}

/// What a log says, in the order of marks.
pub fn read(connection: &Connection, log: DeviceLog) -> Result<Vec<Marked<DeviceFact>>, ReadError> {
    let doc = documents::of_log(log);
    let mut statement = connection.prepare_cached("SELECT fact FROM device_log WHERE doc = ?1")?;
    let rows = statement.query_map([doc.as_bytes().as_slice()], |row| row.get::<_, String>(0))?;
    let mut facts = rows.map(|row| fact(&row?)).collect::<Result<Vec<_>, ReadError>>()?;
    facts.sort_by_key(|fact| fact.mark);
    Ok(facts)
}

/// What is going on, by the logs of `since` and later.
pub fn going_on(connection: &Connection, since: Date) -> Result<GoingOn, ReadError> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT log FROM device_log WHERE business_date >= ?1")?;
    let logs = statement.query_map([since.to_string()], |row| row.get::<_, String>(0))?;
    let mut going_on = GoingOn::default();
    for log in logs {
        let log: DeviceLog =
            serde_json::from_str(&log?).map_err(|e| ReadError::Damaged(format!("a device's log: {e}")))?;
        going_on.put(log, &read(connection, log)?);
    }
    Ok(going_on)
}

fn fact(json: &str) -> Result<Marked<DeviceFact>, ReadError> {
    serde_json::from_str(json).map_err(|e| ReadError::Damaged(format!("a fact of a device: {e}")))
}
