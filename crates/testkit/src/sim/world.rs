//! Everything that there is, and what happens next.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use maitred_store::{CommandError, Durability, Health, Reply, Request};

use super::disk::{Disk, Image};
use super::hub::{Doing, Hub, poll};
use super::network::{Connection, pairs};
use super::printing::Paper;
use super::rng::Rng;
use super::station::Station;
use super::trace::Trace;
use super::weather::Backup;
use super::{ConnectionId, Control, HUBS, HubId, Plan, RELAY, Report, checks};

/// Stations of the venue.
const STATIONS: usize = 4;
/// How long things break, in milliseconds.
const STORMY_MS: u64 = 120_000;
/// How long everything may take to be quiet once it is mended, in milliseconds.
const QUIET_MS_MAX: u64 = 10 * 60_000;
/// How often it is looked whether all is quiet.
const LOOK_EVERY_MS: u64 = 2_000;
/// How long a station waits for an answer, in milliseconds.
const PATIENCE_MS: u64 = 3_000;
/// How often time goes by of which nothing is told, in milliseconds.
pub const LEAP_EVERY_MS: u64 = 1_500;
/// Starts that may fail in a row on a disk that is whole.
const FAILED_STARTS_MAX: u32 = 10;

/// Something that happens.
pub enum Event {
    /// A person at a station does something.
    Act(usize),
    /// A station sends the oldest command of its outbox.
    Send(usize),
    /// A command arrives at a hub.
    Arrive { hub: HubId, station: usize, request: Box<Request> },
    /// An answer arrives at a station.
    Answer { station: usize, key: String, hub: HubId, answer: Box<Result<Reply, CommandError>> },
    /// A hub's writer takes a turn.
    Turn(HubId),
    /// A hub starts.
    Start(HubId),
    /// A hub's disk has room again.
    Emptied(HubId),
    /// Time goes by of which nothing is told.
    Leap { left: u32, ms: u64 },
    /// Two hubs that are connected speak of their papers.
    Beat(HubId, HubId),
    /// Two hubs try to meet.
    Meet(HubId, HubId),
    /// Two hubs can meet again.
    Healed(HubId, HubId),
    /// A frame arrives.
    Frame { connection: ConnectionId, side: usize },
    /// Printers look for work.
    Printers(HubId),
    /// A disk that refused is tried again.
    Probe(HubId),
    /// Something breaks.
    Storm,
    /// Everything is whole again.
    Mend,
    /// Is all quiet?
    Look,
}

/// A command that a station was told is done.
pub struct Acknowledged {
    pub request: Request,
    /// By which hub.
    pub hub: HubId,
    pub reply: Option<Reply>,
    /// When it was made, in milliseconds since the opening: it may have been done then, and answered much later.
    pub made_ms: u64,
    /// It was on a disk that was replaced, and nowhere else.
    pub is_excused: bool,
}

/// The venue.
pub struct World {
    pub now_ms: u64,
    clock_ms: Arc<AtomicI64>,
    queue: BinaryHeap<Reverse<(u64, u64)>>,
    events: BTreeMap<u64, Event>,
    event_made: u64,
    pub rng: Rng,
    pub disk_rng: Rng,
    pub trace: Trace,
    pub hubs: Vec<Hub>,
    pub stations: Vec<Station>,
    pub connections: BTreeMap<ConnectionId, Connection>,
    pub connection_made: ConnectionId,
    pub cut_links: BTreeSet<(HubId, HubId)>,
    pub acknowledged: BTreeMap<String, Acknowledged>,
    /// When each command was made, in milliseconds since the opening.
    made_ms: BTreeMap<String, u64>,
    pub papers: Vec<Paper>,
    /// Tickets that went with a disk before they were printed.
    pub lost_tickets: BTreeSet<String>,
    pub alarms: Vec<String>,
    pub backups: Vec<Backup>,
    /// A disk was copied, and both run: journals are known in two ways for ever.
    pub is_cloned: bool,
    /// Of all hubs at the last looks, and at how many of these they were the same.
    stillness: (Vec<BTreeMap<String, u64>>, u32),
    /// Time that went by of which nothing was told, in milliseconds.
    leapt_ms: u64,
    pub blows: usize,
    pub is_mended: bool,
    pub plan: Plan,
    turns_due: BTreeSet<HubId>,
    /// All is quiet, or it is too late.
    is_over: bool,
    pub broken: Vec<String>,
}

