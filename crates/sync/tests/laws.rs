//! The merge laws: three replicas, any interleaving, any order of delivery, repeated delivery.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use maitred_sync::{Ahead, ApplyError, Document, Edit, Hlc, HlcClock, Origin, Stamped};
use proptest::prelude::*;

const REPLICAS: usize = 3;

fn origin(replica: usize) -> Origin {
    Origin::from([u8::try_from(replica).unwrap() + 1; 16])
}

#[derive(Clone, Debug)]
enum Write {
    Insert { id: u8, value: u8 },
    Set { key: u8, value: Option<u8> },
    Add { epoch: u8, delta: i8 },
}

/// Something that somebody said once.
#[derive(Clone, Debug)]
enum Statement {
    Fact(String, String),
    Register(String, Stamped),
    Delta(String, String, i64),
}

impl Statement {
    /// Says it again in a document of somebody else.
    fn say_again(&self, document: &mut Document) {
        let hlc = match self {
            Self::Register(_, stamped) => stamped.hlc,
            Self::Fact(..) | Self::Delta(..) => Hlc::new(25, 0),
        };
        let mut edit = document.edit_late(hlc);
        match self {
            Self::Fact(id, value) => edit.insert("fact", id, value).unwrap(),
            Self::Register(key, stamped) => edit.set("register", key, stamped.value.as_deref()).unwrap(),
            Self::Delta(epoch, id, delta) => edit.add("count", epoch, id, *delta).unwrap(),
        }
        edit.commit();
    }
}

#[derive(Clone, Debug)]
enum Step {
    Edit { replica: usize, wall_millis: u64, writes: Vec<Write> },
    Deliver { from: usize, to: usize },
}

