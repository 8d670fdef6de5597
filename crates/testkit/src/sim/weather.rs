//! What breaks, and when it is whole again.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use maitred_store::CheckFilter;

use super::disk::{Disk, Image};
use super::network::pairs;
use super::world::{Event, LEAP_EVERY_MS, World};
use super::{Control, HubId, RELAY, checks};
use crate::faulty_vfs::Fault;

/// How long a hub is down, in milliseconds, at least and at most.
const DOWN_MS: (u64, u64) = (2_000, 20_000);
/// How far a clock jumps, in milliseconds: three days.
const JUMP_MS_MAX: u64 = 3 * 24 * 60 * 60 * 1000;

/// How many kinds of weather there are, each as often as it is likely; and with those of hard weather.
const KINDS: u64 = 107;
const HARD_KINDS: u64 = 120;

const HOUR_MS: u64 = 60 * 60 * 1000;
/// Leaps by which an hour goes by.
const HOUR_LEAPS: u32 = 30;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Days by which a month goes by.
const MONTH_DAYS: u32 = 30;
/// Backups that are kept.
const BACKUPS_MAX: usize = 3;

/// A disk as it was.
pub struct Backup {
    hub: HubId,
    image: Image,
    /// Papers that were asked for then.
    papers: BTreeSet<String>,
}

impl World {
    /// Breaks something, and something else later.
    pub fn storm(&mut self) {
        let wait = self.rng.between(1_000, 12_000);
        self.after(wait, Event::Storm);
        let hub = self.rng.place(self.hubs.len());
        self.blows += 1;
        let kinds = if self.plan.is_hard { HARD_KINDS } else { KINDS };
        match self.rng.below(kinds) {
            0..20 => {
                let n = self.rng.between(1, 300);
                self.note(format_args!("the power of hub {hub} goes in {n} operations"));
                self.hubs[hub].disk.die_in(n);
            }
            20..30 => self.kill(hub),
            30..48 => self.cut_link(),
            48..57 => {
                let (n, fault) = (self.rng.between(1, 200), *self.rng.pick(&Fault::ALL).expect("two"));
                self.note(format_args!("operation {n} of hub {hub} fails: {fault:?}"));
                self.hubs[hub].disk.fail_in(n, fault);
            }
            57..68 => self.fill(hub),
            68..78 => self.jump(hub),
            78..86 => self.back_up(hub),
            86..94 => self.take_back(),
            94..98 if self.plan.is_hard => self.lose(hub),
            98..104 if self.plan.is_hard => self.go_apart(),
            94..117 => self.lie(hub),
            _ => self.copy(),
        }
    }

    /// A disk has no room, now or in the middle of something, until somebody makes some.
    fn fill(&mut self, hub: HubId) {
        let n = if self.rng.chance(50) { 0 } else { self.rng.between(1, 100) };
        self.note(format_args!("the disk of hub {hub} is full in {n} operations"));
        self.hubs[hub].disk.fill_in(n);
        let wait = self.rng.between(1_000, 15_000);
        self.after(wait, Event::Emptied(hub));
    }

    /// Some hubs do not hear of each other for an hour in which all of them work, or one of any for a month.
    fn go_apart(&mut self) {
        let all: Vec<_> = pairs(self.hubs.len()).collect();
        let away = self.rng.place(self.hubs.len());
        let is_month = self.rng.chance(40);
        let links: Vec<_> = match (is_month, self.rng.below(2)) {
            (false, 0) => all,
            (false, _) => vec![(0, 1)],
            (true, _) => all.into_iter().filter(|link| link.0 == away || link.1 == away).collect(),
        };
        let (left, ms) =
            if is_month { (MONTH_DAYS, DAY_MS) } else { (HOUR_LEAPS, HOUR_MS / u64::from(HOUR_LEAPS)) };
        self.note(format_args!("{links:?} are cut for {} hours", u64::from(left) * ms / HOUR_MS));
        for link in links {
            self.cut(link, u64::from(left + 1) * LEAP_EVERY_MS);
        }
        if is_month && self.rng.chance(30) {
            self.kill(away);
        }
        self.after(LEAP_EVERY_MS, Event::Leap { left, ms });
    }

    fn cut_link(&mut self) {
        let all: Vec<_> = pairs(self.hubs.len()).collect();
        let link = *self.rng.pick(&all).expect("there are pairs");
        self.note(format_args!("hubs {} and {} are cut apart", link.0, link.1));
        let wait = self.rng.between(1_000, 60_000);
        self.cut(link, wait);
    }

    fn cut(&mut self, (one, other): (HubId, HubId), for_ms: u64) {
        self.cut_links.insert((one, other));
        self.hang_up_where(|it| it.ends.iter().map(|end| end.hub).eq([one, other]));
        self.after(for_ms, Event::Healed(one, other));
    }

    fn jump(&mut self, hub: HubId) {
        let back = self.rng.chance(50);
        let ms = i64::try_from(self.rng.between(1, JUMP_MS_MAX)).unwrap_or_default();
        let ms = if self.rng.chance(50) { ms / 1000 } else { ms };
        let skew = if back { -ms } else { ms };
        self.note(format_args!("the clock of hub {hub} is wrong by {skew} ms"));
        self.hubs[hub].skew_ms.store(skew, Ordering::Relaxed);
    }

    fn kill(&mut self, hub: HubId) {
        if self.hubs[hub].life.is_some() {
            self.note(format_args!("hub {hub} is killed"));
            self.end_process(hub);
            self.hubs[hub].disk.kill();
        }
    }

