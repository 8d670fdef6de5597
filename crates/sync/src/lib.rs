//! Convergence without a restaurant: documents that merge, and the journal that carries their changes.
//!
//! A [`Document`] is a flat map with a small vocabulary (grow-only facts, stamped registers, deltas under an epoch)
//! and what merges is proved here, by property tests. An [`Entry`] is one command's worth of facts and document
//! changes in a gapless, hash-chained journal per [`Origin`]; a [`Vector`] says how far each journal is known, and a
//! [`Session`] sends another replica what it lacks.
//!
//! *Invariant:* the only user of Automerge, and no restaurant: no aggregate, no command, no section name. No clock,
//! no randomness, no I/O, no async; whatever arrives from outside is answered with an error, never a panic.

mod document;
mod entry;
mod hash;
mod hex;
mod hlc;
mod origin;
mod session;
mod vector;

pub use self::document::{
    Ahead, ApplyError, CHANGE_BYTES_MAX, Document, EDIT_BYTES_MAX, Edit, EditError, KEY_BYTES_MAX, KeyError,
    LoadError, Register, Stamped, VALUE_BYTES_MAX,
};
pub use self::entry::{
    AFTER_MAX, AuthorId, CHANGES_MAX, Chain, ChainError, Change, ChangeDigest, DecodeError, DocId, Draft,
    Entry, EntryError, FACTS_MAX, HEADER_BYTES_MAX, HEADER_VERSION, Header, KIND_BYTES_MAX, Tip,
};
pub use self::hash::Hash;
pub use self::hex::HexError;
pub use self::hlc::{HLC_AHEAD_MILLIS_MAX, HLC_MILLIS_MAX, Hlc, HlcClock, Observed};
pub use self::origin::Origin;
pub use self::session::{
    BATCH_BYTES, ByeReason, Delivery, FRAME_BYTES_MAX, Journal, KEYS_PER_FRAME_MAX, Output,
    PROTOCOL_VERSIONS, Parcel, RefusalReason, SEQ_MAX, Session, Snapshot, Speaker, SubjectKey,
    WINDOW_BATCHES,
};
pub use self::vector::Vector;
