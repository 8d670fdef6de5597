//! Writing: an edit gathers writes and becomes one change, or nothing.

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ROOT, ScalarValue};

use super::value::{Register, Stamped};
use super::{Document, KeyError, VALUE_BYTES_MAX, key, value};
use crate::Hlc;

/// The most one edit may write, in bytes of keys and values (8 MiB).
pub const EDIT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Why a write was refused. The edit stays as it was before that write.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EditError {
    /// The section, epoch, key or id cannot be used.
    #[error("unusable key")]
    Key(#[from] KeyError),
    /// Longer than [`VALUE_BYTES_MAX`].
    #[error("value of {bytes} bytes is longer than {VALUE_BYTES_MAX}")]
    ValueTooLong {
        /// Bytes of the value.
        bytes: usize,
    },
    /// The whole edit would pass [`EDIT_BYTES_MAX`].
    #[error("edit is larger than {EDIT_BYTES_MAX} bytes")]
    EditTooLarge,
    /// The id already names another fact or delta. What was written once is never rewritten.
    #[error("the id is taken by a different value")]
    IdTaken,
    /// The key holds a value of another kind: say a register where a fact was to go.
    #[error("the key holds a value of another kind")]
    OtherKind,
}

/// What an edit writes, by key.
pub(super) type Writes = BTreeMap<String, ScalarValue>;

/// What an edit is made on.
pub(super) trait Page: std::fmt::Debug {
    /// The document.
    fn document(&self) -> &Document;
    /// What a key holds; more than one value when replicas disagreed.
    fn held(&self, key: &str) -> Vec<ScalarValue>;
    /// Makes one change of `writes`, of which there are some, and returns its raw bytes.
    fn take(&mut self, writes: Writes) -> Option<Vec<u8>>;
}

/// Writes that become one change of a [`Document`] on [`Edit::commit`]. Dropped, they never were.
#[derive(Debug)]
#[must_use = "an edit that is not committed writes nothing"]
pub struct Edit<'a> {
    page: &'a mut dyn Page,
    hlc: Hlc,
    /// It says again what was written elsewhere.
    is_late: bool,
    // Nothing reaches the page before commit, so that dropping an edit has nothing to undo.
    writes: Writes,
    bytes: usize,
}

impl Document {
    /// Starts an edit; what it sets is stamped with `hlc`, which should be above every stamp this replica has seen.
    pub fn edit(&mut self, hlc: Hlc) -> Edit<'_> {
        Edit::on(self, hlc, false)
    }

    /// Starts an edit that says again what was written elsewhere at `hlc`. It comes to what would have come of applying
    /// the change that wrote it: of rival values of a fact or a delta the least stands, of those of a register the one
    /// that was written last. So replicas that hear the same end alike, whether they could apply it or it was said again.
    pub fn edit_late(&mut self, hlc: Hlc) -> Edit<'_> {
        Edit::on(self, hlc, true)
    }
}

impl Page for Document {
    fn document(&self) -> &Document {
        self
    }

    fn held(&self, key: &str) -> Vec<ScalarValue> {
        self.scalars(key)
    }

    fn take(&mut self, writes: Writes) -> Option<Vec<u8>> {
        let mut transaction = self.automerge.transaction();
        for (key, value) in writes {
            put(&mut transaction, key, value);
        }
        transaction.commit().0?;
        let change = self.automerge.get_last_local_change()?;
        self.note_last(&change);
        Some(change.raw_bytes().to_vec())
    }
}

impl<'a> Edit<'a> {
    pub(super) fn on(page: &'a mut dyn Page, hlc: Hlc, is_late: bool) -> Self {
        Self { page, hlc, is_late, writes: Writes::new(), bytes: 0 }
    }
}

