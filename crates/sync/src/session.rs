//! Two replicas catching up with each other: what one knows and the other does not is sent, in an order in which it can
//! be applied, and acknowledged once it is durable.
//!
//! A [`Session`] is a state machine without a socket, a clock or a disk. Whoever drives it hands it the frames that
//! arrive and a [`Journal`] to read from, and does what the [`Output`]s say. It lasts as long as a connection does;
//! the next one starts from what is durable on both sides.
//!
//! *Invariant:* what comes from outside is believed only after it hashes to what it should. A journal that does not
//! is refused with a reason, and the others go on.

mod batch;
mod dense;
mod frame;
mod keys;
mod parcel;

use std::collections::{BTreeMap, BTreeSet};

use self::dense::{Dialect, Speech};
use self::frame::{Ack, Frame, Hello, Refused};
pub use self::frame::{ByeReason, RefusalReason, SubjectKey};
pub use self::keys::PER_FRAME_MAX as KEYS_PER_FRAME_MAX;
pub use self::parcel::{Parcel, Snapshot};
use crate::document::flat;
use crate::entry::hash_change;
use crate::hash::Purpose;
use crate::{AFTER_MAX, Chain, ChainError, DocId, Hash, Origin, Tip, Vector};

/// Versions of the protocol that are spoken, the lowest and the highest.
pub const PROTOCOL_VERSIONS: (u16, u16) = (1, 4);
/// The longest frame, in bytes (32 MiB).
pub const FRAME_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How much is read for one batch, in bytes (512 KiB), unless one entry alone is more: half as much takes a third more on
/// the way, and twice as much keeps a hub from its guests twice as long.
pub const BATCH_BYTES: usize = 512 * 1024;
/// A longer snapshot is not taken apart again to send the changes that it covers, in bytes (64 KiB).
const LIFT_BYTES_MAX: usize = 64 * 1024;
/// Batches on the way that are not acknowledged yet.
pub const WINDOW_BATCHES: u64 = 8;
/// How far before the place where a fork was seen each side tells its version of a journal, in entries: forks are found
/// within days.
pub const FORK_LOOK_BACK: u64 = 10_000;
/// The highest number of an entry that is spoken of: what JSON and SQLite both keep exact.
pub const SEQ_MAX: u64 = (1 << 53) - 1;

/// What a session reads of a replica.
pub trait Journal {
    /// Why it cannot be read.
    type Error;

    /// Where every journal known here ends.
    ///
    /// # Errors
    /// When it cannot be read.
    fn tips(&self) -> Result<BTreeMap<Origin, Tip>, Self::Error>;

    /// Where one journal ends; [`Tip::START`] when nothing of it is known.
    ///
    /// # Errors
    /// When it cannot be read.
    fn tip(&self, origin: Origin) -> Result<Tip, Self::Error>;

    /// The hash of an entry; `None` when it is not here.
    ///
    /// # Errors
    /// When it cannot be read.
    fn hash_at(&self, origin: Origin, seq: u64) -> Result<Option<Hash>, Self::Error>;

    /// Entries beyond `known`, each after those it builds on, until they take `bytes_max`; one at least, when there is
    /// one.
    ///
    /// # Errors
    /// When it cannot be read.
    fn beyond(&self, known: &Vector, bytes_max: usize) -> Result<Vec<Parcel>, Self::Error>;

    /// The snapshot that covers the changes of a document whose bytes were dropped.
    ///
    /// # Errors
    /// When it cannot be read.
    fn snapshot(&self, doc: DocId) -> Result<Option<Snapshot>, Self::Error>;

    /// Keys of personal data that came here after place `n`, in the order in which they came, at most
    /// [`KEYS_PER_FRAME_MAX`], with the place of the last; `None` when there are no more.
    ///
    /// # Errors
    /// When they cannot be read.
    fn keys_beyond(&self, n: u64) -> Result<Option<(u64, Vec<SubjectKey>)>, Self::Error>;

    /// The `n`-th id (from 0) that follows from how an entry's first fact begins; `None` while it is not known. It is the
    /// same for all that begins like this, and at every replica.
    fn made_id(first_fact: &[u8], n: u64) -> Option<[u8; 16]>;
}

