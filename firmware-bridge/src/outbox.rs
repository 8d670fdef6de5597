//! What the broker is to have.
//!
//! Messages are kept until the broker has them, in order. Retained values are said again in full on every connection, so
//! of those nothing needs to be kept here but what waits to be said on this one.

use std::collections::{BTreeMap, VecDeque};

use maitred_device::field::DeviceId;
use maitred_device::field::message::EventId;

/// Messages that are kept at most: enough for every device on frames many times over, as those keep their own. What comes
/// beyond is dropped, and counted.
const MESSAGES_MAX: usize = 10_000;
/// Publications that are under way at once.
const WINDOW: usize = 64;

/// One publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
    /// Whether the broker keeps it.
    pub is_retained: bool,
}

/// What the broker is to have.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Retained values and messages of the moment that were not said on this connection.
    unsaid: VecDeque<Publication>,
    messages: BTreeMap<u64, Message>,
    next_number: u64,
    /// The first message that was not said on this connection.
    next_unsaid: u64,
    is_connected: bool,
    /// Handed to the client, which has not told their packet ids yet; nothing for those that need not be kept.
    handed: VecDeque<Option<u64>>,
    under_way: BTreeMap<u16, Option<u64>>,
    dropped: u64,
}

#[derive(Debug)]
struct Message {
    topic: String,
    payload: Vec<u8>,
    event: Option<(DeviceId, EventId)>,
}

impl Outbox {
    /// A connection begins, with this to say first.
    pub fn connected(&mut self, birth: Vec<Publication>) {
        self.lost();
        self.is_connected = true;
        self.unsaid = birth.into();
    }

    /// The connection is gone: whatever was under way has to be said again.
    pub fn lost(&mut self) {
        self.is_connected = false;
        self.unsaid.clear();
        self.handed.clear();
        self.under_way.clear();
        self.next_unsaid = self.messages.first_key_value().map_or(self.next_number, |(number, _)| *number);
    }

    /// A value that the broker keeps; only the latest of each topic has to be said.
    pub fn retain(&mut self, topic: String, payload: Vec<u8>) {
        self.say(Publication { topic, payload, is_retained: true });
    }

    /// Something that nobody has to know later.
    pub fn mention(&mut self, topic: String, payload: Vec<u8>) {
        self.say(Publication { topic, payload, is_retained: false });
    }

    fn say(&mut self, publication: Publication) {
        if !self.is_connected {
            return;
        }
        let same = |unsaid: &&mut Publication| unsaid.topic == publication.topic;
        match self.unsaid.iter_mut().rev().find(same) {
            Some(unsaid) => *unsaid = publication,
            None => self.unsaid.push_back(publication),
        }
    }

    /// A message that is kept until the broker has it. False when there is no room.
    pub fn send(&mut self, topic: String, payload: Vec<u8>, event: Option<(DeviceId, EventId)>) -> bool {
        if self.messages.len() >= MESSAGES_MAX {
            self.dropped += 1;
            if self.dropped.is_power_of_two() {
                tracing::error!(dropped = self.dropped, "no room for messages: the broker is away for long");
            }
            return false;
        }
        self.messages.insert(self.next_number, Message { topic, payload, event });
        self.next_number += 1;
        true
    }

    /// What to hand to the client next.
    pub fn next(&mut self) -> Option<Publication> {
        if !self.is_connected || self.handed.len() + self.under_way.len() >= WINDOW {
            return None;
        }
        if let Some(publication) = self.unsaid.pop_front() {
            self.handed.push_back(None);
            return Some(publication);
        }
        let (number, message) = self.messages.range(self.next_unsaid..).next()?;
        self.next_unsaid = number + 1;
        self.handed.push_back(Some(*number));
        let (topic, payload) = (message.topic.clone(), message.payload.clone());
        Some(Publication { topic, payload, is_retained: false })
    }

    /// The client sent what it was handed first, under that packet id.
    pub fn sent(&mut self, packet: u16) {
        if let Some(what) = self.handed.pop_front() {
            self.under_way.insert(packet, what);
        }
    }

    /// The broker has that packet. The event that cannot be lost any more, if it was one.
    pub fn taken(&mut self, packet: u16) -> Option<(DeviceId, EventId)> {
        let number = self.under_way.remove(&packet)??;
        self.messages.remove(&number)?.event
    }

    /// Whether that event waits here.
    pub fn holds(&self, device: &DeviceId, id: EventId) -> bool {
        self.messages.values().any(|message| {
            message.event.as_ref().is_some_and(|(whose, which)| whose == device && *which == id)
        })
    }

    /// Whether everything was said and taken.
    pub fn is_empty(&self) -> bool {
        self.unsaid.is_empty()
            && self.messages.is_empty()
            && self.handed.is_empty()
            && self.under_way.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use maitred_device::field::DeviceKind;

    use super::*;

    fn event(outbox: &mut Outbox, seq: u32) {
        let id = EventId { boot: 1, seq };
        let device = DeviceId::of(DeviceKind::BumpBar, "grill");
        assert!(outbox.send("event".into(), seq.to_string().into_bytes(), Some((device, id))));
    }

    fn said(outbox: &mut Outbox) -> Vec<String> {
        let mut said = vec![];
        while let Some(publication) = outbox.next() {
            said.push(String::from_utf8(publication.payload).unwrap());
        }
        said
    }

    #[test]
    fn a_message_is_said_on_every_connection_until_the_broker_has_it() {
        let mut outbox = Outbox::default();
        (1..=3).for_each(|seq| event(&mut outbox, seq));
        assert_eq!(outbox.next(), None, "nobody is there");
        outbox.connected(vec![]);
        assert_eq!(said(&mut outbox), ["1", "2", "3"]);
        (10..13).for_each(|packet| outbox.sent(packet));
        assert_eq!(outbox.taken(10).map(|(_, id)| id.seq), Some(1));
        outbox.lost();
        assert_eq!(outbox.taken(11), None, "of a connection that is gone");
        outbox.connected(vec![]);
        assert_eq!(said(&mut outbox), ["2", "3"]);
        (1..3).for_each(|packet| outbox.sent(packet));
        assert_eq!((1..3).filter_map(|packet| outbox.taken(packet)).count(), 2);
        assert!(outbox.is_empty());
    }

    #[test]
    fn birth_comes_first_and_of_a_value_only_the_latest() {
        let mut outbox = Outbox::default();
        event(&mut outbox, 1);
        outbox.retain("a".into(), b"nobody hears".to_vec());
        let birth = Publication { topic: "a".into(), payload: b"birth".to_vec(), is_retained: true };
        outbox.connected(vec![birth]);
        outbox.retain("b".into(), b"old".to_vec());
        outbox.retain("b".into(), b"new".to_vec());
        assert_eq!(said(&mut outbox), ["birth", "new", "1"]);
    }

    #[test]
    fn no_more_is_under_way_than_fits_and_no_more_is_kept_than_fits() {
        let mut outbox = Outbox::default();
        outbox.connected(vec![]);
        for seq in 0..u32::try_from(MESSAGES_MAX).unwrap() {
            event(&mut outbox, seq);
        }
        assert!(!outbox.send("event".into(), vec![], None));
        assert_eq!(said(&mut outbox).len(), WINDOW);
        outbox.sent(1);
        outbox.taken(1);
        assert_eq!(said(&mut outbox).len(), 1);
    }
}
