//! Replicas that speak over a network which delays, cuts and repeats: what they know in the end is the same.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::convert::Infallible;

use maitred_sync::{
    AuthorId, ByeReason, Chain, Change, Delivery, DocId, Document, Draft, Entry, Hash, Hlc, Journal,
    KEYS_PER_FRAME_MAX, Origin, Output, Parcel, RefusalReason, Session, Snapshot, Speaker, SubjectKey, Tip,
    Vector,
};
use proptest::prelude::*;

const REALM: [u8; 16] = [7; 16];
const DOCS: u8 = 3;

/// A document's facts, and its register.
type Picture = (BTreeSet<(String, String)>, Option<String>);

/// A replica in memory: what its disk would hold.
#[derive(Clone, Debug)]
struct Replica {
    origin: Origin,
    log: Vec<Parcel>,
    tips: BTreeMap<Origin, Tip>,
    docs: BTreeMap<DocId, Document>,
    snapshots: BTreeMap<DocId, Snapshot>,
    /// In the order in which they came.
    keys: Vec<SubjectKey>,
    /// What the last own entry had seen of others.
    seen: Vector,
    hlc: Hlc,
}

impl Replica {
    fn new(n: u8) -> Self {
        Self {
            origin: origin(n),
            log: Vec::new(),
            tips: BTreeMap::new(),
            docs: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            keys: Vec::new(),
            seen: Vector::new(),
            hlc: Hlc::from_bits(1 << 16),
        }
    }

    fn vector(&self) -> Vector {
        self.tips.iter().map(|(origin, tip)| (*origin, tip.seq)).collect()
    }

    fn document(&mut self, doc: DocId) -> &mut Document {
        let origin = self.origin;
        self.docs.entry(doc).or_insert_with(|| Document::new(origin))
    }

    /// One command: a fact under an id of its own, and a register that everybody writes.
    fn write(&mut self, doc: u8, text: &str) {
        self.hlc = self.hlc.next();
        let (hlc, origin, doc) = (self.hlc, self.origin, DocId::from([doc; 16]));
        let seq = self.vector().get(origin) + 1;
        let mut edit = self.document(doc).edit(hlc);
        edit.insert("fact", &format!("{origin}-{seq}"), text).unwrap();
        edit.set("value", "current", Some(&format!("{text} {seq}"))).unwrap();
        let bytes = edit.commit().unwrap();
        let mut others = self.vector().diff(&self.seen);
        others = others.iter().filter(|(other, _)| *other != origin).collect();
        let mut chain = Chain::resume(origin, self.tips.get(&origin).copied().unwrap_or(Tip::START));
        let draft = Draft {
            after: others.clone(),
            hlc,
            author: AuthorId::from([9; 16]),
            facts: vec![text.as_bytes().to_vec()],
            changes: vec![Change { doc, kind: "note".into(), bytes }],
        };
        let entry: Entry = chain.next(draft).unwrap();
        self.seen.merge(&others);
        self.tips.insert(origin, chain.tip());
        self.log.push(entry.into());
    }

