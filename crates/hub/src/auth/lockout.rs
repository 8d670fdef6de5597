//! Wrong PINs, counted for a device and a person together, so that a prankster locks out nobody but themselves.
//!
//! A guess is charged, durably, before the PIN is looked at: guesses sent side by side, and a restart, gain nothing.

use jiff::{Timestamp, ToSpan};
use maitred_store::{Lockout, Store};
use tokio::sync::{Mutex, Semaphore};

use crate::limits::{LOCKOUT_SECS_MAX, LOCKOUT_SECS_MIN, SIGN_INS_AT_ONCE_MAX, WRONG_PINS_MAX};
use crate::problem::Problem;

/// Lets sign-ins pass one after the other.
pub struct Gate {
    charging: Mutex<()>,
    /// Each PIN that is looked at keeps a core busy.
    pub turns: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        Self { charging: Mutex::new(()), turns: Semaphore::new(SIGN_INS_AT_ONCE_MAX) }
    }
}

impl Gate {
    /// Counts a guess as wrong before it is looked at. Returns how many are left after it.
    ///
    /// # Errors
    /// The problem `locked-out` when there were too many.
    pub async fn charge(&self, store: &Store, subject: &str, now: Timestamp) -> Result<u32, Problem> {
        let _one_at_a_time = self.charging.lock().await;
        let before = store.lockout(subject)?;
        if let Some(until) = before.locked_until.filter(|until| *until > now) {
            return Err(locked_out((until.as_second() - now.as_second()).max(1)));
        }
        let after = charged(&before, now);
        let left = WRONG_PINS_MAX.saturating_sub(after.failures);
        store.set_lockout(subject.to_owned(), after).await?;
        Ok(left)
    }

    /// Forgets the guesses: the PIN was right.
    ///
    /// # Errors
    /// When the store cannot write.
    pub async fn forgive(&self, store: &Store, subject: &str) -> Result<(), Problem> {
        let _one_at_a_time = self.charging.lock().await;
        Ok(store.set_lockout(subject.to_owned(), Lockout::default()).await?)
    }
}

/// The state after one more wrong PIN.
fn charged(before: &Lockout, now: Timestamp) -> Lockout {
    let failures = before.failures.saturating_add(1);
    let locked_until = lock_secs(failures).and_then(|secs| now.checked_add(secs.seconds()).ok());
    Lockout { failures, locked_until }
}

/// How long so many wrong PINs lock out for.
fn lock_secs(failures: u32) -> Option<i64> {
    let doublings = failures.checked_sub(WRONG_PINS_MAX)?.min(16);
    Some((LOCKOUT_SECS_MIN << doublings).min(LOCKOUT_SECS_MAX))
}

fn locked_out(secs: i64) -> Problem {
    Problem::new("locked-out", format!("try again in {secs} seconds")).with("retry_after_secs", secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_wrong_pin_locks_for_a_minute_and_each_further_one_for_twice_as_long() {
        let locks: Vec<_> = (1..=11).map(lock_secs).collect();
        let none = [None; 4];
        let some = [60, 120, 240, 480, 900, 900, 900].map(Some);
        assert_eq!(locks, [&none[..], &some[..]].concat());
    }

    #[test]
    fn guesses_of_a_day_find_one_pin_in_a_hundred_at_most() {
        let (mut state, mut now, mut guesses) = (Lockout::default(), Timestamp::UNIX_EPOCH, 0);
        let end = now.checked_add(24.hours()).unwrap();
        while now < end {
            state = charged(&state, now);
            guesses += 1;
            now = state.locked_until.unwrap_or(now);
        }
        assert!(guesses <= 10_000 / 100 + WRONG_PINS_MAX, "{guesses} guesses");
    }
}
