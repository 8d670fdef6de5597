//! Papers of a hub that is not heard any more: another prints them, and says that they may be there twice. As
//! `maitred-hub` does it, without its sockets.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use maitred_domain::paper::{PaperSource, PaperWanted};
use maitred_store::Store;
use maitred_sync::Origin;

use super::hub::Doing;
use super::network::Connection;
use super::world::{Event, World};
use super::{HubId, RELAY, checks};

/// How often two hubs that are connected speak of their papers, in milliseconds.
const BEAT_EVERY_MS: u64 = 1_000;
/// How long a hub is not heard before another prints for it, in milliseconds.
const TAKEN_OVER_AFTER_MS: u64 = 6_000;
/// What is older than this is not printed by itself any more.
const TICKET_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// Papers that were settled so long before they were last spoken of are told once more.
const SETTLED_AGAIN: SignedDuration = SignedDuration::from_secs(1);

/// A hub that is not heard any more: which, in how manieth box, and the origin that it was.
pub type Absent = ((HubId, u32), Origin);

/// What a hub knows of the others, as long as it runs.
#[derive(Default)]
pub struct Peers {
    /// Whom it heard of in this life, as which origin, and when last; not those whose papers it took over.
    heard: BTreeMap<(HubId, u32), (Origin, u64)>,
    /// Papers that others have printed.
    printed: BTreeSet<String>,
    /// Since when each has to be told what is printed here.
    to_tell: BTreeMap<HubId, Timestamp>,
}

fn long_ago(now: Timestamp) -> Timestamp {
    now.checked_sub(TICKET_LIFETIME).unwrap_or(Timestamp::MIN)
}

impl World {
    /// Two hubs that are connected tell each other what is on paper.
    pub fn beat(&mut self, one: HubId, other: HubId) {
        self.after(BEAT_EVERY_MS, Event::Beat(one, other));
        let is_between = |it: &Connection| it.ends.iter().map(|end| end.hub).eq([one, other]);
        if self.connections.values().any(is_between) {
            self.tell_papers(one, other);
            self.tell_papers(other, one);
        }
    }

    /// A connection stands: each side says first which papers of the other it has printed.
    pub fn introduce(&mut self, one: HubId, other: HubId) {
        for (from, to) in [(one, other), (other, one)] {
            let since = long_ago(self.hubs[from].now());
            let Some(life) = &mut self.hubs[from].life else { continue };
            life.peers.to_tell.remove(&to);
            let taken = life.store.taken_over(since).unwrap_or_default();
            self.do_duty(to, None, |store| async move { store.dismiss_taken(taken).await });
        }
    }

    fn tell_papers(&mut self, from: HubId, to: HubId) {
        let (now, now_ms, boxes) = (self.hubs[from].now(), self.now_ms, self.hubs[from].boxes);
        let Some(life) = &mut self.hubs[from].life else { return };
        let since = life.peers.to_tell.insert(to, now.checked_sub(SETTLED_AGAIN).unwrap_or(now));
        let papers = life.store.settled_papers(since.unwrap_or(Timestamp::MIN)).unwrap_or_default();
        let origin = life.store.origin();
        let Some(life) = &mut self.hubs[to].life else { return };
        life.peers.printed.extend(papers);
        life.peers.heard.insert((from, boxes), (origin, now_ms));
    }

    /// Prints for those that are not heard any more.
    pub fn print_for_others(&mut self, hub: HubId) {
        let (now, now_ms) = (self.hubs[hub].now(), self.now_ms);
        let Some(life) = self.hubs[hub].life.as_mut().filter(|life| life.may_print) else { return };
        let late = |(_, heard_ms): &(Origin, u64)| now_ms - heard_ms > TAKEN_OVER_AFTER_MS;
        let gone: Vec<_> = life
            .peers
            .heard
            .iter()
            .filter(|(_, at)| late(at))
            .map(|(id, (origin, _))| (*id, *origin))
            .collect();
        for (other, origin) in gone {
            let Some(life) = &mut self.hubs[hub].life else { return };
            let Ok(papers) = life.store.papers_of(origin, long_ago(now)) else { continue };
            life.peers.heard.remove(&other);
            let is_wanted = |paper: &PaperWanted| {
                !matches!(paper.source, PaperSource::Drawer { .. } | PaperSource::Test)
                    && !life.peers.printed.contains(&paper.key)
            };
            let papers: Vec<_> = papers.into_iter().filter(is_wanted).collect();
            if !papers.is_empty() {
                self.note(format_args!("hub {hub} takes {} papers of hub {} over", papers.len(), other.0));
                self.do_duty(
                    hub,
                    Some((other, origin)),
                    |store| async move { store.take_over(papers).await },
                );
            }
        }
    }

    /// What could not be written is done again.
    pub fn duty_done(&mut self, hub: HubId, again: Option<Absent>, is_done: bool) {
        if let (Some((other, origin)), false, Some(life)) = (again, is_done, &mut self.hubs[hub].life) {
            life.peers.heard.entry(other).or_insert((origin, 0));
        }
    }

    /// Whether one of the hubs that printed a paper can tell that another was asked for it too.
    pub fn is_known_twice(&self, key: &str, hubs: &BTreeSet<HubId>) -> bool {
        let tells = |store: &Store| {
            let jobs = store.printed_twice(checks::MANY).unwrap_or_default();
            jobs.iter().any(|job| job.key == key)
        };
        hubs.iter().filter_map(|hub| self.hubs[*hub].store()).any(tells)
    }

    fn do_duty<F>(&mut self, hub: HubId, again: Option<Absent>, what: impl FnOnce(Store) -> F)
    where
        F: Future<Output = Result<(), maitred_store::CommandError>> + 'static,
    {
        if hub != RELAY && self.hubs[hub].life.is_some() {
            self.hubs[hub].ask(what, |answer| Doing::Duty { again, answer });
            self.turn_soon(hub);
        }
    }
}