/// Who speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Speaker {
    /// Who belongs together: replicas of another realm are not spoken with.
    pub realm: [u8; 16],
    /// This database.
    pub origin: Origin,
}

/// What the driver of a session is to do, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Output {
    /// Send a frame.
    Send(Vec<u8>),
    /// Know that both understand each other.
    Agreed {
        /// The other side.
        peer: Origin,
        /// The version spoken.
        version: u16,
        /// What the other side knew.
        knows: Vector,
    },
    /// Make this durable, then call [`Session::stored`].
    Store(Delivery),
    /// Know that the other side has this on its disk.
    Acknowledged(Vector),
    /// Raise an alarm and go on as a new origin: this database was restored or cloned, the other side knows an entry
    /// under its origin that it does not.
    Rewound {
        /// The place of that entry in the journal.
        seq: u64,
    },
    /// Raise an alarm: the other side knows a journal otherwise than it is known here.
    Forked {
        /// Whose.
        origin: Origin,
        /// At or before this place.
        seq: u64,
    },
    /// Know that one side takes no more of a journal in this session.
    Refused {
        /// Whose.
        origin: Origin,
        /// From this place on.
        seq: u64,
        /// Why.
        reason: RefusalReason,
        /// Whether it was this side that refused.
        here: bool,
    },
    /// End the connection.
    Close(ByeReason),
}

/// Entries, or keys, that arrived together.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Delivery {
    /// What [`Session::stored`] is told.
    pub number: u64,
    /// Keys of personal data: to be kept before anything else.
    pub keys: Vec<SubjectKey>,
    /// Documents that come compact: to be taken before the entries.
    pub snapshots: Vec<Snapshot>,
    /// Entries not known here when they came, each after those it builds on. May be empty, and may be known by the time
    /// they are stored, from somebody else.
    pub parcels: Vec<Parcel>,
    /// Entries in whose places others are known, and what their journals go on with: never applied, but put aside, and
    /// what they say said again.
    pub forked: Vec<Parcel>,
}

/// One connection's worth of catching up.
#[derive(Debug)]
pub struct Session {
    speaker: Speaker,
    peer: Option<Peer>,
    /// Ends of journals that were received and may not be durable yet.
    received: BTreeMap<Origin, Tip>,
    /// Journals that are not taken any more.
    refused: BTreeSet<Origin>,
    /// Journals that both sides know otherwise: each tells its version, which the other puts aside.
    forked: BTreeSet<Origin>,
    deliveries: u64,
    is_closed: bool,
}

#[derive(Debug)]
struct Peer {
    version: u16,
    /// What it has, or what is on its way there.
    known: Vector,
    /// Journals it does not take.
    refuses: BTreeSet<Origin>,
    batches_sent: u64,
    batches_acknowledged: u64,
    /// The place of the last key that it was told.
    keys_told: u64,
    /// What was sent of each document that came compact. One that was saved compact again covers more, and is sent again.
    snapshots_sent: BTreeMap<DocId, Hash>,
}

