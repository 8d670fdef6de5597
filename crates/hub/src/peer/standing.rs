//! How this hub stands among those of its venue: who acts, and who else has on disk what is acknowledged here.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use maitred_store::{HubKey, HubRecord};
use maitred_sync::{Origin, RefusalReason, Vector};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

use super::identity::Identity;
use super::progress::Progress;
use crate::limits::{
    PEER_ALARMS_MAX, PEER_BEAT, PRINTS_TAKEN_OVER_AFTER, PRINTS_TAKEN_OVER_AFTER_START, TWICE_SILENCE_MAX,
    TWICE_TIME_MAX,
};
use crate::peers::{PeerState, PeerStatus, PeerUrl, Peers};

/// What a hub is among those of its venue.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HubRole {
    /// It decides what wants one decider, and another hub has on disk what it acknowledges.
    Acting,
    /// Another one acts; this one takes over when that falls silent.
    Standby,
    /// It acts, and nobody else has on disk what it acknowledges.
    Solo,
}

/// Where a hub stands: the lower one goes first.
pub type Seat = (u32, HubKey);

/// Something about another hub that a person should know.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Alarm {
    /// What.
    pub kind: AlarmKind,
    /// Whose journal.
    pub origin: Origin,
    /// From this entry on.
    pub seq: u64,
    /// Since when.
    pub at: Timestamp,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AlarmKind {
    /// This database was restored or copied: another hub knows an entry of it that it does not.
    Rewound,
    /// A journal has two different entries at one place.
    Forked,
    /// A journal is not taken any further.
    Refused(RefusalReason),
}

/// Another hub, for as long as a connection to it lasts.
#[derive(Debug)]
struct Connected {
    seat: Seat,
    /// Which connection: a later one takes the place of an earlier.
    link: u64,
    url: Option<PeerUrl>,
    origin: Option<Origin>,
    /// It can write, and has caught up with this one.
    is_ready: bool,
    /// This one has caught up with it.
    is_caught_up_with: bool,
    /// How far this one has got with it, while it lacks much.
    progress: Option<Progress>,
    /// What it has on disk.
    acked: Vector,
    /// It acknowledges in time.
    is_in_time: bool,
    /// When it last said anything.
    heard_at: Instant,
    /// Since when it lacks something.
    behind_since: Option<Instant>,
}

/// How this hub stands among those of its venue.
pub struct Standing {
    /// Who this hub is.
    pub identity: Identity,
    /// What it is called among them.
    me: Seat,
    peers: Peers,
    connected: Mutex<BTreeMap<HubKey, Connected>>,
    /// Journals of hubs that are not here, and when somebody is to do what was theirs to do.
    gone: Mutex<BTreeMap<Origin, Instant>>,
    alarms: Mutex<Vec<Alarm>>,
    changes: watch::Sender<u64>,
}

impl Standing {
    /// Stands alone.
    pub fn new(identity: Identity, rank: u32, peers: Peers) -> Self {
        Self {
            me: (rank, identity.key),
            identity,
            peers,
            connected: Mutex::default(),
            gone: Mutex::default(),
            alarms: Mutex::default(),
            changes: watch::Sender::new(0),
        }
    }

    /// Where this hub stands.
    pub fn seat(&self) -> Seat {
        self.me
    }

    /// What this hub is now.
    pub fn role(&self) -> HubRole {
        let connected = self.lock();
        let mut ready = connected.values().filter(|peer| peer.is_ready);
        let has_caught_up = connected.values().all(|peer| peer.is_caught_up_with);
        let yields = ready.any(|peer| peer.seat < self.me || !has_caught_up);
        match (yields, connected.values().any(|peer| peer.is_in_time)) {
            (true, _) => HubRole::Standby,
            (false, true) => HubRole::Acting,
            (false, false) => HubRole::Solo,
        }
    }

    /// Hears of everything that may make the role another.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Hubs that are connected.
    pub fn connected(&self) -> Vec<HubKey> {
        self.lock().keys().copied().collect()
    }

    /// Journals that others wrote to before this hub started: whoever goes on with one comes back soon, or is gone.
    pub fn expect(&self, origins: Vec<Origin>) {
        self.await_until(Instant::now() + PRINTS_TAKEN_OVER_AFTER_START, origins);
    }

