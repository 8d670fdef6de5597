//! What a person should look at.

use axum::extract::State;
use maitred_domain::ids::JobId;
use maitred_domain::permission::Permission;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::attention::{AttentionItem, items};
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Path};
use crate::limits::ATTENTION_ASIDE_MAX;
use crate::openapi::{ActionProblems, ReadProblems};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(attention))
        .routes(routes!(dismiss_set_aside))
        .routes(routes!(dismiss_printed_twice))
}

/// What a person should look at, the worst first.
#[utoipa::path(get, path = "/attention", tag = "attention",
    responses((status = 200, body = Vec<AttentionItem>), ReadProblems))]
async fn attention(State(app): State<App>, _: Actor) -> Result<axum::Json<Vec<AttentionItem>>, Problem> {
    Ok(axum::Json(app.read(items).await?))
}

/// A person has seen that two hubs printed one paper.
#[utoipa::path(post, path = "/attention/printed-twice/{job}/dismiss", tag = "attention",
    params(("job" = JobId, Path), IdempotencyKey),
    responses((status = 200, body = Vec<AttentionItem>), ActionProblems))]
async fn dismiss_printed_twice(
    State(app): State<App>,
    actor: Actor,
    _: IdempotencyKey,
    Path(job): Path<JobId>,
) -> Result<axum::Json<Vec<AttentionItem>>, Problem> {
    actor.allow(Permission::Print)?;
    app.store.dismiss_printed_twice(job).await?;
    app.live.attention_changed();
    Ok(axum::Json(app.read(items).await?))
}

/// A person has seen what another box wrote and does not fit here. It stays on the disk, and is said again when it can be.
#[utoipa::path(post, path = "/attention/set-aside/{origin}/{seq}/dismiss", tag = "attention",
    params(("origin" = String, Path), ("seq" = u64, Path), IdempotencyKey),
    responses((status = 200, body = Vec<AttentionItem>), ActionProblems))]
async fn dismiss_set_aside(
    State(app): State<App>,
    actor: Actor,
    _: IdempotencyKey,
    Path((origin, seq)): Path<(String, u64)>,
) -> Result<axum::Json<Vec<AttentionItem>>, Problem> {
    actor.allow(Permission::EditSettings)?;
    let aside = app.store.set_aside(ATTENTION_ASIDE_MAX)?;
    let found = aside.iter().find(|it| it.seq == seq && it.origin.to_string() == origin);
    let found = found.ok_or_else(|| Problem::unknown("entry"))?;
    app.store.dismiss_set_aside(found.origin, seq).await?;
    app.live.attention_changed();
    Ok(axum::Json(app.read(items).await?))
}