    /// What a driver does with a delivery: durable, each entry once.
    fn store(&mut self, delivery: Delivery) {
        for key in delivery.keys {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
        for snapshot in delivery.snapshots {
            let document = self.document(snapshot.doc);
            document.absorb(&snapshot.bytes).unwrap();
            let bytes = document.save();
            self.snapshots.insert(snapshot.doc, Snapshot { bytes, ..snapshot });
        }
        for parcel in delivery.parcels {
            let header = parcel.header().clone();
            let mut chain =
                Chain::resume(header.origin, self.tips.get(&header.origin).copied().unwrap_or(Tip::START));
            if header.seq <= chain.tip().seq {
                continue;
            }
            chain.accept(&header).unwrap();
            for (digest, bytes) in parcel.changes() {
                if let Some(bytes) = bytes {
                    self.document(digest.doc).apply(bytes).unwrap();
                }
            }
            self.hlc = self.hlc.max(header.hlc);
            self.tips.insert(header.origin, chain.tip());
            self.log.push(parcel);
        }
    }

    /// Saves every document compact, and drops the bytes of the changes in it.
    fn compact(&mut self) {
        for (doc, document) in &self.docs {
            let snapshot = Snapshot { doc: *doc, kind: "note".into(), bytes: document.save() };
            self.snapshots.insert(*doc, snapshot);
        }
        for parcel in &mut self.log {
            let none = vec![None; parcel.header().changes.len()];
            *parcel = Parcel::assemble(parcel.header().clone(), parcel.facts().to_vec(), none).unwrap();
        }
    }

    /// Everything that people would see.
    fn picture(&self) -> BTreeMap<DocId, Picture> {
        let of = |document: &Document| {
            let facts = document.facts("fact").map(|(id, text)| (id.to_string(), text.to_string())).collect();
            let value = document.register("value", "current").and_then(|held| held.value);
            (facts, value)
        };
        self.docs.iter().map(|(doc, document)| (*doc, of(document))).collect()
    }
}

impl Journal for Replica {
    type Error = Infallible;

    fn tips(&self) -> Result<BTreeMap<Origin, Tip>, Infallible> {
        Ok(self.tips.clone())
    }

    fn tip(&self, origin: Origin) -> Result<Tip, Infallible> {
        Ok(self.tips.get(&origin).copied().unwrap_or(Tip::START))
    }

    fn hash_at(&self, origin: Origin, seq: u64) -> Result<Option<Hash>, Infallible> {
        let entry =
            self.log.iter().find(|entry| (entry.header().origin, entry.header().seq) == (origin, seq));
        Ok(entry.map(|entry| entry.header().hash()))
    }

    fn beyond(&self, known: &Vector, bytes_max: usize) -> Result<Vec<Parcel>, Infallible> {
        let mut bytes = 0;
        let lacking = self.log.iter().filter(|entry| entry.header().seq > known.get(entry.header().origin));
        Ok(lacking
            .take_while(|entry| {
                let fits = bytes == 0 || bytes + entry.bytes() <= bytes_max.min(600);
                bytes += entry.bytes();
                fits
            })
            .cloned()
            .collect())
    }

    fn snapshot(&self, doc: DocId) -> Result<Option<Snapshot>, Infallible> {
        Ok(self.snapshots.get(&doc).cloned())
    }

    fn keys_beyond(&self, n: u64) -> Result<Option<(u64, Vec<SubjectKey>)>, Infallible> {
        let told = usize::try_from(n).unwrap();
        let keys: Vec<SubjectKey> = self.keys.iter().skip(told).take(KEYS_PER_FRAME_MAX).copied().collect();
        Ok((!keys.is_empty()).then_some((n + keys.len() as u64, keys)))
    }

    fn made_id(first_fact: &[u8], n: u64) -> Option<[u8; 16]> {
        let n = u8::try_from(n).ok()?;
        first_fact.starts_with(b"note").then_some([n; 16])
    }
}

fn origin(n: u8) -> Origin {
    Origin::from_bytes([n; 16])
}

/// One end of a connection.
struct End {
    session: Session,
    inbox: VecDeque<Vec<u8>>,
    /// What was handed over to be stored and is not yet.
    unstored: VecDeque<Delivery>,
    seen: Vec<Output>,
}

/// A connection between two replicas, frames and bytes counted.
struct Link {
    between: [usize; 2],
    ends: [End; 2],
    frames: usize,
    bytes: usize,
}

impl Link {
    fn open(replicas: &[Replica], between: [usize; 2]) -> Self {
        let mut greetings = Vec::new();
        let ends = between.map(|at| {
            let speaker = Speaker { realm: REALM, origin: replicas[at].origin };
            let (session, hello) = Session::open(speaker, &replicas[at]).unwrap();
            greetings.push(hello);
            End { session, inbox: VecDeque::new(), unstored: VecDeque::new(), seen: Vec::new() }
        });
        let mut link = Self { between, ends, frames: 0, bytes: 0 };
        for (from, hello) in greetings.into_iter().enumerate() {
            link.send(from, hello);
        }
        link
    }

