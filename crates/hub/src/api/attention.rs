//! What a person should look at.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::attention::{AttentionItem, items};
use crate::auth::Actor;
use crate::openapi::ReadProblems;
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(attention))
}

/// What a person should look at, the worst first.
#[utoipa::path(get, path = "/attention", tag = "attention",
    responses((status = 200, body = Vec<AttentionItem>), ReadProblems))]
async fn attention(State(app): State<App>, _: Actor) -> Result<axum::Json<Vec<AttentionItem>>, Problem> {
    Ok(axum::Json(app.read(items).await?))
}
