//! Screens that wait to be let in. Each shows a code; whoever may type it on a station stands in front of both.
//!
//! A wrong code is a guess at every code that is shown, and is counted against each of them and against whoever typed it.
//! Nothing of this outlives the process.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use maitred_domain::ids::{StaffId, TerminalId};
use maitred_process::clock;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::token;
use crate::limits::{
    PAIRING_ADDRESSES_MAX, PAIRING_ASKED_MAX, PAIRING_TIME, PAIRING_TRIES_MAX, PAIRINGS_MAX,
    PAIRINGS_OF_ADDRESS_MAX,
};
use crate::problem::Problem;

/// Crockford's: no letter looks like a digit. A character of it is five bits.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Thirty bits.
const CODE_CHARS: usize = 6;

/// A screen that waits.
struct Pairing {
    id: Uuid,
    code: String,
    from: IpAddr,
    asked_at: Timestamp,
    expires_at: Timestamp,
    tries_left: u32,
    stage: Stage,
}

enum Stage {
    /// Its code is shown.
    Waiting,
    /// Somebody typed its code; what they want of it is being written.
    Taken,
    /// It may fetch its token.
    Granted { token: String, terminal: TerminalId },
}

/// Guesses, or questions, since then.
#[derive(Clone, Copy)]
struct Counted {
    since: Timestamp,
    count: u32,
}

#[derive(Default)]
struct Known {
    /// By the hash of the secret of the screen.
    pairings: BTreeMap<[u8; 32], Pairing>,
    asked: BTreeMap<IpAddr, Counted>,
    wrong: BTreeMap<StaffId, Counted>,
}

/// Screens that wait, and who guessed.
#[derive(Default)]
pub struct Pairings(Mutex<Known>);

/// What a screen is told that wants to be let in.
pub struct Asked {
    /// What it asks again with; it shows it to nobody.
    pub secret: String,
    /// What it shows.
    pub code: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// How a pairing stands, for its screen.
pub enum Claimed {
    /// Nobody has typed its code yet.
    Waiting,
    /// It is let in.
    Granted {
        /// What it proves from now on.
        token: String,
        /// What it is.
        terminal: TerminalId,
    },
    /// Its code is no longer good.
    Gone,
}

/// A screen that waits, for those who may let it in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairingView {
    /// Which.
    pub id: Uuid,
    /// From where it asks.
    pub address: String,
    /// Since when.
    pub asked_at: Timestamp,
    /// Until when its code is good.
    pub expires_at: Timestamp,
}

impl Pairings {
    /// A screen at `from` wants to be let in.
    ///
    /// # Errors
    /// The problem `busy` when too many do, or this one too often.
    pub fn ask(&self, from: IpAddr, now: Timestamp) -> Result<Asked, Problem> {
        let mut known = self.lock(now);
        let busy = || Problem::new("busy", "too many screens want to be paired").with("retry_after_secs", 60);
        if known.asked.len() >= PAIRING_ADDRESSES_MAX && !known.asked.contains_key(&from) {
            return Err(busy());
        }
        let asked = known.asked.entry(from).or_insert(Counted { since: now, count: 0 });
        asked.count += 1;
        if asked.count > PAIRING_ASKED_MAX {
            return Err(busy());
        }
        known.make_room_at(from);
        if known.pairings.len() >= PAIRINGS_MAX {
            return Err(busy());
        }
        let (secret, code, expires_at) = (token::mint(), mint_code(), now + lifetime());
        let pairing = Pairing {
            id: Uuid::new_v8(clock::random()),
            code: code.clone(),
            from,
            asked_at: now,
            expires_at,
            tries_left: PAIRING_TRIES_MAX,
            stage: Stage::Waiting,
        };
        known.pairings.insert(token::hash(&secret), pairing);
        Ok(Asked { secret, code, expires_at })
    }

