//! What two replicas say to each other: one byte for the kind, then its fields as postcard writes them.

use serde::{Deserialize, Serialize};

use super::FRAME_BYTES_MAX;

/// Why bytes are not a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FrameError {
    /// More than [`FRAME_BYTES_MAX`].
    #[error("frame of {bytes} bytes is longer than {FRAME_BYTES_MAX}")]
    TooLong {
        /// How many.
        bytes: usize,
    },
    /// A kind that this version does not know, or fields that are not as they should be.
    #[error("frame is not encoded as it should be")]
    Malformed,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(super) struct Hello {
    /// Versions of the protocol that are spoken, the lowest and the highest.
    pub versions: (u16, u16),
    pub realm: [u8; 16],
    pub origin: [u8; 16],
    /// Each journal's end: its origin, the last entry, and the first half of that one's hash.
    pub tips: Vec<([u8; 16], u64, [u8; 16])>,
}

/// Why one side will not take more of a journal during this session.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum RefusalReason {
    /// Two different entries stand at one place: the journal was forked by a restore or a clone.
    Forked,
    /// Entries are missing before it.
    Gap,
    /// It comes after entries that are not here.
    MissingAfter,
    /// It does not hash to what it should: altered on the way, or made up.
    Altered,
    /// Its stamp does not ascend.
    HlcBack,
}

/// Why a session ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum ByeReason {
    /// The other side belongs to another venue.
    OtherRealm,
    /// No version is spoken by both.
    NoCommonVersion,
    /// The other side is this very database.
    SameOrigin,
    /// What came cannot be read.
    Malformed,
    /// A frame that has no place here, say a batch before a greeting.
    OutOfTurn,
}

/// What the personal data of somebody is sealed under, which is in no journal; or that it was destroyed for good.
#[derive(Clone, Copy, Eq, PartialEq, Serialize, Deserialize)]
pub struct SubjectKey {
    /// Whose.
    pub subject: [u8; 16],
    /// The key; `None` says that every key of theirs is to be destroyed, and none is ever to be taken again.
    pub key: Option<[u8; 32]>,
}

/// A key is in no log.
impl std::fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_erased = self.key.is_none();
        f.debug_struct("SubjectKey").field("is_erased", &is_erased).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Frame {
    Hello(Hello),
    Batch(Vec<u8>),
    Ack(Ack),
    Refused(Refused),
    Bye(ByeReason),
    Keys(Vec<SubjectKey>),
}

/// Batches that are durable, counted from the first of the session, and each journal's end.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(super) struct Ack {
    pub batches: u64,
    pub vector: Vec<([u8; 16], u64)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(super) struct Refused {
    pub origin: [u8; 16],
    pub seq: u64,
    pub reason: RefusalReason,
}

const HELLO: u8 = 1;
const BATCH: u8 = 2;
const ACK: u8 = 3;
const REFUSED: u8 = 4;
const BYE: u8 = 5;
const KEYS: u8 = 6;

impl Frame {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello(hello) => tagged(HELLO, hello),
            Self::Batch(packed) => [&[BATCH], packed.as_slice()].concat(),
            Self::Ack(ack) => tagged(ACK, ack),
            Self::Refused(refused) => tagged(REFUSED, refused),
            Self::Bye(reason) => tagged(BYE, reason),
            Self::Keys(keys) => tagged(KEYS, keys),
        }
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(FrameError::TooLong { bytes: bytes.len() });
        }
        match bytes.split_first() {
            Some((&HELLO, rest)) => fields(rest).map(Self::Hello),
            Some((&BATCH, rest)) => Ok(Self::Batch(rest.to_vec())),
            Some((&ACK, rest)) => fields(rest).map(Self::Ack),
            Some((&REFUSED, rest)) => fields(rest).map(Self::Refused),
            Some((&BYE, rest)) => fields(rest).map(Self::Bye),
            Some((&KEYS, rest)) => fields(rest).map(Self::Keys),
            Some(_) | None => Err(FrameError::Malformed),
        }
    }
}

fn tagged(kind: u8, fields: &impl Serialize) -> Vec<u8> {
    postcard::to_extend(fields, vec![kind]).expect("memory takes any frame")
}

fn fields<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, FrameError> {
    match postcard::take_from_bytes(bytes) {
        Ok((fields, [])) => Ok(fields),
        Ok(_) | Err(_) => Err(FrameError::Malformed),
    }
}
