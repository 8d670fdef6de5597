//! What breaks, and when it is whole again.

use std::sync::atomic::Ordering;

use super::disk::{Disk, Image};
use super::network::pairs;
use super::world::{Event, World};
use super::{Control, HUBS, HubId};
use crate::faulty_vfs::Fault;

/// How long a hub is down, in milliseconds, at least and at most.
const DOWN_MS: (u64, u64) = (2_000, 20_000);
/// How far a clock jumps, in milliseconds: three days.
const JUMP_MS_MAX: u64 = 3 * 24 * 60 * 60 * 1000;

/// A disk as it was.
pub struct Backup {
    hub: HubId,
    image: Image,
}

impl World {
    /// Breaks something, and something else later.
    pub fn storm(&mut self) {
        let wait = self.rng.between(1_000, 12_000);
        self.after(wait, Event::Storm);
        let hub = self.rng.place(HUBS);
        self.blows += 1;
        match self.rng.below(100) {
            0..20 => {
                let n = self.rng.between(1, 300);
                self.note(format_args!("the power of hub {hub} goes in {n} operations"));
                self.hubs[hub].disk.die_in(n);
            }
            20..30 => self.kill(hub),
            30..52 => self.cut_link(),
            52..62 => {
                let (n, fault) = (self.rng.between(1, 200), *self.rng.pick(&Fault::ALL).expect("two"));
                self.note(format_args!("operation {n} of hub {hub} fails: {fault:?}"));
                self.hubs[hub].disk.fail_in(n, fault);
            }
            62..69 => {
                self.note(format_args!("the disk of hub {hub} is full"));
                self.hubs[hub].disk.set_full(true);
                let wait = self.rng.between(1_000, 15_000);
                self.after(wait, Event::Emptied(hub));
            }
            69..80 => self.jump(hub),
            80..90 => self.back_up(hub),
            _ => self.take_back(),
        }
    }

    fn cut_link(&mut self) {
        let all: Vec<_> = pairs().collect();
        let link = *self.rng.pick(&all).expect("there are pairs");
        self.note(format_args!("hubs {} and {} are cut apart", link.0, link.1));
        self.cut_links.insert(link);
        self.hang_up_where(|it| it.ends.iter().map(|end| end.hub).eq([link.0, link.1]));
        let wait = self.rng.between(1_000, 60_000);
        self.after(wait, Event::Healed(link.0, link.1));
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
        for hub in 0..HUBS {
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
        if self.hubs[hub].life.is_some() {
            self.note(format_args!("hub {hub} is backed up"));
            self.backup = Some(Backup { hub, image: self.hubs[hub].disk.image() });
        }
    }

    /// A disk is replaced by an older one: a backup that was restored, or a card that was copied once.
    fn take_back(&mut self) {
        let everybody_is_up = self.hubs.iter().all(|hub| hub.life.is_some() && hub.to_meet.is_empty());
        let Some(Backup { hub, image }) = self.backup.take_if(|_| everybody_is_up) else { return };
        let is_restored = self.rng.chance(50);
        self.note(format_args!("hub {hub} goes back to its backup (restored: {is_restored})"));
        self.excuse(hub);
        self.end_process(hub);
        let taken = &mut self.hubs[hub];
        taken.disk = Disk::of(&image);
        if self.control == Some(Control::LyingDisks) {
            taken.disk.lie();
        }
        taken.is_restored = is_restored;
        taken.to_meet = if is_restored { Vec::new() } else { (0..HUBS).filter(|it| *it != hub).collect() };
    }

    /// Everything is whole again.
    pub fn mend(&mut self) {
        self.note(format_args!("everything is mended"));
        self.is_mended = true;
        self.cut_links.clear();
        for hub in 0..HUBS {
            self.hubs[hub].disk.mend();
            self.hubs[hub].skew_ms.store(0, Ordering::Relaxed);
        }
    }
}
