//! Looking at checks.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maitred_domain::decide::Refusal;
use maitred_domain::ids::{CheckId, StaffId, TableId};
use maitred_store::{AuditFilter, CheckCursor, CheckFilter, CheckSearch};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::floor::At;
use crate::app::App;
use crate::auth::Actor;
use crate::extract::{Path, Query};
use crate::limits::{CHECKS_MAX, CHECKS_PAGE_DEFAULT, CHECKS_PAGE_MAX, HISTORY_MAX, SEARCH_CHARS_MAX};
use crate::openapi::{IdProblems, QueryProblems, RangeProblems};
use crate::printing;
use crate::problem::Problem;
use crate::views::{AuditEntry, CheckPage, CheckSummary, CheckView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(checks))
        .routes(routes!(search_checks))
        .routes(routes!(check))
        .routes(routes!(check_history))
        .routes(routes!(receipt_text))
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

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CheckSearchQuery {
    /// Opened on that trading day or later.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// Opened on that trading day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// How its number begins, or the name of its table.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Served by.
    server: Option<StaffId>,
    /// At that table.
    table: Option<TableId>,
    /// Which; all when not said.
    #[param(inline)]
    state: Option<Which>,
    /// Checks of a page: 50 when not said, 200 at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Looks checks up by date, number, table and person, newest first.
#[utoipa::path(get, path = "/checks/search", tag = "checks", params(CheckSearchQuery),
    responses((status = 200, body = CheckPage), RangeProblems))]
async fn search_checks(
    State(app): State<App>,
    _: Actor,
    Query(query): Query<CheckSearchQuery>,
) -> Result<axum::Json<CheckPage>, Problem> {
    let limit = query.limit.unwrap_or(CHECKS_PAGE_DEFAULT).clamp(1, CHECKS_PAGE_MAX);
    let search = query.search(&app)?;
    let page = app.read(move |app| {
        let mut checks = app.store.search_checks(&search, limit + 1)?;
        let more = checks.len() > limit;
        checks.truncate(limit);
        let next_cursor =
            checks.last().filter(|_| more).map(|check| format!("{}-{}", check.opened.hlc, check.id));
        let views = app.views();
        Ok(CheckPage { checks: checks.iter().map(|check| views.summary(check)).collect(), next_cursor })
    });
    Ok(axum::Json(page.await?))
}

impl CheckSearchQuery {
    fn search(self, app: &App) -> Result<CheckSearch, Problem> {
        let text = self.q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if text.as_ref().is_some_and(|text| text.chars().count() > SEARCH_CHARS_MAX) {
            return Err(Refusal::TooLong { field: "q", chars_max: SEARCH_CHARS_MAX }.into());
        }
        let before = self.cursor.map(|cursor| parse_cursor(&cursor)).transpose()?;
        Ok(CheckSearch {
            open: match self.state {
                Some(Which::Open) => Some(true),
                Some(Which::Closed) => Some(false),
                Some(Which::All) | None => None,
            },
            from: self.from,
            to: self.to,
            tables: text.as_ref().map(|text| tables_called(app, text)).unwrap_or_default(),
            number: text,
            table: self.table,
            server: self.server,
            before,
        })
    }
}

/// Tables of that name, or when there is none those whose names begin so.
fn tables_called(app: &App, text: &str) -> Vec<TableId> {
    let (catalogue, text) = (app.store.catalogue(), text.to_lowercase());
    let those = |fits: &dyn Fn(&str) -> bool| -> Vec<TableId> {
        let tables = catalogue.tables.values().filter(|table| fits(&table.name.to_lowercase()));
        tables.map(|table| table.id).collect()
    };
    let exact = those(&|name| name == text);
    if exact.is_empty() { those(&|name| name.starts_with(&text)) } else { exact }
}

fn parse_cursor(cursor: &str) -> Result<CheckCursor, Problem> {
    let parts = cursor.split_once('-').and_then(|(opened, check)| {
        Some(CheckCursor { opened: opened.parse().ok()?, check: check.parse().ok()? })
    });
    parts.ok_or_else(|| Problem::new("malformed-query", "a cursor is the next_cursor of a page"))
}

/// The receipt of a check as text, for e-mail; while something is to be paid, it says that it is none.
#[utoipa::path(get, path = "/checks/{id}/receipt-text", tag = "checks", params(("id" = CheckId, Path)),
    responses((status = 200, content_type = "text/plain", body = String), IdProblems))]
async fn receipt_text(
    State(app): State<App>,
    _: Actor,
    Path(id): Path<CheckId>,
) -> Result<Response, Problem> {
    let text = app.read(move |app| Ok(printing::receipt_text(&app.views(), &*app.check(id)?))).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
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
