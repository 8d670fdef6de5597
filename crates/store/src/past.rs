//! What was: a check or the floor at an instant, and who did what.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::{Check, CheckState, Mark};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, StaffId, TableId};
use maitred_domain::table::{TableState, TableStatus};
use maitred_sync::Origin;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{AuditFilter, AuditPage, AuditRow, Committed, ReadError, documents, journal, projections};

/// The last instant that counts as `at`, as the bits of a hybrid logical clock.
fn until(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or_default() << 16 | 0xFFFF
}

/// A check as it is, from the database.
pub fn check(connection: &Connection, id: CheckId, origin: Origin) -> Result<Option<Check>, ReadError> {
    let document = journal::load(connection, &documents::of_check(id), origin)?;
    document.map(|document| documents::check::read(id, &document)).transpose()
}

/// A check as it was; `None` when it was not opened yet.
pub fn check_at(
    connection: &Connection,
    id: CheckId,
    at: Timestamp,
    origin: Origin,
) -> Result<Option<Check>, ReadError> {
    let Some(document) = journal::load(connection, &documents::of_check(id), origin)? else {
        return Ok(None);
    };
    let mut facts = documents::check::facts(&document)?;
    facts.retain(|fact| fact.mark.hlc <= until(at));
    Ok(Check::fold(id, facts).ok())
}

/// What each table was, and the checks that were open.
pub fn floor_at(
    connection: &Connection,
    at: Timestamp,
    catalogue: &Catalogue,
    origin: Origin,
) -> Result<(BTreeMap<TableId, TableStatus>, Vec<Check>), ReadError> {
    let mut open = Vec::new();
    let mut statement = connection.prepare_cached(
        "SELECT id FROM checks WHERE opened <= ?1 AND (closed IS NULL OR closed > ?1) ORDER BY opened, id",
    )?;
    let ids = statement.query_map([until(at)], |row| row.get(0))?.collect::<Result<Vec<[u8; 16]>, _>>()?;
    for id in ids {
        let check = check_at(connection, CheckId(Uuid::from_bytes(id)), at, origin)?;
        open.extend(check.filter(|check| check.state() == CheckState::Open));
    }
    let seated: BTreeSet<TableId> = open.iter().flat_map(Check::tables).collect();
    let mut tables = BTreeMap::new();
    for table in catalogue.tables.keys() {
        let left = projections::table_left(connection, *table, until(at))?;
        tables.insert(*table, marked_at(connection, *table, at)?.status(seated.contains(table), left));
    }
    Ok((tables, open))
}

/// The mark of a table as it was.
fn marked_at(connection: &Connection, table: TableId, at: Timestamp) -> Result<TableState, ReadError> {
    let doc = documents::of_table(table);
    let mut statement = connection.prepare_cached(
        "SELECT facts FROM document_changes JOIN entries ON entries.n = change / 65536
         WHERE document_changes.doc = (SELECT n FROM documents WHERE doc = ?1) AND hlc <= ?2
         ORDER BY hlc DESC LIMIT 1",
    )?;
    let mut rows = statement.query(params![doc.as_bytes().as_slice(), until(at)])?;
    let Some(row) = rows.next()? else { return Ok(TableState::default()) };
    let facts = journal::read_facts(connection, row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
    let marked = facts.into_iter().rev().find_map(|fact| match fact.fact {
        Fact::Table { id, mark, .. } if id == table => Some((fact.mark, mark)),
        _ => None,
    });
    Ok(TableState { marked })
}

/// Entries that arrived after `seq`, in order.
pub fn entries_after(connection: &Connection, seq: u64, limit: usize) -> Result<Vec<Committed>, ReadError> {
    let mut statement = connection
        .prepare_cached("SELECT n, hlc, author, facts FROM entries WHERE n > ?1 ORDER BY n LIMIT ?2")?;
    let mut rows = statement.query(params![seq, limit])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let by = StaffId(Uuid::from_bytes(row.get(2)?));
        let facts =
            journal::read_facts(connection, row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?)?;
        let at = Mark::of(row.get(1)?, by).at();
        entries.push(Committed::of_facts(row.get(0)?, at, by, facts));
    }
    Ok(entries)
}

/// A page of the audit log, newest first.
pub fn audit(connection: &Connection, filter: &AuditFilter, limit: usize) -> Result<AuditPage, ReadError> {
    let from = filter.from.map(|from| u64::try_from(from.as_millisecond()).unwrap_or_default() << 16);
    let to = filter.to.map(|to| u64::try_from(to.as_millisecond()).unwrap_or_default() << 16);
    let by = filter.by.map(|by| by.0.into_bytes());
    let check = filter.check.map(|check| check.0.into_bytes());
    let of_check = "JOIN document_changes ON entries.n = change / 65536";
    let sql = format!(
        "SELECT entries.n, entries.facts, entries.hlc FROM entries {}
         WHERE {} AND (?2 IS NULL OR author = ?2) AND (?3 IS NULL OR hlc >= ?3) AND (?4 IS NULL OR hlc < ?4)
           AND (?5 IS NULL OR hlc < ?5)
         ORDER BY hlc DESC LIMIT ?6",
        if check.is_some() { of_check } else { "" },
        if check.is_some() {
            "document_changes.doc = (SELECT n FROM documents WHERE doc = ?1)"
        } else {
            "?1 IS NULL"
        },
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let (by, check) = (by.as_ref().map(<[u8; 16]>::as_slice), check.as_ref().map(<[u8; 16]>::as_slice));
    let mut rows = statement.query(params![check, by, from, to, filter.cursor, limit + 1])?;
    let mut page = AuditPage::default();
    let mut entries = 0;
    let mut last = None;
    while let Some(row) = rows.next()? {
        if entries == limit {
            page.next_cursor = last;
            break;
        }
        let seq = row.get(0)?;
        let facts =
            journal::read_facts(connection, row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
        last = Some(row.get(2)?);
        entries += 1;
        for fact in facts.into_iter().rev() {
            if filter.check.is_none() || fact.fact.check() == filter.check {
                page.rows.push(AuditRow { seq, mark: fact.mark, fact: fact.fact });
            }
        }
    }
    Ok(page)
}
