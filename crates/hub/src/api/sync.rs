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
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sync))
}

/// What a hub is among others.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum HubRole {
    /// The only one.
    Solo,
}

/// Another hub or relay.
#[derive(Serialize, ToSchema)]
struct PeerView {
    /// Its journal's lineage.
    origin: String,
    /// Where it is.
    url: String,
    /// How the connection stands.
    state: String,
    /// How far it is behind.
    lag_ms: u64,
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
    /// Others; none in this version.
    peers: Vec<PeerView>,
}

/// How far this hub knows each journal.
#[utoipa::path(get, path = "/sync", tag = "sync", responses((status = 200, body = SyncView), ReadProblems))]
async fn sync(State(app): State<App>, _: Actor) -> Result<axum::Json<SyncView>, Problem> {
    let state = app.store.sync_state()?;
    Ok(axum::Json(SyncView {
        origin: state.origin,
        vector: state.vector,
        role: HubRole::Solo,
        peers: Vec::new(),
    }))
}
