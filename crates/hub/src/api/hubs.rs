//! The hubs of the venue: which there are, how one more joins, and how one leaves.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use maitred_domain::permission::Permission;
use maitred_store::{HubKey, HubRecord};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Path};
use crate::openapi::{ActionProblems, AskProblems, ReadProblems};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hubs)).routes(routes!(remove_hub)).routes(routes!(issue_token))
}

/// A hub of the venue.
#[derive(Serialize, ToSchema)]
struct HubView {
    /// Who: the public half of its key.
    key: String,
    /// The lower one acts.
    rank: u32,
    /// What the numbers of its checks start with.
    prefix: String,
    /// Where it was seen last.
    url: Option<String>,
    /// The one that answers.
    is_me: bool,
}

/// The hubs of the venue, the best rank first.
#[utoipa::path(get, path = "/hubs", tag = "sync", responses((status = 200, body = Vec<HubView>), ReadProblems))]
async fn hubs(State(app): State<App>, _: Actor) -> Result<axum::Json<Vec<HubView>>, Problem> {
    let view = |hub: HubRecord| HubView {
        is_me: hub.key == app.hubs.standing.identity.key,
        key: hub.key.to_string(),
        rank: hub.rank,
        prefix: hub.prefix,
        url: hub.url,
    };
    let hubs = app.store.hubs()?.into_iter().filter(|hub| !hub.removed);
    Ok(axum::Json(hubs.map(view).collect()))
}

/// A one-time token.
#[derive(Serialize, ToSchema)]
struct HubToken {
    /// What the new hub is started with: `maitred serve --standby-of URL --enrol TOKEN`.
    token: String,
    /// Until when.
    expires_at: Timestamp,
}

/// Makes a token with which one more hub joins the venue.
#[utoipa::path(post, path = "/hubs/tokens", tag = "sync", params(IdempotencyKey),
    responses((status = 200, body = HubToken), ActionProblems))]
async fn issue_token(
    State(app): State<App>,
    actor: Actor,
    _: IdempotencyKey,
) -> Result<axum::Json<HubToken>, Problem> {
    actor.allow(Permission::EditSettings)?;
    let (token, expires_at) = app.hubs.tickets.issue(app.now());
    Ok(axum::Json(HubToken { token, expires_at }))
}

/// Takes a hub out of the venue: a box that was sold or stolen. It is not spoken with again.
#[utoipa::path(delete, path = "/hubs/{key}", tag = "sync", params(("key" = String, Path), IdempotencyKey),
    responses((status = 204), AskProblems))]
async fn remove_hub(
    State(app): State<App>,
    actor: Actor,
    _: IdempotencyKey,
    Path(key): Path<HubKey>,
) -> Result<StatusCode, Problem> {
    actor.allow(Permission::EditSettings)?;
    let hub = app.store.hubs()?.into_iter().find(|hub| hub.key == key && !hub.removed);
    let hub = hub.filter(|hub| hub.key != app.hubs.standing.identity.key);
    let hub = hub.ok_or_else(|| Problem::unknown("hub"))?;
    app.store.know_hubs(vec![HubRecord { removed: true, ..hub }]).await?;
    app.hubs.changed();
    Ok(StatusCode::NO_CONTENT)
}
