//! How hubs are seen while they are connected: kept for the dashboard, now and then, and never waited for.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use maitred_link::{Event, PublicKey};
use maitred_sync::Output;
use tokio::sync::Notify;

use crate::app::App;
use crate::limits::{SIGHTING_EVERY, SIGHTING_PACE};
use crate::storage::EnrolledHub;
use crate::storage::accounts::Sighting;

/// How many connections each hub has to this node: an old one may end after a new one came.
#[derive(Default)]
pub struct Present(Mutex<BTreeMap<PublicKey, u32>>);

impl Present {
    fn came(&self, hub: PublicKey) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(hub).or_default() += 1;
    }

    /// Whether it was the last connection.
    fn went(&self, hub: PublicKey) -> bool {
        let mut present = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = present.get(&hub).copied().unwrap_or_default().saturating_sub(1);
        if left == 0 {
            present.remove(&hub);
        } else {
            present.insert(hub, left);
        }
        left == 0
    }
}

/// One connection of a hub, as it is seen.
pub struct Seen {
    sighting: Mutex<Sighting>,
    changed: Notify,
}

impl Seen {
    /// A hub that has just come, with `version` of what runs there.
    pub fn come(app: &App, hub: &EnrolledHub, version: String) -> Self {
        app.present.came(hub.hub);
        let sighting = Sighting {
            hub: hub.hub,
            venue: hub.venue,
            seen_at: app.now(),
            is_connected: true,
            version,
            origin: None,
            known: maitred_sync::Vector::default(),
        };
        Self { sighting: Mutex::new(sighting), changed: Notify::new() }
    }

    /// Takes from what the session says how far the hub is.
    pub fn note(&self, event: &Event) {
        let mut sighting = self.sighting.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Session(Output::Agreed { peer, knows, .. }) => {
                sighting.origin = Some(*peer);
                sighting.known.merge(knows);
            }
            Event::Session(Output::Acknowledged(known)) => sighting.known.merge(known),
            Event::Stored(_) | Event::Session(_) => return,
        }
        self.changed.notify_one();
    }

    /// Keeps it whenever it changes, for ever. A new one is kept when it is known how far it is: until then what was
    /// kept of it holds.
    pub async fn keep(&self, app: &App) {
        loop {
            // Nobody is told when nothing changes for long but that it is still there.
            let _ = tokio::time::timeout(SIGHTING_EVERY, self.changed.notified()).await;
            self.write(app, true).await;
            tokio::time::sleep(SIGHTING_PACE).await;
        }
    }

    /// Keeps that the hub went.
    pub async fn gone(&self, app: &App) {
        let hub = self.sighting.lock().unwrap_or_else(PoisonError::into_inner).hub;
        if app.present.went(hub) {
            self.write(app, false).await;
        }
    }

    async fn write(&self, app: &App, is_connected: bool) {
        let mut sighting = self.sighting.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if sighting.origin.is_none() {
            return;
        }
        (sighting.is_connected, sighting.seen_at) = (is_connected, app.now());
        let written = app.with_storage(move |app| app.storage.sight(&sighting)).await;
        if let Some(Err(error)) = written {
            tracing::warn!(%error, "how a hub was seen cannot be kept");
        }
    }
}