    fn send(&mut self, from: usize, frame: Vec<u8>) {
        self.frames += 1;
        self.bytes += frame.len();
        self.ends[1 - from].inbox.push_back(frame);
    }

    /// One frame arrives at an end. False when none was on its way.
    fn deliver(&mut self, replicas: &[Replica], to: usize) -> bool {
        let Some(frame) = self.ends[to].inbox.pop_front() else { return false };
        let outputs = self.ends[to].session.receive(&replicas[self.between[to]], &frame).unwrap();
        for output in outputs {
            match output {
                Output::Send(frame) => self.send(to, frame),
                Output::Store(delivery) => self.ends[to].unstored.push_back(delivery),
                other => self.ends[to].seen.push(other),
            }
        }
        true
    }

    /// The disk of an end is through with one delivery.
    fn store(&mut self, replicas: &mut [Replica], at: usize) -> bool {
        let Some(delivery) = self.ends[at].unstored.pop_front() else { return false };
        let (number, replica) = (delivery.number, &mut replicas[self.between[at]]);
        replica.store(delivery);
        let ack = self.ends[at].session.stored(number, &replica.vector());
        self.send(at, ack);
        true
    }

    fn talk(&mut self, replicas: &[Replica], from: usize) -> bool {
        let frame = self.ends[from].session.next_frame(&replicas[self.between[from]]).unwrap();
        frame.map(|frame| self.send(from, frame)).is_some()
    }

    /// Until nobody has anything to say.
    fn settle(&mut self, replicas: &mut [Replica]) {
        let mut goes_on = true;
        while goes_on {
            goes_on = false;
            for end in [0, 1] {
                goes_on |= self.talk(replicas, end);
                goes_on |= self.deliver(replicas, end);
                goes_on |= self.store(replicas, end);
            }
        }
    }
}

fn settle_all(replicas: &mut [Replica]) {
    // Three replicas in a row: what one end wrote reaches the other through the middle.
    for _ in 0..3 {
        for between in [[0, 1], [1, 2]] {
            Link::open(replicas, between).settle(replicas);
        }
    }
}

fn same(replicas: &[Replica]) {
    let entries = |replica: &Replica| -> BTreeSet<Hash> {
        replica.log.iter().map(|entry| entry.header().hash()).collect()
    };
    for replica in replicas {
        assert_eq!(replica.vector(), replicas[0].vector());
        assert_eq!(entries(replica), entries(&replicas[0]));
        assert_eq!(replica.log.len(), entries(replica).len(), "each entry once");
        assert_eq!(replica.picture(), replicas[0].picture());
    }
}

#[derive(Clone, Debug)]
enum Step {
    Write {
        at: usize,
        doc: u8,
    },
    Talk {
        link: usize,
        from: usize,
    },
    Deliver {
        link: usize,
        to: usize,
    },
    Store {
        link: usize,
        at: usize,
    },
    /// The connection breaks: frames on their way and deliveries not stored are gone.
    Cut {
        link: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..3_usize, 0..DOCS).prop_map(|(at, doc)| Step::Write { at, doc }),
        3 => (0..2_usize, 0..2_usize).prop_map(|(link, from)| Step::Talk { link, from }),
        4 => (0..2_usize, 0..2_usize).prop_map(|(link, to)| Step::Deliver { link, to }),
        3 => (0..2_usize, 0..2_usize).prop_map(|(link, at)| Step::Store { link, at }),
        1 => (0..2_usize).prop_map(|link| Step::Cut { link }),
    ];
    prop::collection::vec(step, 0..80)
}

