//! Users of the cloud: how they are made, and how they sign in and out.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use jiff::{SignedDuration, Timestamp};
use maitred_process::clock;
use maitred_store::Clock;
use tokio::sync::Semaphore;

use crate::ids::{OrganisationId, UserId};
use crate::limits::{
    EMAIL_CHARS_MAX, NAME_CHARS_MAX, PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN, SIGN_IN_WAIT_MAX,
    SIGN_INS_AT_ONCE_MAX, USER_SESSION_TIME,
};
use crate::storage::accounts::{NewUser, User, UserError, UserRole};
use crate::storage::{Storage, StorageError, new_id};

/// Memory of one hash, and passes over it: what OWASP recommends for Argon2id with one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Letters of a one-time password: none that looks like another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const ONE_TIME_CHARS: usize = 16;

/// Why no user was made.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// A name that nobody could tell from another.
    #[error("a name has 1 to {NAME_CHARS_MAX} characters")]
    Name,
    /// Nothing that a letter could be sent to.
    #[error("an address looks like name@example.org")]
    Email,
    /// Too easy to guess, or too long to be looked at.
    #[error(
        "a password has {PASSWORD_CHARS_MIN} characters at least, and {PASSWORD_BYTES_MAX} bytes at most"
    )]
    Password,
    /// The storage refuses.
    #[error(transparent)]
    User(#[from] UserError),
}

/// Who is to be made.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Whose venues, by name.
    pub organisation: String,
    /// What they sign in with.
    pub email: String,
    /// As shown; the address when empty.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
    /// What they sign in with; without one it is made, and they are to change it.
    pub password: Option<String>,
}

/// Makes a user, or one that is there anew. Returns the password.
///
/// # Errors
/// [`AccountError`] when it could not be made.
pub fn make(storage: &dyn Storage, wanted: &Wanted) -> Result<String, AccountError> {
    let organisation = wanted.organisation.trim();
    let email = email(&wanted.email).ok_or(AccountError::Email)?;
    let name = Some(wanted.name.trim()).filter(|name| !name.is_empty()).unwrap_or(&email);
    let fits = |name: &str| !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX;
    if !fits(organisation) || !fits(name) {
        return Err(AccountError::Name);
    }
    let password = wanted.password.clone().unwrap_or_else(one_time_password);
    accept(&password).then_some(()).ok_or(AccountError::Password)?;
    storage.put_user(&NewUser {
        id: UserId(new_id(clock::random())),
        organisation: (organisation.to_owned(), OrganisationId(new_id(clock::random()))),
        name: name.to_owned(),
        email,
        role: wanted.role,
        password_hash: hash_password(&password),
        must_change: wanted.password.is_none(),
    })?;
    Ok(password)
}

/// An address in lower case, if it is one.
fn email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (name, domain) = email.split_once('@')?;
    let is_one = !name.is_empty() && !domain.is_empty() && !domain.contains('@');
    (is_one && email.chars().count() <= EMAIL_CHARS_MAX && !email.contains(char::is_whitespace))
        .then_some(email)
}

fn accept(password: &str) -> bool {
    password.chars().count() >= PASSWORD_CHARS_MIN && password.len() <= PASSWORD_BYTES_MAX
}

fn one_time_password() -> String {
    let letters = clock::random::<ONE_TIME_CHARS>();
    letters.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the figures are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_password(password: &str) -> String {
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &clock::random::<16>());
    hash.expect("passwords and salts are of a length that Argon2 takes").to_string()
}

/// Of a password that nobody has: whoever does not exist is looked at for as long as whoever does.
static DECOY: LazyLock<String> = LazyLock::new(|| hash_password(&one_time_password()));

fn fits(password: &str, user: Option<&User>) -> bool {
    let hash = user.map_or(DECOY.as_str(), |user| user.password_hash.as_str());
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let fits = argon2().verify_password(password.as_bytes(), &hash).is_ok();
    fits && user.is_some()
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Address and password do not belong together; which of them is wrong, nobody learns.
    #[error("address and password do not belong together")]
    Wrong,
    /// Too many guesses for that address, whether anybody has it or not.
    #[error("too many wrong passwords; try again in {0} seconds")]
    LockedOut(i64),
    /// The new password is too easy to guess.
    #[error(
        "a password has {PASSWORD_CHARS_MIN} characters at least, {PASSWORD_BYTES_MAX} bytes at most, and is a new one"
    )]
    Weak,
    /// Too many sign in at once.
    #[error("too many people sign in")]
    Busy,
    /// The storage refuses.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Somebody who has just signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// What they show from now on.
    pub token: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Lets users in: as many at once as there is room for.
pub struct Door {
    storage: Arc<dyn Storage>,
    clock: Clock,
    turns: Semaphore,
}