    /// Somebody typed a code: the screen that shows it is theirs to decide about.
    ///
    /// # Errors
    /// The problems `wrong-code`, and `locked-out` when they typed too many wrong ones.
    pub fn take(&self, by: StaffId, code: &str, now: Timestamp) -> Result<Uuid, Problem> {
        let mut known = self.lock(now);
        let wrong = *known.wrong.entry(by).or_insert(Counted { since: now, count: 0 });
        if wrong.count >= PAIRING_TRIES_MAX {
            let secs = (wrong.since + lifetime()).as_second() - now.as_second();
            let detail = format!("try again in {secs} seconds");
            return Err(Problem::new("locked-out", detail).with("retry_after_secs", secs.max(1)));
        }
        let code = tidy(code);
        let mut shown: Vec<&mut Pairing> = known.pairings.values_mut().filter(|it| it.is_open()).collect();
        if let Some(pairing) = shown.iter_mut().find(|it| it.code == code) {
            pairing.stage = Stage::Taken;
            return Ok(pairing.id);
        }
        for pairing in shown {
            pairing.tries_left -= 1;
        }
        known.wrong.insert(by, Counted { count: wrong.count + 1, ..wrong });
        let attempts_left = PAIRING_TRIES_MAX - wrong.count - 1;
        let problem = Problem::new("wrong-code", "no screen shows that code");
        Err(problem.with("attempts_left", attempts_left))
    }

    /// The screen with that secret decides about itself: there is nobody yet who could type its code. `None` when its code
    /// is no longer good.
    pub fn take_own(&self, secret: &str, now: Timestamp) -> Option<Uuid> {
        let mut known = self.lock(now);
        let pairing = known.pairings.get_mut(&token::hash(secret)).filter(|it| it.is_open())?;
        pairing.stage = Stage::Taken;
        Some(pairing.id)
    }

    /// The screen whose code was taken may fetch its token; without one its code is good again.
    pub fn settle(&self, id: Uuid, granted: Option<(String, TerminalId)>, now: Timestamp) {
        let mut known = self.lock(now);
        if let Some(pairing) = known.pairings.values_mut().find(|it| it.id == id) {
            pairing.stage = match granted {
                Some((token, terminal)) => Stage::Granted { token, terminal },
                None => Stage::Waiting,
            };
        }
    }

    /// How the pairing stands of the screen with that secret.
    pub fn claim(&self, secret: &str, now: Timestamp) -> Claimed {
        let known = self.lock(now);
        match known.pairings.get(&token::hash(secret)) {
            Some(Pairing { stage: Stage::Granted { token, terminal }, .. }) => {
                Claimed::Granted { token: token.clone(), terminal: *terminal }
            }
            Some(pairing) if pairing.tries_left > 0 => Claimed::Waiting,
            Some(_) | None => Claimed::Gone,
        }
    }

    /// Those that wait, the first first.
    pub fn waiting(&self, now: Timestamp) -> Vec<PairingView> {
        let known = self.lock(now);
        let view = |it: &Pairing| PairingView {
            id: it.id,
            address: it.from.to_string(),
            asked_at: it.asked_at,
            expires_at: it.expires_at,
        };
        let mut waiting: Vec<_> = known.pairings.values().filter(|it| it.is_open()).map(view).collect();
        waiting.sort_by_key(|it| (it.asked_at, it.id));
        waiting
    }

    fn lock(&self, now: Timestamp) -> MutexGuard<'_, Known> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |counted: &Counted| counted.since + lifetime() > now;
        known.pairings.retain(|_, pairing| pairing.expires_at > now);
        known.asked.retain(|_, counted| is_recent(counted));
        known.wrong.retain(|_, counted| is_recent(counted));
        known
    }
}

impl Pairing {
    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Waiting) && self.tries_left > 0
    }
}

impl Known {
    /// A screen that is loaded anew asks anew: the oldest of its address makes room.
    fn make_room_at(&mut self, from: IpAddr) {
        let of_address = || self.pairings.iter().filter(|(_, it)| it.from == from && it.is_open());
        if of_address().count() >= PAIRINGS_OF_ADDRESS_MAX {
            let oldest = of_address().min_by_key(|(_, it)| it.asked_at).map(|(secret, _)| *secret);
            oldest.map(|secret| self.pairings.remove(&secret));
        }
    }
}

