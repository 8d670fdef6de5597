//! Rows of print jobs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maitred_domain::ids::{JobId, PrinterId, named};
use maitred_domain::paper::PaperWanted;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{JobFilter, JobSettled, JobState, PrintGrade, PrintJob, ReadError};

const COLUMNS: &str = "number, id, key, printer, wanted_printer, source, state, grade, attempts, \
                       indeterminate_attempts, duplicate, created, not_before, settled, problem";

/// The longest that a job waits to be tried again, in milliseconds. One that is to wait longer was written down before
/// the clock went back.
const WAIT_MS_MAX: i64 = 60_000;

const STATES: [JobState; 8] = [
    JobState::Queued,
    JobState::Attempting,
    JobState::Sent,
    JobState::Confirmed,
    JobState::Indeterminate,
    JobState::Reprinted,
    JobState::Expired,
    JobState::Dismissed,
];

impl JobState {
    /// As in the database and in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Attempting => "attempting",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Indeterminate => "indeterminate",
            Self::Reprinted => "reprinted",
            Self::Expired => "expired",
            Self::Dismissed => "dismissed",
        }
    }

    /// The state called `name`.
    pub fn named(name: &str) -> Option<Self> {
        STATES.into_iter().find(|state| state.as_str() == name)
    }
}

impl PrintGrade {
    /// As in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

/// Queues a paper, unless it was before: the same key is the same job.
pub fn queue(
    connection: &Connection,
    now: Timestamp,
    paper: &PaperWanted,
    duplicate: bool,
) -> rusqlite::Result<JobId> {
    let id: JobId = named(&format!("job/{}", paper.key));
    let printer = paper.printer.0.as_bytes().as_slice();
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO print_jobs
             (id, key, printer, wanted_printer, source, state, duplicate, created, not_before)
             VALUES (?1, ?2, ?3, ?3, ?4, 'queued', ?5, ?6, 0)",
        )?
        .execute(params![
            id.0.as_bytes().as_slice(),
            paper.key,
            printer,
            serde_json::to_string(&paper.source).expect("a source is JSON"),
            duplicate,
            now.as_millisecond(),
        ])?;
    Ok(id)
}

/// Counts an attempt, which begins now. A job that was dismissed meanwhile stays so.
pub fn begin(connection: &Connection, id: JobId) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE print_jobs SET state = 'attempting', attempts = attempts + 1
             WHERE id = ?1 AND state <> 'dismissed'",
        )?
        .execute([id.0.as_bytes().as_slice()])?;
    Ok(())
}

/// Writes down how an attempt, or the job, ended. What was dismissed during the attempt does not wait again; that it is on
/// paper after all is worth knowing.
pub fn settle(
    connection: &Connection,
    now: Timestamp,
    id: JobId,
    settled: &JobSettled,
) -> rusqlite::Result<()> {
    let uncertain = settled.state == JobState::Indeterminate;
    let over = matches!(
        settled.state,
        JobState::Confirmed | JobState::Reprinted | JobState::Expired | JobState::Dismissed
    );
    connection
        .prepare_cached(
            "UPDATE print_jobs SET state = ?2, grade = ?3, problem = ?4,
                 not_before = coalesce(?5, not_before), printer = coalesce(?6, printer),
                 settled = ?7, indeterminate_attempts = indeterminate_attempts + ?8
             WHERE id = ?1 AND (state <> 'dismissed' OR ?2 IN ('confirmed', 'reprinted', 'dismissed'))",
        )?
        .execute(params![
            id.0.as_bytes().as_slice(),
            settled.state.as_str(),
            settled.grade.map(PrintGrade::as_str),
            settled.problem,
            settled.not_before.map(Timestamp::as_millisecond),
            settled.move_to.as_ref().map(|printer| printer.0.as_bytes().as_slice()),
            over.then(|| now.as_millisecond()),
            i64::from(uncertain),
        ])?;
    Ok(())
}