impl Door {
    /// Lets users of `storage` in.
    pub fn new(storage: Arc<dyn Storage>, clock: Clock) -> Self {
        Self { storage, clock, turns: Semaphore::new(SIGN_INS_AT_ONCE_MAX) }
    }

    /// Signs in whoever knows the password of an address.
    ///
    /// # Errors
    /// [`SignInError`] says why not.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, SignInError> {
        let (email, password) = (email.trim().to_lowercase(), password.to_owned());
        self.in_turn(move |storage, now| {
            let user = known(storage, now, &email, &password)?;
            open(storage, now, user)
        })
        .await
    }

    /// Sets the password that somebody chose who knows the one before, and signs them in.
    ///
    /// # Errors
    /// [`SignInError`] says why not.
    pub async fn change_password(&self, user: &User, old: &str, new: &str) -> Result<SignedIn, SignInError> {
        let (email, old, new) = (user.email.clone(), old.to_owned(), new.to_owned());
        self.in_turn(move |storage, now| {
            let user = known(storage, now, &email, &old)?;
            if !accept(&new) || new == old {
                return Err(SignInError::Weak);
            }
            storage.set_password(user.id, &hash_password(&new))?;
            open(storage, now, User { must_change: false, ..user })
        })
        .await
    }

    /// Who shows that.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn user_of(storage: &dyn Storage, token: &str, now: Timestamp) -> Result<Option<User>, StorageError> {
        storage.user_of_session(hash_token(token), now)
    }

    /// Signs out whoever shows that.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn sign_out(storage: &dyn Storage, token: &str) -> Result<(), StorageError> {
        storage.end_user_session(hash_token(token))
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        look: impl FnOnce(&dyn Storage, Timestamp) -> Result<T, SignInError> + Send + 'static,
    ) -> Result<T, SignInError> {
        let turn = tokio::time::timeout(SIGN_IN_WAIT_MAX, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| SignInError::Busy)?;
        let (storage, now) = (Arc::clone(&self.storage), (self.clock)());
        let looked = tokio::task::spawn_blocking(move || look(&*storage, now)).await;
        looked.unwrap_or_else(|error| {
            tracing::error!(%error, "a sign-in failed");
            Err(SignInError::Busy)
        })
    }
}

/// The user of an address, when the password is theirs.
fn known(storage: &dyn Storage, now: Timestamp, email: &str, password: &str) -> Result<User, SignInError> {
    let subject = subject(email);
    let (guesses, counts) = storage.charge(subject, now)?;
    if !counts {
        let until = guesses.locked_until.unwrap_or(now);
        return Err(SignInError::LockedOut(until.duration_since(now).as_secs().max(1)));
    }
    let user = storage.user_of_email(email)?;
    if password.len() > PASSWORD_BYTES_MAX || !fits(password, user.as_ref()) {
        return Err(SignInError::Wrong);
    }
    storage.forgive(subject)?;
    user.ok_or(SignInError::Wrong)
}

fn open(storage: &dyn Storage, now: Timestamp, user: User) -> Result<SignedIn, SignInError> {
    let token = clock::random::<32>().iter().fold(String::with_capacity(64), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    });
    let expires_at = now + SignedDuration::try_from(USER_SESSION_TIME).expect("hours are in range");
    storage.open_user_session(hash_token(&token), user.id, now, expires_at)?;
    Ok(SignedIn { user, token, expires_at })
}

/// Whose guesses are counted together. Addresses that nobody has are counted as those that somebody has, so that a
/// lock-out tells nothing; there are only so many subjects, so that invented addresses do not fill the disk.
fn subject(email: &str) -> u32 {
    let hash = blake3::derive_key("maitred 2026 relay guesses of an address", email.as_bytes());
    u32::from(u16::from_be_bytes([hash[0], hash[1]]))
}

fn hash_token(token: &str) -> [u8; 32] {
    blake3::derive_key("maitred 2026 relay session of a user", token.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_in_capitals_and_nothing_else_is_one() {
        assert_eq!(email(" Olga@Example.ORG ").as_deref(), Some("olga@example.org"));
        for none in ["", "olga", "@example.org", "olga@", "ol ga@example.org", "a@b@c"] {
            assert_eq!(email(none), None, "{none}");
        }
    }

    #[test]
    fn a_password_fits_its_own_user_only_and_nobody_has_none() {
        let hash = hash_password("correct horse");
        let user = User {
            id: UserId(new_id([1; 16])),
            organisation: OrganisationId(new_id([2; 16])),
            organisation_name: "Aurora".into(),
            email: "olga@example.org".into(),
            name: "Olga".into(),
            role: UserRole::Owner,
            password_hash: hash,
            must_change: false,
        };
        assert!(fits("correct horse", Some(&user)));
        assert!(!fits("correct house", Some(&user)));
        assert!(!fits("correct horse", None));
    }
}
