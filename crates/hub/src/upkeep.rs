//! What nobody asks for and the database needs: it is read through once after the start, and its log is watched.

use std::sync::OnceLock;

use maitred_store::Health;

use crate::app::App;
use crate::limits::{UPKEEP, WAL_BYTES_MAX};

/// What is known of the database.
#[derive(Default)]
pub struct Upkeep {
    damage: OnceLock<Vec<String>>,
}

impl Upkeep {
    /// What is wrong with the database; `None` while that is still being found out.
    pub fn damage(&self) -> Option<&[String]> {
        self.damage.get().map(Vec::as_slice)
    }
}

/// Reads the whole database, in a thread that nobody waits for: not a hub that has become ready, nor one that stops.
pub fn check(app: App) {
    let spawned = std::thread::Builder::new().name("maitred-check".into()).spawn(move || {
        let damage = app.store.quick_check().unwrap_or_else(|error| vec![error.to_string()]);
        for problem in &damage {
            tracing::error!(problem, "the database is damaged");
        }
        // It is set here and nowhere else.
        let _ = app.upkeep.damage.set(damage);
    });
    if let Err(error) = spawned {
        tracing::error!(%error, "the database is not checked");
    }
}

/// Keeps room for the next start once a full disk has some again, and renews a log that has grown too long as soon as
/// nobody reads what is in it.
pub async fn watch(app: App) {
    let mut look = tokio::time::interval(UPKEEP);
    let mut was_full = false;
    loop {
        tokio::select! {
            () = app.stopped() => return,
            _ = look.tick() => {}
        }
        let is_full = app.store.health() != Health::Healthy;
        if was_full && !is_full {
            app.store.keep_room();
        }
        was_full = is_full;
        if is_full || app.store.wal_bytes() <= WAL_BYTES_MAX {
            continue;
        }
        tracing::warn!(
            bytes = app.store.wal_bytes(),
            "the write-ahead log is long: somebody reads and does not end"
        );
        if let Err(error) = app.store.renew_wal().await {
            tracing::debug!(%error, "the log is not renewed");
        }
    }
}
