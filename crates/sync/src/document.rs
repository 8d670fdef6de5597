//! One aggregate's document: a flat map that merges.
//!
//! Every value lives in Automerge's root map under `"{section}/{key}"`. Nothing is nested, so no replica ever creates
//! a container that another replica's container could hide, and a document needs no agreed first change.

mod ahead;
mod apply;
mod chunk;
mod edit;
pub(crate) mod flat;
mod key;
mod raw;
mod read;
mod value;

use std::collections::BTreeMap;

use automerge::{ActorId, Automerge, LoadOptions, OnPartialLoad, VerificationMode};

pub use self::ahead::Ahead;
pub use self::apply::{ApplyError, CHANGE_BYTES_MAX};
pub use self::edit::{EDIT_BYTES_MAX, Edit, EditError};
pub use self::key::{KEY_BYTES_MAX, KeyError};
pub(crate) use self::raw::RawChange;
pub use self::value::{Register, Stamped, VALUE_BYTES_MAX};
use crate::Origin;

/// Why saved bytes are not a document.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Empty, cut short, or not what [`Document::save`] writes.
    #[error("not one saved document")]
    Malformed,
    /// Its content does not verify.
    #[error("saved document is damaged")]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A document that replicas edit apart and merge in any order.
///
/// Three kinds of value, told apart by their type, never mixed under one key:
/// - a *fact* is written once under its id and only ever joined by others;
/// - a *register* holds the value with the greatest (hlc, origin) stamp among those no later writer had seen;
/// - a *delta* is a signed number under an epoch; the counter of an epoch is their sum.
#[derive(Clone, Debug)]
pub struct Document {
    automerge: Automerge,
    origin: Origin,
    /// The last change of each actor, gathered when a change is first applied: most documents are only read.
    last_seqs: Option<BTreeMap<ActorId, u64>>,
}

impl Document {
    /// An empty document, edited as `origin`.
    pub fn new(origin: Origin) -> Self {
        Self::wrap(Automerge::new(), origin)
    }

    /// The document [`Document::save`] wrote, on this replica or another; edited as `origin` from here on.
    ///
    /// # Errors
    /// [`LoadError`] when the bytes are not a whole, undamaged document. No bytes at all are not an empty document.
    pub fn load(bytes: &[u8], origin: Origin) -> Result<Self, LoadError> {
        if !chunk::is_one(chunk::Kind::Document, bytes) {
            return Err(LoadError::Malformed);
        }
        let options = LoadOptions::new()
            .on_partial_load(OnPartialLoad::Error)
            .verification_mode(VerificationMode::Check);
        let automerge = Automerge::load_with_options(bytes, options);
        Ok(Self::wrap(automerge.map_err(|e| LoadError::Damaged(Box::new(e)))?, origin))
    }

    /// The whole document with its history, compact and compressed.
    ///
    /// The bytes depend on the order in which concurrent changes arrived: compare what is read, not these.
    pub fn save(&self) -> Vec<u8> {
        self.automerge.save()
    }

    /// Takes everything that a document [`Document::save`] wrote holds and this one lacks.
    ///
    /// # Errors
    /// As [`Document::load`]; this document then stays as it was.
    pub fn absorb(&mut self, bytes: &[u8]) -> Result<(), LoadError> {
        let mut other = Self::load(bytes, self.origin)?;
        self.automerge.merge(&mut other.automerge).map_err(|e| LoadError::Damaged(Box::new(e)))?;
        self.last_seqs = None;
        Ok(())
    }

    /// The origin that edits this document here.
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// True when nothing was ever written.
    pub fn is_empty(&self) -> bool {
        self.automerge.is_empty()
    }

    fn wrap(automerge: Automerge, origin: Origin) -> Self {
        let automerge = automerge.with_actor(ActorId::from(*origin.as_bytes()));
        Self { automerge, origin, last_seqs: None }
    }
}
