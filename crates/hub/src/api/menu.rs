//! The menu.

use axum::extract::State;
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::ItemId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path, Query};
use crate::limits::{SEARCH_CHARS_MAX, SEARCH_ITEMS_MAX};
use crate::openapi::{ChangeProblems, QueryProblems, ReadProblems};
use crate::problem::Problem;
use crate::views::{ItemView, MenuView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(menu)).routes(routes!(search_menu)).routes(routes!(set_availability))
}

/// The menu as it is sold now.
#[utoipa::path(get, path = "/menu", tag = "menu", responses((status = 200, body = MenuView), ReadProblems))]
async fn menu(State(app): State<App>, _: Actor) -> axum::Json<MenuView> {
    axum::Json(app.views().menu())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// What to look for; accents and Arabic letter forms do not matter.
    #[param(max_length = 100)]
    q: String,
}

/// What a search found.
#[derive(Serialize, ToSchema)]
struct Found {
    /// Best first.
    item_ids: Vec<ItemId>,
}

/// Looks for items by name.
#[utoipa::path(get, path = "/menu/search", tag = "menu", params(Search),
    responses((status = 200, body = Found), QueryProblems, (status = 422, description = "The text is too long",
        body = crate::problem::ProblemView, content_type = "application/problem+json")))]
async fn search_menu(
    State(app): State<App>,
    _: Actor,
    Query(search): Query<Search>,
) -> Result<axum::Json<Found>, Problem> {
    if search.q.chars().count() > SEARCH_CHARS_MAX {
        return Err(Refusal::TooLong { field: "q", chars_max: SEARCH_CHARS_MAX }.into());
    }
    let item_ids = app.store.search_menu(&search.q, SEARCH_ITEMS_MAX)?;
    Ok(axum::Json(Found { item_ids }))
}

/// Whether there is any of an item, and how many.
#[derive(Deserialize, ToSchema)]
struct SetAvailability {
    /// `false` eighty-sixes it.
    available: bool,
    /// Counts down from here.
    #[serde(default)]
    remaining: Option<i64>,
}

/// Eighty-sixes an item, brings it back, or counts it.
#[utoipa::path(post, path = "/menu/items/{id}/availability", tag = "menu",
    params(("id" = ItemId, Path), IdempotencyKey),
    request_body = SetAvailability, responses((status = 200, body = ItemView), ChangeProblems))]
async fn set_availability(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<ItemId>,
    Json(body): Json<SetAvailability>,
) -> Result<axum::Json<ItemView>, Problem> {
    let SetAvailability { available, remaining } = body;
    app.command(&actor, &key, Command::SetAvailability { item: id, available, remaining }).await?;
    let views = app.views();
    let item = views.catalogue.items.get(&id).ok_or_else(|| Problem::unknown("item"))?;
    Ok(axum::Json(views.item(item, app.store.stock().get(&id))))
}