proptest! {
    #[test]
    fn whatever_the_network_does_all_know_the_same_in_the_end(steps in steps()) {
        let mut replicas = [Replica::new(1), Replica::new(2), Replica::new(3)];
        let mut links = [Link::open(&replicas, [0, 1]), Link::open(&replicas, [1, 2])];
        let mut written = 0;
        for step in steps {
            match step {
                Step::Write { at, doc } => {
                    written += 1;
                    replicas[at].write(doc, &format!("note {written}"));
                }
                Step::Talk { link, from } => drop(links[link].talk(&replicas, from)),
                Step::Deliver { link, to } => drop(links[link].deliver(&replicas, to)),
                Step::Store { link, at } => drop(links[link].store(&mut replicas, at)),
                Step::Cut { link } => links[link] = Link::open(&replicas, links[link].between),
            }
        }
        settle_all(&mut replicas);
        same(&replicas);
        prop_assert_eq!(replicas[0].log.len(), written);
    }

    #[test]
    fn a_frame_with_a_changed_byte_harms_nothing(at in 0_usize..4_000, to in any::<u8>()) {
        let mut replicas = [Replica::new(1), Replica::new(2)];
        for n in 0..20 {
            replicas[0].write(n % DOCS, "a longer note that is compressed well, well, well");
        }
        let mut link = Link::open(&replicas, [0, 1]);
        while link.deliver(&replicas, 0) || link.deliver(&replicas, 1) {}
        prop_assert!(link.talk(&replicas, 0));
        let frame = &mut link.ends[1].inbox[0];
        let at = at % frame.len();
        let was = std::mem::replace(&mut frame[at], to);
        link.settle(&mut replicas);
        let sound: BTreeSet<Hash> = replicas[0].log.iter().map(|entry| entry.header().hash()).collect();
        for entry in &replicas[1].log {
            prop_assert!(sound.contains(&entry.header().hash()), "what was altered is not taken");
        }
        if was == to {
            same(&replicas);
        }
        Link::open(&replicas, [0, 1]).settle(&mut replicas);
        same(&replicas);
    }
}

#[test]
fn nothing_to_say_takes_one_small_frame_each_way_however_long_the_history() {
    let mut replicas = [Replica::new(1), Replica::new(2)];
    for n in 0..500 {
        replicas[n % 2].write(0, "a note");
        if n % 50 == 0 {
            Link::open(&replicas, [0, 1]).settle(&mut replicas);
        }
    }
    for (n, replica) in (0..).zip(&mut replicas) {
        replica.keys = (0..100).map(|of| SubjectKey { subject: [of; 16], key: Some([n; 32]) }).collect();
    }
    replicas[0].keys[0].key = None;
    Link::open(&replicas, [0, 1]).settle(&mut replicas);
    let mut link = Link::open(&replicas, [0, 1]);
    link.settle(&mut replicas);
    assert_eq!(link.frames, 2);
    assert!(link.bytes < 300, "{} bytes", link.bytes);
    replicas[1].keys.push(SubjectKey { subject: [7; 16], key: None });
    Link::open(&replicas, [0, 1]).settle(&mut replicas);
    assert_eq!(replicas[0].keys.last(), replicas[1].keys.last(), "one that is new is told");
}

#[test]
fn what_is_written_while_connected_arrives_without_being_asked_for() {
    let mut replicas = [Replica::new(1), Replica::new(2)];
    let mut link = Link::open(&replicas, [0, 1]);
    link.settle(&mut replicas);
    replicas[1].write(0, "fresh");
    link.settle(&mut replicas);
    same(&replicas);
    let acknowledged = link.ends[1]
        .seen
        .iter()
        .any(|output| matches!(output, Output::Acknowledged(vector) if vector.get(origin(2)) == 1));
    assert!(acknowledged, "and is known to be on the other disk");
}

#[test]
fn no_more_is_on_its_way_than_the_window_lets() {
    let mut replicas = [Replica::new(1), Replica::new(2)];
    for _ in 0..200 {
        replicas[0].write(0, "a note");
    }
    let mut link = Link::open(&replicas, [0, 1]);
    while link.deliver(&replicas, 0) || link.deliver(&replicas, 1) {}
    let mut batches = 0;
    while link.talk(&replicas, 0) {
        batches += 1;
    }
    assert_eq!(batches, maitred_sync::WINDOW_BATCHES);
}

