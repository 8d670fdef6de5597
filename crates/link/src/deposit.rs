//! A sealed backup on its way from a hub to its relay: what the hub signs for, and how the request says it.

use std::fmt::Write;

use crate::{BadKey, Identity, PublicKey};

/// Who deposits.
pub const HUB: &str = "maitred-hub";
/// BLAKE3 of what is deposited.
pub const HASH: &str = "maitred-hash";
/// BLAKE3 of the token that it is handed out for.
pub const FETCH: &str = "maitred-fetch";
/// The hub's signature of all that.
pub const SIGNATURE: &str = "maitred-signature";
/// Where backups are put and fetched.
pub const PATH: &str = "/api/v1/backups";

const SIGNED: &[u8] = b"maitred 2026 deposit of a sealed backup";
const FETCH_HASH: &str = "maitred 2026 what a relay keeps of the token for fetching backups";

/// What a hub deposits. Whoever repeats the request deposits the same again, which changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// BLAKE3 of the file.
    pub hash: [u8; 32],
    /// Its length.
    pub bytes: u64,
    /// What is kept of the token that it is handed out for.
    pub fetch: [u8; 32],
}

impl Deposit {
    /// The signature of a hub, as hexadecimal digits.
    pub fn sign(&self, hub: &Identity) -> String {
        hub.sign(&self.message()).iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }

    /// Whether `hub` signed for it.
    pub fn is_signed(&self, hub: PublicKey, signature: &str) -> bool {
        let pairs = signature.as_bytes().chunks(2);
        let digits = |pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let signature: Option<Vec<u8>> = pairs.map(digits).collect();
        signature.is_some_and(|signature| hub.has_signed(&self.message(), &signature))
    }

    fn message(&self) -> Vec<u8> {
        [SIGNED, &self.hash, &self.bytes.to_be_bytes(), &self.fetch].concat()
    }
}

/// What a relay keeps of the token that a backup is handed out for.
pub fn fetch_hash(token: &str) -> [u8; 32] {
    blake3::derive_key(FETCH_HASH, token.as_bytes())
}

/// 32 bytes as 64 hexadecimal digits.
pub fn to_hex(bytes: [u8; 32]) -> String {
    PublicKey(bytes).to_string()
}

/// 64 hexadecimal digits as 32 bytes.
///
/// # Errors
/// [`BadKey`] when they are none.
pub fn of_hex(digits: &str) -> Result<[u8; 32], BadKey> {
    digits.parse().map(|PublicKey(bytes)| bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_hub_signed_for_is_deposited() {
        let hub = Identity::of_seed(&[1; 32]);
        let deposit = Deposit { hash: [2; 32], bytes: 7, fetch: fetch_hash("token") };
        let signature = deposit.sign(&hub);
        assert!(deposit.is_signed(hub.public(), &signature));
        assert!(!Deposit { bytes: 8, ..deposit }.is_signed(hub.public(), &signature));
        assert!(!Deposit { fetch: fetch_hash("other"), ..deposit }.is_signed(hub.public(), &signature));
        assert!(!deposit.is_signed(Identity::of_seed(&[3; 32]).public(), &signature));
        assert!(!deposit.is_signed(hub.public(), "zz") && !deposit.is_signed(hub.public(), ""));
    }
}