impl Session {
    /// Starts, with the frame to greet with.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn open<J: Journal>(speaker: Speaker, journal: &J) -> Result<(Self, Vec<u8>), J::Error> {
        let tips = journal.tips()?;
        let tip = |(origin, tip): (&Origin, &Tip)| (*origin.as_bytes(), tip.seq, half(tip.hash));
        let (_, keys) = keys::known(journal)?;
        let hello = Hello {
            versions: PROTOCOL_VERSIONS,
            realm: speaker.realm,
            origin: *speaker.origin.as_bytes(),
            tips: tips.iter().map(tip).chain([(keys::KNOWN, 0, keys)]).collect(),
        };
        let session = Self {
            speaker,
            peer: None,
            received: BTreeMap::new(),
            refused: BTreeSet::new(),
            forked: BTreeSet::new(),
            deliveries: 0,
            is_closed: false,
        };
        Ok((session, Frame::Hello(hello).encode()))
    }

    /// Takes a frame of the other side.
    ///
    /// # Errors
    /// When the journal cannot be read; the session is of no more use then.
    pub fn receive<J: Journal>(&mut self, journal: &J, frame: &[u8]) -> Result<Vec<Output>, J::Error> {
        if self.is_closed {
            return Ok(Vec::new());
        }
        match (Frame::decode(frame), &self.peer) {
            (Ok(Frame::Hello(hello)), None) => self.greeted(journal, &hello),
            (Ok(Frame::Batch(packed)), Some(peer)) => match peer.unpack::<J>(&packed) {
                Ok(unpacked) => self.delivered(journal, unpacked),
                Err(_) => Ok(self.close(ByeReason::Malformed)),
            },
            (Ok(Frame::Ack(ack)), Some(_)) => Ok(self.acknowledged(&ack)),
            (Ok(Frame::Refused(refused)), Some(_)) => Ok(self.refused_there(refused)),
            (Ok(Frame::Keys(keys)), Some(_)) if keys.len() <= KEYS_PER_FRAME_MAX => {
                self.deliveries += 1;
                Ok(vec![Output::Store(Delivery { number: self.deliveries, keys, ..Delivery::default() })])
            }
            (Ok(Frame::Bye(reason)), _) => {
                self.is_closed = true;
                Ok(vec![Output::Close(reason)])
            }
            (Ok(Frame::Hello(_)), Some(_))
            | (Ok(Frame::Batch(_) | Frame::Ack(_) | Frame::Refused(_) | Frame::Keys(_)), None) => {
                Ok(self.close(ByeReason::OutOfTurn))
            }
            (Ok(Frame::Keys(_)), Some(_)) | (Err(_), _) => Ok(self.close(ByeReason::Malformed)),
        }
    }

    /// Hears that a delivery, and all before it, are durable, and how far every journal now is. The answer is to be
    /// sent.
    pub fn stored(&mut self, delivery: u64, vector: &Vector) -> Vec<u8> {
        let vector = vector.iter().map(|(origin, seq)| (*origin.as_bytes(), seq)).collect();
        Frame::Ack(Ack { batches: delivery, vector }).encode()
    }

    /// The next frame to send: what lies here and is neither there nor on the way. `None` when there is nothing, or
    /// the other side has to catch its breath: ask again after an acknowledgement, and when the journal has grown. What
    /// entries are sealed under goes before them.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn next_frame<J: Journal>(&mut self, journal: &J) -> Result<Option<Vec<u8>>, J::Error> {
        let Some(peer) = self.peer.as_mut().filter(|_| !self.is_closed) else { return Ok(None) };
        if peer.batches_sent - peer.batches_acknowledged >= WINDOW_BATCHES {
            return Ok(None);
        }
        if peer.version >= keys::SINCE
            && let Some((last, keys)) = journal.keys_beyond(peer.keys_told)?
        {
            peer.keys_told = last;
            peer.batches_sent += 1;
            return Ok(Some(Frame::Keys(keys).encode()));
        }
        let mut known = peer.known.clone();
        for origin in peer.refuses.union(&self.refused) {
            known.advance(*origin, SEQ_MAX);
        }
        let parcels = journal.beyond(&known, BATCH_BYTES)?;
        if parcels.is_empty() {
            return Ok(None);
        }
        for parcel in &parcels {
            peer.known.advance(parcel.header().origin, parcel.header().seq);
        }
        let packed = peer.pack(journal, parcels, &self.forked)?;
        peer.batches_sent += 1;
        Ok(Some(Frame::Batch(packed).encode()))
    }

    fn close(&mut self, reason: ByeReason) -> Vec<Output> {
        self.is_closed = true;
        vec![Output::Send(Frame::Bye(reason).encode()), Output::Close(reason)]
    }

    fn greeted<J: Journal>(&mut self, journal: &J, hello: &Hello) -> Result<Vec<Output>, J::Error> {
        let origin = Origin::from_bytes(hello.origin);
        if hello.realm != self.speaker.realm {
            return Ok(self.close(ByeReason::OtherRealm));
        }
        if origin == self.speaker.origin {
            return Ok(self.close(ByeReason::SameOrigin));
        }
        let Some(version) = common_version(PROTOCOL_VERSIONS, hello.versions) else {
            return Ok(self.close(ByeReason::NoCommonVersion));
        };
        let (keys, tips): (Vec<_>, Vec<_>) =
            hello.tips.iter().partition(|(origin, ..)| *origin == keys::KNOWN);
        let Some(knows) = vector_of(tips.iter().map(|(origin, seq, _)| (*origin, *seq))) else {
            return Ok(self.close(ByeReason::Malformed));
        };
        let (last_key, keys_here) = keys::known(journal)?;
        let has_my_keys = keys.iter().any(|(.., there)| *there == keys_here);
        self.peer = Some(Peer {
            version,
            known: knows.clone(),
            refuses: BTreeSet::new(),
            batches_sent: 0,
            batches_acknowledged: 0,
            keys_told: if has_my_keys { last_key } else { 0 },
            snapshots_sent: BTreeMap::new(),
        });
        let mut outputs = vec![Output::Agreed { peer: origin, version, knows }];
        for (origin, seq, hash) in tips {
            outputs.extend(self.compare(journal, Origin::from_bytes(origin), seq, hash)?);
        }
        Ok(outputs)
    }

    /// Compares the end of a journal as it is known there with the same place here.
    fn compare<J: Journal>(
        &mut self,
        journal: &J,
        origin: Origin,
        seq: u64,
        hash: [u8; 16],
    ) -> Result<Vec<Output>, J::Error> {
        let differs = journal.hash_at(origin, seq)?.is_some_and(|known| half(known) != hash);
        let is_mine = origin == self.speaker.origin;
        if is_mine && (differs || seq > journal.tip(origin)?.seq) {
            self.refused.insert(origin);
            return Ok(vec![Output::Rewound { seq }]);
        }
        Ok(if differs { self.refuse(origin, seq, RefusalReason::Forked) } else { Vec::new() })
    }

    fn refuse(&mut self, origin: Origin, seq: u64, reason: RefusalReason) -> Vec<Output> {
        let is_new = match reason {
            RefusalReason::Forked => self.fork(origin, seq),
            RefusalReason::Gap
            | RefusalReason::MissingAfter
            | RefusalReason::Altered
            | RefusalReason::HlcBack => self.refused.insert(origin),
        };
        if !is_new {
            return Vec::new();
        }
        let frame = Frame::Refused(Refused { origin: *origin.as_bytes(), seq, reason }).encode();
        let mut outputs = vec![Output::Send(frame), Output::Refused { origin, seq, reason, here: true }];
        if reason == RefusalReason::Forked {
            outputs.push(Output::Forked { origin, seq });
        }
        outputs
    }

    /// Goes on telling a journal that both sides know otherwise, from before the place where they differ: what only one
    /// of them knows must not be lost. False when that was known.
    fn fork(&mut self, origin: Origin, seq: u64) -> bool {
        if !self.forked.insert(origin) {
            return false;
        }
        if let Some(peer) = &mut self.peer {
            peer.known = peer.known.iter().filter(|(known, _)| *known != origin).collect();
            peer.known.advance(origin, seq.saturating_sub(FORK_LOOK_BACK));
        }
        true
    }

    fn delivered<J: Journal>(
        &mut self,
        journal: &J,
        unpacked: batch::Unpacked,
    ) -> Result<Vec<Output>, J::Error> {
        let mut outputs = Vec::new();
        let reached: BTreeMap<Origin, Hash> =
            unpacked.parcels.iter().map(|parcel| (parcel.header().origin, parcel.header().hash())).collect();
        for (origin, end) in &unpacked.ends {
            if reached.get(origin) != Some(end) {
                let seq = self.tip(journal, *origin)?.seq + 1;
                outputs.extend(self.refuse(*origin, seq, RefusalReason::Altered));
            }
        }
        let (mut parcels, mut forked) = (Vec::new(), Vec::new());
        for parcel in unpacked.parcels {
            let header = parcel.header();
            if self.refused.contains(&header.origin) {
                continue;
            }
            if self.forked.contains(&header.origin) {
                let is_known = journal.hash_at(header.origin, header.seq)? == Some(header.hash());
                forked.extend((!is_known).then_some(parcel));
                continue;
            }
            // What comes from there need not be sent back.
            if let Some(peer) = &mut self.peer {
                peer.known.advance(header.origin, header.seq);
            }
            match self.examine(journal, &parcel)? {
                Verdict::New(tip) => {
                    self.received.insert(header.origin, tip);
                    parcels.push(parcel);
                }
                Verdict::Known => {}
                Verdict::Mine => {
                    let (origin, seq) = (header.origin, header.seq);
                    self.refused.insert(origin);
                    outputs.push(Output::Rewound { seq });
                }
                Verdict::Refused(reason) => {
                    outputs.extend(self.refuse(header.origin, header.seq, reason));
                    forked.extend((reason == RefusalReason::Forked).then_some(parcel));
                }
            }
        }
        self.deliveries += 1;
        let delivery = Delivery {
            number: self.deliveries,
            keys: Vec::new(),
            snapshots: unpacked.snapshots,
            parcels,
            forked,
        };
        outputs.push(Output::Store(delivery));
        Ok(outputs)
    }

    fn examine<J: Journal>(&self, journal: &J, parcel: &Parcel) -> Result<Verdict, J::Error> {
        let header = parcel.header();
        let tip = self.tip(journal, header.origin)?;
        if header.seq <= tip.seq {
            let is_last = header.seq == tip.seq;
            let known = if is_last { Some(tip.hash) } else { journal.hash_at(header.origin, header.seq)? };
            let is_other = known.is_some_and(|known| known != header.hash());
            return Ok(if is_other { Verdict::Refused(RefusalReason::Forked) } else { Verdict::Known });
        }
        if header.origin == self.speaker.origin {
            return Ok(Verdict::Mine);
        }
        for (origin, seq) in header.after.iter() {
            // Of a forked journal the other version may be longer, and what it says is put aside.
            if self.tip(journal, origin)?.seq < seq && !self.forked.contains(&origin) {
                return Ok(Verdict::Refused(RefusalReason::MissingAfter));
            }
        }
        let mut chain = Chain::resume(header.origin, tip);
        Ok(match chain.accept(header) {
            Ok(()) => Verdict::New(chain.tip()),
            Err(ChainError::Gap { .. }) => Verdict::Refused(RefusalReason::Gap),
            Err(ChainError::WrongPrevHash { .. }) => Verdict::Refused(RefusalReason::Forked),
            Err(ChainError::HlcBack { .. }) => Verdict::Refused(RefusalReason::HlcBack),
            Err(ChainError::WrongOrigin { .. } | ChainError::AfterSelf { .. } | ChainError::Draft(_)) => {
                Verdict::Refused(RefusalReason::Altered)
            }
        })
    }

    /// Where a journal ends, with what was received and is not stored yet.
    fn tip<J: Journal>(&self, journal: &J, origin: Origin) -> Result<Tip, J::Error> {
        let stored = journal.tip(origin)?;
        let received = self.received.get(&origin).copied();
        Ok(received.filter(|received| received.seq > stored.seq).unwrap_or(stored))
    }

    fn acknowledged(&mut self, ack: &Ack) -> Vec<Output> {
        let Some(peer) = self.peer.as_mut() else { return Vec::new() };
        if ack.batches > peer.batches_sent || ack.batches < peer.batches_acknowledged {
            return self.close(ByeReason::OutOfTurn);
        }
        let Some(vector) = vector_of(ack.vector.iter().copied()) else {
            return self.close(ByeReason::Malformed);
        };
        peer.batches_acknowledged = ack.batches;
        for (origin, seq) in vector.iter().filter(|(origin, _)| !self.forked.contains(origin)) {
            peer.known.advance(origin, seq);
        }
        vec![Output::Acknowledged(vector)]
    }

    fn refused_there(&mut self, refused: Refused) -> Vec<Output> {
        let origin = Origin::from_bytes(refused.origin);
        let Refused { seq, reason, .. } = refused;
        let mut outputs = vec![Output::Refused { origin, seq, reason, here: false }];
        match reason {
            RefusalReason::Forked if origin != self.speaker.origin => {
                let is_new = self.fork(origin, seq);
                outputs.extend(is_new.then_some(Output::Forked { origin, seq }));
                return outputs;
            }
            RefusalReason::Forked => outputs.push(Output::Rewound { seq }),
            RefusalReason::Gap
            | RefusalReason::MissingAfter
            | RefusalReason::Altered
            | RefusalReason::HlcBack => {}
        }
        if let Some(peer) = &mut self.peer {
            peer.refuses.insert(origin);
        }
        outputs
    }
}

