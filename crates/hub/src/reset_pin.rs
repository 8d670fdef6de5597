//! A PIN that nobody knows any more is set anew by whoever has the box in their hands.

use std::path::Path;
use std::sync::Arc;

use maitred_domain::catalogue::{Catalogue, EntityChanged, Staff};
use maitred_domain::decide::Command;
use maitred_domain::permission::Role;
use maitred_store::{CommandError, Durability, OpenError, Options, Request, Store};

use crate::auth::{PepperError, PinRefused, Pins, accept_pin, digits_of};
use crate::in_use::{self, InUse};
use maitred_process::clock;

/// The hash of no token: nobody stays signed in.
const NO_SESSION: [u8; 32] = [0; 32];

/// Why a PIN was not set.
#[derive(Debug, thiserror::Error)]
pub enum ResetPinError {
    /// The hub runs.
    #[error(transparent)]
    InUse(#[from] InUse),
    /// There is no venue.
    #[error("no database is in {0}")]
    NoVenue(std::path::PathBuf),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// PINs cannot be hashed.
    #[error(transparent)]
    Pepper(#[from] PepperError),
    /// Nobody is called so.
    #[error("nobody signs in as {handle:?}; there are {known}")]
    Nobody {
        /// Who was asked for.
        handle: String,
        /// Who is there.
        known: String,
    },
    /// It will not do.
    #[error(transparent)]
    Pin(#[from] PinRefused),
    /// It was not written.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// Sets the PIN of whoever signs in as `handle` in the data folder of a hub that does not run: their wrong PINs are
/// forgotten, and they are signed out everywhere. Returns their name.
///
/// # Errors
/// [`ResetPinError`]; then nothing has changed.
pub async fn reset_pin(data: &Path, handle: &str, pin: &str) -> Result<String, ResetPinError> {
    if !Store::is_in(data) {
        return Err(ResetPinError::NoVenue(data.to_owned()));
    }
    accept_pin(pin)?;
    let _held = in_use::hold(data)?;
    let pins = Pins::open(data)?;
    let options = Options {
        data: data.to_owned(),
        clock: clock::system(),
        mint: clock::mint(),
        number_prefix: String::new(),
        durability: Durability::Full,
        vfs: None,
    };
    let store = Store::open(&options, Catalogue::default)?;
    let catalogue = store.catalogue();
    let staff = find(&catalogue, handle)?;
    let changed = Staff { pin_hash: pins.hash(pin), pin_digits: digits_of(pin), ..staff.clone() };
    // Nobody is signed in here: the journal says that they did it themselves.
    let request = Request {
        idempotency_key: format!("reset-pin/{:032x}", u128::from_be_bytes(clock::random())),
        by: staff.id,
        role: Role::Manager,
        approval: None,
        command: Command::Edit {
            changes: EntityChanged::between(Some(staff), &changed).into_iter().collect(),
        },
    };
    store.command(request).await?;
    store.forget_lockouts(staff.id).await?;
    store.end_sessions_of(staff.id, NO_SESSION).await?;
    store.shut_down();
    Ok(staff.name.clone())
}

fn find<'a>(catalogue: &'a Arc<Catalogue>, handle: &str) -> Result<&'a Staff, ResetPinError> {
    let there = || catalogue.staff.values().filter(|staff| !staff.archived);
    there().find(|staff| staff.handle == handle).ok_or_else(|| ResetPinError::Nobody {
        handle: handle.to_owned(),
        known: there().map(|staff| staff.handle.as_str()).collect::<Vec<_>>().join(", "),
    })
}
