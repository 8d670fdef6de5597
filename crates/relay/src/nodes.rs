//! Other nodes on the same database: what one of them stores wakes the hubs that are connected to another.
//!
//! *Invariant:* nodes tell each other which venues grew and nothing else. Whatever is lost on the way is found by
//! looking, a little later.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Subscriber};
use futures_util::StreamExt;
use maitred_link::Trust;
use tokio::time::timeout;
use uuid::Uuid;

use crate::app::App;
use crate::ids::VenueId;
use crate::limits::{LOOK_EVERY, LOOK_EVERY_WHEN_TOLD, WAKEUP_TIME_MAX, WAKEUP_VENUES_MAX};

/// Bytes of a venue's id.
const ID_BYTES: usize = 16;

/// Why there are no wake-ups.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// The address makes no sense.
    #[error("cannot use NATS at {url}")]
    Url {
        /// What was given.
        url: String,
        /// Why.
        #[source]
        source: async_nats::ConnectError,
    },
    /// Certificates cannot be checked.
    #[error("cannot check certificates")]
    Trust(#[from] maitred_link::TrustError),
}

/// A connection to NATS that comes back by itself.
pub struct Nats(Client);

impl Nats {
    /// Connects to `url`, now or as soon as it can be reached. What it is asked with never waits.
    ///
    /// # Errors
    /// [`NatsError`] when the address makes no sense.
    pub async fn open(url: &str) -> Result<Self, NatsError> {
        let trust = Trust::new(None)?;
        let options = ConnectOptions::new()
            .name("maitred-relay")
            .no_echo()
            .retry_on_initial_connect()
            .tls_client_config(trust.config())
            .event_callback(|event| async move { tracing::info!(%event, "NATS") });
        let connected = options.connect(url).await;
        Ok(Self(connected.map_err(|source| NatsError::Url { url: url.to_owned(), source })?))
    }
}

/// Wakes hubs of this node when others write, and tells others, until the relay stops.
pub async fn keep_in_touch(app: App, nats: Option<Nats>) {
    let every = if nats.is_some() { LOOK_EVERY_WHEN_TOLD } else { LOOK_EVERY };
    tokio::select! {
        () = app.stopped() => {}
        () = look(&app, every) => {}
        () = tell_and_listen(&app, nats) => {}
    }
}

/// Looks which venues grew that somebody here follows.
async fn look(app: &App, every: Duration) {
    let mut known: BTreeMap<VenueId, u64> = BTreeMap::new();
    let mut is_reached = true;
    loop {
        tokio::time::sleep(every).await;
        let venues = app.wakeups.followed();
        if venues.is_empty() {
            continue;
        }
        match app.with_storage(move |app| app.storage.growth(&venues)).await {
            Some(Ok(grown)) => {
                is_reached = true;
                for (venue, entries) in &grown {
                    if known.get(venue) != Some(entries) {
                        app.wakeups.wake(*venue);
                    }
                }
                known = grown;
            }
            Some(Err(error)) if is_reached => {
                is_reached = false;
                tracing::warn!(%error, "what other nodes wrote cannot be looked up; trying again and again");
            }
            Some(Err(_)) | None => {}
        }
    }
}

async fn tell_and_listen(app: &App, nats: Option<Nats>) {
    let Some(Nats(client)) = nats else { return std::future::pending().await };
    // Relays that share a NATS server but no database have different keys.
    let subject = format!("maitred.{}.grown", app.identity.public());
    let heard = match client.subscribe(subject.clone()).await {
        Ok(heard) => heard,
        Err(error) => {
            tracing::error!(%error, "nothing is heard of other nodes");
            return std::future::pending().await;
        }
    };
    tokio::join!(listen(app, heard), tell(app, &client, &subject));
}

async fn listen(app: &App, mut heard: Subscriber) {
    while let Some(message) = heard.next().await {
        for venue in message.payload.chunks_exact(ID_BYTES).take(WAKEUP_VENUES_MAX) {
            let id = Uuid::from_slice(venue).expect("it is as long as an id");
            app.wakeups.wake(VenueId(id));
        }
    }
}

async fn tell(app: &App, client: &Client, subject: &str) {
    loop {
        let grown = app.wakeups.grown_here(WAKEUP_VENUES_MAX).await;
        let said: Vec<u8> = grown.iter().flat_map(|venue| *venue.0.as_bytes()).collect();
        // Whoever is not told finds out by looking.
        if !matches!(
            timeout(WAKEUP_TIME_MAX, client.publish(subject.to_owned(), said.into())).await,
            Ok(Ok(()))
        ) {
            tracing::debug!("other nodes were not told");
        }
    }
}