impl Peer {
    /// How batches are [`dense`]; `None` when they are as the first version says them.
    fn speech<J: Journal>(&self) -> Option<Speech> {
        let dialect = match self.version {
            ..2 => return None,
            2 => Dialect::Second,
            3.. => Dialect::Third,
        };
        Some(Speech { dialect, made_id: J::made_id })
    }

    fn unpack<J: Journal>(&self, packed: &[u8]) -> Result<batch::Unpacked, batch::BatchError> {
        match self.speech::<J>() {
            Some(speech) => dense::unpack(packed, speech),
            None => batch::unpack(packed),
        }
    }

    fn pack<J: Journal>(
        &mut self,
        journal: &J,
        mut parcels: Vec<Parcel>,
        forked: &BTreeSet<Origin>,
    ) -> Result<Vec<u8>, J::Error> {
        let speech = self.speech::<J>();
        let mut snapshots = Vec::new();
        for doc in covered(&parcels, forked) {
            let Some(snapshot) = journal.snapshot(doc)? else { continue };
            let is_small = snapshot.bytes.len() <= LIFT_BYTES_MAX;
            if speech.is_some() && is_small && lift(&mut parcels, forked, &snapshot) {
                continue;
            }
            let hash = Purpose::Snapshot.hash([&snapshot.bytes]);
            if self.snapshots_sent.insert(doc, hash) != Some(hash) {
                snapshots.push(snapshot);
            }
        }
        Ok(match speech {
            Some(speech) => dense::pack(&snapshots, &parcels, speech),
            None => batch::pack(&snapshots, &parcels),
        })
    }
}

