//! Stores that meet: the sessions that hubs hold, without a network.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use jiff::Timestamp;
use maitred_domain::catalogue::Catalogue;
use maitred_store::{CheckFilter, Store, doctor};
use maitred_sync::{Delivery, Output, Session};

use crate::support::{self, Venue1};

/// Who belongs together.
const REALM: [u8; 16] = [1; 16];

/// A store of the venue that has not heard of it yet.
pub fn newcomer(data: &Path, prefix: &str) -> Venue1 {
    let clock = Arc::new(AtomicI64::new(support::OPENING));
    let mut options = support::options(data, &clock);
    options.number_prefix = prefix.into();
    Venue1 { store: Store::open(&options, Catalogue::default).unwrap(), clock }
}

/// One end of a connection.
pub struct End<'a> {
    store: &'a Store,
    session: Session,
    inbox: VecDeque<Vec<u8>>,
    /// What is wrong with the other.
    pub alarms: Vec<Output>,
    heard: Vec<Delivery>,
    /// Bytes that it said.
    pub bytes: usize,
}

impl<'a> End<'a> {
    fn new(store: &'a Store) -> (Self, Vec<u8>) {
        let (session, hello) = store.open_session(REALM).unwrap();
        (
            Self { store, session, inbox: VecDeque::new(), alarms: Vec::new(), heard: Vec::new(), bytes: 0 },
            hello,
        )
    }

    /// Frames arrive.
    pub fn hears(&mut self, frames: Vec<Vec<u8>>) {
        self.inbox.extend(frames);
    }

    /// Hangs up. What it was given to store.
    pub fn into_heard(self) -> Vec<Delivery> {
        self.heard
    }

    /// Takes one frame and says what there is to say.
    pub fn turn(&mut self) -> Vec<Vec<u8>> {
        let mut said = Vec::new();
        if let Some(frame) = self.inbox.pop_front() {
            for output in self.store.receive(&mut self.session, &frame).unwrap() {
                match output {
                    Output::Send(frame) => said.push(frame),
                    Output::Store(delivery) => {
                        let number = delivery.number;
                        self.heard.push(delivery.clone());
                        let vector = self.store.deliver_blocking(delivery).unwrap();
                        said.push(self.session.stored(number, &vector));
                    }
                    Output::Agreed { .. } | Output::Acknowledged(_) => {}
                    alarm => self.alarms.push(alarm),
                }
            }
        }
        said.extend(self.store.next_frame(&mut self.session).unwrap());
        self.bytes += said.iter().map(Vec::len).sum::<usize>();
        said
    }
}

/// Both ends of a new connection between two stores.
pub fn connect<'a>(one: &'a Store, other: &'a Store) -> (End<'a>, End<'a>) {
    let ((mut one, hello_one), (mut other, hello_other)) = (End::new(one), End::new(other));
    one.inbox.push_back(hello_other);
    other.inbox.push_back(hello_one);
    (one, other)
}

/// Lets them tell each other everything.
pub fn settle(one: &mut End, other: &mut End) {
    loop {
        let (of_one, of_other) = (one.turn(), other.turn());
        if of_one.is_empty() && of_other.is_empty() && one.inbox.is_empty() && other.inbox.is_empty() {
            return;
        }
        other.hears(of_one);
        one.hears(of_other);
    }
}

/// Lets two stores tell each other everything. What they found wrong with each other.
pub fn meet(one: &Store, other: &Store) -> Vec<Output> {
    let (mut one, mut other) = connect(one, other);
    settle(&mut one, &mut other);
    [one.alarms, other.alarms].concat()
}

/// Two stores hold the same venue, and each agrees with itself.
pub fn alike(one: &Store, other: &Store) {
    assert_eq!(one.sync_state().unwrap().vector, other.sync_state().unwrap().vector);
    assert_eq!(*one.catalogue(), *other.catalogue());
    let all = |store: &Store| store.checks(&CheckFilter::default(), 1_000).unwrap();
    assert_eq!(all(one), all(other));
    assert_eq!(one.open_checks(), other.open_checks());
    assert_eq!(one.tables(), other.tables());
    assert_eq!(one.stock(), other.stock());
    let later = Timestamp::from_millisecond(support::OPENING + 60 * 60 * 1000).unwrap();
    assert_eq!(one.floor_at(later).unwrap(), other.floor_at(later).unwrap());
    let books = |store: &Store| format!("{:?}", store.day(None).unwrap());
    assert_eq!(books(one), books(other));
}

pub fn healthy(data: &Path) {
    let diagnosis = doctor(data).unwrap();
    assert_eq!(diagnosis.problems, Vec::<String>::new(), "{:?}", diagnosis.checked);
}
