//! Hubs that call this one.

use std::net::SocketAddr;

use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, Query, State};
use axum::response::Response;
use maitred_link::Wire;
use maitred_store::{HubKey, HubRecord};
use maitred_sync::{Hash, Origin};
use serde::Deserialize;

use super::link::{self, LinkError, Seen};
use super::say::{Message, Say, Welcome};
use super::secure::{self, Secured, Side};
use super::{next_prefix, next_rank, ticket};
use crate::app::App;
use crate::demo::lines::Line;
use crate::limits::PEER_GREETING_TIME_MAX;
use crate::problem::Problem;

/// What a caller says before it has proved anything.
#[derive(Deserialize)]
pub struct Called {
    /// The name of a token: it wants to join.
    token: Option<String>,
}

/// Takes the call of another hub. Who it is shows in the greeting, not here: a device that is no hub learns nothing.
///
/// # Errors
/// The problem `busy` when too many call at once.
pub async fn answer(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Query(called): Query<Called>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    if app.hubs.greetings.available_permits() == 0 {
        return Err(Problem::new("busy", "too many hubs call at once"));
    }
    if !app.lines.is_whole(Line::Lan) {
        return Err(Problem::new("busy", "the line is cut"));
    }
    Ok(maitred_link::limited(upgrade).on_upgrade(move |socket| async move {
        let ended = match called.token {
            None => talk(&app, socket, from).await,
            Some(name) => welcome(&app, socket, from, &name).await,
        };
        tracing::info!(%from, "a connection of another hub ended: {ended}");
    }))
}

async fn talk(app: &App, socket: WebSocket, from: SocketAddr) -> LinkError {
    match greet(app, socket, None).await {
        Ok(secured) => link::run(app, secured, Seen::From(from.ip().to_canonical())).await,
        Err(error) => error,
    }
}

async fn greet(app: &App, socket: WebSocket, token: Option<[u8; 32]>) -> Result<Secured, LinkError> {
    let _one_of_few = app.hubs.greetings.acquire().await.map_err(|_| LinkError::Stopping)?;
    let secret = &app.hubs.standing.identity.secret;
    let meeting = secure::meet(Wire::of_server(socket), Side::Answerer, secret, token.as_ref());
    Ok(tokio::time::timeout(PEER_GREETING_TIME_MAX, meeting).await.map_err(|_| LinkError::Silent)??)
}

/// Lets a hub join that has a token.
async fn welcome(app: &App, socket: WebSocket, from: SocketAddr, name: &str) -> LinkError {
    let is_demo = name == ticket::DEMO && app.hubs.is_open_to_box && from.ip().to_canonical().is_loopback();
    let token =
        if is_demo { Some(ticket::secret(ticket::DEMO)) } else { app.hubs.tickets.try_one(name, app.now()) };
    let Some(token) = token else {
        tracing::warn!(%from, "a hub wants to join with a token that is not good");
        return LinkError::Malformed;
    };
    let joined = async {
        let mut secured = greet(app, socket, Some(token)).await?;
        if !is_demo && !app.hubs.tickets.spend(name) {
            return Err(LinkError::Malformed);
        }
        let message = secured.reader.receive().await?;
        let Some(Message::Say(Say::Join)) = Message::decode(&message) else {
            return Err(LinkError::Malformed);
        };
        let welcome = admit(app, secured.peer.into()).await?;
        tracing::info!(%from, hub = %welcome.you.key, rank = welcome.you.rank, "a hub joined the venue");
        secured.writer.send(&Message::Say(Say::Welcome(Box::new(welcome))).encode()).await?;
        // The new hub hangs up when it has kept what it was told.
        Ok(secured.reader.receive().await.err().map_or(LinkError::Malformed, LinkError::from))
    };
    match tokio::time::timeout(PEER_GREETING_TIME_MAX, joined).await {
        Ok(Ok(ended) | Err(ended)) => ended,
        Err(_) => LinkError::Silent,
    }
}

async fn admit(app: &App, key: HubKey) -> Result<Welcome, LinkError> {
    let hubs = app.store.hubs()?;
    let known = hubs.iter().find(|hub| hub.key == key).cloned();
    let new = || HubRecord {
        key,
        rank: next_rank(&hubs),
        prefix: next_prefix(&hubs),
        url: None,
        secure_url: None,
        removed: false,
    };
    let you = known.unwrap_or_else(new);
    app.store.know_hubs(vec![you.clone()]).await?;
    app.hubs.changed();
    Ok(Welcome {
        realm: Origin::from_bytes(app.store.realm()),
        pepper: Hash::from(*app.pins.pepper()),
        you,
        hubs: app.store.hubs()?,
    })
}
