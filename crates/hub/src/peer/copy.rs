//! A hub that knows nothing yet is given a copy of the store of another, and goes on from there by the session: to be told
//! the entries of years one by one takes a core, a copy takes the disk.
//!
//! *Invariant:* what arrives stays a file beside the database until it has been examined, and is put in that one's place
//! while no hub runs. Whatever goes wrong before, the session tells the entries.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use maitred_store::{GivenCopy, OpenError, ReadError, Store};
use maitred_sync::Hash;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::say::{Message, Say};
use crate::app::App;
use crate::backup::room;
use crate::config::Runner;
use crate::limits::{
    BACKUP_ROOM_LEFT, COPY_BYTES_MIN, COPY_PIECE_BYTES, COPY_PIECES_AHEAD_MAX, COPY_TRIES_MAX,
};

/// How hard pieces are packed: as little as pays on a fast line.
const PACKED: i32 = 1;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// This disk has too little room.
    #[error("there is no room for a copy of {} MiB", .bytes.div_ceil(1024 * 1024))]
    NoRoom {
        /// How large it would be.
        bytes: u64,
    },
    /// The hub that asks is of an older version.
    #[error("the hub that asks for it is of an older version (schema {asks}, this one has {has})")]
    Older {
        /// The newest schema that it knows.
        asks: i64,
        /// That of the copy.
        has: i64,
    },
    /// It cannot be made, or is no good.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// Its size is not known.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The disk refuses.
    #[error("the disk refuses the copy")]
    Io(#[from] io::Error),
    /// It is longer or shorter than was said, or comes in larger pieces.
    #[error("the copy is not as long as it was to be")]
    Length,
    /// The other side has none to give after all.
    #[error("the other hub gives none: {0}")]
    Refused(String),
    /// The connection ended, or the hub stops.
    #[error("it was broken off")]
    BrokenOff,
    /// Nothing of it came for too long.
    #[error("the other hub sends nothing of it")]
    Silent,
}

/// What a hub knows of copies that it gives and takes.
pub struct Copies {
    may_take: bool,
    tries: AtomicU32,
    giving: Arc<Semaphore>,
    taking: Arc<Semaphore>,
    /// One lies beside the database: the hub is to start anew.
    pub(super) arrived: watch::Sender<bool>,
}

impl Copies {
    /// Gives them; takes one only if somebody would start this hub anew.
    pub fn new(runner: Runner) -> Self {
        let one = || Arc::new(Semaphore::new(1));
        Self {
            may_take: runner == Runner::StartsAnew,
            tries: AtomicU32::new(0),
            giving: one(),
            taking: one(),
            arrived: watch::Sender::new(false),
        }
    }

    /// Waits until one lies beside the database.
    pub async fn arrived(&self) {
        // The sender cannot end before this does.
        let _ = self.arrived.subscribe().wait_for(|arrived| *arrived).await;
    }

    /// Whether to ask another hub for a copy of so many bytes.
    pub(super) fn is_wanted(&self, bytes: u64) -> bool {
        self.may_take && bytes >= COPY_BYTES_MIN && self.tries.load(Ordering::Relaxed) < COPY_TRIES_MAX
    }

    /// The one try at a time; `None` while another connection has it.
    pub(super) fn try_one(&self) -> Option<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.taking).try_acquire_owned().ok()?;
        self.tries.fetch_add(1, Ordering::Relaxed);
        Some(permit)
    }
}

/// Gives a copy to a hub that knows schemas up to `schema`; pieces wait for room `ahead`. Says why when it cannot.
pub async fn give(app: App, schema: i64, out: mpsc::Sender<Vec<u8>>, ahead: Arc<Semaphore>) {
    match give_all(&app, schema, &out, &ahead).await {
        Ok(bytes) => tracing::info!(bytes, "another hub has got a copy of the store"),
        Err(CopyError::BrokenOff) => tracing::info!("a copy for another hub was broken off"),
        Err(error) => {
            tracing::warn!("another hub gets no copy of the store: {error}");
            let refused = Message::Say(Say::NoCopy { why: error.to_string() });
            // An error means that the connection is gone, and with it who would like to know.
            let _ = out.send(refused.encode()).await;
        }
    }
}

async fn give_all(
    app: &App,
    schema: i64,
    out: &mpsc::Sender<Vec<u8>>,
    ahead: &Semaphore,
) -> Result<u64, CopyError> {
    let say = async |message: Message| out.send(message.encode()).await.map_err(|_| CopyError::BrokenOff);
    let one = Arc::clone(&app.hubs.copies.giving).acquire_owned().await.map_err(|_| CopyError::BrokenOff)?;
    let store = app.store.clone();
    let mut giving = off_thread(move || Giving::begin(&store, schema, one)).await?;
    let bytes = giving.copy.size_bytes();
    say(Message::Say(Say::Copy { bytes })).await?;
    loop {
        ahead.acquire().await.map_err(|_| CopyError::BrokenOff)?.forget();
        let (rest, piece) = off_thread(move || giving.next()).await?;
        giving = rest;
        match piece {
            Some(piece) => say(Message::Piece(piece)).await?,
            None => break,
        }
    }
    say(Message::Say(Say::Copied { hash: Hash::from(*giving.hasher.finalize().as_bytes()) })).await?;
    Ok(bytes)
}