    /// Journals of hubs that have been gone for long; each is named once, unless its hub is [`Self::gone_still`].
    pub fn take_gone(&self) -> Vec<Origin> {
        let (mut gone, now) = (self.gone(), Instant::now());
        let late = gone.iter().filter(|(_, due)| **due <= now).map(|(origin, _)| *origin).collect();
        gone.retain(|_, due| *due > now);
        late
    }

    /// What was to be done for a hub that is gone could not be done: its journal is named again, unless it comes back.
    pub fn gone_still(&self, origin: Origin) {
        self.await_until(Instant::now(), [origin]);
    }

    fn await_until(&self, due: Instant, origins: impl IntoIterator<Item = Origin>) {
        let (connected, mut gone) = (self.lock(), self.gone());
        let is_here = |origin| connected.values().any(|peer| peer.origin == Some(origin));
        for origin in origins.into_iter().filter(|origin| !is_here(*origin)) {
            gone.entry(origin).or_insert(due);
        }
    }

    /// A connection stands. Returns its number; an earlier one to the same hub is over.
    pub fn connect(&self, hub: &HubRecord) -> u64 {
        let mut connected = self.lock();
        let before = connected.get(&hub.key);
        let link = before.map_or(0, |before| before.link + 1);
        // Who comes back may be another by now, or go before he says so.
        if let Some(origin) = before.and_then(|before| before.origin) {
            self.gone().insert(origin, Instant::now() + PRINTS_TAKEN_OVER_AFTER);
        }
        let now = Connected {
            seat: (hub.rank, hub.key),
            link,
            url: None,
            origin: None,
            is_ready: false,
            is_caught_up_with: false,
            progress: None,
            acked: Vector::new(),
            is_in_time: false,
            heard_at: Instant::now(),
            behind_since: None,
        };
        connected.insert(hub.key, now);
        drop(connected);
        self.changed();
        link
    }

    /// Whether a connection is the latest to that hub.
    pub fn is_latest(&self, hub: HubKey, link: u64) -> bool {
        self.lock().get(&hub).is_some_and(|peer| peer.link == link)
    }

    /// A connection ended.
    pub fn disconnect(&self, hub: HubKey, link: u64) {
        let mut connected = self.lock();
        let Some(peer) = connected.get(&hub).filter(|peer| peer.link == link) else { return };
        if let Some(url) = &peer.url {
            let origin = peer.origin.map(|origin| origin.to_string());
            self.peers.note(url, PeerStatus { origin, state: PeerState::Lost, lag_ms: None });
        }
        if let Some(origin) = connected.remove(&hub).and_then(|peer| peer.origin) {
            self.gone().insert(origin, Instant::now() + PRINTS_TAKEN_OVER_AFTER);
        }
        drop(connected);
        self.changed();
    }

    /// The other side said who and where it is. A journal that it wrote before it was restored is nobody's any more.
    pub fn introduced(&self, hub: HubKey, origin: Origin, url: PeerUrl, secure: Option<PeerUrl>) {
        self.peers.learn(url.clone());
        if let Some(secure) = secure {
            self.peers.secure_at(&url, secure);
        }
        self.update(hub, |peer| (peer.origin, peer.url) = (Some(origin), Some(url)));
        self.gone().remove(&origin);
    }

    /// The other side said something.
    pub fn heard(&self, hub: HubKey) {
        if let Some(peer) = self.lock().get_mut(&hub) {
            peer.heard_at = Instant::now();
        }
    }

    /// The other side said whether it is ready to act.
    pub fn is_ready(&self, hub: HubKey, is_ready: bool) {
        self.update(hub, |peer| peer.is_ready = is_ready);
    }

    /// This hub has caught up with the other.
    pub fn caught_up_with(&self, hub: HubKey) {
        self.update(hub, |peer| (peer.is_caught_up_with, peer.progress) = (true, None));
    }

    /// This hub is catching up with the other.
    pub fn catching_up_with(&self, hub: HubKey, progress: Progress) {
        self.update(hub, |peer| peer.progress = Some(progress));
    }

    /// How far this hub has got with the one of which it lacks most, if it lacks much.
    pub fn catching_up(&self) -> Option<Progress> {
        self.lock().values().filter_map(|peer| peer.progress).max_by_key(Progress::left)
    }

