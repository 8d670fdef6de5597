//! Backups that nobody thinks of: each night one file, checked before it is kept and sealed before it leaves, in a folder, on a
//! stick or at the relay.
//!
//! What opens them is on paper, not here: a stolen box, stick or relay gives nothing away.

mod fault;
mod folder;
mod kept;
mod key;
mod restore;
mod run;
mod schedule;
mod sealed;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

pub use self::fault::BackupFault;
pub use self::folder::{FolderError, room};
pub use self::kept::{FILE, Kept, KeptError, Made, Plan};
pub use self::key::{BadKey, RecoveryKey, SealingKey};
pub use self::restore::{RestoreError, Source, examine, is_sealed, restore};
pub use self::run::keep_backing_up;
pub use self::sealed::{Sealed, UnsealError};

/// Where backups go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder or a stick.
    Folder,
    /// The relay.
    Relay,
}

impl Place {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Folder, Self::Relay];

    /// Its name in figures and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Relay => "relay",
        }
    }
}

/// Why the last attempt came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Since when none comes to anything.
    pub since: Timestamp,
    /// The last attempt.
    pub tried_at: Timestamp,
    /// Why.
    pub fault: BackupFault,
    /// The same in full, in English.
    pub problem: String,
}

/// The backups of this hub.
pub struct Backups {
    data: PathBuf,
    kept: Mutex<Kept>,
    failures: Mutex<[Option<Failure>; 2]>,
    is_running: AtomicBool,
    asked: Notify,
}

impl Backups {
    /// Those of a data folder.
    ///
    /// # Errors
    /// [`KeptError`] when what is known of them cannot be read.
    pub fn open(data: &Path) -> Result<Self, KeptError> {
        run::sweep(data);
        Ok(Self {
            data: data.to_owned(),
            kept: Mutex::new(Kept::open(data)?),
            failures: Mutex::default(),
            is_running: AtomicBool::new(false),
            asked: Notify::new(),
        })
    }

    /// What is known of them.
    pub fn kept(&self) -> Kept {
        self.locked().clone()
    }

    /// Whether one is being made.
    pub fn is_running(&self) -> bool {
        self.is_running.load(Ordering::Relaxed)
    }

    /// Why there are none at `place`, if so.
    pub fn failure(&self, place: Place) -> Option<Failure> {
        self.failures()[place as usize].clone()
    }

    /// When the last one at `place` was made.
    pub fn made(&self, place: Place) -> Option<Made> {
        let kept = self.locked();
        match place {
            Place::Folder => kept.in_folder.clone(),
            Place::Relay => kept.at_relay.clone(),
        }
    }

    /// Whether the plan names `place`.
    pub fn goes_to(&self, place: Place) -> bool {
        let plan = &self.locked().plan;
        match place {
            Place::Folder => plan.folder.is_some(),
            Place::Relay => plan.to_relay,
        }
    }

    /// Plans anew. A folder is looked at, and it is remembered whether it is on a disk of its own.
    ///
    /// # Errors
    /// [`PlanError`]; then the plan is what it was.
    pub fn plan(&self, mut plan: Plan) -> Result<(), PlanError> {
        if let Some(folder) = &plan.folder {
            folder::look(folder, false, &self.data)?;
            plan.is_apart = folder::is_apart(folder, &self.data);
        }
        self.change(|kept| {
            if kept.plan.folder != plan.folder {
                kept.in_folder = None;
            }
            kept.plan = plan;
        })?;
        *self.failures() = [None, None];
        self.ask();
        Ok(())
    }

    /// Seals with another key from now on. Backups that were made until now are opened by the key of then.
    ///
    /// # Errors
    /// [`KeptError`] when it cannot be written down; then the key is what it was.
    pub fn renew_key(&self) -> Result<RecoveryKey, KeptError> {
        let key = RecoveryKey::mint();
        self.change(|kept| {
            // The first that the new key opens is made at once.
            *kept = Kept { plan: kept.plan.clone(), key: Some(key.seal()), ..Kept::default() };
        })?;
        self.ask();
        Ok(key)
    }

    /// Makes one now, whether it is due or not.
    pub fn ask(&self) {
        self.asked.notify_one();
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) -> Result<(), KeptError> {
        let mut kept = self.locked();
        let mut changed = kept.clone();
        change(&mut changed);
        changed.keep(&self.data)?;
        *kept = changed;
        Ok(())
    }

    fn locked(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failures(&self) -> MutexGuard<'_, [Option<Failure>; 2]> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why backups were not planned so.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The folder will not do.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// It cannot be written down.
    #[error(transparent)]
    Kept(#[from] KeptError),
}
