//! Printers that ask: where their visits go, and who asked of late.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use maitred_device::asking::{Answer, Ask, Visit};
use maitred_domain::address::Caller;
use tokio::sync::{mpsc, oneshot};

use crate::auth::Pins;
use crate::limits::{CALLER_VISITS_MAX, CALLERS_MAX};

/// For how long a printer that asked is found.
const CALLER_TIME: SignedDuration = SignedDuration::from_mins(2);
/// Characters that nobody mistakes for others.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const TOKEN_CHARS: usize = 16;

/// Where Star's printers ask, behind the hub's own address.
pub fn cloudprnt_path(pins: &Pins) -> String {
    format!("/print/cloudprnt/{}", token(pins))
}

/// Where Epson's printers ask.
pub fn epson_path(pins: &Pins) -> String {
    format!("/print/epson/{}", token(pins))
}

/// What stands in the address at which printers ask: they cannot sign in. All hubs of a venue know the same.
fn token(pins: &Pins) -> String {
    let key = blake3::derive_key("maitred 2026 address of printers that ask", pins.pepper());
    key[..TOKEN_CHARS].iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// Whether that is the token, in a time that tells nothing of it.
pub fn is_token(pins: &Pins, said: &str) -> bool {
    blake3::hash(token(pins).as_bytes()) == blake3::hash(said.as_bytes())
}

/// The printers that ask.
#[derive(Default)]
pub struct Callers(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    doors: BTreeMap<Caller, mpsc::Sender<Visit>>,
    seen: BTreeMap<Caller, Timestamp>,
}

impl Callers {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The visits of `caller`, from now on.
    pub(super) fn open(&self, caller: Caller) -> mpsc::Receiver<Visit> {
        let (door, visits) = mpsc::channel(CALLER_VISITS_MAX);
        self.inner().doors.insert(caller, door);
        visits
    }

    /// Takes a visit to the printer's worker. Who is no printer of the venue is told that there is nothing.
    pub async fn visit(&self, caller: &Caller, ask: Ask, now: Timestamp) -> Answer {
        let door = {
            let mut inner = self.inner();
            inner.note(caller, now);
            inner.doors.get(caller).cloned()
        };
        let (answer, answered) = oneshot::channel();
        match door {
            Some(door) if door.try_send(Visit { ask, answer }).is_ok() => {
                answered.await.unwrap_or(Answer::Nothing)
            }
            Some(_) | None => Answer::Nothing,
        }
    }

    /// Who asked of late.
    pub fn lately(&self, now: Timestamp) -> Vec<Caller> {
        let inner = self.inner();
        let is_recent = |at: &Timestamp| now.duration_since(*at) < CALLER_TIME;
        inner.seen.iter().filter(|(_, at)| is_recent(at)).map(|(caller, _)| caller.clone()).collect()
    }
}

impl Inner {
    fn note(&mut self, caller: &Caller, now: Timestamp) {
        self.seen.insert(caller.clone(), now);
        if self.seen.len() > CALLERS_MAX {
            let oldest = self.seen.iter().min_by_key(|(_, at)| **at).map(|(caller, _)| caller.clone());
            if let Some(oldest) = oldest {
                self.seen.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).expect("a time")
    }

    #[tokio::test]
    async fn a_stranger_is_told_nothing_and_is_found_for_a_while() {
        let callers = Callers::default();
        let bar = Caller::Epson("bar".into());
        assert_eq!(callers.visit(&bar, Ask::Take, at(0)).await, Answer::Nothing);
        assert_eq!(callers.lately(at(60)), [bar]);
        assert_eq!(callers.lately(at(121)), []);
    }

    #[tokio::test]
    async fn more_strangers_than_a_room_holds_are_forgotten_from_the_first() {
        let callers = Callers::default();
        for n in 0..=CALLERS_MAX {
            let second = i64::try_from(n).expect("a small number");
            callers.visit(&Caller::Epson(format!("p{n}")), Ask::Take, at(second)).await;
        }
        let lately = callers.lately(at(1));
        assert_eq!(lately.len(), CALLERS_MAX);
        assert!(!lately.contains(&Caller::Epson("p0".into())));
    }
}
