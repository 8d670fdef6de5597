//! Figures of many days, and tables of them for other programs.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maitred_domain::permission::Permission;
use serde::Deserialize;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::export::{self, What};
use crate::extract::Query;
use crate::limits::{EXPORT_CHUNKS_MAX, EXPORTS_AT_ONCE_MAX, REDUCTIONS_MAX, REPORT_DAYS_MAX};
use crate::openapi::RangeProblems;
use crate::problem::Problem;
use crate::views::{ReportParts, ReportView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report)).routes(routes!(export_table))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RangeQuery {
    /// The first trading day; the open one when not said.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last trading day; the open one when not said. 1,100 days at most.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

impl RangeQuery {
    fn days(&self, app: &App) -> Result<(Date, Date), Problem> {
        let today = app.store.business_date();
        let to = self.to.unwrap_or_else(|| self.from.map_or(today, |from| from.max(today)));
        let from = self.from.unwrap_or_else(|| to.min(today));
        let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
        if !(0..=REPORT_DAYS_MAX).contains(&days) {
            let detail = format!("a report is of 1 to {REPORT_DAYS_MAX} days, the first before the last");
            return Err(Problem::new("out-of-range", detail).with("field", "from"));
        }
        Ok((from, to))
    }
}

/// Figures of trading days: totals, by day, hour, item, category, person and tender, reasons, and what is out of the
/// ordinary. Sales count for the day their check was closed on; reasons for the day it was opened on.
///
/// It reads sums that were kept day by day, and no check: a year of a busy venue takes well below a second.
#[utoipa::path(get, path = "/reports", tag = "day", params(RangeQuery),
    responses((status = 200, body = ReportView), RangeProblems))]
async fn report(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<RangeQuery>,
) -> Result<axum::Json<ReportView>, Problem> {
    actor.allow(Permission::ViewReports)?;
    let (from, to) = query.days(&app)?;
    let report = app.read(move |app| {
        let parts = ReportParts {
            from,
            to,
            figures: app.store.figures(from, to)?,
            days: app.store.figures_by_day(from, to)?,
            reasons: app.store.reasons(from, to)?,
            reductions: app.store.reductions(from, to, REDUCTIONS_MAX)?,
        };
        Ok(app.views().report(&parts))
    });
    Ok(axum::Json(report.await?))
}

/// How a table is written.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ExportFormat {
    /// Comma-separated values.
    Csv,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// What.
    #[param(inline)]
    what: What,
    /// The first trading day; the open one when not said.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last trading day; the open one when not said. 1,100 days at most.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// How; only CSV.
    #[param(inline)]
    #[serde(rename = "format")]
    _format: Option<ExportFormat>,
}

/// A table for other programs: lines and tenders of checks, items sold, or who did what. It is sent as it is read, page by
/// page. A cell that a spreadsheet would take for a formula begins with an apostrophe.
#[utoipa::path(get, path = "/export", tag = "day", params(ExportQuery),
    responses((status = 200, content_type = "text/csv", body = String), RangeProblems,
        (status = 429, description = "Too many exports at once", body = crate::problem::ProblemView,
            content_type = "application/problem+json")))]
async fn export_table(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Problem> {
    actor.allow(match query.what {
        What::Checks | What::Items => Permission::ViewReports,
        What::Audit => Permission::ViewAudit,
    })?;
    let (from, to) = RangeQuery { from: query.from, to: query.to }.days(&app)?;
    let busy =
        || Problem::new("busy", format!("{EXPORTS_AT_ONCE_MAX} exports run")).with("retry_after_secs", 5);
    let turn = std::sync::Arc::clone(&app.exports).try_acquire_owned().map_err(|_| busy())?;
    let (chunks, stream) = tokio::sync::mpsc::channel(EXPORT_CHUNKS_MAX);
    let what = query.what;
    tokio::task::spawn_blocking(move || {
        export::write(&app, what, from, to, &chunks);
        drop(turn);
    });
    let name = format!("attachment; filename=\"{}-{from}-{to}.csv\"", what.as_str());
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(ReceiverStream::new(stream))).into_response())
}
