//! The relay, as this hub sees it: called whenever the internet allows, and kept caught up. Nothing in the room waits for
//! any of this.

mod backups;
mod kept;
mod standing;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use maitred_link::handshake::{Caller, HandshakeError};
use maitred_link::{
    ConnectError, Event, Identity, Socket, StoreReplica, Trust, TrustError, connect, converse,
};
use maitred_store::{OpenError, Store};
use maitred_sync::Output;
use tokio::sync::Notify;

pub use self::backups::{BroughtError, fetch_backup};
use self::kept::{Kept, KeptError};
use self::standing::Standing;
use crate::app::App;
use crate::config::{RelayAt, Settings};
use crate::demo::lines::Line;
use crate::limits::{RELAY_RETRY_MAX, RELAY_RETRY_MIN};
use crate::peers::PeerUrl;
use maitred_process::clock;

/// Why a hub with a relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// What is kept about it cannot be used.
    #[error(transparent)]
    Kept(#[from] KeptError),
    /// Certificates cannot be used.
    #[error("cannot use the certificates of the relay")]
    Trust(#[from] TrustError),
    /// A new hub is told by the relay which venue it belongs to.
    #[error("a new hub with --enrol must reach its relay once, at {url}")]
    NotJoined {
        /// Where it should be.
        url: String,
        /// Why it was not reached, or did not let this hub in.
        #[source]
        source: ConnectError,
    },
    /// What the relay said cannot be written down.
    #[error(transparent)]
    Store(#[from] OpenError),
}

/// The relay of this hub.
pub struct Relay {
    at: RelayAt,
    data: PathBuf,
    trust: Trust,
    /// Who this hub is there.
    identity: Identity,
    standing: Standing,
    /// How often another node was turned to.
    turns: AtomicUsize,
}

impl Relay {
    /// Makes ready for calling the relay, as the hub whose secret there is `secret`. A new hub that is to be enrolled is told there which venue it belongs to; any
    /// other does not wait for that.
    ///
    /// # Errors
    /// [`RelayError`] when something is missing.
    pub async fn open(at: RelayAt, secret: &[u8; 32], settings: &Settings) -> Result<Self, RelayError> {
        let trust = Trust::new(at.certificates.as_deref())?;
        let (identity, data) = (Identity::of_seed(secret), settings.data.clone());
        let (standing, turns) = (Standing::default(), AtomicUsize::default());
        let relay = Self { at, data, trust, identity, standing, turns };
        let kept = Kept::open(&relay.data)?;
        let is_new = !Store::is_in(&relay.data) && !settings.demo;
        if is_new && relay.at.token.is_some() {
            let (socket, realm) = relay.call_any(&kept).await?;
            socket.close().await;
            maitred_store::join(&relay.data, realm, &[])?;
        }
        Ok(relay)
    }

    /// How it stands, when this hub knows `vector`.
    pub fn status(
        &self,
        vector: &std::collections::BTreeMap<String, u64>,
        now: jiff::Timestamp,
    ) -> (PeerUrl, crate::peers::PeerStatus) {
        (self.url().clone(), self.standing.status(vector, now))
    }

    /// The node that is called, until another one is turned to.
    fn url(&self) -> &PeerUrl {
        &self.at.urls[self.turns.load(Ordering::Relaxed) % self.at.urls.len()]
    }

    fn turn_to_another(&self) {
        self.turns.fetch_add(1, Ordering::Relaxed);
    }

    fn endpoint(&self) -> String {
        let url = self.url().to_string();
        // An address begins with http or https.
        format!("ws{}/api/v1/peer", url.trim_start_matches("http"))
    }

    /// Asks every node once, until one says which venue this hub belongs to.
    async fn call_any(&self, kept: &Kept) -> Result<(Socket, [u8; 16]), RelayError> {
        let mut asked = 1;
        loop {
            let url = self.url().to_string();
            tracing::info!(url, "asking the relay which venue this hub belongs to");
            match self.call(kept, None).await {
                Ok(called) => return Ok(called),
                Err(source) if asked == self.at.urls.len() => {
                    return Err(RelayError::NotJoined { url, source });
                }
                Err(_) => self.turn_to_another(),
            }
            asked += 1;
        }
    }

    async fn call(&self, kept: &Kept, realm: Option<[u8; 16]>) -> Result<(Socket, [u8; 16]), ConnectError> {
        let caller = Caller::new(&self.identity, clock::random(), self.at.token.clone(), realm)
            .map_err(HandshakeError::from)?;
        let (socket, key, realm) =
            connect(&self.endpoint(), &self.trust, &self.identity, caller, kept.relay).await?;
        if kept.relay.is_none()
            && let Err(error) = (Kept { relay: Some(key) }).keep(&self.data)
        {
            // It is learnt again the next time.
            tracing::warn!(%error, "the relay's key is not kept");
        }
        Ok((socket, realm))
    }
}

/// Keeps the relay caught up until the hub stops.
pub async fn keep_in_touch(app: App) {
    let Some(relay) = &app.relay else { return };
    let replica =
        StoreReplica::new(app.store.clone(), app.store.realm(), StoreReplica::growth_of(&app.store));
    let mut failures = 0;
    loop {
        let talked = tokio::select! {
            () = app.stopped() => return,
            () = app.lines.cut(Line::Internet) => false,
            talked = talk(&app, relay, replica.clone()) => talked,
        };
        relay.standing.lost();
        relay.turn_to_another();
        failures = if talked { 0 } else { failures + 1 };
        // All nodes in a row count as one call.
        let rounds = failures / u32::try_from(relay.at.urls.len()).unwrap_or(u32::MAX);
        tokio::select! {
            () = app.stopped() => return,
            () = tokio::time::sleep(patience(rounds)) => {}
        }
        tokio::select! {
            () = app.stopped() => return,
            () = app.lines.mended(Line::Internet) => {}
        }
    }
}

/// Calls the relay and talks until one side goes; false when it was not reached.
async fn talk(app: &App, relay: &Relay, replica: StoreReplica) -> bool {
    let called = match Kept::open(&relay.data) {
        Ok(kept) => relay.call(&kept, Some(app.store.realm())).await,
        Err(error) => {
            tracing::error!(%error, "the relay cannot be called");
            return false;
        }
    };
    let socket = match called {
        Ok((socket, _)) => socket,
        Err(error) => {
            if relay.standing.is_news(&error.to_string()) {
                tracing::warn!(url = %relay.url(), %error, "the relay is not reached; trying again and again");
            }
            return false;
        }
    };
    tracing::info!(url = %relay.url(), "the relay is reached");
    let rewound = Notify::new();
    tokio::select! {
        ended = converse(replica, socket, |event| note(app, relay, &rewound, event)) => {
            tracing::info!(url = %relay.url(), %ended, "the relay is gone");
        }
        () = rewound.notified() => match app.store.become_another().await {
            Ok(origin) => tracing::warn!(%origin, "this hub goes on under another origin"),
            Err(error) => tracing::error!(%error, "this hub cannot go on under another origin"),
        }
    }
    true
}

fn note(app: &App, relay: &Relay, rewound: &Notify, event: Event) {
    match event {
        Event::Session(Output::Agreed { peer, knows, .. }) => {
            relay.standing.connected(&peer.to_string());
            relay.standing.knows(&knows, &app.store, app.now());
        }
        Event::Session(Output::Acknowledged(vector)) => {
            relay.standing.knows(&vector, &app.store, app.now());
        }
        Event::Session(Output::Rewound { seq }) => {
            tracing::error!(seq, "the relay knows more of this hub's journal than this hub: it was restored");
            rewound.notify_one();
        }
        Event::Session(Output::Forked { origin, seq }) => {
            tracing::error!(%origin, seq, "the relay knows a journal otherwise than this hub");
        }
        Event::Session(Output::Refused { origin, seq, reason, here }) => {
            tracing::warn!(%origin, seq, ?reason, here, "a journal is refused");
        }
        Event::Session(Output::Send(_) | Output::Store(_) | Output::Close(_)) | Event::Stored(_) => {}
    }
}

/// How long to wait after so many calls in a row that came to nothing.
fn patience(failures: u32) -> Duration {
    RELAY_RETRY_MIN.saturating_mul(1 << failures.min(16)).min(RELAY_RETRY_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relay_is_called_ever_more_seldom_and_never_given_up() {
        let waits: Vec<_> = (0..100).map(patience).collect();
        assert_eq!((waits[0], waits[1]), (RELAY_RETRY_MIN, RELAY_RETRY_MIN * 2));
        assert!(waits.is_sorted() && waits[99] == RELAY_RETRY_MAX);
    }
}
