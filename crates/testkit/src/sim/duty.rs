//! Papers of a hub that is not heard any more: another prints them, and says that they may be there twice. As
//! `maitred-hub` does it, without its sockets.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
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
/// The same after a start.
const TAKEN_OVER_AFTER_START_MS: u64 = 20_000;
/// How old papers may be that are taken over.
const TAKEN_OVER_OF: SignedDuration = SignedDuration::from_mins(15);
/// Older than anything here.
const EVER: SignedDuration = SignedDuration::from_hours(100 * 24);
/// For how long a hub that was gone is told of what was printed for it.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Papers that were settled so long before they were last spoken of are told once more.
const SETTLED_AGAIN: SignedDuration = SignedDuration::from_secs(1);

/// What a hub knows of the others, as long as it runs.
#[derive(Default)]
pub struct Peers {
    /// When the papers of a journal are taken over, unless its hub is heard of before.
    gone_at: BTreeMap<Origin, u64>,
    /// Since when each has to be told what is printed here.
    to_tell: BTreeMap<HubId, Timestamp>,
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
            let since = self.hubs[from].now().checked_sub(TOLD_FOR).unwrap_or(Timestamp::MIN);
            let Some(life) = &mut self.hubs[from].life else { continue };
            life.peers.to_tell.remove(&to);
            let taken = life.store.taken_over(since).unwrap_or_default();
            self.do_duty(to, None, |store| async move { store.dismiss_taken(taken).await });
        }
    }

    fn tell_papers(&mut self, from: HubId, to: HubId) {
        let (now, now_ms) = (self.hubs[from].now(), self.now_ms);
        let Some(life) = &mut self.hubs[from].life else { return };
        let since = life.peers.to_tell.insert(to, now.checked_sub(SETTLED_AGAIN).unwrap_or(now));
        let papers = life.store.settled_papers(since.unwrap_or(Timestamp::MIN)).unwrap_or_default();
        let origin = life.store.origin();
        let Some(life) = &mut self.hubs[to].life else { return };
        life.peers.gone_at.insert(origin, now_ms + TAKEN_OVER_AFTER_MS);
        if !papers.is_empty() {
            self.do_duty(to, None, |store| async move { store.know_printed(papers).await });
        }
    }

    /// A hub that starts knows who else wrote lately.
    pub fn expect_others(&mut self, hub: HubId) {
        let due_ms = self.now_ms + TAKEN_OVER_AFTER_START_MS;
        let Some(life) = &mut self.hubs[hub].life else { return };
        let others = life.store.others_of_late(TAKEN_OVER_OF).unwrap_or_default();
        life.peers.gone_at.extend(others.into_iter().map(|origin| (origin, due_ms)));
    }

    /// Prints for those that are not heard any more.
    pub fn print_for_others(&mut self, hub: HubId) {
        let now_ms = self.now_ms;
        let Some(life) = self.hubs[hub].life.as_mut().filter(|life| life.may_print) else { return };
        let gone_at = &mut life.peers.gone_at;
        let gone: Vec<_> = gone_at.iter().filter(|(_, due)| **due < now_ms).map(|(it, _)| *it).collect();
        for origin in gone {
            let Some(life) = &mut self.hubs[hub].life else { return };
            let Ok(papers) = life.store.unprinted_of(origin, TAKEN_OVER_OF) else { continue };
            let ever = life.store.unprinted_of(origin, EVER).unwrap_or_default();
            life.peers.gone_at.remove(&origin);
            // By the clock here, which may be wrong, it is too late for these.
            let tickets =
                ever.iter().filter(|paper| !papers.contains(paper)).filter_map(|it| it.source.ticket());
            self.lost_tickets.extend(tickets.map(|ticket| ticket.to_string()));
            if !papers.is_empty() {
                self.note(format_args!("hub {hub} takes {} papers of {origin} over", papers.len()));
                self.do_duty(hub, Some(origin), |store| async move { store.take_over(papers).await });
            }
        }
    }

    /// What could not be written is done again.
    pub fn duty_done(&mut self, hub: HubId, again: Option<Origin>, is_done: bool) {
        if let (Some(origin), false, Some(life)) = (again, is_done, &mut self.hubs[hub].life) {
            life.peers.gone_at.entry(origin).or_insert(0);
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

    fn do_duty<F>(&mut self, hub: HubId, again: Option<Origin>, what: impl FnOnce(Store) -> F)
    where
        F: Future<Output = Result<(), maitred_store::CommandError>> + 'static,
    {
        if hub != RELAY && self.hubs[hub].life.is_some() {
            self.hubs[hub].ask(what, |answer| Doing::Duty { again, answer });
            self.turn_soon(hub);
        }
    }
}