/// Jobs that a process left behind when it died: some of each may be on paper.
pub fn recover(connection: &Connection) -> rusqlite::Result<usize> {
    connection.execute(
        "UPDATE print_jobs SET state = 'indeterminate', indeterminate_attempts = indeterminate_attempts + 1,
             problem = 'the hub stopped while it was printing'
         WHERE state IN ('attempting', 'sent')",
        [],
    )
}

/// Why papers of a restored database are doubtful.
pub const RESTORED: &str = "the hub was restored, and may have printed it before";
/// Why papers of a hub that was away are doubtful.
pub const AWAY: &str = "the hub was away, and another may have printed it";

/// Everything that waits may be on paper by now; `problem` says why.
pub fn doubt(connection: &Connection, problem: &str) -> rusqlite::Result<usize> {
    connection.execute(
        "UPDATE print_jobs SET state = 'indeterminate', indeterminate_attempts = indeterminate_attempts + 1,
             problem = ?1
         WHERE state IN ('queued', 'attempting', 'sent')",
        [problem],
    )
}

/// Queues a paper that another hub may have printed, unless it was queued before.
pub fn take_over(
    connection: &Connection,
    now: Timestamp,
    paper: &PaperWanted,
    problem: &str,
) -> rusqlite::Result<()> {
    let before = connection.total_changes();
    let id = queue(connection, now, paper, false)?;
    if connection.total_changes() > before {
        connection
            .prepare_cached(
                "UPDATE print_jobs SET state = 'indeterminate', indeterminate_attempts = 1, problem = ?2,
                     taken_over = 1
                 WHERE id = ?1",
            )?
            .execute(params![id.0.as_bytes().as_slice(), problem])?;
    }
    Ok(())
}

/// Dismisses a job that another hub took over, if it still waits.
pub fn dismiss_taken(connection: &Connection, now: Timestamp, key: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE print_jobs SET state = 'dismissed', settled = ?2, problem = 'another hub took it over'
             WHERE key = ?1 AND state IN ('queued', 'attempting', 'sent', 'indeterminate')",
        )?
        .execute(params![key, now.as_millisecond()])
        .map(drop)
}

/// One job.
pub fn get(connection: &Connection, id: JobId) -> Result<Option<PrintJob>, ReadError> {
    one(connection, "id = ?1", [id.0.as_bytes().as_slice()])
}

/// Notes that another hub was asked for a paper too, by the same command.
pub fn wanted_twice(connection: &Connection, key: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE print_jobs SET twice = 1 WHERE key = ?1 AND twice = 0")?
        .execute([key])
        .map(drop)
}

/// A person has seen that there may be two papers.
pub fn seen_twice(connection: &Connection, id: JobId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE print_jobs SET twice = 2 WHERE id = ?1 AND twice = 1")?
        .execute([id.0.as_bytes().as_slice()])
        .map(drop)
}

/// Jobs of which a paper came out that does not say that there may be another, though another hub was asked for it too,
/// newest first. One that was doubted before says so.
pub fn printed_twice(connection: &Connection, limit: usize) -> Result<Vec<PrintJob>, ReadError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM print_jobs
         WHERE twice = 1 AND state IN ('confirmed', 'reprinted') AND duplicate = 0 AND taken_over = 0
         ORDER BY number DESC LIMIT ?1"
    ))?;
    let rows = statement.query_map([limit], job)?;
    rows.collect::<Result<_, _>>().map_err(Into::into)
}

/// The oldest job of a printer that is to be tried now.
pub fn next(
    connection: &Connection,
    printer: PrinterId,
    now: Timestamp,
) -> Result<Option<PrintJob>, ReadError> {
    let bytes = printer.0.as_bytes().as_slice();
    one(
        connection,
        "printer = ?1 AND state IN ('queued', 'indeterminate') 
             AND (not_before <= ?2 OR not_before > ?2 + ?3) ORDER BY number LIMIT 1",
        params![bytes, now.as_millisecond(), WAIT_MS_MAX],
    )
}

