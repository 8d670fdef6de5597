//! Signing in and out.

use std::net::SocketAddr;

use jiff::{SignedDuration, Timestamp};
use maitred_domain::catalogue::Staff;
use maitred_store::Session;

use super::{Actor, device_of, token};
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
}

/// Opens a session for the staff member called `handle`.
///
/// # Errors
/// The problems `wrong-pin`, `locked-out` and `busy`.
pub async fn sign_in(app: &App, handle: &str, pin: &str, from: SocketAddr) -> Result<SignedIn, Problem> {
    let catalogue = app.store.catalogue();
    let staff = catalogue.staff.values().find(|staff| staff.handle == handle && !staff.archived).cloned();
    let device = device_of(from);
    // Everybody who does not exist is one subject, so that invented names do not fill the store.
    let subject =
        format!("{device}/{}", staff.as_ref().map_or_else(|| "?".to_owned(), |it| it.id.to_string()));

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
        let problem = Problem::new("wrong-pin", format!("{attempts_left} attempts are left"));
        return Err(problem.with("attempts_left", attempts_left));
    };

    app.gate.forgive(&app.store, &subject).await?;
    open_session(app, staff, from).await
}

/// Opens a session for somebody who has shown who they are.
///
/// # Errors
/// When the store cannot write.
pub async fn open_session(app: &App, staff: Staff, from: SocketAddr) -> Result<SignedIn, Problem> {
    let device = device_of(from);
    let token = token::mint();
    let expires_at = app.now() + SignedDuration::try_from(SESSION_TIME).expect("sixteen hours are in range");
    let session = Session { staff: staff.id, device, expires_at };
    app.store.put_session(token::hash(&token), session).await?;
    Ok(SignedIn { token, expires_at, staff })
}

/// Ends the session.
///
/// # Errors
/// When the store cannot write.
pub async fn sign_out(app: &App, actor: &Actor) -> Result<(), Problem> {
    Ok(app.store.end_session(actor.token_hash).await?)
}
