//! The recovery key: shown to a manager once, and never kept. The hub holds what seals, not what opens.

use std::str::FromStr;

use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use maitred_link::deposit::{fetch_hash, to_hex};
use serde::{Deserialize, Serialize};

const FETCH: &str = "maitred 2026 token with which a backup is fetched from a relay";

/// A text that is no recovery key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "that is no recovery key: it begins with AGE-SECRET-KEY-1 and has 74 characters; one of them may be wrong"
)]
pub struct BadKey;

/// What opens backups. As text it is an identity of age.
#[derive(Clone)]
pub struct RecoveryKey(pub(super) Identity);

impl RecoveryKey {
    /// A new one.
    pub fn mint() -> Self {
        Self(Identity::generate())
    }

    /// As it is written down.
    pub fn text(&self) -> String {
        self.0.to_string().expose_secret().to_owned()
    }

    /// What the hub keeps of it.
    pub fn seal(&self) -> SealingKey {
        let fetch = to_hex(fetch_hash(&self.fetch_token()));
        SealingKey { recipient: self.0.to_public().to_string(), fetch }
    }

    /// What a relay hands the venue's backups out for.
    pub fn fetch_token(&self) -> String {
        to_hex(blake3::derive_key(FETCH, self.text().as_bytes()))
    }
}

impl FromStr for RecoveryKey {
    type Err = BadKey;

    /// Reads it as people type it: in groups, or in small letters.
    fn from_str(text: &str) -> Result<Self, BadKey> {
        let key: String = text.split_whitespace().collect();
        key.to_ascii_uppercase().parse().map(Self).map_err(|_| BadKey)
    }
}

/// What seals backups so that the recovery key alone opens them, and gives nothing away itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealingKey {
    /// A recipient of age.
    pub recipient: String,
    /// What a relay keeps of the token for fetching, as 64 hexadecimal digits.
    pub fetch: String,
}

impl SealingKey {
    /// The recipient; `None` when the text is none.
    pub(super) fn recipient(&self) -> Option<Recipient> {
        self.recipient.parse().ok()
    }

    /// By which people tell one key from another: the end of the recipient.
    pub fn mark(&self) -> String {
        self.recipient.chars().skip(self.recipient.chars().count().saturating_sub(6)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_people_write_it_and_no_other_is_taken_for_it() {
        let key = RecoveryKey::mint();
        let groups: Vec<String> =
            key.text().as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
        let typed: RecoveryKey = groups.join(" ").to_lowercase().parse().unwrap();
        assert_eq!(typed.seal(), key.seal());
        assert_eq!(typed.fetch_token(), key.fetch_token());
        assert_ne!(RecoveryKey::mint().seal(), key.seal());
        let mut wrong = key.text().into_bytes();
        wrong[30] = if wrong[30] == b'Q' { b'P' } else { b'Q' };
        assert_eq!(String::from_utf8(wrong).unwrap().parse::<RecoveryKey>().err(), Some(BadKey));
        assert_eq!("".parse::<RecoveryKey>().err(), Some(BadKey));
    }

    #[test]
    fn what_the_hub_keeps_neither_opens_nor_fetches() {
        let key = RecoveryKey::mint();
        let kept = serde_json::to_string(&key.seal()).unwrap();
        assert!(!kept.contains("AGE-SECRET-KEY") && !kept.contains(&key.fetch_token()));
        assert!(key.seal().recipient().is_some());
    }
}
