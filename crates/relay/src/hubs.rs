//! Hubs that call: who they are, then the frames of a session until one side goes.

use axum::extract::State;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use maitred_link::handshake::{Challenge, Proof, RefusedBecause, Verdict, decode, encode};
use maitred_link::limits::HANDSHAKE_TIME_MAX;
use maitred_link::{Event, Socket, SocketError, converse, limited};
use maitred_sync::Output;
use tokio::sync::OwnedSemaphorePermit;

use crate::app::App;
use crate::problem::Problem;
use crate::sightings::Seen;
use crate::storage::EnrolledHub;
use crate::tenants;
use maitred_process::clock;

/// The longest name of what runs on a hub.
const VERSION_CHARS_MAX: usize = 40;

/// A hub calls.
pub async fn peer(State(app): State<App>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if *app.stopping.borrow() {
        return Problem::new("stopping", "another one will start").into_response();
    }
    let Ok(turn) = app.handshakes.clone().try_acquire_owned() else {
        app.metrics.refused(RefusedBecause::Busy);
        return Problem::new("busy", "too many hubs call at once").into_response();
    };
    let version = headers.get(header::USER_AGENT).and_then(|version| version.to_str().ok());
    let version = version.unwrap_or_default().chars().take(VERSION_CHARS_MAX).collect();
    limited(upgrade).on_upgrade(move |socket| talk(app, socket, turn, version))
}

async fn talk(app: App, socket: WebSocket, turn: OwnedSemaphorePermit, version: String) {
    let mut socket = Socket::of_server(socket);
    let greeted = tokio::time::timeout(HANDSHAKE_TIME_MAX, greet(&app, &mut socket)).await;
    drop(turn);
    let (hub, _permit) = match greeted {
        Ok(Ok(Ok(greeted))) => greeted,
        Ok(Ok(Err(because))) => {
            app.metrics.refused(because);
            tracing::info!(%because, "a hub was not let in");
            return socket.close().await;
        }
        Ok(Err(error)) => return tracing::debug!(%error, "a caller went before it said who it is"),
        Err(_) => return tracing::debug!("a caller did not say who it is"),
    };
    let replica = app.replica(&hub);
    let _connected = app.metrics.connected();
    let place = app.connected.enter(&hub);
    let seen = Seen::come(&app, &hub, version);
    tracing::info!(hub = %hub.hub, venue = %hub.venue, "a hub is connected");
    let tell = |event| {
        seen.note(&event);
        note(&app, &hub, &event);
    };
    tokio::select! {
        ended = converse(replica, socket, tell) => {
            tracing::info!(hub = %hub.hub, venue = %hub.venue, %ended, "a hub is gone");
        }
        () = app.stopped() => {}
        () = place.revoked() => tracing::info!(hub = %hub.hub, "a hub was revoked and is cut off"),
        () = seen.keep(&app) => {}
    }
    seen.gone(&app).await;
}

type Admitted = Result<(EnrolledHub, OwnedSemaphorePermit), RefusedBecause>;

async fn greet(app: &App, socket: &mut Socket) -> Result<Admitted, SocketError> {
    let challenge = Challenge::of(&app.identity, clock::random());
    socket.send(encode(&challenge)).await?;
    let said = socket.receive().await?;
    let admitted = admit(app, &challenge, &said).await;
    let verdict = match &admitted {
        Ok((hub, caller, _)) => challenge.welcome(&app.identity, caller, hub.realm),
        Err(because) => Verdict::Refused(*because),
    };
    socket.send(encode(&verdict)).await?;
    Ok(admitted.map(|(hub, _, place)| (hub, place)))
}

async fn admit(
    app: &App,
    challenge: &Challenge,
    said: &[u8],
) -> Result<(EnrolledHub, maitred_link::handshake::Caller, OwnedSemaphorePermit), RefusedBecause> {
    let proof: Proof = decode(said).map_err(|_| RefusedBecause::OtherVersion)?;
    if !proof.is_right(challenge) {
        return Err(RefusedBecause::WrongProof);
    }
    let place = app.conversations.clone().try_acquire_owned().map_err(|_| RefusedBecause::Busy)?;
    let caller = proof.caller.clone();
    let admitted = app.with_storage(move |app| tenants::admit(&*app.storage, &app.clock, &caller)).await;
    let hub = admitted.unwrap_or(Err(RefusedBecause::Unable))?;
    Ok((hub, proof.caller, place))
}

fn note(app: &App, hub: &EnrolledHub, event: &Event) {
    match event {
        Event::Stored(_) => app.metrics.stored(),
        Event::Session(Output::Forked { origin, seq }) => {
            app.metrics.forked();
            tracing::error!(hub = %hub.hub, venue = %hub.venue, %origin, seq, "a journal is forked");
        }
        Event::Session(Output::Refused { origin, seq, reason, here: true }) => {
            app.metrics.journal_refused();
            tracing::warn!(hub = %hub.hub, venue = %hub.venue, %origin, seq, ?reason, "a journal is refused");
        }
        Event::Session(_) => {}
    }
}
