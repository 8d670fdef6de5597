//! A hub of the simulated venue: the real store on a disk of ours, and what it is busy with.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::ids::PrinterId;
use maitred_store::{
    CommandError, Durability, JobSettled, OpenError, Options, PrintJob, Reply, Store, Turns,
};
use maitred_sync::{Origin, Vector};

use super::disk::Disk;
use super::duty::Peers;
use super::rng::Rng;
use super::{ConnectionId, HubId};
use crate::venue::{OPENING_MS, catalogue};

/// Something that was asked of a store and has not been answered.
pub type Pending<T> = Pin<Box<dyn Future<Output = T>>>;

/// The answer, if there is one by now.
pub fn poll<T>(pending: &mut Pending<T>) -> Option<T> {
    match pending.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// What a hub waits for its writer to have done.
pub enum Doing {
    /// A station's command.
    Command { station: usize, key: String, answer: Pending<Result<Reply, CommandError>> },
    /// Entries of another hub.
    Delivery {
        connection: ConnectionId,
        side: usize,
        number: u64,
        answer: Pending<Result<Vector, CommandError>>,
    },
    /// The note that a paper is about to be printed.
    Begin { job: Box<PrintJob>, answer: Pending<Result<PrintJob, CommandError>> },
    /// The note of how that ended.
    Settle { job: Box<PrintJob>, settled: JobSettled, answer: Pending<Result<PrintJob, CommandError>> },
    /// What is done once after a start.
    Recovery { answer: Pending<Result<(), CommandError>> },
    /// Papers of another journal, which are asked for again should it fail, or what another hub did with papers.
    Duty { again: Option<Origin>, answer: Pending<Result<(), CommandError>> },
    /// Becoming another origin.
    Rebirth { answer: Pending<Result<Origin, CommandError>> },
}

/// A process that runs.
pub struct Life {
    /// The store.
    pub store: Store,
    /// Its writer, in our hands.
    pub turns: Turns,
    /// In the order it was asked for.
    pub doing: Vec<Doing>,
    /// Whether printers may have jobs: after the recovery.
    pub may_print: bool,
    /// Printers that are at a job.
    pub printing: Vec<PrinterId>,
    /// What it knows of the others.
    pub peers: Peers,
}

/// A hub.
pub struct Hub {
    /// Which.
    pub id: HubId,
    /// Whose disk its own was: which of the venue's hubs it believes to be.
    pub believes_to_be: HubId,
    /// It sets the venue up should its disk be empty.
    pub is_founder: bool,
    /// Its disk.
    pub disk: Disk,
    /// `None` while it is down.
    pub life: Option<Life>,
    /// How many lives it had: what belongs to an earlier one is of no more use.
    pub lives: u64,
    /// Starts in a row that came to nothing.
    pub failed_starts: u32,
    /// Hubs that it has to hear from before it may do anything, because its disk is an old one.
    pub to_meet: Vec<HubId>,
    /// It is to become another origin at its next start, as a restored backup does.
    pub is_restored: bool,
    /// How wrong its clock is, in milliseconds.
    pub skew_ms: Arc<AtomicI64>,
    mint: Arc<Mutex<Rng>>,
    now_ms: Arc<AtomicI64>,
    durability: Durability,
}

impl Hub {
    /// A hub on an empty disk. `now_ms` is the true time since the opening.
    pub fn new(id: HubId, durability: Durability, now_ms: &Arc<AtomicI64>, rng: &mut Rng) -> Self {
        Self {
            id,
            believes_to_be: id,
            is_founder: id == 0,
            disk: Disk::new(),
            life: None,
            lives: 0,
            failed_starts: 0,
            to_meet: Vec::new(),
            is_restored: false,
            skew_ms: Arc::default(),
            mint: Arc::new(Mutex::new(rng.fork())),
            now_ms: Arc::clone(now_ms),
            durability,
        }
    }

    /// Another box that believes to be this one, with an empty disk and a chance of its own.
    pub fn copied(&self, id: HubId, rng: &mut Rng) -> Self {
        let copy = Self::new(id, self.durability, &self.now_ms, rng);
        Self { believes_to_be: self.believes_to_be, ..copy }
    }

    /// Starts it.
    pub fn start(&mut self) -> Result<(), OpenError> {
        let (now, skew, mint) = (Arc::clone(&self.now_ms), Arc::clone(&self.skew_ms), Arc::clone(&self.mint));
        let options = Options {
            data: self.disk.folder(),
            clock: Arc::new(move || {
                let ms = OPENING_MS + now.load(Ordering::Relaxed) + skew.load(Ordering::Relaxed);
                Timestamp::from_millisecond(ms).expect("no clock jumps so far")
            }),
            mint: Arc::new(move || mint.lock().unwrap_or_else(PoisonError::into_inner).bytes()),
            number_prefix: ["", "B", "R"][self.believes_to_be].to_owned(),
            durability: self.durability,
            vfs: Some(Disk::vfs().to_owned()),
        };
        let is_founder = self.is_founder;
        let seed = move || if is_founder { catalogue() } else { Catalogue::default() };
        let (store, turns) = Store::open_by_hand(&options, seed)?;
        self.lives += 1;
        self.life = Some(Life {
            store,
            turns,
            doing: Vec::new(),
            may_print: false,
            printing: Vec::new(),
            peers: Peers::default(),
        });
        let is_restored = self.is_restored;
        self.recover();
        if is_restored {
            self.become_another();
        }
        Ok(())
    }

    /// Looks after what an earlier life left to the printers: others may have printed it meanwhile.
    pub fn recover(&mut self) {
        let recover = |store: Store| async move {
            store.recover_jobs().await?;
            store.doubt_jobs().await
        };
        self.ask(recover, |answer| Doing::Recovery { answer });
    }

    /// Goes on as a new origin.
    pub fn become_another(&mut self) {
        self.ask(|store| async move { store.become_another().await }, |answer| Doing::Rebirth { answer });
    }

    /// Asks the store for something that is answered after a turn of its writer.
    pub fn ask<T, F: Future<Output = T> + 'static>(
        &mut self,
        ask: impl FnOnce(Store) -> F,
        doing: impl FnOnce(Pending<T>) -> Doing,
    ) where
        T: 'static,
    {
        let Some(life) = &mut self.life else { return };
        let asked = ask(life.store.clone());
        life.doing.push(doing(Box::pin(asked)));
        // What was asked for is handed over only when it is polled.
        life.doing.last_mut().expect("it was pushed").nudge();
    }

    /// The store, while it runs.
    pub fn store(&self) -> Option<&Store> {
        self.life.as_ref().map(|life| &life.store)
    }

    /// Whether stations are served.
    pub fn is_serving(&self) -> bool {
        self.life.is_some() && self.to_meet.is_empty()
    }

    /// Its own idea of the time.
    pub fn now(&self) -> Timestamp {
        let ms = OPENING_MS + self.now_ms.load(Ordering::Relaxed) + self.skew_ms.load(Ordering::Relaxed);
        Timestamp::from_millisecond(ms).expect("no clock jumps so far")
    }
}

impl Doing {
    /// Hands it over to the writer. Nothing is answered before a turn but a refusal to take it, which the next turn finds.
    fn nudge(&mut self) {
        fn hand_over<T: 'static>(pending: &mut Pending<T>) {
            if let Some(answer) = poll(pending) {
                *pending = Box::pin(std::future::ready(answer));
            }
        }
        match self {
            Self::Command { answer, .. } => hand_over(answer),
            Self::Delivery { answer, .. } => hand_over(answer),
            Self::Begin { answer, .. } | Self::Settle { answer, .. } => hand_over(answer),
            Self::Recovery { answer } | Self::Duty { answer, .. } => hand_over(answer),
            Self::Rebirth { answer } => hand_over(answer),
        }
    }
}
