//! Replicas that work apart, and everything that may happen between them.

use std::fmt::Debug;

use maitred_domain::check::{Check, CheckFact, Marked};
use maitred_domain::decide::Command;
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, named};
use maitred_domain::permission::Role;
use maitred_store::{CommandError, Reply, Request};
use maitred_sync::Delivery;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tempfile::TempDir;

use crate::meeting::{End, alike, connect, healthy, newcomer, settle};
use crate::support::Venue1;

const REPLICAS_MAX: usize = 4;
const PREFIXES: [&str; REPLICAS_MAX] = ["", "B", "C", "D"];
/// The most entries of a case.
const ENTRIES_MAX: usize = 10_000;

/// A step of an evening in which every replica goes its own way.
#[derive(Clone, Debug)]
pub enum Step<A> {
    /// Something is done at one replica, and asked for again, under the same key, at another.
    Act { at: usize, again_at: Option<usize>, act: A },
    /// Two speak with each other, and are cut off after so many frames.
    Speak { one: usize, by: usize, frames: usize },
    /// A replica is given once more what it was given before.
    Again { at: usize, which: usize },
    /// Clocks are not the same.
    Wait { at: usize, minutes: i64 },
}

/// Of the evenings that are always played.
const SEED: u64 = 1;

/// Such an evening.
#[derive(Clone, Debug)]
pub struct Evening<A> {
    pub replicas: usize,
    pub steps: Vec<Step<A>>,
    /// In which order they meet in the end.
    pub ends: Vec<(usize, usize)>,
}

/// Evenings of 2 to 4 replicas at which `act` is done.
pub fn evenings<A: Clone + Debug>(act: impl Strategy<Value = A>) -> impl Strategy<Value = Evening<A>> {
    let at = || 0..REPLICAS_MAX;
    let again_at = prop::option::weighted(0.15, at());
    let step = prop_oneof![
        6 => (at(), again_at, act).prop_map(|(at, again_at, act)| Step::Act { at, again_at, act }),
        2 => (at(), 1..REPLICAS_MAX, 1..12_usize).prop_map(|(one, by, frames)| Step::Speak { one, by, frames }),
        1 => (at(), any::<usize>()).prop_map(|(at, which)| Step::Again { at, which }),
        1 => (at(), -30..30_i64).prop_map(|(at, minutes)| Step::Wait { at, minutes }),
    ];
    let ends = prop::collection::vec((at(), 1..REPLICAS_MAX), 0..6);
    (2..=REPLICAS_MAX, prop::collection::vec(step, 2..14), ends).prop_map(|(replicas, steps, ends)| Evening {
        replicas,
        steps,
        ends,
    })
}

/// Few cases and always the same, since each opens databases; more, and others each time, when `PROPTEST_CASES` asks for
/// them.
pub fn config() -> ProptestConfig {
    let usual = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var("PROPTEST_CASES").is_ok() {
        return usual;
    }
    ProptestConfig { cases: 20, rng_seed: RngSeed::Fixed(SEED), ..usual }
}

/// A folder whose syncs cost nothing, where there is one: what is tried here is not the disk.
pub fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

struct Replica {
    venue: Venue1,
    folder: TempDir,
    heard: Vec<Delivery>,
}

/// A command that was acknowledged.
pub struct Told {
    pub key: String,
    pub command: Command,
    pub reply: Reply,
}

/// The replicas.
pub struct Apart {
    replicas: Vec<Replica>,
    pub told: Vec<Told>,
}

impl Apart {
    /// Plays an evening. `prepare` happens before anybody is apart; `act` makes a command of what one sees; `watch` looks
    /// at a replica whenever something happened to it. In the end all know everything, and are the same.
    pub fn play<A: Debug>(
        evening: &Evening<A>,
        prepare: impl FnOnce(&Venue1),
        act: impl Fn(&Venue1, &A) -> Option<Command>,
        mut watch: impl FnMut(usize, &Venue1),
    ) -> Self {
        let mut apart = Self::together(evening.replicas, prepare);
        for (n, step) in evening.steps.iter().enumerate() {
            let at = apart.step(n, step, &act);
            for at in at {
                watch(at, apart.at(at));
            }
        }
        apart.reunite(&evening.ends);
        for (at, replica) in apart.replicas.iter().enumerate() {
            watch(at, &replica.venue);
        }
        apart
    }

    fn together(count: usize, prepare: impl FnOnce(&Venue1)) -> Self {
        let mut apart = Self { replicas: Vec::new(), told: Vec::new() };
        let first = folder();
        let venue = Venue1::open(first.path());
        prepare(&venue);
        apart.replicas.push(Replica { venue, folder: first, heard: Vec::new() });
        for (number, prefix) in PREFIXES.iter().enumerate().take(count).skip(1) {
            apart.join(prefix);
            apart.speak(0, number, usize::MAX);
        }
        apart
    }

    fn join(&mut self, prefix: &str) {
        let folder = folder();
        let venue = newcomer(folder.path(), prefix);
        self.replicas.push(Replica { venue, folder, heard: Vec::new() });
    }

