//! What waits to be written, in the order in which it came.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Submission;
use crate::CommandError;

/// Writes that may wait; one more is told that the hub is busy.
pub const SUBMISSIONS_MAX: usize = 1024;

/// A queue with many who put in, and one at a time who takes out.
#[derive(Default)]
pub struct Queue {
    waiting: Mutex<Waiting>,
    called: Condvar,
}

#[derive(Default)]
struct Waiting {
    submissions: VecDeque<Submission>,
    /// Somebody was called who has not looked yet.
    is_called: bool,
    is_closed: bool,
}

impl Queue {
    /// Puts a write in, without calling anybody. When it cannot be taken, whoever waits for it is told.
    pub fn put(&self, submission: Submission) {
        let mut waiting = self.lock();
        let refusal = match waiting.submissions.len() {
            _ if waiting.is_closed => CommandError::Stopped,
            // A full queue is no reason not to stop.
            SUBMISSIONS_MAX.. if !matches!(submission, Submission::Stop) => CommandError::Busy,
            _ => return waiting.submissions.push_back(submission),
        };
        drop(waiting);
        submission.fail(refusal);
    }

    /// Calls the one who waits.
    pub fn call(&self) {
        self.lock().is_called = true;
        self.called.notify_one();
    }

    /// Waits for something to take, or for `timeout`. False when it was called before either.
    pub fn wait(&self, timeout: Option<Duration>) -> bool {
        let mut waiting = self.lock();
        let nothing = |waiting: &mut Waiting| {
            waiting.submissions.is_empty() && !waiting.is_called && !waiting.is_closed
        };
        waiting = match timeout {
            Some(timeout) => {
                let waited = self.called.wait_timeout_while(waiting, timeout, nothing);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.called.wait_while(waiting, nothing).unwrap_or_else(PoisonError::into_inner),
        };
        let is_only_called = waiting.is_called && waiting.submissions.is_empty() && !waiting.is_closed;
        waiting.is_called = false;
        !is_only_called
    }

    /// Whether nothing waits and it was not closed.
    pub fn is_empty(&self) -> bool {
        let waiting = self.lock();
        waiting.submissions.is_empty() && !waiting.is_closed
    }

    /// Takes the first, `count_max` at most.
    pub fn take(&self, count_max: usize) -> Vec<Submission> {
        let mut waiting = self.lock();
        let count = waiting.submissions.len().min(count_max);
        waiting.submissions.drain(..count).collect()
    }

    /// Takes nothing more: whoever waits, and whoever comes, is told.
    pub fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        let late = std::mem::take(&mut waiting.submissions);
        drop(waiting);
        self.called.notify_all();
        for submission in late {
            submission.fail(CommandError::Stopped);
        }
    }

    /// Whether it takes nothing more.
    pub fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
