//! The kitchen's screens.

use axum::extract::State;
use maitred_domain::catalogue::StationKind;
use maitred_domain::check::{Check, Phase};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::{CheckId, LineId, StationId, TicketId};
use maitred_store::Reply;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, first_check};
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path, Query};
use crate::limits::RECENT_TICKETS_MAX;
use crate::openapi::{ActionProblems, IdProblems, WriteProblems};
use crate::problem::Problem;
use crate::views::{AllDayItem, CheckView, TicketKind, TicketState, TicketView, all_day, check_tickets};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(tickets))
        .routes(routes!(bump_ticket))
        .routes(routes!(recall_ticket))
        .routes(routes!(rush_ticket))
        .routes(routes!(progress_line))
        .routes(routes!(recall_line))
        .routes(routes!(all_day_counts))
        .routes(routes!(serve_course))
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    /// To be made, oldest first.
    #[default]
    Open,
    /// Cleared, the last one first.
    Recent,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TicketQuery {
    /// A station's id or slug. Without it, and for an expo station, tickets of every station.
    station: Option<String>,
    /// Which tickets; open ones when not said.
    #[param(inline)]
    state: Option<Which>,
}

/// Tickets of a station.
#[utoipa::path(get, path = "/kitchen/tickets", tag = "kitchen", params(TicketQuery),
    responses((status = 200, body = Vec<TicketView>), IdProblems))]
async fn tickets(
    State(app): State<App>,
    _: Actor,
    Query(query): Query<TicketQuery>,
) -> Result<axum::Json<Vec<TicketView>>, Problem> {
    let station = station(&app, query.station.as_deref())?;
    let tickets = match query.state.unwrap_or_default() {
        Which::Open => open_tickets(&app, station)?,
        Which::Recent => app.read(move |app| recent_tickets(app, station)).await?,
    };
    Ok(axum::Json(tickets))
}

/// The prep station of that name; `None` for all of them.
fn station(app: &App, name: Option<&str>) -> Result<Option<StationId>, Problem> {
    let Some(name) = name else { return Ok(None) };
    let catalogue = app.store.catalogue();
    let station = catalogue.station_named(name).ok_or_else(|| Problem::unknown("station"))?;
    Ok(match station.kind {
        StationKind::Prep => Some(station.id),
        StationKind::Expo => None,
    })
}

fn open_tickets(app: &App, station: Option<StationId>) -> Result<Vec<TicketView>, Problem> {
    let (views, checks) = (app.views(), app.kitchen_checks()?);
    let mut tickets: Vec<TicketView> = checks
        .iter()
        .flat_map(|check| check_tickets(&views, check))
        .filter(|ticket| ticket.state == TicketState::Open)
        .filter(|ticket| station.is_none() || ticket.station == station)
        .collect();
    tickets.sort_by_key(|ticket| (ticket.fired_at, ticket.id));
    Ok(tickets)
}

fn recent_tickets(app: &App, station: Option<StationId>) -> Result<Vec<TicketView>, Problem> {
    let views = app.views();
    let mut tickets = Vec::new();
    for (ticket, check) in app.store.bumped_tickets(station, RECENT_TICKETS_MAX)? {
        let check = app.check(check)?;
        let found = check.ticket(ticket).filter(|found| found.id == ticket);
        tickets.extend(found.map(|ticket| views.ticket(&check, &ticket)));
    }
    Ok(tickets)
}

/// The check of a ticket; held courses look like tickets and are none.
fn check_of(app: &App, ticket: TicketId) -> Result<CheckId, Problem> {
    if let Some(check) = app.store.check_of_ticket(ticket)? {
        return Ok(check);
    }
    let held = open_tickets(app, None)?.iter().any(|it| it.id == ticket && it.kind == TicketKind::Held);
    Err(if held { Refusal::TicketNotOpen.into() } else { Problem::unknown("ticket") })
}

fn ticket_view(app: &App, reply: &Reply, ticket: TicketId) -> Result<axum::Json<TicketView>, Problem> {
    let check: &Check = first_check(reply)?;
    let ticket = check.ticket(ticket).ok_or_else(|| Problem::unknown("ticket"))?;
    Ok(axum::Json(app.views().ticket(check, &ticket)))
}

/// Clears a ticket.
#[utoipa::path(post, path = "/kitchen/tickets/{id}/bump", tag = "kitchen",
    params(("id" = TicketId, Path), IdempotencyKey), responses((status = 200, body = TicketView), ActionProblems))]