#[test]
fn a_new_replica_starts_from_snapshots_and_takes_part() {
    let mut replicas = [Replica::new(1), Replica::new(2)];
    for n in 0..30 {
        replicas[0].write(n % DOCS, "old");
    }
    replicas[0].compact();
    replicas[0].write(0, "after the snapshot");
    Link::open(&replicas, [0, 1]).settle(&mut replicas);
    replicas[1].write(0, "from the new one");
    Link::open(&replicas, [0, 1]).settle(&mut replicas);
    same(&replicas);
}

#[test]
fn a_document_that_is_saved_compact_again_while_connected_is_sent_again() {
    let mut replicas = [Replica::new(1), Replica::new(2)];
    let mut link = Link::open(&replicas, [0, 1]);
    for text in ["closed", "opened and closed again"] {
        replicas[0].write(0, text);
        replicas[0].compact();
        link.settle(&mut replicas);
    }
    same(&replicas);
}

#[test]
fn what_came_from_the_other_side_is_not_sent_back() {
    let mut replicas = [Replica::new(1), Replica::new(2)];
    let mut link = Link::open(&replicas, [0, 1]);
    link.settle(&mut replicas);
    let greetings = link.frames;
    replicas[1].write(0, "fresh");
    link.settle(&mut replicas);
    assert_eq!(link.frames - greetings, 2, "a batch and its acknowledgement");
}

#[test]
fn a_database_that_was_restored_hears_that_it_must_become_another() {
    let mut replicas = [Replica::new(1), Replica::new(2)];
    replicas[0].write(0, "kept");
    let backup = replicas[0].clone();
    replicas[0].write(0, "lost with the card");
    Link::open(&replicas, [0, 1]).settle(&mut replicas);
    replicas[0] = backup;
    let mut link = Link::open(&replicas, [0, 1]);
    link.settle(&mut replicas);
    assert!(link.ends[0].seen.contains(&Output::Rewound { seq: 2 }));
    // It goes on as a new lineage, and gets back what it had lost.
    replicas[0].origin = origin(3);
    replicas[0].write(1, "as another");
    Link::open(&replicas, [0, 1]).settle(&mut replicas);
    same(&replicas);
    assert_eq!(replicas[0].log.len(), 3);
}

#[test]
fn of_a_cloned_database_the_first_is_kept_and_the_others_go_on() {
    let mut replicas = [Replica::new(1), Replica::new(2), Replica::new(4)];
    replicas[0].write(0, "before");
    Link::open(&replicas, [0, 1]).settle(&mut replicas);
    replicas[2].log = replicas[0].log.clone();
    replicas[2].tips = replicas[0].tips.clone();
    let mut clone = replicas[0].clone();
    replicas[0].write(0, "the first");
    clone.write(0, "the clone's");
    Link::open(&replicas, [0, 1]).settle(&mut replicas);
    replicas[1].write(1, "somebody else's");
    let kept = replicas[1].log.len();
    let mut pair = [clone, replicas[1].clone()];
    let mut link = Link::open(&pair, [0, 1]);
    link.settle(&mut pair);
    assert!(link.ends[0].seen.contains(&Output::Rewound { seq: 2 }));
    assert_eq!(pair[1].log.len(), kept, "the second of two is not taken");
    let other = pair[0].vector().get(origin(2));
    assert_eq!(other, 1, "the other journal goes on");
}

