//! SQLite's I/O, made to fail.
//!
//! [`register`] adds a VFS that passes everything to the one beneath ("unix"), write-ahead log and shared memory
//! included, and counts the operations. Its [`FaultPlan`] makes the n-th fail, or it and all after it, or makes
//! every sync slow. Open a database through it with `Connection::open_with_flags_and_vfs(path, flags, name)`.

mod shim;

use std::ffi::c_int;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::ffi;

/// What a VFS is asked to do, as far as it can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Open a file that is there.
    Open,
    /// Open a file that is not there yet.
    Create,
    /// Remove a file.
    Delete,
    /// Read from a file.
    Read,
    /// Write to a file.
    Write,
    /// Shorten a file.
    Truncate,
    /// Wait until a file is on the disk.
    Sync,
    /// Map a part of the write-ahead log's index.
    ShmMap,
    /// The same, growing it where needed.
    ShmGrow,
    /// Lock the index; unlocking cannot fail.
    ShmLock,
}

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The disk reports an error (`EIO`). A write that fails has written its first half.
    Io,
    /// The disk is full (`ENOSPC`): what needs no space still works. A write that fails has written its first half.
    Full,
}

impl Fault {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Io, Self::Full];

    /// What SQLite is told; `None` where this fault cannot happen.
    pub(crate) fn code(self, operation: Operation) -> Option<c_int> {
        match (self, operation) {
            (Self::Io, Operation::Open) | (Self::Io | Self::Full, Operation::Create) => {
                Some(ffi::SQLITE_CANTOPEN)
            }
            (Self::Io, Operation::Delete) => Some(ffi::SQLITE_IOERR_DELETE),
            (Self::Io, Operation::Read) => Some(ffi::SQLITE_IOERR_READ),
            (Self::Io, Operation::Write) => Some(ffi::SQLITE_IOERR_WRITE),
            (Self::Io, Operation::Truncate) => Some(ffi::SQLITE_IOERR_TRUNCATE),
            (Self::Io | Self::Full, Operation::Sync) => Some(ffi::SQLITE_IOERR_FSYNC),
            (Self::Io, Operation::ShmMap | Operation::ShmGrow) => Some(ffi::SQLITE_IOERR_SHMMAP),
            (Self::Io, Operation::ShmLock) => Some(ffi::SQLITE_IOERR_SHMLOCK),
            (Self::Full, Operation::Write) => Some(ffi::SQLITE_FULL),
            (Self::Full, Operation::ShmGrow) => Some(ffi::SQLITE_IOERR_SHMSIZE),
            (
                Self::Full,
                Operation::Open
                | Operation::Delete
                | Operation::Read
                | Operation::Truncate
                | Operation::ShmMap
                | Operation::ShmLock,
            ) => None,
        }
    }
}

/// For how long operations fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The n-th operation only.
    Once,
    /// The n-th and every one after it.
    Forever,
}

impl Mode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Once, Self::Forever];
}

/// Why a VFS could not be registered.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RegisterError {
    /// A VFS of that name is there already.
    #[error("there is a VFS {0:?} already")]
    NameTaken(String),
    /// The name holds a zero byte.
    #[error("{0:?} is not a name")]
    BadName(String),
    /// SQLite has no VFS to build on, or refused the new one.
    #[error("sqlite refused the VFS, code {0}")]
    Refused(c_int),
}

/// Adds a VFS under `name`, which nothing else in this process may use, and never takes it away again.
///
/// # Errors
/// [`RegisterError`] when the name is taken or SQLite refuses.
pub fn register(name: &str) -> Result<FaultPlan, RegisterError> {
    let plan = FaultPlan::default();
    shim::register(name, plan.clone())?;
    Ok(plan)
}

/// The handle on a faulty VFS; clones are the same plan.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    operations: u64,
    syncs: u64,
    fired: u64,
    armed: Option<Armed>,
    sync_delay: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Armed {
    at: u64,
    fault: Fault,
    mode: Mode,
}

impl FaultPlan {
    /// Starts to count from nought, and makes the `n`-th operation from now on (1 is the next) fail.
    pub fn arm(&self, n: u64, fault: Fault, mode: Mode) {
        let mut state = self.lock();
        (state.operations, state.syncs, state.fired) = (0, 0, 0);
        state.armed = Some(Armed { at: n, fault, mode });
    }

    /// Lets everything succeed from now on; the counts stay.
    pub fn disarm(&self) {
        self.lock().armed = None;
    }

    /// Starts to count from nought, with nothing armed.
    pub fn reset(&self) {
        let sync_delay = self.lock().sync_delay;
        *self.lock() = State { sync_delay, ..State::default() };
    }

    /// Operations since [`Self::arm`] or [`Self::reset`].
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// Those of them that waited for the disk.
    pub fn syncs(&self) -> u64 {
        self.lock().syncs
    }

    /// Operations that were made to fail since [`Self::arm`]. Nought when the n-th was never reached, or could not
    /// fail in that way.
    pub fn fired(&self) -> u64 {
        self.lock().fired
    }

    /// Makes every sync take so much longer, as a worn flash card does.
    pub fn sync_delay(&self, delay: Duration) {
        self.lock().sync_delay = delay;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one operation, and says with which code it must fail.
    fn step(&self, operation: Operation) -> Option<c_int> {
        let mut state = self.lock();
        state.operations += 1;
        state.syncs += u64::from(operation == Operation::Sync);
        let n = state.operations;
        let code = state
            .armed
            .filter(|armed| match armed.mode {
                Mode::Once => n == armed.at,
                Mode::Forever => n >= armed.at,
            })
            .and_then(|armed| armed.fault.code(operation));
        state.fired += u64::from(code.is_some());
        let delay = state.sync_delay;
        drop(state);
        if operation == Operation::Sync && !delay.is_zero() {
            std::thread::sleep(delay);
        }
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_operation_fails_or_it_and_all_after_it() {
        let plan = FaultPlan::default();
        let run = |plan: &FaultPlan| -> Vec<bool> {
            (0..4).map(|_| plan.step(Operation::Write).is_some()).collect()
        };
        plan.arm(2, Fault::Io, Mode::Once);
        assert_eq!(run(&plan), [false, true, false, false]);
        plan.arm(2, Fault::Full, Mode::Forever);
        assert_eq!(run(&plan), [false, true, true, true]);
        assert_eq!((plan.operations(), plan.fired()), (4, 3));
        plan.disarm();
        assert_eq!(run(&plan), [false; 4]);
    }

    #[test]
    fn a_full_disk_can_still_be_read() {
        let plan = FaultPlan::default();
        plan.arm(1, Fault::Full, Mode::Forever);
        assert_eq!(plan.step(Operation::Read), None);
        assert_eq!(plan.step(Operation::Write), Some(ffi::SQLITE_FULL));
        assert_eq!(plan.fired(), 1);
    }

    #[test]
    fn a_name_is_given_once() {
        register("faulty-name-twice").unwrap();
        assert_eq!(
            register("faulty-name-twice").unwrap_err(),
            RegisterError::NameTaken("faulty-name-twice".into())
        );
        assert!(matches!(register("zero\0byte"), Err(RegisterError::BadName(_))));
    }
}
