//! The first entry of a new venue: its catalogue.

use jiff::Timestamp;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::decide::Command;
use maitred_domain::ids::StaffId;
use maitred_domain::permission::Role;
use rusqlite::Connection;

use crate::writer::{State, WriteError, run_command};
use crate::{ReadError, Request};

/// Writes the catalogue that `seed` gives, when there is none yet.
pub fn sow(
    connection: &Connection,
    state: &mut State,
    now: Timestamp,
    seed: impl FnOnce() -> Catalogue,
) -> Result<(), WriteError> {
    if **state.catalogue() != Catalogue::default() {
        return Ok(());
    }
    let catalogue = seed();
    if catalogue == Catalogue::default() {
        return Ok(());
    }
    let changes = catalogue.as_changes();
    let request = Request {
        idempotency_key: "seed".into(),
        by: StaffId::maitred(),
        role: Role::Manager,
        approval: None,
        command: Command::Edit { changes },
    };
    connection.execute_batch("BEGIN IMMEDIATE")?;
    if let Err(refused) = run_command(connection, state, now, &request)? {
        return Err(ReadError::Damaged(format!("the first catalogue: {refused}")).into());
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}
