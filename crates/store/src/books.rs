//! A trading day's books, as the rules want them: everything so far less what earlier closes reported.

use jiff::civil::Date;
use maitred_domain::check::Mark;
use maitred_domain::day::{Books, CashKind, Drawer, ZReport};
use maitred_domain::figures::Figures;
use maitred_domain::money::Money;
use rusqlite::{Connection, params};

use crate::projections::days::{kind_named, last_closed, parse_date};
use crate::{DayBooks, ReadError};

/// How much of the hash is kept, in hexadecimal digits: there are a handful of closes to tell apart.
const MADE_OF_DIGITS: usize = 16;

/// Books of `date`, or of the day that a close would close.
pub fn of_day(connection: &Connection, date: Option<Date>, today: Date) -> Result<DayBooks, ReadError> {
    let unclosed = unclosed(connection, today)?;
    let date = date.unwrap_or_else(|| unclosed.iter().copied().find(|date| *date < today).unwrap_or(today));
    let parts = closes_of(connection, date)?;
    let closed = ZReport::together(&parts);
    let books = match &closed {
        Some((_, z)) => Books {
            date,
            closes: z.number - 1,
            figures: z.figures.clone(),
            cash: Vec::new(),
            paid_ahead: z.paid_ahead,
            paid_before: z.paid_before,
            of: z.of.clone(),
        },
        None => until(connection, date)?,
    };
    let unclosed_before = unclosed.into_iter().filter(|earlier| *earlier < date).collect();
    Ok(DayBooks { date, books, closed, parts, unclosed_before })
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
    Ok(Books {
        date,
        closes: closes.iter().map(|(_, z)| z.number).max().unwrap_or_default(),
        figures,
        cash: Drawer::unreported(&cash_moves(connection, date)?, closes.iter().map(|(_, z)| &z.drawer)),
        paid_ahead: paid_ahead(connection, &until)?,
        paid_before: ZReport::carried(closes.iter().map(|(_, z)| z)),
        of: made_of(connection, closes.last().map(|(date, _)| *date), &until)?,
    })
}

/// A hash of the checks and the cash movements of the days after the last that was closed.
fn made_of(connection: &Connection, last: Option<Date>, until: &str) -> Result<String, ReadError> {
    let last = last.map(|date| date.to_string()).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    for sql in [
        "SELECT check_id, sales + tendered FROM check_days WHERE business_date > ?1 AND business_date <= ?2
         ORDER BY check_id, business_date",
        "SELECT id, amount FROM cash_moves WHERE business_date > ?1 AND business_date <= ?2 ORDER BY id",
    ] {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([&last, until])?;
        while let Some(row) = rows.next()? {
            hasher.update(&row.get::<_, [u8; 16]>(0)?).update(&row.get::<_, i64>(1)?.to_be_bytes());
        }
    }
    Ok(hasher.finalize().to_hex()[..MADE_OF_DIGITS].to_owned())
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

/// The closes of a day, the first one first.
fn closes_of(connection: &Connection, date: Date) -> Result<Vec<(Mark, ZReport)>, ReadError> {
    let mut statement = connection.prepare_cached("SELECT mark, z FROM closes WHERE business_date = ?1")?;
    let rows = statement
        .query_map([date.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut closes = rows
        .map(|row| {
            let (mark, z) = row?;
            Ok((parse_json(&mark)?, parse_json(&z)?))
        })
        .collect::<Result<Vec<(Mark, ZReport)>, ReadError>>()?;
    closes.sort_by_key(|(mark, _)| *mark);
    Ok(closes)
}

/// The last closed days before one, newest first, each with what its closes report together.
pub fn closed_days(
    connection: &Connection,
    before: Option<Date>,
    limit: usize,
) -> Result<Vec<(Date, Mark, ZReport)>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT business_date FROM closes WHERE ?1 IS NULL OR business_date < ?1
         ORDER BY business_date DESC LIMIT ?2",
    )?;
    let dates = statement
        .query_map(params![before.map(|date| date.to_string()), limit], |row| row.get::<_, String>(0))?;
    let mut days = Vec::new();
    for date in dates {
        let date = parse_date(&date?)?;
        let closed = ZReport::together(&closes_of(connection, date)?);
        days.extend(closed.map(|(mark, z)| (date, mark, z)));
    }
    Ok(days)
}

fn parse_json<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, ReadError> {
    serde_json::from_str(json).map_err(|e| ReadError::Damaged(format!("a close of a day: {e}")))
}
