//! The making of a backup: copied, examined, sealed, and only then brought to where it is kept.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use maitred_store::OpenError;

use super::sealed::{Sealed, seal};
use super::{BackupFault, Backups, Failure, FolderError, KeptError, Made, Place, folder, schedule};
use crate::app::App;
use crate::limits::{BACKUP_RETRY, BACKUP_ROOM_LEFT, BACKUP_WATCH};
use crate::relay::BroughtError;

/// The copy that is examined, in the data folder.
const COPY: &str = "backup.copy";
/// What is made of it.
const SEALED: &str = "backup.sealed";

/// Why a backup was not made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to seal it with.
    #[error("there is no recovery key yet")]
    NoKey,
    /// The disk of the data would be full.
    #[error("the disk of the data has no room for a copy of {mib} MiB")]
    NoRoom {
        /// How long the database is.
        mib: u64,
    },
    /// It was not copied.
    #[error("the database is not copied")]
    Copy(#[from] OpenError),
    /// The copy does not agree with itself.
    #[error("the doctor found something in the copy, so it is not kept: {0}")]
    Unhealthy(String),
    /// It was not sealed.
    #[error("the copy is not sealed")]
    Seal(#[source] std::io::Error),
    /// There is no relay to bring it to.
    #[error("this hub has no relay")]
    NoRelay,
    /// The relay does not have it.
    #[error(transparent)]
    Relay(#[from] BroughtError),
    /// It was not put into the folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// It is not noted that it was made.
    #[error(transparent)]
    Kept(#[from] KeptError),
}

/// Makes backups when they are due or asked for, until the hub stops.
pub async fn keep_backing_up(app: App) {
    let mut look = tokio::time::interval(BACKUP_WATCH);
    loop {
        let is_asked = tokio::select! {
            () = app.stopped() => return,
            () = app.backups.asked.notified() => true,
            _ = look.tick() => false,
        };
        let places: Vec<Place> =
            Place::ALL.into_iter().filter(|place| is_wanted(&app, *place, is_asked)).collect();
        if !places.is_empty() {
            app.backups.is_running.store(true, Ordering::Relaxed);
            make(&app, &places).await;
            app.backups.is_running.store(false, Ordering::Relaxed);
            app.live.attention_changed();
        }
    }
}

fn is_wanted(app: &App, place: Place, is_asked: bool) -> bool {
    let backups = &app.backups;
    let kept = backups.kept();
    if kept.key.is_none() || !backups.goes_to(place) {
        return false;
    }
    let now = app.now();
    let rests = backups.failure(place).is_some_and(|failure| {
        let since = now.duration_since(failure.tried_at);
        since < BACKUP_RETRY && since > SignedDuration::ZERO
    });
    let made = backups.made(place).map(|made| made.at);
    is_asked || (!rests && schedule::is_due(&kept.plan, &app.store.catalogue().venue, now, made))
}

/// Makes one, and brings it to `places`.
async fn make(app: &App, places: &[Place]) {
    let now = app.now();
    let mut ready = Vec::new();
    for place in places {
        match look(app, *place) {
            Ok(()) => ready.push(*place),
            Err(error) => app.backups.settle(*place, now, Err(&error)),
        }
    }
    if ready.is_empty() {
        return;
    }
    let maker = app.clone();
    let sealed = tokio::task::spawn_blocking(move || maker.backups.make_sealed()).await;
    let sealed = sealed.expect("sealing does not panic");
    for place in ready {
        match &sealed {
            Ok(sealed) => match bring(app, place, *sealed, now).await {
                Ok(()) => app.backups.settle(place, now, Ok(Made { at: now, bytes: sealed.bytes })),
                Err(error) => app.backups.settle(place, now, Err(&error)),
            },
            Err(error) => app.backups.settle(place, now, Err(error)),
        }
    }
    sweep(&app.backups.data);
}

/// Whether it would be of any use to make one for `place`.
fn look(app: &App, place: Place) -> Result<(), BackupError> {
    let plan = app.backups.kept().plan;
    match (place, plan.folder) {
        (Place::Folder, Some(folder)) => Ok(folder::look(&folder, plan.is_apart, &app.backups.data)?),
        (Place::Relay, _) if app.relay.is_none() => Err(BackupError::NoRelay),
        (Place::Folder, None) | (Place::Relay, _) => Ok(()),
    }
}

async fn bring(app: &App, place: Place, sealed: Sealed, now: Timestamp) -> Result<(), BackupError> {
    match place {
        Place::Folder => {
            let app = app.clone();
            let put = tokio::task::spawn_blocking(move || app.backups.put_into_folder(&app, sealed, now));
            put.await.expect("copying does not panic")
        }
        Place::Relay => {
            let relay = app.relay.as_ref().ok_or(BackupError::NoRelay)?;
            let key = app.backups.kept().key.ok_or(BackupError::NoKey)?;
            let file = app.backups.data.join(SEALED);
            Ok(relay.keep_backup(&file, sealed, &key).await?)
        }
    }
}

impl Backups {
    /// Copies the database, examines the copy, and seals it with what a new box needs.
    fn make_sealed(&self) -> Result<Sealed, BackupError> {
        let key = self.kept().key.ok_or(BackupError::NoKey)?;
        let database_bytes =
            fs::metadata(self.data.join(super::sealed::DATABASE)).map_or(0, |file| file.len());
        // The copy, what is sealed of it, and room for the kitchen to go on.
        let wanted = database_bytes.saturating_mul(2).saturating_add(BACKUP_ROOM_LEFT);
        if folder::room(&self.data).is_some_and(|room| room < wanted) {
            return Err(BackupError::NoRoom { mib: database_bytes.div_ceil(1024 * 1024) });
        }
        let copy = self.data.join(COPY);
        maitred_store::backup(&self.data, &copy)?;
        let diagnosis = maitred_store::examine_backup(&copy)?;
        if let Some(problem) = diagnosis.problems.first() {
            return Err(BackupError::Unhealthy(problem.clone()));
        }
        let sealed = seal(&copy, &self.data, &key, &self.data.join(SEALED)).map_err(BackupError::Seal)?;
        fs::remove_file(&copy).map_err(BackupError::Seal)?;
        Ok(sealed)
    }

    fn put_into_folder(&self, app: &App, sealed: Sealed, now: Timestamp) -> Result<(), BackupError> {
        let plan = self.kept().plan;
        let Some(folder) = &plan.folder else { return Ok(()) };
        // Copying has taken its time, and somebody may have pulled the stick.
        folder::look(folder, plan.is_apart, &self.data)?;
        let hub = app.hubs.standing.identity.key;
        let file = folder::put(&self.data.join(SEALED), sealed, folder, hub, now)?;
        tracing::info!(file = %file.display(), bytes = sealed.bytes, "a backup was made");
        if let Err(error) = folder::expire(folder, hub, plan.keep_days, now) {
            tracing::warn!(%error, "old backups are not deleted");
        }
        Ok(())
    }

    /// Writes down how it went.
    fn settle(&self, place: Place, now: Timestamp, outcome: Result<Made, &BackupError>) {
        let told = |error: &BackupError| (BackupFault::from(error), in_full(error));
        let failure = match outcome {
            Ok(made) => self.note(place, made).err().map(|error| told(&error.into())),
            Err(error) => Some(told(error)),
        };
        if let Some((_, problem)) = &failure {
            tracing::error!(place = place.as_str(), problem, "there is no backup");
        }
        let mut failures = self.failures();
        let since = failures[place as usize].as_ref().map_or(now, |failure| failure.since);
        failures[place as usize] =
            failure.map(|(fault, problem)| Failure { since, tried_at: now, fault, problem });
    }

    fn note(&self, place: Place, made: Made) -> Result<(), KeptError> {
        self.change(|kept| match place {
            Place::Folder => kept.in_folder = Some(made),
            Place::Relay => kept.at_relay = Some(made),
        })
    }
}

/// An error with its causes.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Deletes what a backup under way left in the data folder: there is none under way.
pub fn sweep(data: &Path) {
    let unfinished = format!("{COPY}.unfinished");
    for name in [COPY, &unfinished, SEALED] {
        match fs::remove_file(data.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, name, "what is left of a backup is not deleted");
            }
            Ok(()) | Err(_) => {}
        }
    }
}
