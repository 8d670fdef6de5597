//! Letting hubs in, and out.

use maitred_link::handshake::{Caller, RefusedBecause};

use crate::ids::{OrganisationId, VenueId};
use crate::limits::{NAME_CHARS_MAX, TOKEN_BYTES, TOKEN_LIFETIME};
use crate::storage::{EnrolError, EnrolledHub, Enrolment, NewToken, Storage, StorageError, new_id};
use maitred_process::clock;

const TOKEN: &str = "maitred 2026 relay enrolment token";

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// A name that nobody could tell from another.
    #[error("a name has 1 to {NAME_CHARS_MAX} characters")]
    Name,
    /// It could not be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Makes a token with which one hub can join `venue` of `organisation`; both are made when they are new.
///
/// # Errors
/// [`IssueError`] when it could not be made.
pub fn issue(
    storage: &dyn Storage,
    clock: &maitred_store::Clock,
    organisation: &str,
    venue: &str,
) -> Result<String, IssueError> {
    let fits = |name: &str| !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX;
    if !fits(organisation) || !fits(venue) {
        return Err(IssueError::Name);
    }
    let token: String =
        clock::random::<TOKEN_BYTES>().iter().fold(String::new(), |token, byte| format!("{token}{byte:02x}"));
    storage.issue(&NewToken {
        organisation: (organisation.trim().to_owned(), OrganisationId(new_id(clock::random()))),
        venue: (venue.trim().to_owned(), VenueId(new_id(clock::random()))),
        hash: hash(&token),
        expires_at: clock() + TOKEN_LIFETIME,
    })?;
    Ok(token)
}

/// Lets a caller in that proved which key it holds, or not.
///
/// # Errors
/// [`RefusedBecause`] says why not.
pub fn admit(
    storage: &dyn Storage,
    clock: &maitred_store::Clock,
    caller: &Caller,
) -> Result<EnrolledHub, RefusedBecause> {
    let unable = |error: StorageError| {
        tracing::error!(%error, "a hub cannot be looked up");
        RefusedBecause::Unable
    };
    let known = storage.hub(caller.key).map_err(unable)?;
    let is_enrolled = known.is_some_and(|known| !known.is_revoked);
    match (known, &caller.token) {
        // Whoever is in stays in: an answer that got lost on the way is asked for again with the same token.
        (Some(known), _) if is_enrolled => match caller.realm {
            Some(realm) if realm != known.realm => Err(RefusedBecause::OtherRealm),
            Some(_) | None => Ok(known),
        },
        (_, Some(token)) => enrol(storage, clock, caller, token),
        (Some(_), None) => Err(RefusedBecause::Revoked),
        (None, None) => Err(RefusedBecause::Unknown),
    }
}

fn enrol(
    storage: &dyn Storage,
    clock: &maitred_store::Clock,
    caller: &Caller,
    token: &str,
) -> Result<EnrolledHub, RefusedBecause> {
    let enrolment = Enrolment {
        token_hash: hash(token),
        hub: caller.key,
        realm: caller.realm,
        new_realm: clock::random(),
        at: clock(),
    };
    let enrolled = storage.enrol(&enrolment);
    if let Ok(enrolled) = &enrolled {
        tracing::info!(hub = %enrolled.hub, venue = %enrolled.venue, "a hub was enrolled");
    }
    enrolled.map_err(|error| match error {
        EnrolError::UnknownToken => RefusedBecause::UnknownToken,
        EnrolError::UsedToken => RefusedBecause::UsedToken,
        EnrolError::ExpiredToken => RefusedBecause::ExpiredToken,
        EnrolError::OtherRealm => RefusedBecause::OtherRealm,
        EnrolError::TooManyHubs => RefusedBecause::Busy,
        EnrolError::Storage(error) => {
            tracing::error!(%error, "a hub cannot be enrolled");
            RefusedBecause::Unable
        }
    })
}

fn hash(token: &str) -> [u8; 32] {
    blake3::derive_key(TOKEN, token.as_bytes())
}
