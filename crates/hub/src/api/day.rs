//! The trading day.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use maitred_domain::day::{CashKind, Counted};
use maitred_domain::decide::Command;
use maitred_domain::money::Money;
use maitred_domain::paper::PaperSource;
use maitred_domain::permission::Permission;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print_jobs::queue_at_front;
use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Query};
use crate::openapi::{BodyProblems, DayProblems, PlainProblems, QueryProblems};
use crate::problem::Problem;
use crate::views::{DayReport, PrintJobView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(day))
        .routes(routes!(close_day))
        .routes(routes!(move_cash))
        .routes(routes!(open_drawer))
        .routes(routes!(print_day_report))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DayQuery {
    /// A trading day; the open one when not said.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<Date>,
}

/// The report of a day: the X so far, or the Z of a closed one.
#[utoipa::path(get, path = "/day", tag = "day", params(DayQuery),
    responses((status = 200, body = DayReport), QueryProblems))]
async fn day(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<DayQuery>,
) -> Result<axum::Json<DayReport>, Problem> {
    actor.allow(Permission::ViewReports)?;
    report(&app, query.date).await
}

async fn report(app: &App, date: Option<Date>) -> Result<axum::Json<DayReport>, Problem> {
    let report = app.read(move |app| Ok(app.views().day_report(&app.store.day(date)?)));
    Ok(axum::Json(report.await?))
}

/// The drawer as counted.
#[derive(Deserialize, ToSchema)]
struct CloseDay {
    /// Notes and coins.
    counted: Vec<Counted>,
}

/// Closes the trading day, and prints its report.
#[utoipa::path(post, path = "/day/close", tag = "day", params(IdempotencyKey), request_body = CloseDay,
    responses((status = 200, body = DayReport), DayProblems))]
async fn close_day(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<CloseDay>,
) -> Result<axum::Json<DayReport>, Problem> {
    let command = Command::CloseDay { date: None, counted: body.counted };
    let reply = app.command(&actor, &key, command).await?;
    report(&app, reply.answer.closed_day).await
}

/// Cash that goes into the drawer or out of it.
#[derive(Deserialize, ToSchema)]
struct MoveCash {
    /// Which way, and why.
    kind: CashKind,
    /// How much.
    amount_minor: Money,
    /// What for.
    #[serde(default)]
    reason: String,
}

/// Puts cash into the drawer, or takes it out.
#[utoipa::path(post, path = "/day/drawer", tag = "day", params(IdempotencyKey), request_body = MoveCash,
    responses((status = 200, body = DayReport), BodyProblems))]
async fn move_cash(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<MoveCash>,
) -> Result<axum::Json<DayReport>, Problem> {
    let MoveCash { kind, amount_minor, reason } = body;
    app.command(&actor, &key, Command::MoveCash { kind, amount: amount_minor, reason }).await?;
    report(&app, None).await
}

/// What the drawer is opened for.
#[derive(Deserialize, ToSchema)]
struct OpenDrawer {
    /// For the log.
    reason: String,
}

/// Opens the drawer without a sale: now, or not at all.
#[utoipa::path(post, path = "/day/drawer/open", tag = "day", params(IdempotencyKey), request_body = OpenDrawer,
    responses((status = 204), DayProblems))]
async fn open_drawer(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json(OpenDrawer { reason }): Json<OpenDrawer>,
) -> Result<StatusCode, Problem> {
    actor.allow(Permission::Drawer)?;
    if app.store.catalogue().receipt_printer(None).is_none() {
        return Err(Problem::new("no-printer", "no receipt printer is set up"));
    }
    app.command(&actor, &key, Command::OpenDrawer { reason }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Prints the report of the open day.
#[utoipa::path(post, path = "/day/report/print", tag = "day", params(IdempotencyKey),
    responses((status = 202, body = PrintJobView), PlainProblems))]
async fn print_day_report(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
) -> Result<(StatusCode, axum::Json<PrintJobView>), Problem> {
    actor.allow(Permission::ViewReports)?;
    queue_at_front(&app, &actor, &key, None, PaperSource::Report { date: None }).await
}
