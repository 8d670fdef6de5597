//! Voids, comps, discounts and reopenings by trading day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maitred_domain::check::{Check, Mark, Reduction, ReductionKind};
use maitred_domain::ids::{CheckId, StaffId};
use maitred_domain::money::Money;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::days::parse_date;
use crate::{ReadError, ReasonSum, ReductionRow};

type Rows = BTreeMap<(ReductionKind, Uuid), Reduction>;

fn rows(check: &Check) -> Rows {
    check.reductions().into_iter().map(|it| ((it.kind, it.id), it)).collect()
}

pub(super) fn write(connection: &Connection, before: Option<&Check>, after: &Check) -> Result<(), ReadError> {
    let (old, new) = (before.map(rows).unwrap_or_default(), rows(after));
    if old == new {
        return Ok(());
    }
    let check = after.id.0.as_bytes().as_slice();
    for (kind, id) in old.keys().filter(|key| !new.contains_key(*key)) {
        connection
            .prepare_cached("DELETE FROM reductions WHERE check_id = ?1 AND kind = ?2 AND id = ?3")?
            .execute(params![check, kind.as_str(), id.as_bytes().as_slice()])?;
    }
    for ((kind, id), row) in new.iter().filter(|(key, row)| old.get(*key) != Some(*row)) {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO reductions
                 (check_id, kind, id, business_date, hlc, author, reason, what, quantity, amount,
                  approved_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                check,
                kind.as_str(),
                id.as_bytes().as_slice(),
                after.business_date.to_string(),
                row.mark.hlc,
                row.mark.by.0.as_bytes().as_slice(),
                row.reason,
                row.what,
                row.quantity,
                row.amount.0,
                row.mark.approved_by.as_ref().map(|it| it.0.as_bytes().as_slice()),
            ])?;
    }
    Ok(())
}

/// Those of some trading days, newest first.
pub fn reductions(
    connection: &Connection,
    from: Date,
    to: Date,
    limit: usize,
) -> Result<Vec<ReductionRow>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT check_id, kind, reductions.business_date, hlc, author, reason, what, quantity, amount,
                reductions.id, number, total, approved_by
         FROM reductions JOIN checks ON checks.id = check_id
         WHERE reductions.business_date BETWEEN ?1 AND ?2
         ORDER BY reductions.business_date DESC, hlc DESC LIMIT ?3",
    )?;
    let mut rows = statement.query(params![from.to_string(), to.to_string(), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let by = StaffId(Uuid::from_bytes(row.get(4)?));
        let approved_by: Option<[u8; 16]> = row.get(12)?;
        let approved_by = approved_by.map(|id| StaffId(Uuid::from_bytes(id)));
        found.push(ReductionRow {
            check: CheckId(Uuid::from_bytes(row.get(0)?)),
            number: row.get(10)?,
            total: Money(row.get(11)?),
            business_date: parse_date(&row.get::<_, String>(2)?)?,
            reduction: Reduction {
                kind: kind_named(&row.get::<_, String>(1)?)?,
                id: Uuid::from_bytes(row.get(9)?),
                mark: Mark { approved_by, ..Mark::of(row.get(3)?, by) },
                reason: row.get(5)?,
                what: row.get(6)?,
                quantity: row.get(7)?,
                amount: Money(row.get(8)?),
            },
        });
    }
    Ok(found)
}

/// What they come to by kind, reason and person, the most first.
pub fn reductions_by_reason(
    connection: &Connection,
    from: Date,
    to: Date,
) -> Result<Vec<ReasonSum>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, reason, author, count(*), sum(amount) FROM reductions
         WHERE business_date BETWEEN ?1 AND ?2 GROUP BY kind, reason, author ORDER BY 5 DESC",
    )?;
    let mut rows = statement.query([from.to_string(), to.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(ReasonSum {
            kind: kind_named(&row.get::<_, String>(0)?)?,
            reason: row.get(1)?,
            by: StaffId(Uuid::from_bytes(row.get(2)?)),
            count: row.get(3)?,
            amount: Money(row.get(4)?),
        });
    }
    Ok(found)
}

fn kind_named(name: &str) -> Result<ReductionKind, ReadError> {
    let kind = ReductionKind::ALL.into_iter().find(|kind| kind.as_str() == name);
    kind.ok_or_else(|| ReadError::Damaged(format!("reduction {name}")))
}
