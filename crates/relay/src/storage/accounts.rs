//! Users of the cloud, and how hubs were seen last.

use jiff::Timestamp;
use maitred_link::PublicKey;
use maitred_sync::{Origin, Vector};
use serde::{Deserialize, Serialize};

use super::{StorageError, Venue};
use crate::ids::{OrganisationId, UserId, VenueId};
use crate::limits::{LOCKOUT_SECS_MAX, LOCKOUT_SECS_MIN, WRONG_PASSWORDS_MAX};

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum UserRole {
    /// Everything: also new venues.
    Owner,
    /// Looks, and changes menus.
    Manager,
    /// Looks.
    Viewer,
}

impl UserRole {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Viewer => "viewer",
        }
    }

    /// What is kept as `text`.
    pub fn of(text: &str) -> Option<Self> {
        [Self::Owner, Self::Manager, Self::Viewer].into_iter().find(|role| role.as_str() == text)
    }
}

/// Somebody who may look at the venues of one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Whose venues.
    pub organisation: OrganisationId,
    /// What that is called.
    pub organisation_name: String,
    /// The address they sign in with, in lower case.
    pub email: String,
    /// As shown.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
    /// Argon2id.
    pub password_hash: String,
    /// Somebody else made the password.
    pub must_change: bool,
}

/// A user that is made, or made anew: an address that is there keeps its id, and gets all the rest.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The id if the address is new.
    pub id: UserId,
    /// Whose venues, by name, and the id if the name is new.
    pub organisation: (String, OrganisationId),
    /// In lower case.
    pub email: String,
    /// As shown.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
    /// Argon2id.
    pub password_hash: String,
    /// Somebody else made the password.
    pub must_change: bool,
}

/// Why there is no such user now.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// The address belongs to a user of another organisation.
    #[error("the address belongs to somebody of another organisation")]
    Taken,
    /// It could not be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Wrong passwords in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guesses {
    /// How many.
    pub failures: u32,
    /// Until when no more are looked at.
    pub locked_until: Option<Timestamp>,
}

impl Guesses {
    /// With one more. Every backend charges in one transaction, so that guesses at the same time all count.
    #[must_use]
    pub fn charged(self, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1);
        let locked_until =
            lock_secs(failures).and_then(|secs| now.checked_add(jiff::SignedDuration::from_secs(secs)).ok());
        Self { failures, locked_until }
    }
}

/// How long so many wrong passwords lock out for.
fn lock_secs(failures: u32) -> Option<i64> {
    let doublings = failures.checked_sub(WRONG_PASSWORDS_MAX)?.min(16);
    Some((LOCKOUT_SECS_MIN << doublings).min(LOCKOUT_SECS_MAX))
}

/// How a hub was seen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Which.
    pub hub: PublicKey,
    /// Whose.
    pub venue: VenueId,
    /// When.
    pub seen_at: Timestamp,
    /// Whether it was to stay.
    pub is_connected: bool,
    /// What runs there; empty when it did not say.
    pub version: String,
    /// Its own journal, once it said which.
    pub origin: Option<Origin>,
    /// How far it has every journal on its disk.
    pub known: Vector,
}

/// Users, who is signed in, and how hubs were seen.
pub trait Accounts {
    /// Makes a user, or makes one anew; the organisation is made with it when it is new. Who was signed in as that user
    /// is not any more.
    ///
    /// # Errors
    /// [`UserError`] says why not; nothing is changed then.
    fn put_user(&self, user: &NewUser) -> Result<UserId, UserError>;

    /// The user of an address in lower case.
    ///
    /// # Errors
    /// When it cannot be read.
    fn user_of_email(&self, email: &str) -> Result<Option<User>, StorageError>;

    /// Sets the password that a user chose. Who was signed in as that user is not any more.
    ///
    /// # Errors
    /// When it cannot be written.
    fn set_password(&self, user: UserId, password_hash: &str) -> Result<(), StorageError>;

    /// Counts a guess before it is looked at, unless there may be none now; returns how it stands, and whether it counts.
    ///
    /// # Errors
    /// When it cannot be written.
    fn charge(&self, subject: u32, now: Timestamp) -> Result<(Guesses, bool), StorageError>;

    /// Forgets guesses: the last was right.
    ///
    /// # Errors
    /// When it cannot be written.
    fn forgive(&self, subject: u32) -> Result<(), StorageError>;

    /// Keeps that somebody is signed in; what has expired at `now` goes.
    ///
    /// # Errors
    /// When it cannot be written.
    fn open_user_session(
        &self,
        hash: [u8; 32],
        user: UserId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StorageError>;

    /// Who is signed in by that; `None` when nobody is at `now`.
    ///
    /// # Errors
    /// When it cannot be read.
    fn user_of_session(&self, hash: [u8; 32], now: Timestamp) -> Result<Option<User>, StorageError>;

    /// Signs somebody out.
    ///
    /// # Errors
    /// When it cannot be written.
    fn end_user_session(&self, hash: [u8; 32]) -> Result<(), StorageError>;

    /// The venues of an organisation, by name.
    ///
    /// # Errors
    /// When they cannot be read.
    fn venues_of(&self, organisation: OrganisationId) -> Result<Vec<Venue>, StorageError>;

    /// Keeps how a hub was seen.
    ///
    /// # Errors
    /// When it cannot be written.
    fn sight(&self, sighting: &Sighting) -> Result<(), StorageError>;

    /// How the hubs of a venue were seen, those that are revoked left out.
    ///
    /// # Errors
    /// When they cannot be read.
    fn sightings(&self, venue: VenueId) -> Result<Vec<Sighting>, StorageError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_wrong_password_locks_for_a_minute_and_each_further_one_for_twice_as_long() {
        let locks: Vec<_> = (1..=10).map(lock_secs).collect();
        let none = [None; 4];
        let some = [60, 120, 240, 480, 900, 900].map(Some);
        assert_eq!(locks, [&none[..], &some[..]].concat());
    }
}
