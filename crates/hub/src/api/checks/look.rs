//! Looking at checks.

use axum::extract::State;
use jiff::civil::Date;
use maitred_domain::ids::{CheckId, StaffId, TableId};
use maitred_store::{AuditFilter, CheckFilter};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::floor::At;
use crate::app::App;
use crate::auth::Actor;
use crate::extract::{Path, Query};
use crate::limits::{CHECKS_MAX, HISTORY_MAX};
use crate::openapi::{IdProblems, QueryProblems};
use crate::problem::Problem;
use crate::views::{AuditEntry, CheckSummary, CheckView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(checks)).routes(routes!(check)).routes(routes!(check_history))
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    /// Open ones.
    #[default]
    Open,
    /// Closed and merged ones.
    Closed,
    /// Both.
    All,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CheckQuery {
    /// Which; open ones when not said.
    #[param(inline)]
    state: Option<Which>,
    /// Opened on that trading day, or closed on it.
    #[param(value_type = Option<String>, format = Date)]
    business_date: Option<Date>,
    /// At that table now.
    table_id: Option<TableId>,
    /// Served by.
    staff_id: Option<StaffId>,
}

/// Checks, newest first; 1,000 at most.
#[utoipa::path(get, path = "/checks", tag = "checks", params(CheckQuery),
    responses((status = 200, body = Vec<CheckSummary>), QueryProblems))]
async fn checks(
    State(app): State<App>,
    _: Actor,
    Query(query): Query<CheckQuery>,
) -> Result<axum::Json<Vec<CheckSummary>>, Problem> {
    let open = match query.state.unwrap_or_default() {
        Which::Open => Some(true),
        Which::Closed => Some(false),
        Which::All => None,
    };
    let CheckQuery { business_date, table_id, staff_id, .. } = query;
    let filter = CheckFilter { open, business_date, table: table_id, server: staff_id };
    let checks = app.read(move |app| {
        let views = app.views();
        Ok(app.store.checks(&filter, CHECKS_MAX)?.iter().map(|check| views.summary(check)).collect())
    });
    Ok(axum::Json(checks.await?))
}

/// A check, now or as it was.
#[utoipa::path(get, path = "/checks/{id}", tag = "checks", params(("id" = CheckId, Path), At),
    responses((status = 200, body = CheckView), IdProblems))]
async fn check(
    State(app): State<App>,
    _: Actor,
    Path(id): Path<CheckId>,
    Query(query): Query<At>,
) -> Result<axum::Json<CheckView>, Problem> {
    let view = app.read(move |app| match query.at {
        None => Ok(app.views().check_view(&*app.check(id)?)),
        Some(at) => {
            let check = app.store.check_at(id, at)?.ok_or_else(|| Problem::unknown("check"))?;
            Ok(app.views().check_view(&check))
        }
    });
    Ok(axum::Json(view.await?))
}

/// What happened to a check, newest first.
#[utoipa::path(get, path = "/checks/{id}/history", tag = "checks", params(("id" = CheckId, Path)),
    responses((status = 200, body = Vec<AuditEntry>), IdProblems))]
async fn check_history(
    State(app): State<App>,
    _: Actor,
    Path(id): Path<CheckId>,
) -> Result<axum::Json<Vec<AuditEntry>>, Problem> {
    let history = app.read(move |app| {
        app.check(id)?;
        let filter = AuditFilter { check: Some(id), ..AuditFilter::default() };
        let page = app.store.audit(&filter, HISTORY_MAX)?;
        let views = app.views();
        Ok(page.rows.iter().map(|row| views.audit_entry(row)).collect())
    });
    Ok(axum::Json(history.await?))
}