fn writes() -> impl Strategy<Value = Write> {
    prop_oneof![
        (0..4_u8, 0..3_u8).prop_map(|(id, value)| Write::Insert { id, value }),
        (0..3_u8, prop::option::of(0..4_u8)).prop_map(|(key, value)| Write::Set { key, value }),
        (0..2_u8, any::<i8>()).prop_map(|(epoch, delta)| Write::Add { epoch, delta }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let edit = (0..REPLICAS, 0..50_u64, prop::collection::vec(writes(), 1..4))
        .prop_map(|(replica, wall_millis, writes)| Step::Edit { replica, wall_millis, writes });
    let deliver = (0..REPLICAS, 0..REPLICAS).prop_map(|(from, to)| Step::Deliver { from, to });
    prop::collection::vec(prop_oneof![2 => edit, 1 => deliver], 1..25)
}

/// A write in words.
enum Said {
    Insert { id: String, value: String },
    Set { key: String, value: Option<String> },
    Add { epoch: String, id: String, delta: i64 },
}

impl Said {
    fn new(write: &Write, n: usize, hlc: Hlc, origin: Origin) -> Self {
        match write {
            Write::Insert { id, value } => Self::Insert { id: id.to_string(), value: value.to_string() },
            Write::Set { key, value } => Self::Set {
                key: key.to_string(),
                value: value.map(|value| format!("{value} by {origin} at {} {n}", hlc.to_bits())),
            },
            Write::Add { epoch, delta } => Self::Add {
                epoch: epoch.to_string(),
                id: format!("{origin}-{}-{n}", hlc.to_bits()),
                delta: i64::from(*delta),
            },
        }
    }

    fn write(&self, edit: &mut Edit<'_>) -> bool {
        let written = match self {
            Self::Insert { id, value } => edit.insert("fact", id, value),
            Self::Set { key, value } => edit.set("register", key, value.as_deref()),
            Self::Add { epoch, id, delta } => edit.add("count", epoch, id, *delta),
        };
        written.is_ok()
    }
}

/// A replica and the changes it holds, in an order they can be applied in.
struct Replica {
    document: Document,
    /// The same, written to ahead of Automerge.
    ahead: Ahead,
    clock: HlcClock,
    log: Vec<(Hlc, Vec<u8>)>,
}

impl Replica {
    fn new(replica: usize) -> Self {
        let document = Document::new(origin(replica));
        let ahead = Ahead::of(document.clone());
        Self { document, ahead, clock: HlcClock::default(), log: Vec::new() }
    }

    fn receive(&mut self, hlc: Hlc, change: &[u8]) {
        if self.document.apply(change).unwrap() {
            assert!(self.ahead.document().apply(change).unwrap());
            self.clock.observe(hlc, 0);
            self.log.push((hlc, change.to_vec()));
        }
    }
}

/// What was ever written, kept apart from any document.
#[derive(Default)]
struct Ledger {
    facts: BTreeMap<String, BTreeSet<String>>,
    registers: BTreeMap<String, Vec<Stamped>>,
    deltas: BTreeMap<String, BTreeMap<String, i64>>,
}

impl Ledger {
    fn edit(&mut self, replica: &mut Replica, wall_millis: u64, writes: &[Write]) {
        let origin = replica.document.origin();
        let hlc = replica.clock.tick(wall_millis);
        let registers = replica.document.registers("register");
        let mut held: BTreeMap<_, _> = registers.map(|(key, held)| (key.into_owned(), held.value)).collect();
        let mut edit = replica.document.edit(hlc);
        let mut edit_ahead = replica.ahead.edit(hlc);
        for (n, write) in writes.iter().enumerate() {
            let said = Said::new(write, n, hlc, origin);
            let is_written = said.write(&mut edit);
            assert_eq!(said.write(&mut edit_ahead), is_written);
            match said {
                Said::Insert { id, value } => {
                    if is_written {
                        self.facts.entry(id).or_default().insert(value);
                    }
                }
                Said::Set { key, value } => {
                    assert!(is_written);
                    if held.get(&key).cloned().flatten() != value {
                        held.insert(key.clone(), value.clone());
                        let written = self.registers.entry(key).or_default();
                        written.retain(|stamped| (stamped.hlc, stamped.origin) != (hlc, origin));
                        written.push(Stamped { hlc, origin, value });
                    }
                }
                Said::Add { epoch, id, delta } => {
                    assert!(is_written);
                    self.deltas.entry(epoch).or_default().insert(id, delta);
                }
            }
        }
        let change_ahead = edit_ahead.commit();
        let change = edit.commit();
        assert_eq!(change_ahead, change, "written ahead it is the same change");
        if let Some(change) = change {
            replica.log.push((hlc, change));
        }
    }
}

impl Ledger {
    fn statements(&self) -> Vec<Statement> {
        let facts = self
            .facts
            .iter()
            .flat_map(|(id, values)| values.iter().map(|value| Statement::Fact(id.clone(), value.clone())));
        let registers = self.registers.iter().flat_map(|(key, written)| {
            written.iter().map(|stamped| Statement::Register(key.clone(), stamped.clone()))
        });
        let deltas = self.deltas.iter().flat_map(|(epoch, deltas)| {
            deltas.iter().map(|(id, delta)| Statement::Delta(epoch.clone(), id.clone(), *delta))
        });
        facts.chain(registers).chain(deltas).collect()
    }
}

/// What everybody sees of a document.
fn shown(document: &Document) -> impl PartialEq + std::fmt::Debug + use<> {
    let (facts, registers, counters) = picture(document);
    let facts: Vec<_> = facts.into_iter().map(|(section, id, value, _)| (section, id, value)).collect();
    let registers: Vec<_> =
        registers.into_iter().map(|(key, register)| (key, register.value, register.hlc)).collect();
    (facts, registers, counters)
}

fn run(steps: &[Step]) -> (Vec<Replica>, Ledger) {
    let mut replicas: Vec<_> = (0..REPLICAS).map(Replica::new).collect();
    let mut ledger = Ledger::default();
    for step in steps {
        match step {
            Step::Edit { replica, wall_millis, writes } => {
                ledger.edit(&mut replicas[*replica], *wall_millis, writes);
            }
            Step::Deliver { from, to } => {
                for (hlc, change) in replicas[*from].log.clone() {
                    replicas[*to].receive(hlc, &change);
                }
            }
        }
    }
    (replicas, ledger)
}

fn all_changes(replicas: &[Replica]) -> Vec<Vec<u8>> {
    let mut seen = BTreeSet::new();
    let changes = replicas.iter().flat_map(|replica| replica.log.iter().map(|(_, change)| change.clone()));
    changes.filter(|change| seen.insert(change.clone())).collect()
}

/// Delivers `changes` in the order of `order`, each again and again until it fits.
fn deliver_shuffled(document: &mut Document, changes: &[Vec<u8>], order: &[usize]) {
    let mut left: Vec<_> = changes.to_vec();
    let mut order = order.iter().cycle();
    while !left.is_empty() {
        let at = order.next().unwrap() % left.len();
        let mut applied = None;
        for n in 0..left.len() {
            let n = (at + n) % left.len();
            match document.apply(&left[n]) {
                Ok(_) => applied = Some(n),
                Err(ApplyError::MissingDependencies { .. }) => continue,
                Err(other) => panic!("{other:?}"),
            }
            break;
        }
        let change = left.swap_remove(applied.expect("some change is always ready"));
        assert!(!document.apply(&change).unwrap(), "repeated delivery changes nothing");
    }
}

type Picture = (
    Vec<(String, String, String, Vec<String>)>,
    Vec<(String, maitred_sync::Register)>,
    Vec<(i64, Vec<(String, i64)>)>,
);

fn picture(document: &Document) -> Picture {
    let facts = document.all_facts().map(|(section, id, value)| {
        let rivals = document.rivals(&section, &id);
        (section.into_owned(), id.into_owned(), value.into_owned(), rivals)
    });
    let registers = document.registers("register").map(|(key, register)| (key.into_owned(), register));
    let counters = (0..2).map(|epoch: u8| {
        let epoch = epoch.to_string();
        let deltas = document.deltas("count", &epoch).map(|(id, delta)| (id.into_owned(), delta)).collect();
        (document.counter("count", &epoch), deltas)
    });
    (facts.collect(), registers.collect(), counters.collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_causal_order_of_delivery_gives_one_picture_and_loses_nothing(
        steps in steps(),
        orders in prop::collection::vec(prop::collection::vec(any::<usize>(), 1..9), REPLICAS),
    ) {
        let (mut replicas, ledger) = run(&steps);
        let changes = all_changes(&replicas);
        for (replica, order) in replicas.iter_mut().zip(&orders) {
            deliver_shuffled(&mut replica.document, &changes, order);
        }
        let seen = picture(&replicas[0].document);
        for replica in &replicas {
            prop_assert_eq!(&picture(&replica.document), &seen);
            let saved = Document::load(&replica.document.save(), origin(9)).unwrap();
            prop_assert_eq!(&picture(&saved), &seen);
        }

        let facts: BTreeMap<_, BTreeSet<_>> = seen.0.into_iter()
            .map(|(_, id, value, rivals)| (id, rivals.into_iter().chain([value]).collect()))
            .collect();
        prop_assert_eq!(facts, ledger.facts);
        for (epoch, deltas) in ledger.deltas {
            let document = &replicas[0].document;
            let kept: BTreeMap<_, _> = document.deltas("count", &epoch).map(|(id, n)| (id.into_owned(), n)).collect();
            prop_assert_eq!(document.counter("count", &epoch), deltas.values().sum::<i64>());
            prop_assert_eq!(kept, deltas);
        }
    }

    #[test]
    fn the_greatest_stamp_stands_however_busy_the_others_were(steps in steps()) {
        let (mut replicas, ledger) = run(&steps);
        let changes = all_changes(&replicas);
        for replica in &mut replicas {
            deliver_shuffled(&mut replica.document, &changes, &[0]);
        }
        let registers: BTreeMap<_, _> = replicas[0].document.registers("register").collect();
        prop_assert_eq!(registers.len(), ledger.registers.len());
        for (key, written) in ledger.registers {
            let register = &registers[&*key];
            let (hlc, origin) = (register.hlc, register.origin);
            let winner = Stamped { hlc, origin, value: register.value.clone() };
            prop_assert_eq!(Some(&winner), written.iter().max());
            prop_assert!(register.losers.iter().all(|loser| written.contains(loser) && *loser < winner));
        }
    }

    #[test]
    fn what_is_said_again_in_any_order_shows_what_applying_it_shows(
        steps in steps(),
        order in prop::collection::vec(any::<usize>(), 1..9),
    ) {
        let (mut replicas, ledger) = run(&steps);
        let changes = all_changes(&replicas);
        for replica in &mut replicas {
            deliver_shuffled(&mut replica.document, &changes, &order);
        }
        let mut left = ledger.statements();
        let all = left.clone();
        // One that could apply nothing, and one that knew some of it.
        let mut stranger = Document::new(origin(7));
        let (mut knowing, _) = run(&steps[..steps.len() / 2]);
        let knowing = &mut knowing[0].document;
        for at in order.iter().cycle() {
            if left.is_empty() {
                break;
            }
            let statement = left.swap_remove(at % left.len());
            statement.say_again(&mut stranger);
            statement.say_again(knowing);
        }
        let wanted = shown(&replicas[0].document);
        prop_assert_eq!(&shown(&stranger), &wanted);
        prop_assert_eq!(&shown(knowing), &wanted);
        let before = stranger.save();
        for statement in &all {
            statement.say_again(&mut stranger);
        }
        prop_assert_eq!(stranger.save(), before, "said once more it is nothing new");
    }

    #[test]
    fn a_dropped_edit_leaves_the_document_byte_identical(steps in steps(), left in prop::collection::vec(writes(), 1..9)) {
        let (mut replicas, mut ledger) = run(&steps);
        let document = &mut replicas[0].document;
        let before = (document.save(), picture(document));
        let mut edit = document.edit(Hlc::new(1_000, 0));
        for (n, write) in left.iter().enumerate() {
            match write {
                Write::Insert { id, value } => { let _ = edit.insert("fact", &format!("new-{id}"), &value.to_string()); }
                Write::Set { key, .. } => edit.set("register", &key.to_string(), Some("new")).unwrap(),
                Write::Add { epoch, delta } => edit.add("count", &epoch.to_string(), &n.to_string(), i64::from(*delta)).unwrap(),
            }
        }
        drop(edit);
        prop_assert_eq!((document.save(), picture(document)), before);
        ledger.edit(&mut replicas[0], 1_000, &left);
        let changes = all_changes(&replicas);
        deliver_shuffled(&mut replicas[1].document, &changes, &[0]);
    }
}