/// Documents of changes whose bytes were dropped. Of a forked journal they are not wanted: what is put aside there is
/// told by its facts.
fn covered(parcels: &[Parcel], forked: &BTreeSet<Origin>) -> BTreeSet<DocId> {
    let told = parcels.iter().filter(|parcel| !forked.contains(&parcel.header().origin));
    let changes = told.flat_map(Parcel::changes);
    changes.filter(|(_, bytes)| bytes.is_none()).map(|(digest, _)| digest.doc).collect()
}

/// Gives changes their bytes back that were dropped because a snapshot covers them: said beside their facts, which tell
/// the same, they take less room than the snapshot does. False when it does not hold them all.
fn lift(parcels: &mut [Parcel], forked: &BTreeSet<Origin>, snapshot: &Snapshot) -> bool {
    let changes = flat::lift(&snapshot.bytes);
    let changes = changes.into_iter().map(|raw| (hash_change(&raw), raw)).collect();
    let mut is_whole = true;
    for parcel in parcels.iter_mut().filter(|parcel| !forked.contains(&parcel.header().origin)) {
        is_whole &= parcel.restore(snapshot.doc, &changes);
    }
    is_whole
}

enum Verdict {
    /// The next entry: its journal ends with it now.
    New(Tip),
    Known,
    /// An entry of this very database that it does not have.
    Mine,
    Refused(RefusalReason),
}

/// What a frame says of journals, unless it says more than there can be.
fn vector_of(said: impl ExactSizeIterator<Item = ([u8; 16], u64)>) -> Option<Vector> {
    if said.len() > AFTER_MAX {
        return None;
    }
    said.map(|(origin, seq)| (seq <= SEQ_MAX).then_some((Origin::from_bytes(origin), seq))).collect()
}

fn half(hash: Hash) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&hash.as_bytes()[..16]);
    half
}

/// The highest version that both speak.
fn common_version(mine: (u16, u16), theirs: (u16, u16)) -> Option<u16> {
    let version = mine.1.min(theirs.1);
    (version >= mine.0.max(theirs.0)).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_version_that_both_speak_is_spoken() {
        assert_eq!(common_version((1, 2), (1, 1)), Some(1));
        assert_eq!(common_version((1, 2), (2, 5)), Some(2));
        assert_eq!(common_version((1, 2), (3, 5)), None);
    }
}