    /// The other side has this on disk; `here` is how far each journal is known here.
    pub fn acknowledged(&self, hub: HubKey, acked: &Vector, here: &Vector) {
        self.update(hub, |peer| {
            peer.acked.merge(acked);
            if peer.acked.covers(here) {
                (peer.is_in_time, peer.behind_since) = (true, None);
            } else {
                peer.behind_since.get_or_insert_with(Instant::now);
            }
        });
    }

    /// Waits until another hub has an entry on disk, for no longer than [`TWICE_TIME_MAX`], and no longer than
    /// [`TWICE_SILENCE_MAX`] for one that says nothing: one that is late is not waited for again until it has caught up.
    /// Without one that is in time it does not wait at all.
    pub async fn durable_twice(&self, entry: (Origin, u64)) {
        let mut changes = self.changes.subscribe();
        let begun = Instant::now();
        while self.is_once(entry) {
            let longest = if begun.elapsed() < TWICE_TIME_MAX { TWICE_SILENCE_MAX } else { Duration::ZERO };
            self.give_up_waiting(entry, longest);
            // The sender cannot end before this does, and silence is no change.
            let _ = tokio::time::timeout(PEER_BEAT / 5, changes.changed()).await;
        }
    }

    /// Whether an entry is on this disk only, and another hub should have it any moment.
    fn is_once(&self, (origin, seq): (Origin, u64)) -> bool {
        let connected = self.lock();
        let mut in_time = connected.values().filter(|peer| peer.is_in_time).peekable();
        in_time.peek().is_some() && !in_time.any(|peer| peer.acked.get(origin) >= seq)
    }

    /// Waits no more for those that lack an entry and have said nothing for so long.
    fn give_up_waiting(&self, (origin, seq): (Origin, u64), silence_max: Duration) {
        let mut connected = self.lock();
        let is_late = |peer: &&mut Connected| {
            peer.is_in_time && peer.acked.get(origin) < seq && peer.heard_at.elapsed() >= silence_max
        };
        let mut gave_up = false;
        for peer in connected.values_mut().filter(is_late) {
            tracing::warn!(hub = %peer.seat.1, "another hub is late: what is acknowledged now is on this disk alone");
            (peer.is_in_time, gave_up) = (false, true);
        }
        drop(connected);
        if gave_up {
            self.changed();
        }
    }

    /// Raises an alarm, once.
    pub fn raise(&self, alarm: Alarm) {
        let mut alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        let known = alarms.iter().any(|known| (known.kind, known.origin) == (alarm.kind, alarm.origin));
        if known || alarms.len() >= PEER_ALARMS_MAX {
            return;
        }
        tracing::error!(kind = ?alarm.kind, origin = %alarm.origin, seq = alarm.seq, "two hubs do not agree");
        alarms.push(alarm);
    }

