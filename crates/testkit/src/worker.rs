//! The program under test, as a child process that says on standard output what it has acknowledged.
//!
//! Its part of the bargain: one line `ack <n>` each time it has acknowledged number `n`, written at once. Other
//! lines are ignored.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// An acknowledgement, and when it was read here: it was given no later than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// What was acknowledged.
    pub n: u64,
    /// When this process had read it.
    pub read_at: Instant,
}

/// Why a worker did not do its part.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// It could not be started or stopped.
    #[error("cannot {action} the worker")]
    Process {
        /// Start or stop.
        action: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It ended by itself.
    #[error("the worker ended after {acks} acknowledgements, {wanted} were awaited")]
    Ended {
        /// How many it gave.
        acks: usize,
        /// How many were awaited.
        wanted: usize,
    },
    /// It took too long.
    #[error("the worker gave {acks} acknowledgements in {} s, {wanted} were awaited", waited.as_secs())]
    Late {
        /// How many it gave.
        acks: usize,
        /// How many were awaited.
        wanted: usize,
        /// How long it had.
        waited: Duration,
    },
}

/// A running program under test. Dropping it kills it.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    heard: Arc<Heard>,
    reader: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Heard {
    acks: Mutex<Acks>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Acks {
    all: Vec<Ack>,
    ended: bool,
}

impl Worker {
    /// Starts `command`; its standard output is taken over, everything else is the caller's to set.
    ///
    /// # Errors
    /// [`WorkerError::Process`] when it cannot be started.
    pub fn spawn(mut command: Command) -> Result<Self, WorkerError> {
        // What it starts dies with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| WorkerError::Process { action: "start", source })?;
        let heard = Arc::new(Heard::default());
        let reader = child.stdout.take().map(|stdout| {
            let heard = Arc::clone(&heard);
            std::thread::spawn(move || heard.listen(stdout))
        });
        Ok(Self { child, heard, reader })
    }

    /// Waits until the worker has acknowledged `wanted` numbers.
    ///
    /// # Errors
    /// [`WorkerError::Ended`] or [`WorkerError::Late`] when that does not happen within `waiting_max`.
    pub fn wait_for_acks(&self, wanted: usize, waiting_max: Duration) -> Result<(), WorkerError> {
        let missing = |acks: &mut Acks| acks.all.len() < wanted && !acks.ended;
        let (acks, _) = self
            .heard
            .changed
            .wait_timeout_while(self.heard.lock(), waiting_max, missing)
            .unwrap_or_else(PoisonError::into_inner);
        match acks.all.len() {
            enough if enough >= wanted => Ok(()),
            acks_given if acks.ended => Err(WorkerError::Ended { acks: acks_given, wanted }),
            acks_given => Err(WorkerError::Late { acks: acks_given, wanted, waited: waiting_max }),
        }
    }

    /// Ends the worker, and every process that it has started, with SIGKILL; waits until it is gone and its last words
    /// are read, which are those of the last process that holds its standard output.
    ///
    /// # Errors
    /// [`WorkerError::Process`] when it cannot be ended.
    pub fn kill9(&mut self) -> Result<(), WorkerError> {
        self.kill_group()
            .and_then(|()| self.child.wait())
            .map_err(|source| WorkerError::Process { action: "stop", source })?;
        if let Some(reader) = self.reader.take() {
            // The reader ends with the pipe; it has nothing to report but what it has heard.
            let _ = reader.join();
        }
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn kill_group(&mut self) -> io::Result<()> {
        use rustix::process::{Pid, Signal, kill_process_group};
        if self.reader.is_none() {
            // Gone already; its number may be another's by now.
            return Ok(());
        }
        match kill_process_group(Pid::from_child(&self.child), Signal::KILL) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn kill_group(&mut self) -> io::Result<()> {
        self.child.kill()
    }

    /// Every acknowledgement read so far, in the order they were given.
    pub fn acks(&self) -> Vec<Ack> {
        self.heard.lock().all.clone()
    }

    /// What was acknowledged before `instant`, and so must survive what happened then. An acknowledgement read
    /// later may have been given before or after: it proves nothing.
    pub fn acknowledged_before(&self, instant: Instant) -> BTreeSet<u64> {
        self.heard.lock().all.iter().filter(|ack| ack.read_at < instant).map(|ack| ack.n).collect()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.kill9();
    }
}

impl Heard {
    fn lock(&self) -> MutexGuard<'_, Acks> {
        self.acks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(&self, stdout: ChildStdout) {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(n) = line.strip_prefix("ack ").and_then(|n| n.trim().parse().ok()) {
                self.lock().all.push(Ack { n, read_at: Instant::now() });
                self.changed.notify_all();
            }
        }
        self.lock().ended = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Worker {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Worker::spawn(command).unwrap()
    }

    #[test]
    fn only_what_was_heard_before_an_instant_counts() {
        let mut worker = shell("echo ack 1; echo noise; echo ack 2; exec sleep 1000");
        worker.wait_for_acks(2, LONG).unwrap();
        assert_eq!(worker.acknowledged_before(Instant::now()), BTreeSet::from([1, 2]));
        let second = worker.acks()[1];
        assert_eq!(worker.acknowledged_before(second.read_at), BTreeSet::from([1]));
        worker.kill9().unwrap();
    }

    #[test]
    fn a_worker_that_ends_or_stalls_is_not_waited_for() {
        let ended = shell("echo ack 7").wait_for_acks(2, LONG).unwrap_err();
        assert!(matches!(ended, WorkerError::Ended { acks: 1, wanted: 2 }), "{ended}");
        let late = shell("exec sleep 1000").wait_for_acks(1, Duration::from_millis(50)).unwrap_err();
        assert!(matches!(late, WorkerError::Late { acks: 0, .. }), "{late}");
    }
}
