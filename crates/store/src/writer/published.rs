//! What everybody may look at without asking the database: replaced after each commit, never before.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use jiff::civil::Date;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::{Check, CheckState};
use maitred_domain::device_log::GoingOn;
use maitred_domain::ids::{CheckId, ItemId, TableId};
use maitred_domain::stock::Stock;
use maitred_domain::table::TableState;
use maitred_sync::Origin;
use tokio::sync::watch;

use super::command::News;
use super::state::State;
use crate::{Committed, Health};

/// Hears of each entry after its commit.
pub type Observer = Box<dyn Fn(&Arc<Committed>) + Send + Sync>;

/// The small things, shared between versions.
#[derive(Clone, Debug, Default)]
pub struct Small {
    /// Marks of tables.
    pub tables: Arc<BTreeMap<TableId, TableState>>,
    /// When the last check of each table left it, by hybrid logical clock.
    pub left: Arc<BTreeMap<TableId, u64>>,
    /// Availability.
    pub stock: Arc<BTreeMap<ItemId, Stock>>,
    /// Alarms, calls and pagers.
    pub going_on: Arc<GoingOn>,
    /// The last trading day that was closed.
    pub last_closed: Option<Date>,
}

/// The venue as of the last commit.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Settings, floor, menu, staff.
    pub catalogue: Arc<Catalogue>,
    /// Open checks.
    pub open: HashMap<CheckId, Arc<Check>>,
    /// Tables, stock, days.
    pub small: Small,
}

/// What the writer shares with readers.
pub struct Shared {
    origin: RwLock<Origin>,
    published: RwLock<Published>,
    head: AtomicU64,
    health: RwLock<Health>,
    stopped: AtomicBool,
    observers: RwLock<Vec<Observer>>,
    /// Counts how often names became readable, or unreadable, without an entry.
    names: watch::Sender<u64>,
}

impl Shared {
    /// Starts with what was loaded.
    pub fn new(state: &State) -> Self {
        Self {
            origin: RwLock::new(state.origin()),
            published: RwLock::new(state.published()),
            head: AtomicU64::new(state.head()),
            health: RwLock::new(Health::Healthy),
            stopped: AtomicBool::new(false),
            observers: RwLock::default(),
            names: watch::Sender::new(0),
        }
    }

    /// This database's lineage.
    pub fn origin(&self) -> Origin {
        *self.origin.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_origin(&self, origin: Origin) {
        *self.origin.write().unwrap_or_else(PoisonError::into_inner) = origin;
    }

    /// The venue as of the last commit.
    pub fn now(&self) -> RwLockReadGuard<'_, Published> {
        self.published.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last entry.
    pub fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    /// Whether writes succeed.
    pub fn health(&self) -> Health {
        self.health.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the writer has ended.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    pub(super) fn set_health(&self, health: Health) {
        if self.health() != health {
            *self.health.write().unwrap_or_else(PoisonError::into_inner) = health;
        }
    }

    /// Adds one who hears of every entry.
    pub fn observe(&self, observer: Observer) {
        self.observers.write().unwrap_or_else(PoisonError::into_inner).push(observer);
    }

    /// Shows a catalogue that a commit made readable, or unreadable, without an entry.
    pub(super) fn publish_catalogue(&self, catalogue: &Arc<Catalogue>) {
        let mut published = self.published.write().unwrap_or_else(PoisonError::into_inner);
        published.catalogue = Arc::clone(catalogue);
        drop(published);
        self.names.send_modify(|changes| *changes += 1);
    }

    /// Changes with every catalogue that was shown without an entry.
    pub fn names_news(&self) -> watch::Receiver<u64> {
        self.names.subscribe()
    }

    /// Shows what a commit changed, then tells those who follow.
    pub(super) fn publish(&self, news: &[&News]) {
        if let Some(last) = news.last() {
            let mut published = self.published.write().unwrap_or_else(PoisonError::into_inner);
            for check in news.iter().flat_map(|news| &news.checks) {
                if check.state() == CheckState::Open {
                    published.open.insert(check.id, Arc::clone(check));
                } else {
                    published.open.remove(&check.id);
                }
            }
            if let Some(catalogue) = news.iter().filter_map(|news| news.catalogue.as_ref()).next_back() {
                published.catalogue = Arc::clone(catalogue);
            }
            published.small = last.state.clone();
            self.head.store(last.committed.seq, Ordering::Release);
        }
        let observers = self.observers.read().unwrap_or_else(PoisonError::into_inner);
        for news in news {
            for observer in observers.iter() {
                observer(&news.committed);
            }
        }
    }
}