    /// Ends a process of which nothing more is heard; it is started again later.
    pub fn end_process(&mut self, hub: HubId) {
        self.hubs[hub].life = None;
        self.hang_up_hub(hub);
        let wait = self.rng.between(DOWN_MS.0, DOWN_MS.1);
        self.after(wait, Event::Start(hub));
    }

    /// Ends processes whose disks died under them.
    pub fn bury(&mut self) {
        for hub in 0..self.hubs.len() {
            if self.hubs[hub].disk.is_dead() {
                self.note(format_args!("the power of hub {hub} is gone"));
                if self.hubs[hub].life.is_some() {
                    self.end_process(hub);
                }
                let hub = &mut self.hubs[hub];
                hub.disk.cut_power(&mut self.disk_rng);
            }
        }
    }

    fn back_up(&mut self, hub: HubId) {
        if let Some(life) = &self.hubs[hub].life {
            let papers = checks::papers_of(&life.store);
            self.note(format_args!("hub {hub} is backed up"));
            if self.backups.len() == BACKUPS_MAX {
                self.backups.remove(0);
            }
            self.backups.push(Backup { hub, image: self.hubs[hub].disk.image(), papers });
        }
    }

    /// A disk is replaced by an older one: a backup that was restored, or a card that was copied once.
    fn take_back(&mut self) {
        if self.backups.is_empty() || !self.is_everybody_up() {
            return;
        }
        let place = self.rng.place(self.backups.len());
        let Backup { hub, image, papers } = self.backups.remove(place);
        let is_restored = self.rng.chance(50);
        self.note(format_args!("hub {hub} goes back to its backup (restored: {is_restored})"));
        self.lose_tickets(hub);
        self.replace(hub, Disk::of(&image), &papers);
        let others = self.others_of(hub);
        let taken = &mut self.hubs[hub];
        taken.is_restored = is_restored;
        taken.to_meet = if is_restored { Vec::new() } else { others };
    }

    /// A box is gone with all that was on its disk; a new one takes its place.
    fn lose(&mut self, hub: HubId) {
        let is_known = |other: &HubId| {
            let store = self.hubs[*other].store();
            store.is_some_and(|store| !store.catalogue().items.is_empty())
        };
        if !self.is_everybody_up() || !self.others_of(hub).iter().all(is_known) {
            return;
        }
        self.note(format_args!("hub {hub} is destroyed, and replaced by a new one"));
        self.lose_tickets(hub);
        let others = self.others_of(hub);
        self.backups.retain(|backup| backup.hub != hub);
        self.replace(hub, Disk::new(), &BTreeSet::new());
        let new = &mut self.hubs[hub];
        (new.is_founder, new.to_meet) = (false, others);
    }

    /// Tickets go with a disk that nobody with a printer has heard of, and that are on no paper.
    fn lose_tickets(&mut self, hub: HubId) {
        let unprinted = self.hubs[hub].store().map(checks::unprinted).unwrap_or_default();
        let others = self.others_of(hub);
        let is_told = |ticket: &String| others.iter().any(|other| self.knows_ticket(*other, ticket));
        let lost: Vec<_> = unprinted.into_iter().filter(|ticket| !is_told(ticket)).collect();
        self.lost_tickets.extend(lost);
    }

    fn knows_ticket(&self, hub: HubId, ticket: &str) -> bool {
        let Some(store) = self.hubs[hub].store().filter(|_| hub != RELAY) else { return false };
        let checks = store.checks(&CheckFilter::default(), checks::MANY).unwrap_or_default();
        checks.iter().flat_map(|check| check.tickets()).any(|it| it.id.to_string() == ticket)
    }

    fn is_everybody_up(&self) -> bool {
        self.hubs.iter().all(|hub| hub.life.is_some() && hub.to_meet.is_empty())
    }

    /// All that are another hub, and not a copy of it.
    fn others_of(&self, hub: HubId) -> Vec<HubId> {
        let me = self.hubs[hub].believes_to_be;
        self.hubs.iter().filter(|it| it.believes_to_be != me).map(|it| it.id).collect()
    }

    /// What is on the disk of `hub` and nowhere else is gone with it; also that a paper was printed which the new disk was
    /// not asked for.
    fn replace(&mut self, hub: HubId, disk: Disk, asked_for: &BTreeSet<String>) {
        self.excuse(hub);
        for paper in self.papers.iter_mut().filter(|paper| paper.hub == hub) {
            paper.is_forgotten |= !asked_for.contains(&paper.key);
        }
        self.end_process(hub);
        if self.plan.control == Some(Control::LyingDisks) {
            disk.lie();
        }
        self.hubs[hub].disk = disk;
    }

    /// A card is copied, and both run from now on: once is enough.
    fn copy(&mut self) {
        if self.is_cloned {
            return;
        }
        let of = self.rng.place(RELAY);
        let old = self.backups.iter().position(|backup| backup.hub == of).filter(|_| self.rng.chance(50));
        let image = match old {
            Some(place) => self.backups.remove(place).image,
            None if self.hubs[of].life.is_some() => self.hubs[of].disk.image(),
            None => return,
        };
        self.note(format_args!("the card of hub {of} was copied, and both run"));
        self.add_copy(of, &image);
    }

    /// Everything is whole again.
    pub fn mend(&mut self) {
        self.note(format_args!("everything is mended"));
        self.is_mended = true;
        self.cut_links.clear();
        for hub in 0..self.hubs.len() {
            self.hubs[hub].disk.mend();
            self.hubs[hub].skew_ms.store(0, Ordering::Relaxed);
        }
    }
}
