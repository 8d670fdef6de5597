//! Somebody who has the venue's key and lies. What he says is refused, put aside or harmless; honest hubs stay alike,
//! and go on.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;

use maitred_store::{Store, made_id};
use maitred_sync::{
    AuthorId, Chain, Change, DocId, Document, Draft, Entry, FRAME_BYTES_MAX, Hash, Header, Hlc, Journal,
    Origin, Output, Parcel, Session, Snapshot, Speaker, Tip, Vector,
};

use super::hub::Doing;
use super::network::REALM;
use super::rng::Rng;
use super::world::World;
use super::{ConnectionId, HubId};

/// No connection is called so: what is delivered here is acknowledged to nobody.
const NOBODY: ConnectionId = 0;
/// The most frames that a liar has time for.
const FRAMES_MAX: usize = 8;

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    /// He is of another venue.
    OtherVenue,
    /// He speaks a version that nobody knows yet.
    UnknownVersion,
    /// A frame is longer than any may be.
    HugeFrame,
    /// Bytes of a batch are others than were sent.
    Noise,
    /// A batch comes before a greeting.
    OutOfTurn,
    /// An entry is missing.
    Gap,
    /// An entry follows another than it says.
    WrongHash,
    /// An entry builds on what nobody has.
    Orphan,
    /// Time goes back.
    Backwards,
    /// A change is no change.
    BrokenChange,
    /// A document does not say what its kind should.
    Unreadable,
    /// What happened is in no language.
    BrokenFacts,
    /// He knows entries of the hub that it never wrote.
    Foretold,
    /// He knows another hub's journal otherwise.
    Fork,
}

const LIES: [Lie; 14] = [
    Lie::OtherVenue,
    Lie::UnknownVersion,
    Lie::HugeFrame,
    Lie::Noise,
    Lie::OutOfTurn,
    Lie::Gap,
    Lie::WrongHash,
    Lie::Orphan,
    Lie::Backwards,
    Lie::BrokenChange,
    Lie::Unreadable,
    Lie::BrokenFacts,
    Lie::Foretold,
    Lie::Fork,
];

impl World {
    /// Somebody tells a hub a lie.
    pub fn lie(&mut self, hub: HubId) {
        let Some(store) = self.hubs[hub].store().cloned() else { return };
        let lie = *self.rng.pick(&LIES).expect("there are some");
        self.note(format_args!("hub {hub} is told a lie: {lie:?}"));
        let mut rng = self.rng.fork();
        let Ok((session, hello)) = store.open_session(REALM) else { return };
        let now =
            Hlc::from_bits(u64::try_from(self.hubs[hub].now().as_millisecond()).unwrap_or_default() << 16);
        let liar = Liar::new(lie, &store, now, &mut rng);
        for output in liar.talk(&store, session, &hello, &mut rng) {
            self.believe(hub, output);
        }
    }

    fn believe(&mut self, hub: HubId, output: Output) {
        match output {
            Output::Store(delivery) => {
                let number = delivery.number;
                self.hubs[hub].ask(
                    |store| async move { store.deliver(delivery).await },
                    |answer| Doing::Delivery { connection: NOBODY, side: 0, number, answer },
                );
                self.turn_soon(hub);
            }
            Output::Rewound { seq } => self.is_told_of_another_life(hub, seq),
            Output::Refused { origin, seq, reason, .. } => {
                self.note(format_args!("hub {hub} refuses {origin} from {seq} of a liar: {reason:?}"));
            }
            Output::Close(reason) => self.note(format_args!("hub {hub} closes on a liar: {reason:?}")),
            Output::Send(_) | Output::Agreed { .. } | Output::Acknowledged(_) | Output::Forked { .. } => {}
        }
    }
}

/// A liar with his journals.
struct Liar {
    lie: Lie,
    speaker: Speaker,
    tips: BTreeMap<Origin, Tip>,
    parcels: Vec<Parcel>,
}

impl Liar {
    fn new(lie: Lie, store: &Store, now: Hlc, rng: &mut Rng) -> Self {
        let origin = Origin::from_bytes(rng.bytes());
        let realm = if lie == Lie::OtherVenue { rng.bytes() } else { REALM };
        let mut liar =
            Self { lie, speaker: Speaker { realm, origin }, tips: BTreeMap::new(), parcels: Vec::new() };
        let known = store.vector().unwrap_or_default();
        let victim = store.origin();
        let whose = match lie {
            Lie::Foretold => Some((victim, known.get(victim))),
            Lie::Fork => known.iter().filter(|(it, seq)| *it != victim && *seq > 1).last(),
            _ => None,
        };
        match whose {
            Some((whose, seq)) => liar.pretend(whose, seq, now),
            None => liar.invent(now, rng),
        }
        liar
    }

    /// Entries of an origin that is nobody's: the first is harmless.
    fn invent(&mut self, now: Hlc, rng: &mut Rng) {
        let mut chain = Chain::new(self.speaker.origin);
        let mut hlc = now;
        for place in 0..4_u8 {
            let is_lie = place == 2;
            let mut after = Vector::new();
            if is_lie && self.lie == Lie::Orphan {
                after.advance(Origin::from_bytes(rng.bytes()), 7);
            }
            let entry = chain.next(draft(self.speaker.origin, hlc, after, is_lie.then_some(self.lie)));
            let Ok(entry) = entry else { return };
            hlc = hlc.next();
            match self.lie {
                Lie::Gap if is_lie => {}
                Lie::WrongHash if is_lie => {
                    self.parcels.extend(altered(&entry, |it| it.prev_hash = Hash::ZERO));
                }
                Lie::Backwards if is_lie => {
                    self.parcels.extend(altered(&entry, |it| it.hlc = Hlc::from_bits(1)));
                }
                _ => self.parcels.push(entry.into()),
            }
        }
        self.tips.insert(self.speaker.origin, chain.tip());
    }