async fn bump_ticket(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<TicketId>,
) -> Result<axum::Json<TicketView>, Problem> {
    let check = check_of(&app, id)?;
    let reply = app.command(&actor, &key, Command::BumpTicket { check, ticket: id }).await?;
    ticket_view(&app, &reply, id)
}

/// Brings a ticket back.
#[utoipa::path(post, path = "/kitchen/tickets/{id}/recall", tag = "kitchen",
    params(("id" = TicketId, Path), IdempotencyKey), responses((status = 200, body = TicketView), ActionProblems))]
async fn recall_ticket(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<TicketId>,
) -> Result<axum::Json<TicketView>, Problem> {
    let check = check_of(&app, id)?;
    let reply = app.command(&actor, &key, Command::RecallTicket { check, ticket: id }).await?;
    ticket_view(&app, &reply, id)
}

/// Whether it goes first.
#[derive(Deserialize, ToSchema)]
struct Rush {
    /// It does.
    on: bool,
}

/// Puts a ticket first, or back.
#[utoipa::path(post, path = "/kitchen/tickets/{id}/rush", tag = "kitchen",
    params(("id" = TicketId, Path), IdempotencyKey), request_body = Rush,
    responses((status = 200, body = TicketView), WriteProblems))]
async fn rush_ticket(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<TicketId>,
    Json(body): Json<Rush>,
) -> Result<axum::Json<TicketView>, Problem> {
    let check = check_of(&app, id)?;
    let reply = app.command(&actor, &key, Command::Rush { check, ticket: Some(id), on: body.on }).await?;
    ticket_view(&app, &reply, id)
}

/// How far a line is.
#[derive(Deserialize, ToSchema)]
struct ProgressLine {
    /// That far.
    #[schema(inline)]
    progress: Made,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Made {
    Started,
    Ready,
}

/// Says how far a line is.
#[utoipa::path(post, path = "/kitchen/tickets/{id}/lines/{line}/progress", tag = "kitchen",
    params(("id" = TicketId, Path), ("line" = LineId, Path), IdempotencyKey), request_body = ProgressLine,
    responses((status = 200, body = TicketView), WriteProblems))]
async fn progress_line(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((id, line)): Path<(TicketId, LineId)>,
    Json(body): Json<ProgressLine>,
) -> Result<axum::Json<TicketView>, Problem> {
    let check = check_of(&app, id)?;
    let phase = match body.progress {
        Made::Started => Phase::Started,
        Made::Ready => Phase::Ready,
    };
    let command = Command::ProgressLine { check, ticket: id, line, phase };
    let reply = app.command(&actor, &key, command).await?;
    ticket_view(&app, &reply, id)
}

/// Takes back that a line is started, ready or served.
#[utoipa::path(post, path = "/kitchen/tickets/{id}/lines/{line}/recall", tag = "kitchen",
    params(("id" = TicketId, Path), ("line" = LineId, Path), IdempotencyKey),
    responses((status = 200, body = TicketView), ActionProblems))]
async fn recall_line(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((id, line)): Path<(TicketId, LineId)>,
) -> Result<axum::Json<TicketView>, Problem> {
    let check = check_of(&app, id)?;
    let reply = app.command(&actor, &key, Command::RecallLine { check, ticket: id, line }).await?;
    ticket_view(&app, &reply, id)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StationQuery {
    /// A station's id or slug; without it all of them.
    station: Option<String>,
}

/// How many of each item are still to be made.
#[utoipa::path(get, path = "/kitchen/all-day", tag = "kitchen", params(StationQuery),
    responses((status = 200, body = Vec<AllDayItem>), IdProblems))]
async fn all_day_counts(
    State(app): State<App>,
    _: Actor,
    Query(query): Query<StationQuery>,
) -> Result<axum::Json<Vec<AllDayItem>>, Problem> {
    let station = station(&app, query.station.as_deref())?;
    Ok(axum::Json(all_day(&open_tickets(&app, station)?)))
}

/// A course that leaves the pass.
#[derive(Deserialize, ToSchema)]
struct ServeCourse {
    /// Of this check.
    check_id: CheckId,
    /// Which.
    course: u8,
}

/// Everything of a course leaves the pass.
#[utoipa::path(post, path = "/kitchen/serve", tag = "kitchen", params(IdempotencyKey), request_body = ServeCourse,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn serve_course(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<ServeCourse>,
) -> Result<axum::Json<CheckView>, Problem> {
    let command = Command::Serve { check: body.check_id, course: body.course };
    app.check_command(&actor, &key, command).await
}
