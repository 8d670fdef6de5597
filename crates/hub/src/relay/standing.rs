//! How far the relay is behind.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use maitred_store::Store;
use maitred_sync::Vector;

use crate::peers::{PeerState, PeerStatus};

/// How the relay stands, from moment to moment.
#[derive(Default)]
pub struct Standing(Mutex<Known>);

#[derive(Default)]
struct Known {
    origin: Option<String>,
    state: PeerState,
    /// What is on its disk.
    vector: Vector,
    /// When it last knew everything.
    caught_up_at: Option<Timestamp>,
    /// Why it was not reached, as it was last logged.
    logged: Option<String>,
}

impl Standing {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It speaks.
    pub fn connected(&self, origin: &str) {
        let mut known = self.known();
        known.origin = Some(origin.to_owned());
        known.state = PeerState::Connected;
        known.logged = None;
        // It may have been restored from a backup since.
        known.vector = Vector::new();
    }

    /// It speaks no more.
    pub fn lost(&self) {
        let mut known = self.known();
        if known.state == PeerState::Connected {
            known.state = PeerState::Lost;
        }
    }

    /// It has so much on its disk.
    pub fn knows(&self, vector: &Vector, store: &Store, now: Timestamp) {
        let here = store.sync_state();
        let mut known = self.known();
        known.vector.merge(vector);
        if here.is_ok_and(|here| known.covers(&here.vector)) {
            known.caught_up_at = Some(now);
        }
    }

    /// Whether it was not said yet, since it was reached last, that it is not reached because of this.
    pub fn is_news(&self, why: &str) -> bool {
        let mut known = self.known();
        let is_news = known.logged.as_deref() != Some(why);
        known.logged = Some(why.to_owned());
        is_news
    }

    /// How it stands when this hub knows `here`.
    pub fn status(&self, here: &BTreeMap<String, u64>, now: Timestamp) -> PeerStatus {
        let mut known = self.known();
        let is_level = known.state == PeerState::Connected && known.covers(here);
        if is_level {
            known.caught_up_at = Some(now);
        }
        let behind = known.caught_up_at.map(|at| now.as_millisecond() - at.as_millisecond());
        PeerStatus {
            origin: known.origin.clone(),
            state: known.state,
            lag_ms: behind.map(|ms| u64::try_from(ms).unwrap_or_default()),
        }
    }
}

impl Known {
    fn covers(&self, here: &BTreeMap<String, u64>) -> bool {
        here.iter().all(|(origin, seq)| origin.parse().is_ok_and(|origin| self.vector.get(origin) >= *seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use maitred_sync::Origin;

    #[test]
    fn the_lag_counts_from_when_the_relay_last_knew_everything() {
        let (standing, origin) = (Standing::default(), Origin::from_bytes([1; 16]));
        let here = |seq| BTreeMap::from([(origin.to_string(), seq)]);
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        assert_eq!(standing.status(&here(1), at(0)), PeerStatus::default());
        standing.connected("relay");
        standing.known().vector.advance(origin, 1);
        assert_eq!(standing.status(&here(1), at(1_000)).lag_ms, Some(0));
        assert_eq!(standing.status(&here(2), at(1_500)).lag_ms, Some(500));
        standing.lost();
        let lost = standing.status(&here(1), at(3_000));
        assert_eq!((lost.state, lost.lag_ms), (PeerState::Lost, Some(2_000)));
    }

    #[test]
    fn the_same_failure_is_logged_once() {
        let standing = Standing::default();
        assert!(standing.is_news("no route") && !standing.is_news("no route") && standing.is_news("refused"));
        standing.connected("relay");
        assert!(standing.is_news("refused"));
    }
}
