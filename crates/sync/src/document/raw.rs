//! The bytes of a change on their way between replicas.

use automerge::Change;

/// A change, as raw bytes or as what writes them.
#[derive(Clone, Debug)]
pub(crate) enum RawChange {
    /// As they were read: whatever somebody wrote.
    Read(Vec<u8>),
    /// Written by Automerge, here, from what it says: the one encoding of that.
    Written(Box<Change>),
}

impl RawChange {
    pub fn read(bytes: Vec<u8>) -> Self {
        Self::Read(bytes)
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Written(change) => change.raw_bytes(),
        }
    }
}

impl PartialEq for RawChange {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for RawChange {}