/// When the next job of a printer is due.
pub fn next_at(connection: &Connection, printer: PrinterId) -> Result<Option<Timestamp>, ReadError> {
    let at: Option<i64> = connection
        .prepare_cached(
            "SELECT min(not_before) FROM print_jobs WHERE printer = ?1 AND state IN ('queued', 'indeterminate')",
        )?
        .query_row([printer.0.as_bytes().as_slice()], |row| row.get(0))?;
    at.map(timestamp).transpose().map_err(Into::into)
}

/// How many jobs of a printer wait, and since when.
pub fn waiting(connection: &Connection, printer: PrinterId) -> Result<(u32, Option<Timestamp>), ReadError> {
    let (count, oldest): (u32, Option<i64>) = connection
        .prepare_cached(
            "SELECT count(*), min(created) FROM print_jobs
             WHERE printer = ?1 AND state IN ('queued', 'attempting', 'sent', 'indeterminate')",
        )?
        .query_row([printer.0.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((count, oldest.map(timestamp).transpose()?))
}

/// How many jobs of each state are not done.
pub fn counts(connection: &Connection) -> Result<BTreeMap<JobState, u64>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT state, count(*) FROM print_jobs
         WHERE state IN ('queued', 'attempting', 'sent', 'indeterminate') GROUP BY state
         UNION ALL SELECT state, count(*) FROM print_jobs WHERE state = 'expired' GROUP BY state",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    rows.map(|row| {
        let (state, count) = row?;
        let state = JobState::named(&state).ok_or_else(|| ReadError::Damaged(format!("a job is {state}")))?;
        Ok((state, count))
    })
    .collect()
}

/// Jobs, newest first.
pub fn list(connection: &Connection, filter: &JobFilter, limit: usize) -> Result<Vec<PrintJob>, ReadError> {
    let state = filter.state.map(JobState::as_str);
    let printer = filter.printer.as_ref().map(|printer| printer.0.as_bytes().as_slice());
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM print_jobs WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR printer = ?2)
         ORDER BY number DESC LIMIT ?3"
    ))?;
    let rows = statement.query_map(params![state, printer, limit], job)?;
    rows.collect::<Result<_, _>>().map_err(Into::into)
}

fn one(
    connection: &Connection,
    which: &str,
    params: impl rusqlite::Params,
) -> Result<Option<PrintJob>, ReadError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM print_jobs WHERE {which}"))?;
    statement.query_row(params, job).optional().map_err(Into::into)
}

fn job(row: &Row<'_>) -> rusqlite::Result<PrintJob> {
    let source: String = row.get(5)?;
    let state: String = row.get(6)?;
    let grade: Option<String> = row.get(7)?;
    Ok(PrintJob {
        number: row.get(0)?,
        id: JobId(uuid(row, 1)?),
        key: row.get(2)?,
        printer: PrinterId(uuid(row, 3)?),
        wanted_printer: PrinterId(uuid(row, 4)?),
        source: serde_json::from_str(&source).map_err(|e| {
            rusqlite::Error::FromSqlConversionFailure(5, rusqlite::types::Type::Text, Box::new(e))
        })?,
        state: JobState::named(&state).ok_or(rusqlite::Error::InvalidQuery)?,
        grade: grade.as_deref().and_then(|grade| match grade {
            "A" => Some(PrintGrade::A),
            "B" => Some(PrintGrade::B),
            "C" => Some(PrintGrade::C),
            _ => None,
        }),
        attempts: row.get(8)?,
        indeterminate_attempts: row.get(9)?,
        duplicate: row.get(10)?,
        created_at: timestamp(row.get(11)?)?,
        not_before: timestamp(row.get(12)?)?,
        settled_at: row.get::<_, Option<i64>>(13)?.map(timestamp).transpose()?,
        problem: row.get(14)?,
    })
}

fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(column).map(Uuid::from_bytes)
}

fn timestamp(ms: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Integer, Box::new(e))
    })
}
