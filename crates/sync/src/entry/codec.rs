//! The bytes of a header. One header has one encoding, and only that one decodes.
//!
//! All numbers big-endian:
//! ```text
//! version 1 | origin 16 | seq 8 | prev_hash 32 | hlc 8 | author 16 | facts_hash 32
//! after:   count 2, then (origin 16, seq 8) ascending by origin, seq above 0
//! changes: count 4, then (doc 16, kind length 1, kind, hash 32)
//! ```

use super::{AFTER_MAX, AuthorId, CHANGES_MAX, ChangeDigest, DocId, Header, KIND_BYTES_MAX};
use crate::{Hash, Hlc, Origin, Vector};

/// The encoding written, and its first byte.
pub const HEADER_VERSION: u8 = 1;

const FIXED_BYTES: usize = 1 + 16 + 8 + 32 + 8 + 16 + 32 + 2 + 4;
const AFTER_BYTES: usize = 16 + 8;
const CHANGE_FIXED_BYTES: usize = 16 + 1 + 32;

/// The longest encoded header, in bytes.
pub const HEADER_BYTES_MAX: usize =
    FIXED_BYTES + AFTER_MAX * AFTER_BYTES + CHANGES_MAX * (CHANGE_FIXED_BYTES + KIND_BYTES_MAX);

/// Why bytes are not an encoded header.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// Written by a version of this crate that this one does not know.
    #[error("header version {0} is unknown")]
    Version(u8),
    /// The bytes end too early.
    #[error("header is cut short")]
    Short,
    /// Bytes follow the header.
    #[error("{bytes} bytes follow the header")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// A count or length is above its bound.
    #[error("{what} is above its bound")]
    TooMany {
        /// Which count.
        what: &'static str,
    },
    /// Seq 0, `after` out of order, with a zero or with the entry's own origin, or a kind that is not UTF-8.
    #[error("{what} is not in its one form")]
    NotCanonical {
        /// Which field.
        what: &'static str,
    },
}

impl Header {
    /// The canonical bytes. Only headers within the bounds of this crate can be decoded again: those that
    /// [`Chain::next`](super::Chain::next) made or [`Header::decode`] returned. (A count that does not fit its field
    /// is written as the largest number, which no decoder accepts.)
    pub fn encode(&self) -> Vec<u8> {
        let kinds: usize = self.changes.iter().map(|change| change.kind.len()).sum();
        let after = self.after.len() * AFTER_BYTES;
        let mut out =
            Vec::with_capacity(FIXED_BYTES + after + self.changes.len() * CHANGE_FIXED_BYTES + kinds);
        out.push(HEADER_VERSION);
        out.extend_from_slice(self.origin.as_bytes());
        out.extend_from_slice(&self.seq.to_be_bytes());
        out.extend_from_slice(self.prev_hash.as_bytes());
        out.extend_from_slice(&self.hlc.to_bits().to_be_bytes());
        out.extend_from_slice(self.author.as_bytes());
        out.extend_from_slice(self.facts_hash.as_bytes());
        out.extend_from_slice(&u16::try_from(self.after.len()).unwrap_or(u16::MAX).to_be_bytes());
        for (origin, seq) in self.after.iter() {
            out.extend_from_slice(origin.as_bytes());
            out.extend_from_slice(&seq.to_be_bytes());
        }
        out.extend_from_slice(&u32::try_from(self.changes.len()).unwrap_or(u32::MAX).to_be_bytes());
        for change in &self.changes {
            out.extend_from_slice(change.doc.as_bytes());
            out.push(u8::try_from(change.kind.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(change.kind.as_bytes());
            out.extend_from_slice(change.hash.as_bytes());
        }
        out
    }

    /// Reads what [`Header::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] for anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader(bytes);
        let version = u8::from_be_bytes(reader.array()?);
        if version != HEADER_VERSION {
            return Err(DecodeError::Version(version));
        }
        let origin = Origin::from(reader.array()?);
        let seq = u64::from_be_bytes(reader.array()?);
        if seq == 0 {
            return Err(DecodeError::NotCanonical { what: "seq" });
        }
        let header = Self {
            origin,
            seq,
            prev_hash: Hash::from(reader.array()?),
            hlc: Hlc::from_bits(u64::from_be_bytes(reader.array()?)),
            author: AuthorId::from(reader.array()?),
            facts_hash: Hash::from(reader.array()?),
            after: reader.after(origin)?,
            changes: reader.changes()?,
        };
        match reader.0.len() {
            0 => Ok(header),
            bytes => Err(DecodeError::Trailing { bytes }),
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(DecodeError::Short)?;
        self.0 = rest;
        Ok(*array)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (slice, rest) = self.0.split_at_checked(length).ok_or(DecodeError::Short)?;
        self.0 = rest;
        Ok(slice)
    }

    fn after(&mut self, own: Origin) -> Result<Vector, DecodeError> {
        let count = usize::from(u16::from_be_bytes(self.array()?));
        if count > AFTER_MAX {
            return Err(DecodeError::TooMany { what: "after" });
        }
        let mut after = Vector::new();
        let mut before = None;
        for _ in 0..count {
            let origin = Origin::from(self.array()?);
            let seq = u64::from_be_bytes(self.array()?);
            if seq == 0 || origin == own || before >= Some(origin) {
                return Err(DecodeError::NotCanonical { what: "after" });
            }
            before = Some(origin);
            after.advance(origin, seq);
        }
        Ok(after)
    }

    fn changes(&mut self) -> Result<Vec<ChangeDigest>, DecodeError> {
        let count = u32::from_be_bytes(self.array()?);
        if count as usize > CHANGES_MAX {
            return Err(DecodeError::TooMany { what: "changes" });
        }
        (0..count).map(|_| self.change()).collect()
    }

    fn change(&mut self) -> Result<ChangeDigest, DecodeError> {
        let doc = DocId::from(self.array()?);
        let length = usize::from(u8::from_be_bytes(self.array()?));
        if length > KIND_BYTES_MAX {
            return Err(DecodeError::TooMany { what: "kind" });
        }
        let kind = str::from_utf8(self.slice(length)?);
        let kind = kind.map_err(|_| DecodeError::NotCanonical { what: "kind" })?.to_owned();
        Ok(ChangeDigest { doc, kind, hash: Hash::from(self.array()?) })
    }
}
