//! Calling the other hubs of the venue. Of two, the one of the worse rank calls, so that one connection stands.

use std::collections::BTreeMap;

use maitred_link::Wire;
use maitred_store::HubKey;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_tungstenite::{connect_async_with_config, tungstenite};

use super::link::{self, LinkError, Seen};
use super::patience;
use super::secure::{self, Side};
use crate::app::App;
use crate::demo::lines::Line;
use crate::limits::{PEER_CALL_WATCH, PEER_GREETING_TIME_MAX, PEER_STRANGER_TIME};
use crate::peers::PeerUrl;

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody answers there, or no hub.
    #[error("cannot reach {url}: {why}")]
    Unreachable {
        /// Where.
        url: PeerUrl,
        /// Why: its own cause says the same again.
        why: Box<tungstenite::Error>,
    },
    /// It takes too long.
    #[error("{0} does not answer")]
    Silent(PeerUrl),
}

/// Opens a connection to the hub at `url`; `token` is the name of one, to join with.
///
/// # Errors
/// [`CallError`] when it does not answer.
pub async fn call(url: &PeerUrl, token: Option<&str>) -> Result<Wire, CallError> {
    let text = url.to_string();
    let base = text.strip_prefix("http").map_or_else(|| text.clone(), |rest| format!("ws{rest}"));
    let query = token.map_or_else(String::new, |name| format!("?token={name}"));
    let limits = Some(maitred_link::config());
    let calling = connect_async_with_config(format!("{base}/api/v1/peer{query}"), limits, true);
    match tokio::time::timeout(PEER_GREETING_TIME_MAX, calling).await {
        Ok(Ok((socket, _))) => Ok(Wire::of_client(socket)),
        Ok(Err(error)) => Err(CallError::Unreachable { url: url.clone(), why: Box::new(error) }),
        Err(_) => Err(CallError::Silent(url.clone())),
    }
}

/// How calling an address went.
#[derive(Default)]
struct Tried {
    failures: u32,
    not_before: Option<Instant>,
    is_under_way: bool,
}

/// How a call ended.
enum Ended {
    /// There was a conversation.
    Talked,
    /// There was none.
    Failed,
    /// There is nobody to be called from here.
    NotMine,
}

/// Keeps a connection to every hub of a better rank until this one stops.
pub async fn keep_calling(app: App) {
    let mut tried: BTreeMap<PeerUrl, Tried> = BTreeMap::new();
    let mut calls: JoinSet<(PeerUrl, Ended)> = JoinSet::new();
    let mut look = tokio::time::interval(PEER_CALL_WATCH);
    let mut hints = app.hubs.hints.subscribe();
    loop {
        tokio::select! {
            () = app.stopped() => return,
            _ = look.tick() => {}
            _ = hints.changed() => {}
            Some(Ok((url, ended))) = calls.join_next() => note(tried.entry(url).or_default(), &ended),
        }
        for url in addresses(&app) {
            let known = tried.entry(url.clone()).or_default();
            if known.is_under_way || known.not_before.is_some_and(|at| at > Instant::now()) {
                continue;
            }
            known.is_under_way = true;
            let app = app.clone();
            calls.spawn(async move {
                let ended = talk(&app, &url).await;
                (url, ended)
            });
        }
    }
}

fn note(tried: &mut Tried, ended: &Ended) {
    tried.is_under_way = false;
    tried.failures = match ended {
        Ended::Talked | Ended::NotMine => 0,
        Ended::Failed => tried.failures.saturating_add(1),
    };
    let wait = match ended {
        Ended::Talked | Ended::Failed => patience(tried.failures),
        Ended::NotMine => PEER_STRANGER_TIME,
    };
    tried.not_before = Some(Instant::now() + wait);
}

/// Where hubs may be that are to be called: those of a better rank that are not connected, and those nobody knows.
fn addresses(app: &App) -> Vec<PeerUrl> {
    if !app.lines.is_whole(Line::Lan) {
        return Vec::new();
    }
    let Ok(hubs) = app.store.hubs() else { return Vec::new() };
    let (me, connected) = (app.hubs.standing.seat(), app.hubs.standing.connected());
    let url = |hub: &maitred_store::HubRecord| hub.url.as_ref().and_then(|url| url.parse::<PeerUrl>().ok());
    let is_mine = |hub: &maitred_store::HubRecord| !hub.removed && (hub.rank, hub.key) < me;
    let wanted = hubs.iter().filter(|hub| is_mine(hub) && !connected.contains(&hub.key));
    let mut addresses: Vec<PeerUrl> = wanted.filter_map(url).collect();
    let is_alone = hubs.iter().filter(|hub| is_mine(hub)).all(|hub| connected.contains(&hub.key));
    if !is_alone {
        addresses.extend(app.hubs.hints.borrow().iter().cloned());
    }
    addresses.sort();
    addresses.dedup();
    addresses
}

async fn talk(app: &App, url: &PeerUrl) -> Ended {
    let wire = match call(url, None).await {
        Ok(wire) => wire,
        Err(error) => {
            tracing::debug!("{error}");
            return Ended::Failed;
        }
    };
    let secret = &app.hubs.standing.identity.secret;
    let greeting = secure::meet(wire, Side::Caller, secret, None);
    let secured = match tokio::time::timeout(PEER_GREETING_TIME_MAX, greeting).await {
        Ok(Ok(secured)) => secured,
        Ok(Err(error)) => {
            tracing::warn!(%url, "the hub there cannot be spoken with: {error}");
            return Ended::Failed;
        }
        Err(_) => return Ended::Failed,
    };
    let key = HubKey::from(secured.peer);
    match link::hub_of(app, key) {
        Ok(hub) if (hub.rank, hub.key) < app.hubs.standing.seat() => {}
        Ok(_) => return Ended::NotMine,
        Err(error) => {
            tracing::warn!(%url, "{error}");
            return Ended::NotMine;
        }
    }
    tracing::info!(%url, hub = %key, "connected to another hub");
    match link::run(app, secured, Seen::At(url.clone())).await {
        LinkError::Stopping => Ended::Talked,
        ended => {
            tracing::warn!(%url, "the connection to another hub ended: {ended}");
            Ended::Talked
        }
    }
}
