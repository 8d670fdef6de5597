//! Tasks for devices: rows of the transaction that wants them, then told again and again until the device answers.

use jiff::{SignedDuration, Timestamp};
use maitred_domain::ids::{DeviceId, named};
use maitred_domain::wire::{DeviceTask, TaskWanted};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{CommandError, ReadError, Store};

/// Tasks that are over and kept, of all devices: what a person may still want to know.
const SETTLED_MAX: u32 = 1_000;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// The device has not answered.
    Waiting,
    /// It did it.
    Done,
    /// It said no.
    Refused,
    /// It came too late, or nobody answered in time.
    Expired,
}

impl TaskState {
    /// As in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Done, Self::Refused, Self::Expired].into_iter().find(|it| it.as_str() == name)
    }
}

/// A task for a device.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRow {
    /// What a device knows it by.
    pub id: Uuid,
    /// Which device.
    pub device: DeviceId,
    /// What.
    pub task: DeviceTask,
    /// Where it stands.
    pub state: TaskState,
    /// Since when.
    pub created_at: Timestamp,
    /// Of no use after.
    pub expires_at: Timestamp,
    /// What was wrong.
    pub problem: Option<String>,
}

/// Queues a task, unless it was before: the same key is the same task.
pub fn queue(connection: &Connection, now: Timestamp, wanted: &TaskWanted) -> rusqlite::Result<Uuid> {
    let id: Uuid = named(&format!("device-task/{}", wanted.key));
    let expires = now + SignedDuration::from_secs(i64::from(wanted.lives_secs));
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO device_tasks (id, key, device, task, state, created, expires)
             VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?6)",
        )?
        .execute(params![
            id.as_bytes().as_slice(),
            wanted.key,
            wanted.device.0.as_bytes().as_slice(),
            serde_json::to_string(&wanted.task).expect("a task is JSON"),
            now.as_millisecond(),
            expires.as_millisecond(),
        ])?;
    Ok(id)
}

const COLUMNS: &str = "id, device, task, state, created, expires, problem";

fn waiting(connection: &Connection) -> Result<Vec<TaskRow>, ReadError> {
    let sql = format!("SELECT {COLUMNS} FROM device_tasks WHERE state = 'waiting' ORDER BY number");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], task)?;
    rows.collect::<Result<_, _>>().map_err(Into::into)
}

fn get(connection: &Connection, id: Uuid) -> Result<Option<TaskRow>, ReadError> {
    let sql = format!("SELECT {COLUMNS} FROM device_tasks WHERE id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row([id.as_bytes().as_slice()], task).optional().map_err(Into::into)
}

fn settle(
    connection: &Connection,
    now: Timestamp,
    id: Uuid,
    state: TaskState,
    problem: Option<&str>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE device_tasks SET state = ?2, problem = ?3, settled = ?4 WHERE id = ?1 AND state = 'waiting'",
        )?
        .execute(params![id.as_bytes().as_slice(), state.as_str(), problem, now.as_millisecond()])?;
    connection
        .prepare_cached(
            "DELETE FROM device_tasks WHERE state <> 'waiting'
               AND number <= (SELECT max(number) FROM device_tasks) - ?1",
        )?
        .execute([SETTLED_MAX])
        .map(drop)
}

fn task(row: &Row<'_>) -> rusqlite::Result<TaskRow> {
    let damaged = |column, error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error)
    };
    let at = |column| -> rusqlite::Result<Timestamp> {
        Timestamp::from_millisecond(row.get(column)?).map_err(|e| damaged(column, Box::new(e)))
    };
    let (json, state): (String, String) = (row.get(2)?, row.get(3)?);
    Ok(TaskRow {
        id: Uuid::from_bytes(row.get(0)?),
        device: DeviceId(Uuid::from_bytes(row.get(1)?)),
        task: serde_json::from_str(&json).map_err(|e| damaged(2, Box::new(e)))?,
        state: TaskState::named(&state).ok_or(rusqlite::Error::InvalidQuery)?,
        created_at: at(4)?,
        expires_at: at(5)?,
        problem: row.get(6)?,
    })
}

impl Store {
    /// Tasks that devices have not answered, oldest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn waiting_tasks(&self) -> Result<Vec<TaskRow>, ReadError> {
        self.inner.readers.read(waiting)
    }

    /// One task.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn device_task(&self, id: Uuid) -> Result<Option<TaskRow>, ReadError> {
        self.inner.readers.read(|connection| get(connection, id))
    }

    /// Queues a task that no fact asks for. The same key gives the same task.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn queue_task(&self, wanted: TaskWanted) -> Result<Uuid, CommandError> {
        let now = (self.inner.clock)();
        let id = named(&format!("device-task/{}", wanted.key));
        self.write(move |connection| queue(connection, now, &wanted).map(drop)).await?;
        Ok(id)
    }

    /// Writes down what became of a task; what is over already stays as it is.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn settle_task(
        &self,
        id: Uuid,
        state: TaskState,
        problem: Option<String>,
    ) -> Result<(), CommandError> {
        let now = (self.inner.clock)();
        self.write(move |connection| settle(connection, now, id, state, problem.as_deref())).await
    }
}