/// A copy that is being given away.
struct Giving {
    copy: GivenCopy,
    hasher: blake3::Hasher,
    _one: OwnedSemaphorePermit,
}

impl Giving {
    fn begin(store: &Store, schema: i64, one: OwnedSemaphorePermit) -> Result<Self, CopyError> {
        let has = maitred_store::schema();
        if has > schema {
            return Err(CopyError::Older { asks: schema, has });
        }
        refuse_without_room(store.folder(), store.size_bytes()?)?;
        Ok(Self { copy: store.give_copy()?, hasher: blake3::Hasher::new(), _one: one })
    }

    /// The next piece, packed; none after the last.
    fn next(mut self) -> Result<(Self, Option<Vec<u8>>), CopyError> {
        let mut piece = Vec::with_capacity(COPY_PIECE_BYTES);
        self.copy.by_ref().take(COPY_PIECE_BYTES as u64).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return Ok((self, None));
        }
        self.hasher.update(&piece);
        Ok((self, Some(zstd::bulk::compress(&piece, PACKED)?)))
    }
}

async fn off_thread<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, CopyError> + Send + 'static,
) -> Result<T, CopyError> {
    tokio::task::spawn_blocking(run).await.map_err(|_| CopyError::BrokenOff)?
}

/// A copy that arrives: what comes is written down on a thread of its own.
pub struct Arrival {
    coming: mpsc::Sender<Coming>,
    /// How large it is.
    pub of: u64,
}

/// What comes of it.
enum Coming {
    Piece(Vec<u8>),
    End(Hash),
}

/// What has become of it.
pub enum Step {
    /// So many bytes are written down.
    Taken(u64),
    /// It lies beside the database, or came to nothing.
    Ended(Result<(), CopyError>),
}

impl Arrival {
    /// Begins to take a copy of `of` bytes; `steps` is told how it goes.
    ///
    /// # Errors
    /// [`CopyError::NoRoom`] when the disk has too little room.
    pub fn begin(
        store: &Store,
        of: u64,
        one: OwnedSemaphorePermit,
        steps: mpsc::Sender<Step>,
    ) -> Result<Self, CopyError> {
        refuse_without_room(store.folder(), of)?;
        let (coming, comes) = mpsc::channel(COPY_PIECES_AHEAD_MAX + 1);
        let store = store.clone();
        tokio::task::spawn_blocking(move || {
            let ended = write_down(&store, of, comes, &steps);
            // The next try begins after the file of this one is gone.
            drop(one);
            // An error means that the connection is gone, and with it who would like to know.
            let _ = steps.blocking_send(Step::Ended(ended));
        });
        Ok(Self { coming, of })
    }

    /// The next piece came. One that nobody writes down, because writing ended or more came than was asked for, is missed
    /// in the end.
    pub fn piece(&self, packed: Vec<u8>) {
        let _ = self.coming.try_send(Coming::Piece(packed));
    }

    /// All of it came; its BLAKE3 is to be `hash`.
    pub fn end(&self, hash: Hash) {
        let _ = self.coming.try_send(Coming::End(hash));
    }
}

fn write_down(
    store: &Store,
    of: u64,
    mut comes: mpsc::Receiver<Coming>,
    steps: &mpsc::Sender<Step>,
) -> Result<(), CopyError> {
    let mut copy = store.take_copy()?;
    while let Some(coming) = comes.blocking_recv() {
        match coming {
            Coming::Piece(packed) => {
                let piece =
                    zstd::bulk::decompress(&packed, COPY_PIECE_BYTES).map_err(|_| CopyError::Length)?;
                if copy.bytes() + piece.len() as u64 > of {
                    return Err(CopyError::Length);
                }
                copy.add(&piece)?;
                steps.blocking_send(Step::Taken(copy.bytes())).map_err(|_| CopyError::BrokenOff)?;
            }
            Coming::End(_) if copy.bytes() != of => return Err(CopyError::Length),
            Coming::End(hash) => return Ok(copy.finish(&hash, store.realm(), &store.hubs()?)?),
        }
    }
    Err(CopyError::BrokenOff)
}

fn refuse_without_room(folder: &Path, bytes: u64) -> Result<(), CopyError> {
    let wanted = bytes.saturating_add(BACKUP_ROOM_LEFT);
    if room(folder).is_some_and(|room| room < wanted) { Err(CopyError::NoRoom { bytes }) } else { Ok(()) }
}
