//! The menu as a table, out and in.

use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::permission::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{Csv, IdempotencyKey, Query};
use crate::limits::IMPORT_BYTES_MAX;
use crate::menu_csv::{self, Action, ImportRow, Plan, Table, TableError};
use crate::openapi::{BodyProblems, ReadProblems};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    let import = OpenApiRouter::new().routes(routes!(import_menu));
    OpenApiRouter::new()
        .routes(routes!(export_menu))
        .merge(import.layer(DefaultBodyLimit::max(IMPORT_BYTES_MAX)))
}

/// Every item that is sold as a table, one row each: UTF-8, commas, prices with a point. A cell that a spreadsheet would
/// take for a formula begins with an apostrophe.
#[utoipa::path(get, path = "/menu/export.csv", tag = "menu",
    responses((status = 200, content_type = "text/csv", body = String), ReadProblems))]
async fn export_menu(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    actor.allow(Permission::EditMenu)?;
    let export =
        |app: &App| menu_csv::export(&app.store.catalogue()).map_err(|error| Problem::internal(&error));
    let table = app.read(export).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"menu.csv\""),
    ];
    Ok((headers, table).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Only says what would happen; so it is when not said.
    dry_run: Option<bool>,
    /// Writes the rows that can be read, and leaves the others out.
    skip_problems: Option<bool>,
}

/// What a table comes to.
#[derive(Serialize, ToSchema)]
struct ImportReport {
    /// Row by row.
    rows: Vec<ImportRow>,
    /// New items.
    added: usize,
    /// Items that are different.
    changed: usize,
    /// Items that are the same.
    unchanged: usize,
    /// Rows that cannot be read.
    problems: usize,
    /// Categories that are new.
    new_categories: Vec<String>,
    /// Columns that mean nothing here.
    ignored_columns: Vec<String>,
    /// Whether it was written.
    applied: bool,
}

impl ImportReport {
    fn of(plan: Plan, table: Table, applied: bool) -> Self {
        let count = |action: Action| plan.rows.iter().filter(|row| row.action == action).count();
        Self {
            added: count(Action::Add),
            changed: count(Action::Change),
            unchanged: count(Action::Same),
            problems: count(Action::Problem),
            new_categories: plan.new_categories,
            ignored_columns: table.ignored,
            applied,
            rows: plan.rows,
        }
    }
}

/// Reads a table of items: rows are matched by id, else by name; what is not in the table stays. The first row names the
/// columns, of which only `name` must be there: a column that is left out is not touched.
///
/// Without `dry_run=false` nothing is written. With it, all rows are written by one command; while a row cannot be read
/// it is refused with 422 `import-problems` and `rows`, unless `skip_problems=true`.
#[utoipa::path(post, path = "/menu/import", tag = "menu", params(ImportQuery, IdempotencyKey),
    request_body(content = String, content_type = "text/csv", description = "UTF-8; 5,000 rows and 4 MiB at most"),
    responses((status = 200, body = ImportReport), BodyProblems))]
async fn import_menu(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Query(query): Query<ImportQuery>,
    Csv(body): Csv,
) -> Result<axum::Json<ImportReport>, Problem> {
    actor.allow(Permission::EditMenu)?;
    let make = key.of(actor.staff);
    let (plan, table) = app
        .read(move |app| {
            let table = menu_csv::read(&body)?;
            Ok((menu_csv::plan(&app.store.catalogue(), &table, &make), table))
        })
        .await?;
    if query.dry_run.unwrap_or(true) {
        return Ok(axum::Json(ImportReport::of(plan, table, false)));
    }
    let wrong: Vec<&ImportRow> = plan.rows.iter().filter(|row| row.action == Action::Problem).collect();
    if !wrong.is_empty() && query.skip_problems != Some(true) {
        let detail = format!("{} rows cannot be read", wrong.len());
        let rows = serde_json::to_value(&wrong).unwrap_or_default();
        return Err(Problem::new("import-problems", detail).with("rows", rows));
    }
    if !plan.changes.is_empty() {
        let command = Command::Edit { changes: plan.changes.clone() };
        match app.command_refused(&actor, &key, command).await? {
            Ok(_) | Err(Refusal::Nothing(_)) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(axum::Json(ImportReport::of(plan, table, true)))
}

impl From<TableError> for Problem {
    fn from(error: TableError) -> Self {
        Self::new("malformed-table", error.to_string())
    }
}