/// Somebody in between who holds the clone's entries: the journal is told to be forked, whoever brings it.
#[test]
fn a_fork_is_noticed_whoever_brings_it() {
    let mut first = Replica::new(1);
    first.write(0, "before");
    let mut clone = first.clone();
    first.write(0, "the first");
    first.write(0, "and more");
    clone.write(0, "the clone's");
    let mut told_first = [first, Replica::new(2)];
    let mut told_clone = [clone, Replica::new(3)];
    Link::open(&told_first, [0, 1]).settle(&mut told_first);
    Link::open(&told_clone, [0, 1]).settle(&mut told_clone);
    let [_, mut left] = told_first;
    let [_, right] = told_clone;
    left.write(1, "meanwhile");
    let mut pair = [left, right];
    let mut link = Link::open(&pair, [0, 1]);
    link.settle(&mut pair);
    let forked = |end: &End| end.seen.iter().any(|output| matches!(output, Output::Forked { .. }));
    assert!(forked(&link.ends[0]) || forked(&link.ends[1]));
    assert_eq!(pair[0].vector().get(origin(1)), 3);
    assert_eq!(pair[1].vector().get(origin(1)), 2);
}

#[test]
fn a_journal_that_builds_on_one_that_is_missing_waits_and_others_go_on() {
    let mut sender = Replica::new(1);
    let mut other = Replica::new(2);
    other.write(0, "first");
    let mut pair = [other, sender];
    Link::open(&pair, [0, 1]).settle(&mut pair);
    pair[1].write(0, "after it");
    [_, sender] = pair;
    // It forgets what it had seen, and claims to build on it all the same.
    sender.log.retain(|entry| entry.header().origin == origin(1));
    sender.tips.remove(&origin(2));
    let mut pair = [sender, Replica::new(3)];
    let mut link = Link::open(&pair, [0, 1]);
    link.settle(&mut pair);
    let refused =
        Output::Refused { origin: origin(1), seq: 1, reason: RefusalReason::MissingAfter, here: false };
    assert!(link.ends[0].seen.contains(&refused), "{:?}", link.ends[0].seen);
    assert!(pair[1].log.is_empty());
}

#[test]
fn strangers_are_not_spoken_with() {
    let replica = Replica::new(1);
    let speaker = Speaker { realm: REALM, origin: replica.origin };
    let hello_of = |realm, n| {
        let stranger = Replica::new(n);
        Session::open(Speaker { realm, origin: stranger.origin }, &stranger).unwrap().1
    };
    let answer = |frame: &[u8]| {
        let (mut session, _) = Session::open(speaker, &replica).unwrap();
        let outputs = session.receive(&replica, frame).unwrap();
        assert_eq!(session.next_frame(&replica).unwrap(), None);
        outputs.into_iter().find_map(|output| match output {
            Output::Close(reason) => Some(reason),
            _ => None,
        })
    };
    assert_eq!(answer(&hello_of([8; 16], 2)), Some(ByeReason::OtherRealm));
    assert_eq!(answer(&hello_of(REALM, 1)), Some(ByeReason::SameOrigin));
    assert_eq!(answer(&[]), Some(ByeReason::Malformed));
    assert_eq!(answer(&[99, 1, 2]), Some(ByeReason::Malformed));
    assert_eq!(answer(&[2, 1, 2]), Some(ByeReason::OutOfTurn));
    let mut huge = hello_of(REALM, 2);
    huge.resize(maitred_sync::FRAME_BYTES_MAX + 1, 0);
    assert_eq!(answer(&huge), Some(ByeReason::Malformed));
    let mut later = hello_of(REALM, 2);
    later[1] = 9;
    later[2] = 9;
    assert_eq!(answer(&later), Some(ByeReason::NoCommonVersion));
}

/// Both ends say that they speak no version above this one.
fn speak_at_most(link: &mut Link, version: u8) {
    for end in &mut link.ends {
        end.inbox[0][2] = version;
    }
}

#[test]
fn with_one_who_knows_the_version_before_that_one_is_spoken() {
    let mut replicas = [Replica::new(1), Replica::new(2)];
    for n in 0..20 {
        replicas[0].write(n % DOCS, "old");
    }
    replicas[0].compact();
    replicas[0].write(0, "after the snapshot");
    replicas[1].write(1, "from the other");
    let mut link = Link::open(&replicas, [0, 1]);
    speak_at_most(&mut link, 1);
    link.settle(&mut replicas);
    same(&replicas);
    let is_first = |output: &Output| matches!(output, Output::Agreed { version: 1, .. });
    assert!(link.ends.iter().all(|end| end.seen.iter().any(is_first)));
}

