//! Connections between hubs: frames in order within each, in any order between them, until they are cut.

use std::collections::VecDeque;

use maitred_sync::{Delivery, Header, Origin, Output, Session};

use super::hub::Doing;
use super::world::{Event, World};
use super::{ConnectionId, HubId, RELAY};

/// Who belongs together.
pub(super) const REALM: [u8; 16] = [1; 16];
/// Digits by which a person tells the origins of a venue apart.
const NAME_DIGITS: usize = 4;
/// How often two hubs that are apart try to meet, in milliseconds.
pub const MEET_EVERY_MS: u64 = 1_500;

/// A connection.
pub struct Connection {
    /// Its ends.
    pub ends: [End; 2],
}

/// One end of a connection.
pub struct End {
    /// Whose.
    pub hub: HubId,
    /// Of which of its lives.
    life: u64,
    session: Session,
    inbox: VecDeque<Vec<u8>>,
}

/// A place in a journal, as a person reads it: the first digits of an origin tell it from the others of a venue.
fn place(origin: Origin, seq: impl std::fmt::Display) -> String {
    format!("{}:{seq}", &origin.to_string()[..NAME_DIGITS])
}

/// Which entries arrive, run by run; `None` when nothing does.
fn contents(delivery: &Delivery) -> Option<String> {
    let mut runs: Vec<(Origin, u64, u64, bool)> = Vec::new();
    let parcels = delivery.parcels.iter().map(|parcel| (parcel, false));
    for (parcel, is_forked) in parcels.chain(delivery.forked.iter().map(|parcel| (parcel, true))) {
        let Header { origin, seq, .. } = *parcel.header();
        match runs.last_mut() {
            Some(run) if (run.0, run.2 + 1, run.3) == (origin, seq, is_forked) => run.2 = seq,
            Some(_) | None => runs.push((origin, seq, seq, is_forked)),
        }
    }
    let told = runs.into_iter().map(|(origin, first, last, is_forked)| {
        let forked = if is_forked { " (forked)" } else { "" };
        format!("{}{forked}", place(origin, format_args!("{first}-{last}")))
    });
    let told: Vec<_> = told.collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// Pairs of so many hubs.
pub fn pairs(hubs: usize) -> impl Iterator<Item = (HubId, HubId)> {
    (0..hubs).flat_map(move |one| (one + 1..hubs).map(move |other| (one, other)))
}

impl World {
    /// Whether frames go through between two hubs.
    pub fn is_linked(&self, one: HubId, other: HubId) -> bool {
        !self.cut_links.contains(&(one.min(other), one.max(other)))
    }

    /// Lets two hubs meet if they can; now and then they hold two connections.
    pub fn try_to_meet(&mut self, one: HubId, other: HubId) {
        let is_joined = self
            .connections
            .values()
            .any(|connection| connection.ends.iter().map(|end| end.hub).eq([one, other]));
        let is_double = is_joined && !self.rng.chance(3);
        if self.is_linked(one, other) && !is_double {
            self.connect(one, other);
        }
        let wait = self.rng.between(MEET_EVERY_MS / 2, MEET_EVERY_MS * 2);
        self.after(wait, Event::Meet(one, other));
    }

    fn connect(&mut self, one: HubId, other: HubId) {
        let mut ends = Vec::new();
        let mut hellos = Vec::new();
        for id in [one, other] {
            let hub = &self.hubs[id];
            let Some(store) = hub.store() else { return };
            let Ok((session, hello)) = store.open_session(REALM) else { return };
            ends.push(End { hub: id, life: hub.lives, session, inbox: VecDeque::new() });
            hellos.push(hello);
        }
        let Ok(ends) = <[End; 2]>::try_from(ends) else { return };
        self.connection_made += 1;
        let id = self.connection_made;
        self.note(format_args!("hubs {one} and {other} meet: connection {id}"));
        self.connections.insert(id, Connection { ends });
        self.introduce(one, other);
        for (side, hello) in hellos.into_iter().enumerate() {
            self.send(id, side, hello);
        }
    }

    /// Puts a frame on its way from `side` to the other.
    fn send(&mut self, id: ConnectionId, side: usize, frame: Vec<u8>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let is_far = connection.ends.iter().any(|end| end.hub == RELAY);
        connection.ends[1 - side].inbox.push_back(frame);
        let delay = if is_far { self.rng.between(20, 400) } else { self.rng.between(1, 30) };
        self.after(delay, Event::Frame { connection: id, side: 1 - side });
    }

    /// The next frame arrives at `side`.
    pub fn frame_arrives(&mut self, id: ConnectionId, side: usize) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let end = &mut connection.ends[side];
        let Some(frame) = end.inbox.pop_front() else { return };
        let Some(store) = self.hubs[end.hub].life.as_ref().map(|life| life.store.clone()) else { return };
        let (hub, other) = (end.hub, connection.ends[1 - side].hub);
        let bytes = frame.len();
        let Ok(outputs) = store.receive(&mut connection.ends[side].session, &frame) else {
            self.note(format_args!("hub {hub} cannot read: connection {id} ends"));
            return self.hang_up(id);
        };
        self.note(format_args!(
            "hub {hub} gets {bytes} bytes of hub {other} over {id}: {} outputs",
            outputs.len()
        ));
        for output in outputs {
            self.carry_out(id, side, output);
        }
        self.pump(id, side);
    }

    fn carry_out(&mut self, id: ConnectionId, side: usize, output: Output) {
        let Some(connection) = self.connections.get(&id) else { return };
        let (hub, other) = (connection.ends[side].hub, connection.ends[1 - side].hub);
        match output {
            Output::Send(frame) => self.send(id, side, frame),
            Output::Agreed { .. } => self.hubs[hub].to_meet.retain(|to_meet| *to_meet != other),
            Output::Store(delivery) => {
                let number = delivery.number;
                if let Some(contents) = contents(&delivery) {
                    self.note(format_args!("hub {hub} hears over {id}: {contents}"));
                }
                self.hubs[hub].ask(
                    |store| async move { store.deliver(delivery).await },
                    |answer| Doing::Delivery { connection: id, side, number, answer },
                );
                self.turn_soon(hub);
            }
            Output::Acknowledged(_) => {}
            Output::Rewound { seq } => self.is_told_of_another_life(hub, seq),
            Output::Forked { origin, seq } => {
                self.note(format_args!("hub {hub} finds {origin} forked at {seq}"));
                self.alarms.push(format!("hub {hub}: {origin} forked at {seq}"));
            }
            Output::Refused { origin, seq, reason, here } => {
                let who = if here { hub } else { other };
                self.note(format_args!("hub {who} refuses {origin} from {seq}: {reason:?}"));
            }
            Output::Close(reason) => {
                self.note(format_args!("connection {id} closes: {reason:?}"));
                self.hang_up(id);
            }
        }
    }

    /// Somebody knows an entry of a hub that the hub does not.
    pub fn is_told_of_another_life(&mut self, hub: HubId, seq: u64) {
        self.note(format_args!("hub {hub} hears that it was rewound before {seq}"));
        if !self.is_being_reborn(hub) {
            self.hubs[hub].become_another();
            self.turn_soon(hub);
        }
    }

    fn is_being_reborn(&self, hub: HubId) -> bool {
        let doing = self.hubs[hub].life.iter().flat_map(|life| &life.doing);
        doing.into_iter().any(|doing| matches!(doing, Doing::Rebirth { .. }))
    }

    /// A delivery is durable.
    pub fn delivered(&mut self, id: ConnectionId, side: usize, number: u64, vector: &maitred_sync::Vector) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let hub = connection.ends[side].hub;
        let known: Vec<String> = vector.iter().map(|(origin, seq)| place(origin, seq)).collect();
        self.trace.note(self.now_ms, format_args!("hub {hub} now knows {}", known.join(", ")));
        let ack = connection.ends[side].session.stored(number, vector);
        self.send(id, side, ack);
    }

    /// Sends what there is to send.
    pub fn pump(&mut self, id: ConnectionId, side: usize) {
        loop {
            let Some(connection) = self.connections.get_mut(&id) else { return };
            let end = &mut connection.ends[side];
            let Some(store) = self.hubs[end.hub].life.as_ref().map(|life| life.store.clone()) else { return };
            match store.next_frame(&mut end.session) {
                Ok(Some(frame)) => self.send(id, side, frame),
                Ok(None) => return,
                Err(_) => return self.hang_up(id),
            }
        }
    }

    /// Sends what there is to send to everybody whom a hub speaks with.
    pub fn pump_all(&mut self, hub: HubId) {
        let ends: Vec<(ConnectionId, usize)> = self
            .connections
            .iter()
            .flat_map(|(id, connection)| (0..2).map(move |side| (*id, side, connection.ends[side].hub)))
            .filter_map(|(id, side, whose)| (whose == hub).then_some((id, side)))
            .collect();
        for (id, side) in ends {
            self.pump(id, side);
        }
    }

    /// Ends a connection with everything that is on its way.
    pub fn hang_up(&mut self, id: ConnectionId) {
        self.connections.remove(&id);
    }

    /// Ends the connections of which `ended` is true.
    pub fn hang_up_where(&mut self, ended: impl Fn(&Connection) -> bool) {
        self.connections.retain(|_, connection| !ended(connection));
    }

    /// Ends the connections of a hub's earlier lives, and of its present one.
    pub fn hang_up_hub(&mut self, hub: HubId) {
        self.hang_up_where(|connection| connection.ends.iter().any(|end| end.hub == hub));
    }

    /// Whether every connection is of lives that last.
    pub fn connections_are_alive(&self) -> bool {
        let is_alive = |end: &End| self.hubs[end.hub].life.is_some() && self.hubs[end.hub].lives == end.life;
        self.connections.values().all(|connection| connection.ends.iter().all(is_alive))
    }
}
