//! Who is signed in, and who guessed too often. Survives a restart.

use jiff::Timestamp;
use maitred_domain::ids::StaffId;

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub staff: StaffId,
    /// On which device.
    pub device: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Wrong PINs of one subject (a device and a person together).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockout {
    /// Wrong PINs since the last right one.
    pub failures: u32,
    /// No PIN is looked at before.
    pub locked_until: Option<Timestamp>,
}

pub(crate) mod rows {
    //! Rows of sessions and lock-outs.

    use rusqlite::{Connection, OptionalExtension, params};

    use super::{Lockout, Session, StaffId, Timestamp};

    pub fn put_session(connection: &Connection, token: &[u8; 32], session: &Session) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO sessions (token_hash, staff, device, expires) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                token.as_slice(),
                session.staff.0.as_bytes().as_slice(),
                session.device,
                session.expires_at.as_millisecond(),
            ])?;
        Ok(())
    }

    pub fn end_session(connection: &Connection, token: &[u8; 32]) -> rusqlite::Result<()> {
        connection
            .prepare_cached("DELETE FROM sessions WHERE token_hash = ?1")?
            .execute([token.as_slice()])?;
        Ok(())
    }

    pub fn end_sessions_of(connection: &Connection, staff: StaffId, keep: &[u8; 32]) -> rusqlite::Result<()> {
        connection
            .prepare_cached("DELETE FROM sessions WHERE staff = ?1 AND token_hash <> ?2")?
            .execute(params![staff.0.as_bytes().as_slice(), keep.as_slice()])?;
        Ok(())
    }

    /// A subject is a device and a person's id, a stroke between them.
    pub fn forget_lockouts(connection: &Connection, staff: StaffId) -> rusqlite::Result<()> {
        connection
            .prepare_cached("DELETE FROM lockouts WHERE subject LIKE '%/' || ?1")?
            .execute([staff.to_string()])?;
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
            .prepare_cached("SELECT staff, device, expires FROM sessions WHERE token_hash = ?1")?
            .query_row([token.as_slice()], |row| {
                Ok(Session {
                    staff: StaffId(uuid::Uuid::from_bytes(row.get(0)?)),
                    device: row.get(1)?,
                    expires_at: Timestamp::from_millisecond(row.get(2)?).unwrap_or(Timestamp::MIN),
                })
            })
            .optional()
    }

    pub fn lockout(connection: &Connection, subject: &str) -> rusqlite::Result<Lockout> {
        let known = connection
            .prepare_cached("SELECT failures, locked_until FROM lockouts WHERE subject = ?1")?
            .query_row([subject], |row| {
                let until: Option<i64> = row.get(1)?;
                let locked_until = until.and_then(|ms| Timestamp::from_millisecond(ms).ok());
                Ok(Lockout { failures: row.get(0)?, locked_until })
            })
            .optional()?;
        Ok(known.unwrap_or_default())
    }

    pub fn set_lockout(connection: &Connection, subject: &str, lockout: &Lockout) -> rusqlite::Result<()> {
        if *lockout == Lockout::default() {
            connection.prepare_cached("DELETE FROM lockouts WHERE subject = ?1")?.execute([subject])?;
            return Ok(());
        }
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO lockouts (subject, failures, locked_until) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![
                subject,
                lockout.failures,
                lockout.locked_until.map(Timestamp::as_millisecond)
            ])?;
        Ok(())
    }
}
