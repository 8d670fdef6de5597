//! A trading day's books, as the rules want them: everything so far less what earlier closes reported.

use jiff::civil::Date;
use maitred_domain::check::Mark;
use maitred_domain::day::{Books, CashKind, Drawer, ZReport};
use maitred_domain::figures::Figures;
use maitred_domain::money::Money;
use rusqlite::{Connection, OptionalExtension};

use crate::projections::days::{kind_named, last_closed, parse_date};
use crate::{DayBooks, ReadError};

/// Books of `date`, or of the day that a close would close.
pub fn of_day(connection: &Connection, date: Option<Date>, today: Date) -> Result<DayBooks, ReadError> {
    let unclosed = unclosed(connection, today)?;
    let date = date.unwrap_or_else(|| unclosed.iter().copied().find(|date| *date < today).unwrap_or(today));
    let closed = close_of(connection, date)?;
    let books = match &closed {
        Some((_, z)) => Books {
            date,
            closes: z.number - 1,
            figures: z.figures.clone(),
            cash: Vec::new(),
            paid_ahead: z.paid_ahead,
            paid_before: z.paid_before,
        },
        None => until(connection, date)?,
    };
    let unclosed_before = unclosed.into_iter().filter(|earlier| *earlier < date).collect();
    Ok(DayBooks { date, books, closed, unclosed_before })
}

/// Books of the day to close; `None` when it is closed, or by the calendar's `today` has not begun.
pub fn to_close(
    connection: &Connection,
    date: Option<Date>,
    today: Date,
) -> Result<Option<Books>, ReadError> {
    let date = match date {
        Some(date) => date,
        None => unclosed(connection, today)?.first().copied().unwrap_or(today),
    };
    if date > today || last_closed(connection)?.is_some_and(|last| date <= last) {
        return Ok(None);
    }
    until(connection, date).map(Some)
}

/// Trading days with figures or cash that no close reported, up to `today`, oldest first.
fn unclosed(connection: &Connection, today: Date) -> Result<Vec<Date>, ReadError> {
    let last = last_closed(connection)?.map(|date| date.to_string()).unwrap_or_default();
    let mut statement = connection.prepare_cached(
        "SELECT business_date FROM day_figures WHERE business_date > ?1 AND business_date <= ?2
         UNION SELECT business_date FROM cash_moves WHERE business_date > ?1 AND business_date <= ?2
         ORDER BY 1",
    )?;
    let rows = statement.query_map([last, today.to_string()], |row| row.get::<_, String>(0))?;
    rows.map(|row| parse_date(&row?)).collect()
}

fn until(connection: &Connection, date: Date) -> Result<Books, ReadError> {
    let until = date.to_string();
    let closes = closes(connection)?;
    let mut figures = Figures::default();
    let mut statement = connection
        .prepare_cached("SELECT name, sum(value) FROM day_figures WHERE business_date <= ?1 GROUP BY name")?;
    for row in statement.query_map([&until], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))? {
        let (name, value) = row?;
        figures.add(name, value);
    }
    for (_, z) in &closes {
        figures.subtract_all(&z.figures);
    }
    let last = closes.last();
    Ok(Books {
        date,
        closes: last.map(|(_, z)| z.number).unwrap_or_default(),
        figures,
        cash: Drawer::unreported(&cash_moves(connection, date)?, closes.iter().map(|(_, z)| &z.drawer)),
        paid_ahead: paid_ahead(connection, &until)?,
        paid_before: last.map(|(_, z)| z.paid_ahead).unwrap_or_default(),
    })
}

/// Paid beyond what was sold by the end of a day, on checks that were open then: those that are still, and those that
/// something happened to since.
fn paid_ahead(connection: &Connection, until: &str) -> Result<Money, ReadError> {
    let sum: Option<i64> = connection
        .prepare_cached(
            "SELECT sum(tendered - sales) FROM check_days WHERE business_date <= ?1 AND check_id IN (
                 SELECT id FROM checks WHERE state = 0
                 UNION SELECT check_id FROM check_days WHERE business_date > ?1)",
        )?
        .query_row([until], |row| row.get(0))?;
    Ok(Money(sum.unwrap_or_default()))
}

/// All cash moved up to a day, by kind.
fn cash_moves(connection: &Connection, until: Date) -> Result<Vec<(CashKind, Money)>, ReadError> {
    let mut statement = connection
        .prepare_cached("SELECT kind, sum(amount) FROM cash_moves WHERE business_date <= ?1 GROUP BY kind")?;
    let rows = statement
        .query_map([until.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    rows.map(|row| {
        let (kind, amount) = row?;
        let kind = kind_named(&kind).ok_or_else(|| ReadError::Damaged(format!("cash movement {kind}")))?;
        Ok((kind, Money(amount)))
    })
    .collect()
}

/// Every close, in order of days.
fn closes(connection: &Connection) -> Result<Vec<(Date, ZReport)>, ReadError> {
    let mut statement =
        connection.prepare_cached("SELECT business_date, z FROM closes ORDER BY business_date")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (date, z) = row?;
        Ok((parse_date(&date)?, parse_json(&z)?))
    })
    .collect()
}

fn close_of(connection: &Connection, date: Date) -> Result<Option<(Mark, ZReport)>, ReadError> {
    let row: Option<(String, String)> = connection
        .prepare_cached("SELECT mark, z FROM closes WHERE business_date = ?1")?
        .query_row([date.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    row.map(|(mark, z)| Ok((parse_json(&mark)?, parse_json(&z)?))).transpose()
}

fn parse_json<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, ReadError> {
    serde_json::from_str(json).map_err(|e| ReadError::Damaged(format!("a close of a day: {e}")))
}
