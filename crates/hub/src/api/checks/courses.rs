//! Holding, firing, rushing.

use axum::extract::State;
use maitred_domain::decide::Command;
use maitred_domain::ids::{CheckId, LineId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bill::Reason;
use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path};
use crate::openapi::WriteProblems;
use crate::problem::Problem;
use crate::views::CheckView;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(hold_course))
        .routes(routes!(fire))
        .routes(routes!(refire_line))
        .routes(routes!(rush_check))
}

/// A course.
#[derive(Deserialize, ToSchema)]
struct HoldCourse {
    /// Which.
    course: u8,
}

/// Shows a course to the kitchen, to wait.
#[utoipa::path(post, path = "/checks/{id}/hold", tag = "checks", params(("id" = CheckId, Path), IdempotencyKey),
    request_body = HoldCourse, responses((status = 200, body = CheckView), WriteProblems))]
async fn hold_course(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<HoldCourse>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::HoldCourse { check: id, course: body.course }).await
}

/// What to fire.
#[derive(Deserialize, ToSchema)]
struct Fire {
    /// This course, held or not; without it everything that was not sent.
    #[serde(default)]
    course: Option<u8>,
}

/// Lets the kitchen start.
#[utoipa::path(post, path = "/checks/{id}/fire", tag = "checks", params(("id" = CheckId, Path), IdempotencyKey),
    request_body = Fire, responses((status = 200, body = CheckView), WriteProblems))]
async fn fire(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<Fire>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::Fire { check: id, course: body.course }).await
}

/// Has a line made once more.
#[utoipa::path(post, path = "/checks/{id}/lines/{line}/refire", tag = "checks",
    params(("id" = CheckId, Path), ("line" = LineId, Path), IdempotencyKey), request_body = Reason,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn refire_line(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((id, line)): Path<(CheckId, LineId)>,
    Json(body): Json<Reason>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::RefireLine { check: id, line, reason: body.reason }).await
}

/// Whether it goes first.
#[derive(Deserialize, ToSchema)]
struct RushCheck {
    /// It does.
    on: bool,
    /// This course alone, with what of it is fired later; without it every course.
    #[serde(default)]
    course: Option<u8>,
}

/// Puts a course of a check first, or all of it, or back.
#[utoipa::path(post, path = "/checks/{id}/rush", tag = "checks", params(("id" = CheckId, Path), IdempotencyKey),
    request_body = RushCheck, responses((status = 200, body = CheckView), WriteProblems))]
async fn rush_check(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(RushCheck { on, course }): Json<RushCheck>,
) -> Result<axum::Json<CheckView>, Problem> {
    let command = match course {
        Some(course) => Command::RushCourse { check: id, course, on },
        None => Command::Rush { check: id, ticket: None, on },
    };
    app.check_command(&actor, &key, command).await
}