    /// The replicas to which something happened.
    fn step<A: Debug>(
        &mut self,
        n: usize,
        step: &Step<A>,
        act: &impl Fn(&Venue1, &A) -> Option<Command>,
    ) -> Vec<usize> {
        let count = self.replicas.len();
        match step {
            Step::Act { at, again_at, act: what } => {
                let at = at % count;
                let Some(command) = act(self.at(at), what) else { return Vec::new() };
                let mut touched = vec![at];
                touched.extend(again_at.map(|again| again % count));
                for to in &touched {
                    self.send(*to, (at, n), &command);
                }
                touched
            }
            Step::Speak { one, by, frames } => {
                let (one, other) = (one % count, (one + by) % count);
                self.speak(one, other, *frames);
                vec![one, other]
            }
            Step::Again { at, which } => {
                let at = at % count;
                let replica = &self.replicas[at];
                if !replica.heard.is_empty() {
                    let delivery = replica.heard[which % replica.heard.len()].clone();
                    replica.venue.store.deliver_blocking(delivery).unwrap();
                }
                vec![at]
            }
            Step::Wait { at, minutes } => {
                self.at(at % count).wait_minutes(*minutes);
                Vec::new()
            }
        }
    }

    /// What the rules refuse is no failure. People of different replicas are different: their marks are never the same.
    fn send(&mut self, at: usize, (of, n): (usize, usize), command: &Command) {
        let key = format!("step {n}");
        let (by, role) = (named(&format!("manager of {of}")), Role::Manager);
        let request =
            Request { idempotency_key: key.clone(), by, role, approval: None, command: command.clone() };
        match self.at(at).store.command_blocking(request) {
            Ok(reply) => self.told.push(Told { key, command: command.clone(), reply }),
            Err(CommandError::Refused(_)) => {}
            Err(e) => panic!("{key} at {at}: {e}"),
        }
    }

    fn speak(&mut self, one: usize, other: usize, frames: usize) {
        if one == other {
            return;
        }
        let (mut here, mut there) =
            connect(&self.replicas[one].venue.store, &self.replicas[other].venue.store);
        if frames == usize::MAX {
            settle(&mut here, &mut there);
        } else {
            for _ in 0..frames {
                let (asked, answered) = (here.turn(), there.turn());
                there.hears(asked);
                here.hears(answered);
            }
        }
        for (at, heard) in [one, other].into_iter().zip([here, there].map(End::into_heard)) {
            self.replicas[at].heard.extend(heard);
        }
    }

    /// Lets everybody know everything, also one who comes only now and hears it all at once.
    fn reunite(&mut self, ends: &[(usize, usize)]) {
        let count = self.replicas.len();
        for (one, by) in ends {
            self.speak(one % count, (one + by) % count, usize::MAX);
        }
        for _ in 0..2 {
            for other in 1..count {
                self.speak(0, other, usize::MAX);
            }
        }
        self.join("Z");
        self.speak(count - 1, count, usize::MAX);
        let one = &self.replicas[0].venue;
        for other in &self.replicas[1..] {
            let ms = one.now().as_millisecond();
            other.venue.clock.store(ms, std::sync::atomic::Ordering::Relaxed);
            alike(&one.store, &other.venue.store);
        }
    }

    /// A replica.
    pub fn at(&self, at: usize) -> &Venue1 {
        &self.replicas[at].venue
    }

    /// What everybody knows of a check.
    pub fn check(&self, id: CheckId) -> std::sync::Arc<Check> {
        self.at(0).check(id)
    }

    /// Everything that happened, as everybody knows it.
    pub fn facts(&self) -> Vec<Marked<Fact>> {
        let entries = self.at(0).store.entries_after(0, ENTRIES_MAX).unwrap();
        entries.into_iter().flat_map(|entry| entry.facts).collect()
    }

    /// Everything that happened to checks.
    pub fn check_facts(&self) -> Vec<Marked<CheckFact>> {
        let of_check = |it: Marked<Fact>| match it.fact {
            Fact::Check { fact, .. } => Some(Marked { mark: it.mark, fact }),
            _ => None,
        };
        self.facts().into_iter().filter_map(of_check).collect()
    }

    /// Every acknowledged command is known everywhere with its answer (one that was sent to two replicas, with the answer
    /// of the one or the other), and the doctor finds nothing on any disk.
    pub fn close(self) {
        for replica in &self.replicas {
            for Told { key, .. } in &self.told {
                let known = replica.venue.store.answer_to(key).unwrap();
                let mut told = self.told.iter().filter(|told| told.key == *key);
                assert!(told.any(|told| known.as_ref() == Some(&told.reply.answer)), "{key}: {known:?}");
            }
            replica.venue.store.shut_down();
            healthy(replica.folder.path());
        }
    }
}

/// The only open check, or the first of several.
pub fn only_check(venue: &Venue1) -> CheckId {
    let checks = venue.store.checks(&maitred_store::CheckFilter::default(), 100).unwrap();
    checks.iter().min_by_key(|check| check.opened).unwrap().id
}

/// One of them.
pub fn pick<T: Copy>(of: &[T], which: usize) -> Option<T> {
    (!of.is_empty()).then(|| of[which % of.len()])
}
