//! Signing in and out.

use jiff::{SignedDuration, Timestamp};
use maitred_domain::catalogue::Staff;
use maitred_domain::permission::Permission;
use maitred_store::Session;

use super::actor::{permissions_at, role_at};
use super::{Actor, Device, token};
use crate::app::App;
use crate::limits::{PIN_CHARS_MAX, SESSION_TIME, SIGN_IN_WAIT_MAX};
use crate::problem::Problem;

/// A session that was opened.
#[derive(Debug)]
pub struct SignedIn {
    /// What the client sends from now on.
    pub token: String,
    /// Until when.
    pub expires_at: Timestamp,
    /// Who.
    pub staff: Staff,
    /// What they may do at this device.
    pub permissions: Vec<Permission>,
}

/// Opens a session for the staff member called `handle`.
///
/// # Errors
/// The problems `wrong-pin`, `locked-out`, `busy`, and `not-on-this-terminal`.
pub async fn sign_in(app: &App, handle: &str, pin: &str, device: Device) -> Result<SignedIn, Problem> {
    let staff = prove(app, handle, pin, device).await?;
    open_session(app, staff, device).await
}

/// Whose PIN it is: the staff member called `handle`, or nobody. Wrong ones are counted for the device and the person
/// together.
///
/// # Errors
/// The problems `wrong-pin`, `locked-out` and `busy`.
pub(super) async fn prove(app: &App, handle: &str, pin: &str, device: Device) -> Result<Staff, Problem> {
    let catalogue = app.store.catalogue();
    let staff = catalogue.staff.values().find(|staff| staff.handle == handle && !staff.archived).cloned();
    // Everybody who does not exist is one subject, so that invented names do not fill the store.
    let subject = format!(
        "{}/{}",
        device.name(),
        staff.as_ref().map_or_else(|| "?".to_owned(), |it| it.id.to_string())
    );

    let turn = tokio::time::timeout(SIGN_IN_WAIT_MAX, app.gate.turns.acquire()).await;
    let _turn =
        turn.map_err(|_| Problem::new("busy", "too many people sign in").with("retry_after_secs", 1))?;
    let attempts_left = app.gate.charge(&app.store, &subject, app.now()).await?;
    let (pins, pin, hash) = (app.pins.clone(), pin.to_owned(), staff.as_ref().map(|it| it.pin_hash.clone()));
    let fits =
        tokio::task::spawn_blocking(move || pin.len() <= PIN_CHARS_MAX && pins.fits(&pin, hash.as_deref()))
            .await
            .map_err(|error| Problem::internal(&error))?;
    let (true, Some(staff)) = (fits, staff) else {
        tracing::warn!(%subject, attempts_left, "wrong PIN");
        let problem = Problem::new("wrong-pin", format!("{attempts_left} attempts are left"));
        return Err(problem.with("attempts_left", attempts_left));
    };

    app.gate.forgive(&app.store, &subject).await?;
    Ok(staff)
}

/// Opens a session for somebody who has shown who they are.
///
/// # Errors
/// The problem `not-on-this-terminal`, or when the store cannot write.
pub async fn open_session(app: &App, staff: Staff, device: Device) -> Result<SignedIn, Problem> {
    let catalogue = app.store.catalogue();
    let role = role_at(&catalogue, staff.role, device.terminal());
    let role =
        role.ok_or_else(|| Problem::new("not-on-this-terminal", "this terminal serves another role"))?;
    let permissions = permissions_at(&catalogue, staff.role, role);
    let token = token::mint();
    let expires_at = app.now() + SignedDuration::try_from(SESSION_TIME).expect("sixteen hours are in range");
    let session = Session { staff: staff.id, device: device.name(), expires_at };
    app.store.put_session(token::hash(&token), session).await?;
    tracing::info!(staff = %staff.id, device = device.name(), "signed in");
    Ok(SignedIn { token, expires_at, staff, permissions })
}

/// Ends the session.
///
/// # Errors
/// When the store cannot write.
pub async fn sign_out(app: &App, actor: &Actor) -> Result<(), Problem> {
    app.store.end_session(actor.token_hash).await?;
    tracing::info!(staff = %actor.staff, "signed out");
    Ok(())
}
