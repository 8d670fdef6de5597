//! Figures of trading days, cash and closes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use maitred_domain::check::{Check, Mark, Marked};
use maitred_domain::day::{CashKind, DayFact, ZReport};
use maitred_domain::figures::Figures;
use rusqlite::{Connection, OptionalExtension, params};

use crate::ReadError;

/// Figures to be added to those of days.
pub type DayChanges = BTreeMap<Date, Figures>;

pub(super) fn check_changed(
    connection: &Connection,
    before: Option<&Check>,
    after: &Check,
    changes: &mut DayChanges,
) -> Result<(), ReadError> {
    let figures = |check: &Check| match (check.closes.is_empty(), check.tenders.is_empty()) {
        (true, true) => BTreeMap::new(),
        (_, _) => check.figures(),
    };
    let old = before.map(figures).unwrap_or_default();
    let new = figures(after);
    if old == new {
        return Ok(());
    }
    let none = Figures::default();
    let dates: BTreeSet<Date> = old.keys().chain(new.keys()).copied().collect();
    for date in dates {
        let (old, new) = (old.get(&date).unwrap_or(&none), new.get(&date).unwrap_or(&none));
        if old != new {
            write_check_day(connection, after, date, new)?;
            let change = changes.entry(date).or_default();
            change.add_all(new);
            change.subtract_all(old);
        }
    }
    Ok(())
}

fn write_check_day(
    connection: &Connection,
    check: &Check,
    date: Date,
    figures: &Figures,
) -> Result<(), ReadError> {
    let id = check.id.0.as_bytes().as_slice();
    if figures.is_empty() {
        connection
            .prepare_cached("DELETE FROM check_days WHERE check_id = ?1 AND business_date = ?2")?
            .execute(params![id, date.to_string()])?;
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO check_days (check_id, business_date, sales, tendered) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET sales = ?3, tendered = ?4",
        )?
        .execute(params![id, date.to_string(), figures.sales().0, figures.tendered().0])?;
    Ok(())
}

/// A day is the sum of its checks: adds what is different about some of them.
pub fn add_to_days(connection: &Connection, changes: DayChanges) -> Result<(), ReadError> {
    for (date, change) in changes {
        let date = date.to_string();
        for (name, value) in change.under("") {
            let before: Option<i64> = connection
                .prepare_cached("SELECT value FROM day_figures WHERE business_date = ?1 AND name = ?2")?
                .query_row(params![date, name], |row| row.get(0))
                .optional()?;
            match before.unwrap_or_default() + value {
                0 => connection
                    .prepare_cached("DELETE FROM day_figures WHERE business_date = ?1 AND name = ?2")?
                    .execute(params![date, name])?,
                sum => connection
                    .prepare_cached(
                        "INSERT OR REPLACE INTO day_figures (business_date, name, value) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![date, name, sum])?,
            };
        }
    }
    Ok(())
}

/// Writes what happened to a trading day.
pub fn day_changed(connection: &Connection, date: Date, mark: Mark, fact: &DayFact) -> Result<(), ReadError> {
    match fact {
        // What was sent to two replicas, of which one had closed its day, was moved once: on the earlier day.
        DayFact::CashMoved { change, kind, amount, .. } => {
            connection
                .prepare_cached(
                    "INSERT INTO cash_moves (id, business_date, kind, amount) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET business_date = min(business_date, excluded.business_date)",
                )?
                .execute(params![
                    change.0.as_bytes().as_slice(),
                    date.to_string(),
                    kind_name(*kind),
                    amount.0
                ])?;
        }
        DayFact::DrawerOpened { .. } => {}
        DayFact::DayClosed { z, .. } => add_close(connection, date, mark, z)?,
    }
    Ok(())
}

fn add_close(connection: &Connection, date: Date, mark: Mark, z: &ZReport) -> Result<(), ReadError> {
    let (mark, z) = (serde_json::to_string(&mark), serde_json::to_string(z));
    connection
        .prepare_cached("INSERT INTO closes (business_date, mark, z) VALUES (?1, ?2, ?3)")?
        .execute(params![date.to_string(), mark.expect("a mark is JSON"), z.expect("a report is JSON")])?;
    Ok(())
}

/// Writes a trading day anew, from all of its facts in the order of their marks.
pub fn day_again(connection: &Connection, facts: &[Marked<(Date, DayFact)>]) -> Result<(), ReadError> {
    let mut closes: BTreeMap<Date, Vec<(Mark, ZReport)>> = BTreeMap::new();
    for Marked { mark, fact: (date, fact) } in facts {
        match fact {
            DayFact::CashMoved { .. } | DayFact::DrawerOpened { .. } => {
                day_changed(connection, *date, *mark, fact)?;
            }
            DayFact::DayClosed { z, .. } => closes.entry(*date).or_default().push((*mark, (**z).clone())),
        }
    }
    for (date, closes) in closes {
        connection
            .prepare_cached("DELETE FROM closes WHERE business_date = ?1")?
            .execute([date.to_string()])?;
        for (mark, z) in ZReport::standing(closes) {
            add_close(connection, date, mark, &z)?;
        }
    }
    Ok(())
}

const KINDS: [CashKind; 3] = [CashKind::Float, CashKind::PaidIn, CashKind::PaidOut];

const fn kind_name(kind: CashKind) -> &'static str {
    match kind {
        CashKind::Float => "float",
        CashKind::PaidIn => "paid_in",
        CashKind::PaidOut => "paid_out",
    }
}

/// The kind of cash movement called `name`.
pub fn kind_named(name: &str) -> Option<CashKind> {
    KINDS.into_iter().find(|kind| kind_name(*kind) == name)
}

/// The last trading day that was closed.
pub fn last_closed(connection: &Connection) -> Result<Option<Date>, ReadError> {
    let date: Option<String> = connection
        .prepare_cached("SELECT max(business_date) FROM closes")?
        .query_row([], |row| row.get(0))?;
    date.map(|date| parse_date(&date)).transpose()
}

/// Reads a date back.
pub fn parse_date(date: &str) -> Result<Date, ReadError> {
    date.parse().map_err(|e| ReadError::Damaged(format!("date {date}: {e}")))
}
