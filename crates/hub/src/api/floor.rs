//! The floor.

use axum::extract::State;
use jiff::Timestamp;
use maitred_domain::check::Check;
use maitred_domain::decide::Command;
use maitred_domain::ids::TableId;
use maitred_domain::table::TableMark;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path, Query};
use crate::openapi::{ChangeProblems, QueryProblems};
use crate::problem::Problem;
use crate::views::{FloorView, TableView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(floor)).routes(routes!(mark_table))
}

/// An instant to look back at.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct At {
    /// As it was then; without it, as it is.
    #[param(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// The floor: areas, tables, and who sits where.
#[utoipa::path(get, path = "/floor", tag = "floor", params(At),
    responses((status = 200, body = FloorView), QueryProblems))]
async fn floor(
    State(app): State<App>,
    _: Actor,
    Query(query): Query<At>,
) -> Result<axum::Json<FloorView>, Problem> {
    let Some(at) = query.at else {
        let (states, checks) = (app.store.tables(), app.store.open_checks());
        let checks: Vec<&Check> = checks.iter().map(AsRef::as_ref).collect();
        return Ok(axum::Json(app.views().floor(&states, &checks)));
    };
    let floor = app.read(move |app| {
        let (states, checks) = app.store.floor_at(at)?;
        Ok(app.views().floor(&states, &checks))
    });
    Ok(axum::Json(floor.await?))
}

/// What somebody says about a table.
#[derive(Deserialize, ToSchema)]
struct MarkTable {
    /// What it is.
    state: TableMark,
}

/// Marks a table.
#[utoipa::path(post, path = "/tables/{id}/state", tag = "floor", params(("id" = TableId, Path), IdempotencyKey),
    request_body = MarkTable, responses((status = 200, body = TableView), ChangeProblems))]
async fn mark_table(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<TableId>,
    Json(body): Json<MarkTable>,
) -> Result<axum::Json<TableView>, Problem> {
    app.command(&actor, &key, Command::MarkTable { table: id, mark: body.state }).await?;
    let views = app.views();
    let table = views.catalogue.tables.get(&id).ok_or_else(|| Problem::unknown("table"))?;
    let (states, checks) = (app.store.tables(), app.store.open_checks());
    let checks: Vec<&Check> = checks.iter().map(AsRef::as_ref).collect();
    Ok(axum::Json(views.table(table, states.get(&id).copied(), &checks)))
}