impl Edit<'_> {
    /// Writes a fact. The same fact again is a no-op.
    ///
    /// # Errors
    /// [`EditError::IdTaken`] when `id` already names a different fact; limits and bad keys.
    pub fn insert(&mut self, section: &str, id: &str, value: &str) -> Result<(), EditError> {
        let key = key::join(&[section], id)?;
        check_length(value)?;
        self.write_once(key, ScalarValue::Str(value.into()))
    }

    /// Writes a delta under an epoch. The same delta again is a no-op.
    ///
    /// # Errors
    /// [`EditError::IdTaken`] when `delta_id` already names a different delta; limits and bad keys.
    pub fn add(&mut self, section: &str, epoch: &str, delta_id: &str, delta: i64) -> Result<(), EditError> {
        let key = key::join(&[section, epoch], delta_id)?;
        self.write_once(key, ScalarValue::Int(delta))
    }

    /// Sets a register, or clears it with `None`. Setting what it already holds is a no-op: it is not a new opinion,
    /// and must not beat what another replica really changed meanwhile.
    ///
    /// The stamp is this edit's hlc, raised where needed above what the register holds: a writer always beats what
    /// it has seen, even with a clock that failed to follow.
    ///
    /// # Errors
    /// [`EditError::OtherKind`] when the key holds a fact or a delta; limits and bad keys.
    pub fn set(&mut self, section: &str, key: &str, value: Option<&str>) -> Result<(), EditError> {
        let key = key::join(&[section], key)?;
        check_length(value.unwrap_or_default())?;
        let registers = |held: Vec<ScalarValue>| {
            let mut written = Vec::new();
            for held in held {
                match Kind::of(&held) {
                    Kind::Register(stamped) => written.push(stamped),
                    Kind::Fact | Kind::Delta => return Err(EditError::OtherKind),
                    Kind::Junk => {}
                }
            }
            Ok(Register::settle(written))
        };
        // What this edit set before, it sets otherwise: it has one opinion of a moment.
        let mine = registers(self.writes.get(&key).cloned().into_iter().collect())?;
        let held = registers(self.page.held(&key))?;
        let is_beaten =
            held.as_ref().is_none_or(|held| (self.hlc, value) > (held.hlc, held.value.as_deref()));
        if self.is_late {
            // What was written before it loses to it wherever that arrives, also if it says what stands already.
            if !is_beaten {
                self.writes.remove(&key);
                return Ok(());
            }
        } else if mine.as_ref().or(held.as_ref()).and_then(|held| held.value.as_deref()) == value {
            return Ok(());
        }
        let origin = self.page.document().origin;
        let hlc = match held {
            Some(held) if !is_beaten => held.hlc.next(),
            Some(_) | None => self.hlc,
        };
        let stamped = Stamped { hlc, origin, value: value.map(str::to_owned) };
        self.write(key, ScalarValue::Bytes(value::encode(&stamped)))
    }

    /// Makes the writes one change and returns its raw, uncompressed bytes, as [`Document::apply`] takes them;
    /// `None` when nothing changed.
    pub fn commit(self) -> Option<Vec<u8>> {
        if self.writes.is_empty() { None } else { self.page.take(self.writes) }
    }

    fn write_once(&mut self, key: String, value: ScalarValue) -> Result<(), EditError> {
        let (mut taken, mut is_less) = (false, true);
        for held in self.held(&key) {
            match (Kind::of(&held), &held, &value) {
                (Kind::Fact, ScalarValue::Str(held), ScalarValue::Str(value)) => {
                    is_less &= value < held;
                }
                (Kind::Delta, ScalarValue::Int(held), ScalarValue::Int(value)) => is_less &= value < held,
                (Kind::Fact | Kind::Delta | Kind::Register(_), ..) => return Err(EditError::OtherKind),
                (Kind::Junk, ..) => continue,
            }
            if held == value {
                return Ok(());
            }
            taken = true;
        }
        match (taken, self.is_late) {
            (true, false) => Err(EditError::IdTaken),
            (true, true) if !is_less => Ok(()),
            (true | false, _) => self.write(key, value),
        }
    }

    /// What the key holds as this edit sees it; more than one value when replicas disagreed.
    fn held(&self, key: &str) -> Vec<ScalarValue> {
        match self.writes.get(key) {
            Some(written) => vec![written.clone()],
            None => self.page.held(key),
        }
    }

    fn write(&mut self, key: String, value: ScalarValue) -> Result<(), EditError> {
        let bytes = self.bytes + key.len() + VALUE_OVERHEAD_BYTES + value_bytes(&value);
        if bytes > EDIT_BYTES_MAX {
            return Err(EditError::EditTooLarge);
        }
        self.bytes = bytes;
        self.writes.insert(key, value);
        Ok(())
    }
}

/// What an operation takes beside its key and value, at most; so that an edit of many small values is bounded too.
const VALUE_OVERHEAD_BYTES: usize = 32;

enum Kind {
    Fact,
    Delta,
    Register(Stamped),
    Junk,
}

impl Kind {
    fn of(value: &ScalarValue) -> Self {
        match value {
            ScalarValue::Str(_) => Self::Fact,
            ScalarValue::Int(_) => Self::Delta,
            ScalarValue::Bytes(bytes) => value::decode(bytes).map_or(Self::Junk, Self::Register),
            _ => Self::Junk,
        }
    }
}

fn put(transaction: &mut impl Transactable, key: String, value: ScalarValue) {
    transaction.put(ROOT, key, value).expect("a scalar can be put under any key of the root map");
}

fn check_length(value: &str) -> Result<(), EditError> {
    match value.len() {
        0..=VALUE_BYTES_MAX => Ok(()),
        bytes => Err(EditError::ValueTooLong { bytes }),
    }
}

fn value_bytes(value: &ScalarValue) -> usize {
    match value {
        ScalarValue::Str(text) => text.len(),
        ScalarValue::Bytes(bytes) => bytes.len(),
        _ => size_of::<i64>(),
    }
}
