//! Closed days.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use maitred_domain::paper::PaperSource;
use maitred_domain::permission::Permission;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print_jobs::queue_at_front;
use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Path, Query};
use crate::limits::{DAYS_PAGE_DEFAULT, DAYS_PAGE_MAX};
use crate::openapi::{ActionProblems, IdProblems, QueryProblems};
use crate::problem::Problem;
use crate::views::{ClosedDays, DayDetail, PrintJobView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(closed_days))
        .routes(routes!(closed_day))
        .routes(routes!(print_closed_day))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DaysQuery {
    /// Days of a page: 31 when not said, 400 at most.
    #[param(minimum = 1, maximum = 400)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>, format = Date)]
    cursor: Option<Date>,
}

/// Closed days, newest first.
#[utoipa::path(get, path = "/days", tag = "day", params(DaysQuery),
    responses((status = 200, body = ClosedDays), QueryProblems))]
async fn closed_days(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<DaysQuery>,
) -> Result<axum::Json<ClosedDays>, Problem> {
    actor.allow(Permission::ViewReports)?;
    let limit = query.limit.unwrap_or(DAYS_PAGE_DEFAULT).clamp(1, DAYS_PAGE_MAX);
    let days = app.read(move |app| {
        let mut closed = app.store.closed_days(query.cursor, limit + 1)?;
        let more = closed.len() > limit;
        closed.truncate(limit);
        let next_cursor = closed.last().filter(|_| more).map(|(date, ..)| *date);
        let views = app.views();
        let days = closed.iter().map(|(date, mark, z)| views.closed_day(*date, *mark, z)).collect();
        Ok(ClosedDays { days, next_cursor })
    });
    Ok(axum::Json(days.await?))
}

fn detail(app: &App, date: Date) -> Result<DayDetail, Problem> {
    let books = app.store.day(Some(date))?;
    if books.closed.is_none() {
        return Err(Problem::unknown("closed day"));
    }
    let views = app.views();
    let late = views.late(&app.store.late_figures(date)?);
    Ok(DayDetail { report: views.day_report(&books), late })
}

/// A closed day: its Z as it was written down, and what came later.
#[utoipa::path(get, path = "/days/{date}", tag = "day", params(("date" = Date, Path)),
    responses((status = 200, body = DayDetail), IdProblems))]
async fn closed_day(
    State(app): State<App>,
    actor: Actor,
    Path(date): Path<Date>,
) -> Result<axum::Json<DayDetail>, Problem> {
    actor.allow(Permission::ViewReports)?;
    Ok(axum::Json(app.read(move |app| detail(app, date)).await?))
}

/// Prints the Z of a closed day once more.
#[utoipa::path(post, path = "/days/{date}/print", tag = "day", params(("date" = Date, Path), IdempotencyKey),
    responses((status = 202, body = PrintJobView), ActionProblems))]
async fn print_closed_day(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(date): Path<Date>,
) -> Result<(StatusCode, axum::Json<PrintJobView>), Problem> {
    actor.allow(Permission::ViewReports)?;
    app.read(move |app| detail(app, date)).await?;
    queue_at_front(&app, &actor, &key, None, PaperSource::Report { date: Some(date) }).await
}
