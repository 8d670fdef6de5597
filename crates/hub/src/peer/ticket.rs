//! One-time tokens: a manager takes one from the hub that acts, and gives it to a hub that is to join.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::limits::{TICKET_TIME, TICKET_TRIES_MAX, TICKETS_MAX};
use maitred_process::clock;

/// What the token of a demo is called, which anybody on its box may use.
pub const DEMO: &str = "demo";
/// How much of a token says which one it is.
const NAME_CHARS: usize = 6;
const TOKEN_BYTES: usize = 15;

/// Tokens that were given out and not used. They do not outlive the process.
#[derive(Default)]
pub struct Tickets(Mutex<BTreeMap<String, Ticket>>);

struct Ticket {
    secret: [u8; 32],
    expires_at: Timestamp,
    tries_left: u32,
}

impl Tickets {
    /// A new token, and until when it is good. Beyond [`TICKETS_MAX`] the one that ends first is forgotten.
    pub fn issue(&self, now: Timestamp) -> (String, Timestamp) {
        let mut token = String::with_capacity(TOKEN_BYTES * 2);
        for byte in clock::random::<TOKEN_BYTES>() {
            let _ = write!(token, "{byte:02x}");
        }
        let expires_at = now + SignedDuration::try_from(TICKET_TIME).expect("it is short");
        let ticket = Ticket { secret: secret(&token), expires_at, tries_left: TICKET_TRIES_MAX };
        let mut tickets = self.lock();
        if tickets.len() >= TICKETS_MAX {
            let first =
                tickets.iter().min_by_key(|(_, ticket)| ticket.expires_at).map(|(name, _)| name.clone());
            first.map(|name| tickets.remove(&name));
        }
        tickets.insert(name(&token).to_owned(), ticket);
        (token, expires_at)
    }

    /// The secret of the token of that name, for one try.
    pub fn try_one(&self, name: &str, now: Timestamp) -> Option<[u8; 32]> {
        let mut tickets = self.lock();
        tickets.retain(|_, ticket| ticket.expires_at > now && ticket.tries_left > 0);
        let ticket = tickets.get_mut(name)?;
        ticket.tries_left -= 1;
        Some(ticket.secret)
    }

    /// Takes the token away: it was used. False when somebody was faster.
    pub fn spend(&self, name: &str) -> bool {
        self.lock().remove(name).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A token without what people put between its characters.
pub fn tidy(token: &str) -> String {
    token.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Which token it is: no secret.
pub fn name(token: &str) -> &str {
    token.get(..NAME_CHARS).unwrap_or(token)
}

/// What both sides prove to have.
pub fn secret(token: &str) -> [u8; 32] {
    blake3::derive_key("maitred 2026 token of a hub that joins", token.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_once_for_a_while_and_for_a_few_tries() {
        let (tickets, now) = (Tickets::default(), Timestamp::UNIX_EPOCH);
        let (token, expires_at) = tickets.issue(now);
        assert_eq!(tickets.try_one(name(&token), now), Some(secret(&token)));
        assert!(tickets.spend(name(&token)) && !tickets.spend(name(&token)));
        assert_eq!(tickets.try_one(name(&token), now), None);
        let (late, _) = tickets.issue(now);
        assert_eq!(tickets.try_one(name(&late), expires_at), None);
        let (guessed, _) = tickets.issue(now);
        let tries = (0..100).filter(|_| tickets.try_one(name(&guessed), now).is_some()).count();
        assert_eq!(tries, TICKET_TRIES_MAX as usize);
    }

    #[test]
    fn tokens_that_nobody_uses_do_not_pile_up() {
        let tickets = Tickets::default();
        for n in 0..i64::try_from(TICKETS_MAX).unwrap() * 2 {
            tickets.issue(Timestamp::from_second(n).unwrap());
        }
        assert_eq!(tickets.lock().len(), TICKETS_MAX);
    }

    #[test]
    fn a_token_may_be_written_in_groups() {
        assert_eq!(tidy(" 12AB-34 cd\n"), "12ab34cd");
    }
}