    /// What a person should know.
    pub fn alarms(&self) -> Vec<Alarm> {
        self.alarms.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn update(&self, hub: HubKey, update: impl FnOnce(&mut Connected)) {
        if let Some(peer) = self.lock().get_mut(&hub) {
            update(peer);
            if let Some(url) = &peer.url {
                let lag = peer.behind_since.map_or(Duration::ZERO, |since| since.elapsed());
                let status = PeerStatus {
                    origin: peer.origin.map(|origin| origin.to_string()),
                    state: PeerState::Connected,
                    lag_ms: Some(u64::try_from(lag.as_millis()).unwrap_or(u64::MAX)),
                };
                self.peers.note(url, status);
            }
        }
        self.changed();
    }

    fn changed(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    fn gone(&self) -> MutexGuard<'_, BTreeMap<Origin, Instant>> {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<HubKey, Connected>> {
        self.connected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(rank: u32) -> Standing {
        Standing::new(Identity::mint(), rank, Peers::default())
    }

    fn hub(rank: u32) -> HubRecord {
        HubRecord {
            key: [9; 32].into(),
            rank,
            prefix: String::new(),
            url: None,
            secure_url: None,
            removed: false,
        }
    }

    fn vector(seq: u64) -> Vector {
        [(Origin::from_bytes([1; 16]), seq)].into_iter().collect()
    }

    #[test]
    fn the_better_rank_acts_once_it_has_caught_up_and_the_other_when_it_is_gone() {
        let (first, second) = (standing(0), standing(1));
        assert_eq!((first.role(), second.role()), (HubRole::Solo, HubRole::Solo));
        let (to_second, to_first) = (hub(1), hub(0));
        let (link, back) = (first.connect(&to_second), second.connect(&to_first));
        // The second acted while the first was away: until that has caught up, it goes on.
        first.is_ready(to_second.key, true);
        assert_eq!((first.role(), second.role()), (HubRole::Standby, HubRole::Solo));
        first.caught_up_with(to_second.key);
        second.is_ready(to_first.key, true);
        second.caught_up_with(to_first.key);
        assert_eq!((first.role(), second.role()), (HubRole::Solo, HubRole::Standby));
        first.acknowledged(to_second.key, &vector(4), &vector(4));
        assert_eq!(first.role(), HubRole::Acting);
        first.disconnect(to_second.key, link);
        second.disconnect(to_first.key, back);
        assert_eq!((first.role(), second.role()), (HubRole::Solo, HubRole::Solo));
    }

    #[test]
    fn the_end_of_an_earlier_connection_does_not_end_the_later_one() {
        let (standing, peer) = (standing(0), hub(1));
        let (first, second) = (standing.connect(&peer), standing.connect(&peer));
        assert!(!standing.is_latest(peer.key, first));
        standing.disconnect(peer.key, first);
        assert!(standing.is_latest(peer.key, second));
    }

    #[test]
    fn a_journal_is_gone_with_its_hub_also_when_that_is_another_now_or_never_says_who_it_is() {
        let (standing, peer) = (standing(0), hub(1));
        let (was, is) = (Origin::from_bytes([1; 16]), Origin::from_bytes([2; 16]));
        let gone = || standing.gone().keys().copied().collect::<Vec<_>>();
        let url: PeerUrl = "http://192.168.1.20:8080".parse().expect("an address");
        standing.connect(&peer);
        standing.introduced(peer.key, was, url.clone(), None);
        standing.expect(vec![was, is]);
        assert_eq!(gone(), [is], "who is here is not expected");
        let link = standing.connect(&peer);
        assert_eq!(gone(), [was, is]);
        standing.introduced(peer.key, is, url, None);
        standing.disconnect(peer.key, link);
        assert_eq!(gone(), [was, is], "the box was restored: what it wrote before is nobody's now");
        assert!(standing.take_gone().is_empty(), "they may come back");
    }

    #[tokio::test]
    async fn a_hub_that_says_nothing_is_waited_for_less_than_one_that_is_slow() {
        let (standing, peer, origin) = (standing(0), hub(1), Origin::from_bytes([1; 16]));
        standing.connect(&peer);
        standing.acknowledged(peer.key, &vector(1), &vector(1));
        let begun = Instant::now();
        standing.durable_twice((origin, 2)).await;
        let silent = begun.elapsed();
        assert!((TWICE_SILENCE_MAX..TWICE_TIME_MAX).contains(&silent), "{silent:?}");
        // It was late, not gone: it has the same again, and the next is waited for.
        standing.acknowledged(peer.key, &vector(2), &vector(2));
        assert_eq!(standing.role(), HubRole::Acting);
    }

    #[tokio::test]
    async fn a_late_hub_is_waited_for_once_and_again_when_it_has_caught_up() {
        let (standing, peer) = (standing(0), hub(1));
        let wait = async |seq| {
            let begun = Instant::now();
            let waited = standing.durable_twice((Origin::from_bytes([1; 16]), seq));
            tokio::pin!(waited);
            // It speaks all the time.
            while tokio::time::timeout(PEER_BEAT / 5, &mut waited).await.is_err() {
                standing.heard(peer.key);
            }
            begun.elapsed() >= TWICE_TIME_MAX
        };
        standing.connect(&peer);
        assert!(!wait(1).await, "one that was never in time");
        standing.acknowledged(peer.key, &vector(1), &vector(1));
        assert!(!wait(1).await, "on its disk already");
        assert!(wait(2).await);
        assert_eq!(standing.role(), HubRole::Solo);
        assert!(!wait(3).await, "it is not waited for again");
        standing.acknowledged(peer.key, &vector(3), &vector(3));
        assert_eq!(standing.role(), HubRole::Acting);
        let late = async { standing.acknowledged(peer.key, &vector(4), &vector(4)) };
        assert!(!tokio::join!(wait(4), late).0);
    }
}