    /// What an honest journal never said, from beyond or at its end.
    fn pretend(&mut self, whose: Origin, seq: u64, now: Hlc) {
        let seq = if self.lie == Lie::Foretold { seq + 5 } else { seq - 1 };
        let made_up = Tip { seq, hash: Hash::ZERO, hlc: now };
        let mut chain = Chain::resume(whose, made_up);
        if let Ok(entry) = chain.next(draft(whose, now.next(), Vector::new(), Some(Lie::BrokenFacts))) {
            self.parcels.push(entry.into());
        }
        self.tips.insert(whose, chain.tip());
    }

    /// Says it all, and returns what the hub makes of it.
    fn talk(&self, store: &Store, mut theirs: Session, hello: &[u8], rng: &mut Rng) -> Vec<Output> {
        let Ok((mut mine, greeting)) = Session::open(self.speaker, self);
        let mut frames = VecDeque::from([self.greet(greeting)]);
        let Ok(heard) = mine.receive(self, hello);
        frames.extend(heard.into_iter().filter_map(sent));
        while let Ok(Some(frame)) = mine.next_frame(self) {
            frames.push_back(self.spoil(frame, rng));
        }
        if self.lie == Lie::OutOfTurn {
            frames.make_contiguous().reverse();
        }
        if self.lie == Lie::HugeFrame {
            frames.push_back(vec![2; FRAME_BYTES_MAX + 1]);
        }
        let mut outputs = Vec::new();
        for _ in 0..FRAMES_MAX {
            let Some(frame) = frames.pop_front() else { break };
            let Ok(said) = store.receive(&mut theirs, &frame) else { break };
            for output in said {
                if let Output::Send(answer) = &output {
                    let Ok(heard) = mine.receive(self, answer);
                    frames.extend(heard.into_iter().filter_map(sent));
                }
                outputs.push(output);
            }
            while let Ok(Some(frame)) = mine.next_frame(self) {
                frames.push_back(frame);
            }
        }
        outputs
    }

    fn greet(&self, mut greeting: Vec<u8>) -> Vec<u8> {
        if self.lie == Lie::UnknownVersion {
            // After the kind of the frame: the lowest and the highest version.
            greeting[1..3].copy_from_slice(&[70, 90]);
        }
        greeting
    }

    fn spoil(&self, mut frame: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
        if self.lie == Lie::Noise {
            for _ in 0..rng.between(1, 3) {
                let at = 1 + rng.place(frame.len() - 1);
                frame[at] ^= 1 << rng.below(8);
            }
        }
        frame
    }
}

fn sent(output: Output) -> Option<Vec<u8>> {
    match output {
        Output::Send(frame) => Some(frame),
        _ => None,
    }
}

/// An entry about a document that no other entry is about.
fn draft(origin: Origin, hlc: Hlc, after: Vector, lie: Option<Lie>) -> Draft {
    let doc = DocId::from(*origin.as_bytes());
    let (kind, doc) = match lie {
        // Its id is another than that of the harmless ones, which are of a kind that nobody reads.
        Some(Lie::Unreadable) => ("check", DocId::from(doc.as_bytes().map(|byte| !byte))),
        _ => ("poem", doc),
    };
    let mut document = Document::new(origin);
    let mut edit = document.edit(hlc);
    edit.insert("fact", &format!("verse/{}", hlc.to_bits()), "{}").expect("it is short");
    let bytes = match lie {
        Some(Lie::BrokenChange) => b"no change".to_vec(),
        _ => edit.commit().expect("it writes something"),
    };
    let facts = match lie {
        Some(Lie::BrokenFacts) => vec![b"\xff no fact".to_vec()],
        _ => Vec::new(),
    };
    Draft {
        after,
        hlc,
        author: AuthorId::from([9; 16]),
        facts,
        changes: vec![Change { doc, kind: kind.into(), bytes }],
    }
}

fn altered(entry: &Entry, alter: impl FnOnce(&mut Header)) -> Option<Parcel> {
    let mut header = entry.header().clone();
    alter(&mut header);
    Entry::assemble(header, entry.facts().to_vec(), entry.changes().to_vec()).ok().map(Parcel::from)
}

impl Journal for Liar {
    type Error = Infallible;

    fn tips(&self) -> Result<BTreeMap<Origin, Tip>, Infallible> {
        Ok(self.tips.clone())
    }

    fn tip(&self, origin: Origin) -> Result<Tip, Infallible> {
        Ok(self.tips.get(&origin).copied().unwrap_or(Tip::START))
    }

    fn hash_at(&self, origin: Origin, seq: u64) -> Result<Option<Hash>, Infallible> {
        let is_it = |tip: &&Tip| tip.seq == seq;
        Ok(self.tips.get(&origin).filter(is_it).map(|tip| tip.hash))
    }

    fn beyond(&self, known: &Vector, _bytes_max: usize) -> Result<Vec<Parcel>, Infallible> {
        let is_beyond = |parcel: &&Parcel| parcel.header().seq > known.get(parcel.header().origin);
        Ok(self.parcels.iter().filter(is_beyond).cloned().collect())
    }

    fn snapshot(&self, _doc: DocId) -> Result<Option<Snapshot>, Infallible> {
        Ok(None)
    }

    fn keys_beyond(&self, _: u64) -> Result<Option<(u64, Vec<maitred_sync::SubjectKey>)>, Infallible> {
        Ok(None)
    }

    fn made_id(first_fact: &[u8], n: u64) -> Option<[u8; 16]> {
        made_id(first_fact, n)
    }
}
