//! One party at several tables.

use super::Refusal;
use super::draft::Draft;
use super::order::standing_table;
use crate::check::{Check, CheckFact};
use crate::ids::{ChangeId, CheckId, TableId};

/// The most tables that are joined to one check.
const TABLES_MAX: usize = 16;

pub(super) fn join(draft: &mut Draft<'_>, check: CheckId, tables: &[TableId]) -> Result<(), Refusal> {
    for table in tables {
        standing_table(draft, Some(*table))?;
    }
    let standing = draft.open_check(check)?;
    if standing.table.is_none() {
        return Err(Refusal::Unknown("table"));
    }
    let here = standing.tables();
    let mut joined: Vec<TableId> = Vec::new();
    for table in tables.iter().filter(|table| !here.contains(table)) {
        if !joined.contains(table) {
            joined.push(*table);
        }
    }
    if joined.is_empty() {
        return Err(Refusal::Nothing("join"));
    }
    if here.len() + joined.len() > TABLES_MAX {
        let max = i64::try_from(TABLES_MAX).unwrap_or(i64::MAX);
        return Err(Refusal::OutOfRange { field: "tables", min: 1, max });
    }
    let join = draft.ids.make();
    draft.record(check, CheckFact::TablesJoined { join, tables: joined });
    draft.answer.checks.push(check);
    Ok(())
}

/// The party leaves some of its tables. When its own is among them, the next one is its own from now on.
pub(super) fn part(draft: &mut Draft<'_>, check: CheckId, tables: &[TableId]) -> Result<(), Refusal> {
    let standing = draft.open_check(check)?;
    let (left, kept): (Vec<TableId>, Vec<TableId>) =
        standing.tables().into_iter().partition(|table| tables.contains(table));
    let Some(own) = kept.first().copied() else { return Err(Refusal::LastTable) };
    if left.is_empty() {
        return Err(Refusal::Nothing("part"));
    }
    let moves = standing.table.filter(|table| left.contains(table)).map(|_| own);
    if let Some(own) = moves {
        let change = draft.ids.make();
        let fact =
            CheckFact::CheckTransferred { change, table: Some(own), server: None, covers: None, name: None };
        draft.record(check, fact);
    }
    let leaves: Vec<TableId> = left.into_iter().chain(moves).collect();
    record_parted(draft, check, |standing| standing.joins_of(&leaves))?;
    draft.answer.checks.push(check);
    Ok(())
}

/// A party that goes to another table takes leave of all those it sat at.
pub(super) fn part_all(draft: &mut Draft<'_>, check: CheckId) -> Result<(), Refusal> {
    record_parted(draft, check, |standing| standing.joins_of(&standing.tables()))
}

fn record_parted(
    draft: &mut Draft<'_>,
    check: CheckId,
    parts: impl FnOnce(&Check) -> Vec<(ChangeId, TableId)>,
) -> Result<(), Refusal> {
    let parts = parts(draft.check(check)?);
    if !parts.is_empty() {
        let change = draft.ids.make();
        draft.record(check, CheckFact::TablesParted { change, parts });
    }
    Ok(())
}