/// Simulates a venue, and looks whether the promises were kept.
pub fn run(plan: &Plan) -> Report {
    let mut world = World::new(plan);
    world.begin();
    while !world.is_over && world.broken.is_empty() {
        let Some(Reverse((at_ms, number))) = world.queue.pop() else { break };
        let event = world.events.remove(&number).expect("an event happens once");
        world.now_ms = at_ms;
        world.set_clock();
        world.happen(event);
        world.bury();
    }
    if world.broken.is_empty() {
        checks::look(&mut world);
    }
    Report {
        trace: world.trace.hash(),
        acknowledged: world.acknowledged.len(),
        blows: world.blows,
        papers: world.papers.len(),
        broken: world.broken,
    }
}

impl World {
    fn new(plan: &Plan) -> Self {
        let mut rng = Rng::new(plan.seed);
        let disk_rng = rng.fork();
        let clock_ms = Arc::new(AtomicI64::new(0));
        let normal = plan.control == Some(Control::Normal);
        let durability = if normal { Durability::Normal } else { Durability::Full };
        let hubs: Vec<Hub> = (0..HUBS).map(|id| Hub::new(id, durability, &clock_ms, &mut rng)).collect();
        if plan.control == Some(Control::LyingDisks) {
            for hub in &hubs {
                hub.disk.lie();
            }
        }
        let stations = (0..STATIONS).map(|number| Station::new(number, usize::from(number == STATIONS - 1)));
        Self {
            now_ms: 0,
            clock_ms,
            queue: BinaryHeap::new(),
            events: BTreeMap::new(),
            event_made: 0,
            disk_rng,
            trace: Trace::new(plan.is_traced),
            hubs,
            stations: stations.collect(),
            connections: BTreeMap::new(),
            connection_made: 0,
            cut_links: BTreeSet::new(),
            acknowledged: BTreeMap::new(),
            made_ms: BTreeMap::new(),
            papers: Vec::new(),
            lost_tickets: BTreeSet::new(),
            alarms: Vec::new(),
            backups: Vec::new(),
            is_cloned: false,
            stillness: (Vec::new(), 0),
            leapt_ms: 0,
            blows: 0,
            is_mended: false,
            plan: *plan,
            turns_due: BTreeSet::new(),
            is_over: false,
            broken: Vec::new(),
            rng,
        }
    }

    fn begin(&mut self) {
        for hub in 0..HUBS {
            self.after(0, Event::Start(hub));
            self.after(100, Event::Probe(hub));
        }
        for (one, other) in pairs(HUBS) {
            self.after(200, Event::Meet(one, other));
            self.after(500, Event::Beat(one, other));
        }
        for station in 0..STATIONS {
            self.after(1_000, Event::Act(station));
            self.after(1_000, Event::Send(station));
        }
        for hub in (0..HUBS).filter(|hub| *hub != RELAY) {
            self.after(500, Event::Printers(hub));
        }
        self.after(3_000, Event::Storm);
        self.after(STORMY_MS, Event::Mend);
    }

    /// Lets `event` happen in so many milliseconds.
    pub fn after(&mut self, ms: u64, event: Event) {
        if self.is_mended && matches!(event, Event::Storm | Event::Act(_)) {
            return;
        }
        self.event_made += 1;
        self.queue.push(Reverse((self.now_ms + ms, self.event_made)));
        self.events.insert(self.event_made, event);
    }

    /// How long ago the opening was, in milliseconds.
    pub fn age_ms(&self) -> u64 {
        self.now_ms + self.leapt_ms
    }

