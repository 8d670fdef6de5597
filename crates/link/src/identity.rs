//! The key by which a hub or a relay is known.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 64 hexadecimal digits")]
pub struct BadKey;

/// What others know a hub or a relay by: an Ed25519 key. As text: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// Whether whoever holds the key signed `message`.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl std::str::FromStr for PublicKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        if text.len() != 64 || !text.is_ascii() {
            return Err(BadKey);
        }
        let mut key = [0; 32];
        for (at, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).map_err(|_| BadKey)?;
        }
        Ok(Self(key))
    }
}

/// A key pair. The seed is the secret: whoever has it is this hub.
pub struct Identity(Ed25519KeyPair);

impl Identity {
    /// The pair that 32 random bytes make.
    pub fn of_seed(seed: &[u8; 32]) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(seed).expect("32 bytes are a seed"))
    }

    /// What others know it by.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.public_key().as_ref().try_into().expect("an Ed25519 key is 32 bytes"))
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_holder_of_the_seed_signs_for_a_key() {
        let (mine, other) = (Identity::of_seed(&[1; 32]), Identity::of_seed(&[2; 32]));
        let signature = mine.sign(b"here");
        assert!(mine.public().has_signed(b"here", &signature));
        assert!(!mine.public().has_signed(b"there", &signature));
        assert!(!other.public().has_signed(b"here", &signature));
    }

    #[test]
    fn a_key_survives_text() {
        let key = Identity::of_seed(&[3; 32]).public();
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!("xyz".parse::<PublicKey>(), Err(BadKey));
        assert_eq!("é".repeat(32).parse::<PublicKey>(), Err(BadKey));
    }
}
