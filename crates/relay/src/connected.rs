//! Hubs that are connected to this node, looked up together again and again: who was revoked is cut off.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use maitred_link::PublicKey;
use tokio::sync::Notify;

use crate::app::App;
use crate::ids::VenueId;
use crate::limits::{HUBS_LOOKED_UP_MAX, REVOCATION_WATCH};
use crate::storage::EnrolledHub;

/// Conversations with hubs, by number.
#[derive(Default)]
pub struct Connected {
    last: AtomicU64,
    hubs: Mutex<BTreeMap<u64, Conversation>>,
}

struct Conversation {
    hub: PublicKey,
    venue: VenueId,
    cut_off: Arc<Notify>,
}

/// One conversation, for as long as this lives.
pub struct Place<'a> {
    all: &'a Connected,
    number: u64,
    cut_off: Arc<Notify>,
}

impl Connected {
    /// Somebody is connected.
    pub fn enter(&self, hub: &EnrolledHub) -> Place<'_> {
        let (number, cut_off) = (self.last.fetch_add(1, Ordering::Relaxed), Arc::<Notify>::default());
        let conversation = Conversation { hub: hub.hub, venue: hub.venue, cut_off: Arc::clone(&cut_off) };
        self.lock().insert(number, conversation);
        Place { all: self, number, cut_off }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Conversation>> {
        self.hubs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn everybody(&self) -> Vec<(PublicKey, VenueId)> {
        self.lock().values().map(|it| (it.hub, it.venue)).collect()
    }

    fn cut_off(&self, hubs: &[PublicKey]) {
        for conversation in self.lock().values().filter(|it| hubs.contains(&it.hub)) {
            conversation.cut_off.notify_one();
        }
    }
}

impl Place<'_> {
    /// Waits until the hub is not to be spoken with any more.
    pub async fn revoked(&self) {
        self.cut_off.notified().await;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.all.lock().remove(&self.number);
    }
}

/// Cuts off whoever is not to be spoken with any more, until the relay stops.
pub async fn watch(app: App) {
    let mut look = tokio::time::interval(REVOCATION_WATCH);
    loop {
        tokio::select! {
            () = app.stopped() => return,
            _ = look.tick() => {}
        }
        for hubs in app.connected.everybody().chunks(HUBS_LOOKED_UP_MAX) {
            let hubs = hubs.to_vec();
            // While nobody can tell, everybody stays.
            if let Some(Ok(revoked)) = app.with_storage(move |app| app.storage.let_in_no_more(&hubs)).await {
                app.connected.cut_off(&revoked);
            }
        }
    }
}
