//! How far this hub has got with what another knows and it did not.

use std::time::Duration;

use maitred_sync::Vector;
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

/// How long the rest takes is not told sooner: the first batches are no measure.
const TOLD_AFTER: Duration = Duration::from_secs(2);

/// How far it has got.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[schema(as = CatchUp)]
pub struct Progress {
    /// Journal entries that were lacking and are on this disk now.
    pub entries: u64,
    /// Those that were lacking at first, and those written there since.
    pub of: u64,
    /// What came over the wire for them, in bytes; of a copy, how much of it is on this disk.
    pub bytes: u64,
    /// How large the copy of the other's store is that a new hub begins with, in bytes, while one comes: entries are
    /// counted after that. `null` without one.
    pub copy_bytes: Option<u64>,
    /// How long the rest takes if it goes on like this, in seconds; `null` until that can be told.
    pub secs_left: Option<u64>,
}

impl Progress {
    /// Of a copy of which so much is here after so long.
    pub fn of_copy(bytes: u64, of: u64, after: Duration) -> Self {
        Self { entries: 0, of: 0, bytes, copy_bytes: Some(of), secs_left: secs_left(bytes, of, after) }
    }

    /// In hundredths of a percent, rounded down.
    pub fn basis_points(&self) -> u64 {
        let (done, of) = self.copy_bytes.map_or((self.entries, self.of), |of| (self.bytes, of));
        (done.saturating_mul(10_000)).checked_div(of).unwrap_or(10_000)
    }

    /// Entries that are still lacking, or bytes of a copy.
    pub fn left(&self) -> u64 {
        self.copy_bytes.map_or(self.of.saturating_sub(self.entries), |of| of.saturating_sub(self.bytes))
    }
}

/// Something that is done again and again, but not too often.
#[derive(Debug)]
pub struct Paced {
    every: Duration,
    done_at: Option<Instant>,
}

impl Paced {
    /// At once, and then not again before so long.
    pub fn every(every: Duration) -> Self {
        Self { every, done_at: None }
    }

    /// Whether it is time to do it; then it counts as done.
    pub fn is_due(&mut self) -> bool {
        let is_due = self.done_at.is_none_or(|at| at.elapsed() >= self.every);
        if is_due {
            self.done_at = Some(Instant::now());
        }
        is_due
    }
}

/// Since a connection began.
#[derive(Debug, Default)]
pub struct CatchingUp {
    /// What was known here then.
    from: Vector,
    /// What came since, in bytes.
    pub bytes: u64,
}

impl CatchingUp {
    /// Begins where `here` is known.
    pub fn from(here: Vector) -> Self {
        Self { from: here, bytes: 0 }
    }

    /// How far it has got after so long, when `here` is known here and `there` on the other side.
    pub fn progress(&self, here: &Vector, there: &Vector, after: Duration) -> Progress {
        let beyond = |vector: &Vector| -> u64 {
            let lacked = |(origin, last)| {
                let known: u64 = vector.get(origin);
                known.min(last).saturating_sub(self.from.get(origin))
            };
            there.iter().map(lacked).sum()
        };
        let (entries, of) = (beyond(here), beyond(there));
        let secs_left = secs_left(entries, of, after);
        Progress { entries, of, bytes: self.bytes, copy_bytes: None, secs_left }
    }
}

/// How long the rest takes, when so much was `done` after so long.
fn secs_left(done: u64, of: u64, after: Duration) -> Option<u64> {
    let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
    let left_ms = of.saturating_sub(done).saturating_mul(millis).checked_div(done);
    left_ms.filter(|_| after >= TOLD_AFTER).map(|ms| ms.div_ceil(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use maitred_sync::Origin;

    fn vector(a: u64, b: u64) -> Vector {
        [(Origin::from_bytes([1; 16]), a), (Origin::from_bytes([2; 16]), b)].into_iter().collect()
    }

    #[test]
    fn progress_counts_what_was_lacking_and_nothing_else() {
        let mut catching = CatchingUp::from(vector(100, 900));
        catching.bytes = 77;
        // It is behind in the one journal and ahead in the other.
        let at = |here, after_s| catching.progress(&here, &vector(500, 800), Duration::from_secs(after_s));
        let begun = at(vector(100, 900), 0);
        assert_eq!(begun, Progress { entries: 0, of: 400, bytes: 77, copy_bytes: None, secs_left: None });
        let half = at(vector(300, 900), 10);
        assert_eq!((half.entries, half.of, half.secs_left), (200, 400, Some(10)));
        assert_eq!((half.basis_points(), half.left()), (5_000, 200));
        assert_eq!(at(vector(200, 900), 1).secs_left, None, "too early to tell");
        let done = at(vector(500, 950), 20);
        assert_eq!((done.basis_points(), done.left(), done.secs_left), (10_000, 0, Some(0)));
    }

    #[test]
    fn progress_of_a_copy_counts_bytes() {
        let half = Progress::of_copy(500, 1_000, Duration::from_secs(10));
        assert_eq!((half.basis_points(), half.left(), half.secs_left), (5_000, 500, Some(10)));
        let begun = Progress::of_copy(0, 1_000, Duration::from_secs(10));
        assert_eq!((begun.basis_points(), begun.secs_left), (0, None));
    }

    #[test]
    fn who_lacks_nothing_is_done() {
        let catching = CatchingUp::from(vector(5, 5));
        let progress = catching.progress(&vector(5, 5), &vector(5, 0), Duration::from_secs(9));
        assert_eq!((progress.of, progress.basis_points()), (0, 10_000));
    }
}
