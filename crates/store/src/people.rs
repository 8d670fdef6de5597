//! Who is signed in, and who guessed too often. Survives a restart, and is the same on every hub of the venue.

use jiff::Timestamp;
use maitred_domain::ids::StaffId;
use maitred_sync::Hash;
use serde::{Deserialize, Serialize};

/// The most sessions, and the most lock-outs, that one hub tells another: the latest.
pub const PEOPLE_ROWS_MAX: usize = 4096;

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who.
    pub staff: StaffId,
    /// On which device.
    pub device: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Wrong PINs of one subject (a device and a person together).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lockout {
    /// Wrong PINs since the last right one.
    pub failures: u32,
    /// No PIN is looked at before.
    pub locked_until: Option<Timestamp>,
}

/// Who is signed in and who is locked out, as one hub tells another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Sessions by the hash of their token, and whether they ended.
    pub sessions: Vec<(Hash, Session, bool)>,
    /// Wrong PINs by subject, and when that was so.
    pub lockouts: Vec<(String, Lockout, Timestamp)>,
}

pub(crate) mod rows {
    //! Rows of sessions and lock-outs.

    use rusqlite::{Connection, OptionalExtension, Row, params};

    use super::{Hash, Lockout, PEOPLE_ROWS_MAX, People, Session, StaffId, Timestamp};

    /// How long it is known that somebody is not locked out any more, in milliseconds: longer than any lock-out.
    const FORGIVEN_KEPT_MS: i64 = 60 * 60 * 1000;

    pub fn put_session(connection: &Connection, token: &[u8; 32], session: &Session) -> rusqlite::Result<()> {
        merge_session(connection, token, session, false)
    }

    /// What ended stays ended.
    fn merge_session(
        connection: &Connection,
        token: &[u8; 32],
        session: &Session,
        ended: bool,
    ) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO sessions (token_hash, staff, device, expires, ended) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (token_hash) DO UPDATE SET ended = max(ended, excluded.ended)",
            )?
            .execute(params![
                token.as_slice(),
                session.staff.0.as_bytes().as_slice(),
                session.device,
                session.expires_at.as_millisecond(),
                ended,
            ])?;
        Ok(())
    }

    pub fn end_session(connection: &Connection, token: &[u8; 32]) -> rusqlite::Result<()> {
        connection
            .prepare_cached("UPDATE sessions SET ended = 1 WHERE token_hash = ?1")?
            .execute([token.as_slice()])?;
        Ok(())
    }

    pub fn end_sessions_of(connection: &Connection, staff: StaffId, keep: &[u8; 32]) -> rusqlite::Result<()> {
        connection
            .prepare_cached("UPDATE sessions SET ended = 1 WHERE staff = ?1 AND token_hash <> ?2")?
            .execute(params![staff.0.as_bytes().as_slice(), keep.as_slice()])?;
        Ok(())
    }

    /// A subject is a device and a person's id, a stroke between them.
    pub fn forget_lockouts(connection: &Connection, staff: StaffId, now: Timestamp) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "UPDATE lockouts SET failures = 0, locked_until = NULL, at = ?2 WHERE subject LIKE '%/' || ?1",
            )?
            .execute(params![staff.to_string(), now.as_millisecond()])?;
        Ok(())
    }

    pub fn drop_expired(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
        connection
            .prepare_cached("DELETE FROM sessions WHERE expires <= ?1")?
            .execute([now.as_millisecond()])?;
        Ok(())
    }

    pub fn session(connection: &Connection, token: &[u8; 32]) -> rusqlite::Result<Option<Session>> {
        connection
            .prepare_cached(
                "SELECT token_hash, staff, device, expires, ended FROM sessions
                 WHERE token_hash = ?1 AND ended = 0",
            )?
            .query_row([token.as_slice()], |row| read_session(row).map(|(_, session, _)| session))
            .optional()
    }

    fn read_session(row: &Row<'_>) -> rusqlite::Result<(Hash, Session, bool)> {
        let session = Session {
            staff: StaffId(uuid::Uuid::from_bytes(row.get(1)?)),
            device: row.get(2)?,
            expires_at: Timestamp::from_millisecond(row.get(3)?).unwrap_or(Timestamp::MIN),
        };
        Ok((row.get::<_, [u8; 32]>(0)?.into(), session, row.get(4)?))
    }

    pub fn lockout(connection: &Connection, subject: &str) -> rusqlite::Result<Lockout> {
        let known = connection
            .prepare_cached("SELECT subject, failures, locked_until, at FROM lockouts WHERE subject = ?1")?
            .query_row([subject], |row| read_lockout(row).map(|(_, lockout, _)| lockout))
            .optional()?;
        Ok(known.unwrap_or_default())
    }

    fn read_lockout(row: &Row<'_>) -> rusqlite::Result<(String, Lockout, Timestamp)> {
        let until: Option<i64> = row.get(2)?;
        let locked_until = until.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let at = Timestamp::from_millisecond(row.get(3)?).unwrap_or(Timestamp::MIN);
        Ok((row.get(0)?, Lockout { failures: row.get(1)?, locked_until }, at))
    }

    /// Keeps a lock-out as it is at `at`, unless something later is known.
    pub fn set_lockout(
        connection: &Connection,
        subject: &str,
        lockout: &Lockout,
        at: Timestamp,
    ) -> rusqlite::Result<()> {
        connection
            .prepare_cached("DELETE FROM lockouts WHERE failures = 0 AND at < ?1")?
            .execute([at.as_millisecond() - FORGIVEN_KEPT_MS])?;
        connection
            .prepare_cached(
                "INSERT INTO lockouts (subject, failures, locked_until, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures,
                     locked_until = excluded.locked_until, at = excluded.at WHERE excluded.at >= at",
            )?
            .execute(params![
                subject,
                lockout.failures,
                lockout.locked_until.map(Timestamp::as_millisecond),
                at.as_millisecond(),
            ])?;
        Ok(())
    }

    /// Everybody.
    pub fn people(connection: &Connection) -> rusqlite::Result<People> {
        let mut sessions = connection.prepare_cached(
            "SELECT token_hash, staff, device, expires, ended FROM sessions ORDER BY expires DESC LIMIT ?1",
        )?;
        let mut lockouts = connection.prepare_cached(
            "SELECT subject, failures, locked_until, at FROM lockouts ORDER BY at DESC LIMIT ?1",
        )?;
        Ok(People {
            sessions: sessions.query_map([PEOPLE_ROWS_MAX], read_session)?.collect::<Result<_, _>>()?,
            lockouts: lockouts.query_map([PEOPLE_ROWS_MAX], read_lockout)?.collect::<Result<_, _>>()?,
        })
    }

    /// Takes what another hub knows.
    pub fn merge(connection: &Connection, people: &People) -> rusqlite::Result<()> {
        for (token, session, ended) in &people.sessions {
            merge_session(connection, token.as_bytes(), session, *ended)?;
        }
        for (subject, lockout, at) in &people.lockouts {
            set_lockout(connection, subject, lockout, *at)?;
        }
        Ok(())
    }
}