    fn set_clock(&self) {
        self.clock_ms.store(i64::try_from(self.age_ms()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Lets a hub's writer take a turn soon: until then more may come to be written together.
    pub fn turn_soon(&mut self, hub: HubId) {
        if self.turns_due.insert(hub) {
            let wait = self.rng.between(0, 15);
            self.after(wait, Event::Turn(hub));
        }
    }

    /// Notes what happened.
    pub fn note(&mut self, what: fmt::Arguments<'_>) {
        self.trace.note(self.now_ms, what);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act(station) => self.act(station),
            Event::Send(station) => self.send_oldest(station),
            Event::Arrive { hub, station, request } => self.arrive(hub, station, *request),
            Event::Answer { station, key, hub, answer } => self.answered(station, &key, hub, *answer),
            Event::Turn(hub) => self.turn(hub),
            Event::Start(hub) => self.start(hub),
            Event::Emptied(hub) => self.hubs[hub].disk.set_full(false),
            Event::Leap { left, ms } => self.leap(left, ms),
            Event::Beat(one, other) => self.beat(one, other),
            Event::Meet(one, other) => self.try_to_meet(one, other),
            Event::Healed(one, other) => {
                self.cut_links.remove(&(one, other));
            }
            Event::Frame { connection, side } => self.frame_arrives(connection, side),
            Event::Printers(hub) => self.look_after_printers(hub),
            Event::Probe(hub) => {
                self.after(1_000, Event::Probe(hub));
                if self.hubs[hub].store().is_some_and(|store| store.health() != Health::Healthy) {
                    self.turn(hub);
                }
            }
            Event::Storm if !self.is_mended => self.storm(),
            Event::Storm => {}
            Event::Mend => {
                self.mend();
                self.after(LOOK_EVERY_MS, Event::Look);
            }
            Event::Look => self.look(),
        }
    }

    fn act(&mut self, station: usize) {
        let wait = self.rng.between(200, 2_500);
        self.after(wait, Event::Act(station));
        let hub = &self.hubs[self.stations[station].hub];
        if let Some(store) = hub.store().filter(|_| hub.is_serving()) {
            self.stations[station].act(store, &mut self.rng);
            let now_ms = self.age_ms();
            if let Some(request) = self.stations[station].outbox.back() {
                self.made_ms.entry(request.idempotency_key.clone()).or_insert(now_ms);
            }
        }
    }

    /// Sends what waits longest; after a while again, and now and then to another hub.
    fn send_oldest(&mut self, station: usize) {
        let wait = self.rng.between(PATIENCE_MS / 4, PATIENCE_MS);
        self.after(wait, Event::Send(station));
        if self.rng.chance(10) && !self.is_mended {
            let served: Vec<_> = (0..self.hubs.len()).filter(|hub| *hub != RELAY).collect();
            let hub = *self.rng.pick(&served).expect("there are some");
            self.stations[station].hub = hub;
        }
        let hub = self.stations[station].hub;
        let Some(request) = self.stations[station].outbox.front().cloned() else { return };
        if self.plan.control == Some(Control::EarlyAnswers) {
            let key = request.idempotency_key.clone();
            let (request, reply, made_ms) = (request.clone(), None, self.age_ms());
            let acknowledged = Acknowledged { request, hub, reply, made_ms, is_excused: false };
            self.acknowledged.insert(key, acknowledged);
            self.stations[station].outbox.pop_front();
        }
        let delay = self.rng.between(1, 40);
        if !self.rng.chance(3) {
            self.after(delay, Event::Arrive { hub, station, request: Box::new(request.clone()) });
        }
        if self.rng.chance(3) {
            let late = self.rng.between(50, 5_000);
            self.after(late, Event::Arrive { hub, station, request: Box::new(request) });
        }
    }

    fn arrive(&mut self, id: HubId, station: usize, request: Request) {
        let hub = &mut self.hubs[id];
        if !hub.is_serving() {
            return;
        }
        let key = request.idempotency_key.clone();
        hub.ask(
            |store| async move { store.command(request).await },
            |answer| Doing::Command { station, key, answer },
        );
        self.turn_soon(id);
    }

    fn answered(&mut self, station: usize, key: &str, hub: HubId, answer: Result<Reply, CommandError>) {
        let Some(request) =
            self.stations[station].outbox.front().filter(|it| it.idempotency_key == key).cloned()
        else {
            return;
        };
        let outcome = match &answer {
            Ok(reply) => format!("done as {}", reply.seq),
            Err(error) => error.to_string(),
        };
        self.note(format_args!("station {station} hears of {key} from hub {hub}: {outcome}"));
        match answer {
            Ok(reply) => {
                self.stations[station].outbox.pop_front();
                let reply = Some(reply);
                let made_ms = self.made_ms.get(key).copied().unwrap_or_default();
                let acknowledged = Acknowledged { request, hub, reply, made_ms, is_excused: false };
                self.acknowledged.insert(key.to_owned(), acknowledged);
            }
            Err(CommandError::Refused(_)) => {
                self.stations[station].outbox.pop_front();
            }
            Err(CommandError::KeyReused) => self.broken.push(format!("{key} was used for another command")),
            Err(CommandError::Busy | CommandError::Unhealthy(_) | CommandError::Stopped) => {}
        }
    }

    fn start(&mut self, id: HubId) {
        let now_ms = self.now_ms;
        let is_mended = self.is_mended;
        let hub = &mut self.hubs[id];
        if hub.life.is_some() {
            return;
        }
        match hub.start() {
            Ok(()) => {
                hub.failed_starts = 0;
                let origin = hub.store().expect("it was started").origin();
                self.trace.note(now_ms, format_args!("hub {id} starts as {origin}"));
                self.expect_others(id);
                self.turn_soon(id);
            }
            Err(error) => {
                hub.failed_starts += u32::from(is_mended);
                let has_failed = hub.failed_starts > FAILED_STARTS_MAX;
                hub.disk.kill();
                self.trace.note(now_ms, format_args!("hub {id} does not start: {error}"));
                if has_failed {
                    self.broken.push(format!("hub {id} does not start: {error:?}"));
                }
                self.after(2_000, Event::Start(id));
            }
        }
    }

    /// Lets a hub's writer write what waits, and hears what came of it.
    fn turn(&mut self, id: HubId) {
        self.turns_due.remove(&id);
        let Some(life) = &mut self.hubs[id].life else { return };
        let goes_on = life.turns.step();
        if self.hubs[id].disk.is_dead() {
            return;
        }
        let Some(life) = &mut self.hubs[id].life else { return };
        for doing in std::mem::take(&mut life.doing) {
            self.hear(id, doing);
        }
        let Some(life) = &self.hubs[id].life else { return };
        if !life.doing.is_empty() {
            self.turn_soon(id);
        }
        if goes_on {
            self.pump_all(id);
        } else {
            self.note(format_args!("hub {id} stops by itself"));
            self.end_process(id);
            self.hubs[id].disk.kill();
        }
    }

    /// Hears whether something is done; what is not waits on.
    fn hear(&mut self, id: HubId, mut doing: Doing) {
        match &mut doing {
            Doing::Command { station, key, answer } => {
                if let Some(answer) = poll(answer) {
                    let (station, key) = (*station, std::mem::take(key));
                    let delay = self.rng.between(1, 40);
                    if !self.rng.chance(3) {
                        let answer = Box::new(answer);
                        self.after(delay, Event::Answer { station, key, hub: id, answer });
                    }
                    return;
                }
            }
            Doing::Delivery { connection, side, number, answer } => {
                if let Some(answer) = poll(answer) {
                    let (connection, side, number) = (*connection, *side, *number);
                    return match answer {
                        Ok(vector) => self.delivered(connection, side, number, &vector),
                        Err(error) => {
                            self.note(format_args!(
                                "hub {id} does not take {number} of {connection}: {error}"
                            ));
                            self.hang_up(connection);
                        }
                    };
                }
            }
            Doing::Begin { job, answer } => {
                if let Some(begun) = poll(answer) {
                    let job = job.clone();
                    return self.begun(id, job, begun.is_ok());
                }
            }
            Doing::Settle { job, settled, answer } => {
                if let Some(answer) = poll(answer) {
                    let (job, settled) = (job.clone(), settled.clone());
                    return match answer {
                        Ok(_) => self.is_settled(id, job.printer),
                        Err(CommandError::Stopped) => {}
                        Err(_) => self.settle(id, job, settled),
                    };
                }
            }
            Doing::Recovery { answer } => {
                if let Some(answer) = poll(answer) {
                    return self.recovered(id, answer.is_ok());
                }
            }
            Doing::Duty { again, answer } => {
                if let Some(answer) = poll(answer) {
                    let again = *again;
                    return self.duty_done(id, again, answer.is_ok());
                }
            }
            Doing::Rebirth { answer } => {
                if let Some(answer) = poll(answer) {
                    return self.reborn(id, answer.is_ok());
                }
            }
        }
        if let Some(life) = &mut self.hubs[id].life {
            life.doing.push(doing);
        }
    }

    fn recovered(&mut self, id: HubId, is_done: bool) {
        let hub = &mut self.hubs[id];
        if is_done {
            let Some(life) = &mut hub.life else { return };
            life.may_print = !hub.is_restored;
        } else {
            hub.recover();
            self.turn_soon(id);
        }
    }

    fn reborn(&mut self, id: HubId, is_done: bool) {
        self.hang_up_hub(id);
        if is_done {
            let hub = &mut self.hubs[id];
            hub.is_restored = false;
            if let Some(life) = &mut hub.life {
                life.may_print = true;
                let origin = life.store.origin();
                self.note(format_args!("hub {id} goes on as {origin}"));
            }
        } else if self.hubs[id].life.is_some() {
            self.hubs[id].become_another();
            self.turn_soon(id);
        }
    }

    /// Ends when all is quiet; too late is a broken promise.
    fn look(&mut self) {
        match checks::is_quiet(self) {
            Ok(()) => self.is_over = true,
            Err(noise) if self.now_ms > STORMY_MS + QUIET_MS_MAX => {
                self.broken.push(format!("not quiet in {} s: {noise}", QUIET_MS_MAX / 1000));
            }
            Err(_) => self.after(LOOK_EVERY_MS, Event::Look),
        }
    }

    /// Lets time go by: many hours in a moment, in which nothing happens and everything gets older.
    fn leap(&mut self, left: u32, ms: u64) {
        self.leapt_ms += ms;
        self.set_clock();
        self.note(format_args!("{} minutes go by", ms / 60_000));
        if left > 0 && !self.is_mended {
            self.after(LEAP_EVERY_MS, Event::Leap { left: left - 1, ms });
        }
    }

    /// A copy of a hub's disk, in another box.
    pub fn add_copy(&mut self, of: HubId, image: &Image) {
        let id = self.hubs.len();
        let mut copy = self.hubs[of].copied(id, &mut self.rng);
        copy.disk = Disk::of(image);
        self.hubs.push(copy);
        self.is_cloned = true;
        for other in 0..id {
            self.after(200, Event::Meet(other, id));
            self.after(500, Event::Beat(other, id));
        }
        self.after(0, Event::Start(id));
        self.after(100, Event::Probe(id));
        self.after(500, Event::Printers(id));
    }

    /// Looks how long nothing was learned by anybody.
    pub fn looks_still(&mut self, vectors: Vec<BTreeMap<String, u64>>) -> u32 {
        if self.stillness.0 == vectors {
            self.stillness.1 += 1;
        } else {
            self.stillness = (vectors, 0);
        }
        self.stillness.1
    }

    /// The disk of `hub` is replaced by an older one: what is on no other disk may be gone.
    pub fn excuse(&mut self, id: HubId) {
        let others: Vec<_> =
            self.hubs.iter().filter(|hub| hub.id != id).filter_map(|hub| hub.store().cloned()).collect();
        for (key, acknowledged) in &mut self.acknowledged {
            let is_known = |store: &maitred_store::Store| store.answer_to(key).is_ok_and(|it| it.is_some());
            acknowledged.is_excused |= !others.iter().any(is_known);
        }
        // Nor is anybody told any more of what it did: its line went with it.
        for event in self.events.values_mut() {
            if let Event::Answer { hub, answer, .. } = event
                && *hub == id
            {
                **answer = Err(CommandError::Stopped);
            }
        }
    }
}
