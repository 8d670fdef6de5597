//! Content hashes, one derivation per meaning.

/// A BLAKE3 hash. Bytes hashed for one purpose never verify for another: each purpose has its own derivation.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Hash([u8; 32]);

crate::hex::hex_newtype!(Hash, 32);

impl Hash {
    /// What the first entry of a journal names as the entry before it.
    pub const ZERO: Self = Self([0; 32]);
}

/// What the hashed bytes are. The texts are part of the journal format: changing one breaks every chain.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Header,
    Facts,
    Change,
    /// Not part of any format: tells what a session sent from what it has to send again.
    Snapshot,
    /// Part of the protocol: tells whether the other side knows the same keys of personal data.
    KeyOfSomebody,
}

impl Purpose {
    const fn context(self) -> &'static str {
        match self {
            Self::Header => "maitred 2025 journal entry header v1",
            Self::Facts => "maitred 2025 journal entry facts v1",
            Self::Change => "maitred 2025 journal entry change v1",
            Self::Snapshot => "maitred 2026 snapshot that was sent",
            Self::KeyOfSomebody => "maitred 2026 key of personal data that is known",
        }
    }

    pub(crate) fn hash(self, parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Hash {
        let mut hasher = blake3::Hasher::new_derive_key(self.context());
        for part in parts {
            hasher.update(part.as_ref());
        }
        Hash(*hasher.finalize().as_bytes())
    }
}