fn lifetime() -> SignedDuration {
    SignedDuration::try_from(PAIRING_TIME).expect("it is short")
}

fn mint_code() -> String {
    clock::random::<CODE_CHARS>().iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

/// A code as it was meant: without what people put between its characters, and with what they take for others put right.
fn tidy(code: &str) -> String {
    let typed = code.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_uppercase());
    let meant = typed.map(|it| match it {
        'O' => '0',
        'I' | 'L' => '1',
        it => it,
    });
    meant.collect()
}

#[cfg(test)]
mod tests {
    use maitred_domain::ids::named;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn ada() -> StaffId {
        named("ada")
    }

    #[test]
    fn a_code_has_thirty_bits_and_is_read_as_people_write_it() {
        let pairings = Pairings::default();
        let code = pairings.ask(HERE, NOW).unwrap().code;
        assert!(code.len() * 5 >= 26 && code.bytes().all(|it| ALPHABET.contains(&it)), "{code}");
        let (one, two) = code.split_at(3);
        assert!(pairings.take(ada(), &format!(" {}-{two} ", one.to_lowercase()), NOW).is_ok());
        assert_eq!(tidy("oO-iIlL"), "001111");
    }

    #[test]
    fn a_code_is_good_once_unless_what_was_wanted_of_it_was_refused() {
        let pairings = Pairings::default();
        let asked = pairings.ask(HERE, NOW).unwrap();
        let id = pairings.take(ada(), &asked.code, NOW).unwrap();
        assert_eq!(pairings.take(ada(), &asked.code, NOW).unwrap_err().code(), "wrong-code");
        pairings.settle(id, None, NOW);
        let id = pairings.take(ada(), &asked.code, NOW).unwrap();
        pairings.settle(id, Some(("token".into(), named("grill"))), NOW);
        assert!(
            matches!(pairings.claim(&asked.secret, NOW), Claimed::Granted { token, .. } if token == "token")
        );
        assert!(matches!(pairings.claim("another", NOW), Claimed::Gone));
        assert!(matches!(pairings.claim(&asked.secret, NOW + lifetime()), Claimed::Gone));
    }

    #[test]
    fn five_wrong_codes_end_every_code_that_was_shown_and_stop_whoever_typed_them() {
        let pairings = Pairings::default();
        let asked = pairings.ask(HERE, NOW).unwrap();
        for _ in 0..PAIRING_TRIES_MAX {
            assert_eq!(pairings.take(ada(), "wrong", NOW).unwrap_err().code(), "wrong-code");
        }
        assert!(matches!(pairings.claim(&asked.secret, NOW), Claimed::Gone));
        let fresh = pairings.ask(HERE, NOW).unwrap();
        assert_eq!(pairings.take(ada(), &fresh.code, NOW).unwrap_err().code(), "locked-out");
        assert!(pairings.take(named("bob"), &fresh.code, NOW).is_ok(), "nobody else is");
        let later = NOW + lifetime();
        let fresh = pairings.ask(HERE, later).unwrap();
        assert!(pairings.take(ada(), &fresh.code, later).is_ok());
    }

    #[test]
    fn a_network_full_of_screens_does_not_fill_the_hub() {
        let pairings = Pairings::default();
        let asks = |n: u8| pairings.ask(IpAddr::from([192, 0, 2, n]), NOW);
        for _ in 0..PAIRING_ASKED_MAX {
            assert!(asks(1).is_ok());
        }
        assert_eq!(pairings.waiting(NOW).len(), PAIRINGS_OF_ADDRESS_MAX);
        assert!(asks(1).is_err());
        assert!(asks(2).is_ok());
        let let_in = (3..=255).filter(|n| asks(*n).is_ok()).count();
        assert_eq!(let_in + PAIRINGS_OF_ADDRESS_MAX + 1, PAIRINGS_MAX);
    }
}