/// What a replica with a little history says to one with none, in a version of the protocol.
fn said(version: u8) -> (Replica, Vec<Vec<u8>>) {
    let mut replica = Replica::new(1);
    for n in 0..4 {
        replica.write(n % DOCS, "note, kept");
    }
    replica.compact();
    replica.write(0, "note, after the snapshot");
    let nobody = Replica::new(2);
    let mut replicas = [replica, nobody];
    let mut link = Link::open(&replicas, [0, 1]);
    speak_at_most(&mut link, version);
    while link.deliver(&replicas, 0) || link.talk(&replicas, 0) {}
    let frames = link.ends[1].inbox.iter().cloned().collect();
    let [replica, _] = std::mem::replace(&mut replicas, [Replica::new(1), Replica::new(2)]);
    (replica, frames)
}

fn recorded(version: u8) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(format!("session.v{version}"))
}

#[test]
#[ignore = "writes the golden files that are missing"]
fn record() {
    for version in [1, 2, 3] {
        let lines: Vec<String> = said(version).1.iter().map(|frame| hex(frame)).collect();
        if !recorded(version).exists() {
            std::fs::write(recorded(version), lines.join("\n")).unwrap();
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// The files stand for replicas in the field: they are never written anew.
#[test]
fn what_was_said_in_any_version_is_understood() {
    for version in [1, 2, 3] {
        let (teller, _) = said(version);
        let mut replicas = [teller, Replica::new(2)];
        let speaker = Speaker { realm: REALM, origin: replicas[1].origin };
        let (mut session, _) = Session::open(speaker, &replicas[1]).unwrap();
        for line in std::fs::read_to_string(recorded(version)).unwrap().lines() {
            let digits = (0..line.len()).step_by(2);
            let frame: Vec<u8> =
                digits.map(|at| u8::from_str_radix(&line[at..at + 2], 16).unwrap()).collect();
            for output in session.receive(&replicas[1], &frame).unwrap() {
                match output {
                    Output::Store(delivery) => replicas[1].store(delivery),
                    Output::Agreed { version: agreed, .. } => assert_eq!(agreed, u16::from(version)),
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(replicas[1].vector(), replicas[0].vector());
        assert_eq!(replicas[1].picture(), replicas[0].picture());
    }
}

#[test]
fn keys_go_before_the_entries_that_are_sealed_under_them_and_through_whoever_stands_between() {
    let mut replicas = [Replica::new(1), Replica::new(2), Replica::new(3)];
    let key = |n: usize| SubjectKey {
        subject: [5; 16],
        key: Some(std::array::from_fn(|place| n.to_le_bytes().get(place).copied().unwrap_or_default())),
    };
    replicas[0].keys = (0..=KEYS_PER_FRAME_MAX).map(key).collect();
    replicas[0].write(1, "sealed");
    let mut link = Link::open(&replicas, [0, 1]);
    for end in [0, 1] {
        assert!(link.deliver(&replicas, end));
    }
    for keys in [KEYS_PER_FRAME_MAX, 1] {
        assert!(link.talk(&replicas, 0) && link.deliver(&replicas, 1));
        let delivery = link.ends[1].unstored.back().unwrap();
        assert_eq!((delivery.keys.len(), delivery.parcels.len()), (keys, 0));
    }
    assert!(link.talk(&replicas, 0) && link.deliver(&replicas, 1));
    assert_eq!(link.ends[1].unstored.back().unwrap().parcels.len(), 1);
    link.settle(&mut replicas);
    replicas[2].keys.push(SubjectKey { subject: [5; 16], key: None });
    settle_all(&mut replicas);
    let told = |replica: &Replica| replica.keys.iter().map(|it| it.key).collect::<BTreeSet<_>>();
    for replica in &replicas {
        assert_eq!(told(replica), told(&replicas[0]));
        assert_eq!(replica.keys.len(), KEYS_PER_FRAME_MAX + 2);
    }
}
