//! What this hub knows of itself and others.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::openapi::ReadProblems;
use crate::peer::{HubRole, Progress};
use crate::peers::{PeerState, PeerStatus, PeerUrl};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sync))
}

/// What a peer is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PeerKind {
    /// Another hub of the venue: stations may use it.
    Hub,
    /// The relay: it serves no station.
    Relay,
}

/// Another hub of the venue, or the relay.
#[derive(Serialize, ToSchema)]
struct PeerView {
    /// What it is.
    kind: PeerKind,
    /// Where it is: of a hub, what a station puts before `/api/v1`.
    url: String,
    /// The same over TLS, where it speaks that.
    secure_url: Option<String>,
    /// Its journal's lineage, once it said so.
    origin: Option<String>,
    /// How the connection stands.
    state: PeerState,
    /// How far it is behind, while that is known.
    lag_ms: Option<u64>,
}

/// What this hub knows.
#[derive(Serialize, ToSchema)]
#[schema(as = SyncState)]
struct SyncView {
    /// Its journal's lineage.
    origin: String,
    /// How far it knows each journal.
    vector: BTreeMap<String, u64>,
    /// What it is among others.
    role: HubRole,
    /// Where it stands among them: 0 acts when it can, the others when those before them are gone.
    rank: u32,
    /// How far it has got with what another hub knows, while that is much.
    catching_up: Option<Progress>,
    /// The others that are known, in the order of their addresses; the relay last.
    peers: Vec<PeerView>,
}

/// How far this hub knows each journal.
#[utoipa::path(get, path = "/sync", tag = "sync", responses((status = 200, body = SyncView), ReadProblems))]
async fn sync(State(app): State<App>, _: Actor) -> Result<axum::Json<SyncView>, Problem> {
    let state = app.store.sync_state()?;
    let peer = |kind, (url, status): (PeerUrl, PeerStatus)| PeerView {
        kind,
        secure_url: app.peers.secure(&url).map(String::from),
        url: url.into(),
        origin: status.origin,
        state: status.state,
        lag_ms: status.lag_ms,
    };
    let relay = app.relay.as_ref().map(|relay| relay.status(&state.vector, app.now()));
    let hubs = app.peers.all().into_iter().map(|hub| peer(PeerKind::Hub, hub));
    Ok(axum::Json(SyncView {
        origin: state.origin,
        vector: state.vector,
        role: app.hubs.standing.role(),
        rank: app.hubs.standing.seat().0,
        catching_up: app.hubs.standing.catching_up(),
        peers: hubs.chain(relay.map(|relay| peer(PeerKind::Relay, relay))).collect(),
    }))
}
