//! Moving checks and lines about. None of it reaches the kitchen.

use axum::extract::State;
use maitred_domain::decide::{Command, Part, Split};
use maitred_domain::ids::{CheckId, LineId, StaffId, TableId};
use maitred_domain::money::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path};
use crate::openapi::WriteProblems;
use crate::problem::Problem;
use crate::views::CheckView;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(transfer_check))
        .routes(routes!(join_tables))
        .routes(routes!(part_tables))
        .routes(routes!(move_lines))
        .routes(routes!(merge_checks))
        .routes(routes!(split_check))
}

/// What is to be different; what is not said stays.
#[derive(Deserialize, ToSchema)]
struct TransferCheck {
    /// Where they sit.
    #[serde(default)]
    table_id: Option<TableId>,
    /// Who serves.
    #[serde(default)]
    staff_id: Option<StaffId>,
    /// How many eat.
    #[serde(default)]
    covers: Option<u32>,
    /// A name.
    #[serde(default)]
    name: Option<String>,
}

/// Moves a check to another table or server, or changes its covers or name.
#[utoipa::path(post, path = "/checks/{id}/transfer", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey), request_body = TransferCheck,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn transfer_check(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<TransferCheck>,
) -> Result<axum::Json<CheckView>, Problem> {
    let TransferCheck { table_id, staff_id, covers, name } = body;
    let command = Command::TransferCheck { check: id, table: table_id, server: staff_id, covers, name };
    app.check_command(&actor, &key, command).await
}

/// Tables of one party.
#[derive(Deserialize, ToSchema)]
struct Tables {
    /// Those.
    table_ids: Vec<TableId>,
}

/// Seats the party of a check at more tables: it is one party at all of them, with one check.
#[utoipa::path(post, path = "/checks/{id}/join-tables", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey), request_body = Tables,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn join_tables(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(Tables { table_ids: tables }): Json<Tables>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::JoinTables { check: id, tables }).await
}

/// Takes the party of a check off some of its tables. When its own is among them, the next one is its own.
#[utoipa::path(post, path = "/checks/{id}/part-tables", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey), request_body = Tables,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn part_tables(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(Tables { table_ids: tables }): Json<Tables>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::PartTables { check: id, tables }).await
}

/// Some of a line.
#[derive(Deserialize, ToSchema)]
struct LinePart {
    /// Of which.
    line_id: LineId,
    /// How many; all when not said.
    #[serde(default)]
    quantity: Option<u32>,
}

/// Lines to move.
#[derive(Deserialize, ToSchema)]
struct MoveLines {
    /// Where to; `null` opens a new check.
    to: Option<CheckId>,
    /// Which.
    lines: Vec<LinePart>,
}

/// Both checks after a move.
#[derive(Serialize, ToSchema)]
struct LinesMoved {
    /// Where the lines were.
    from: CheckView,
    /// Where they are.
    to: CheckView,
}

/// Moves lines to another check.
#[utoipa::path(post, path = "/checks/{id}/move-lines", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey), request_body = MoveLines,
    responses((status = 200, body = LinesMoved), WriteProblems))]
async fn move_lines(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<MoveLines>,
) -> Result<axum::Json<LinesMoved>, Problem> {
    let parts = body.lines.iter().map(|part| Part { line: part.line_id, quantity: part.quantity }).collect();
    let reply = app.command(&actor, &key, Command::MoveLines { from: id, to: body.to, parts }).await?;
    let (views, there) = (app.views(), reply.checks.iter().find(|check| check.id != id));
    let to = there.ok_or_else(|| Problem::unknown("check"))?;
    Ok(axum::Json(LinesMoved { from: views.check_view(&*app.check(id)?), to: views.check_view(to) }))
}

/// Another check.
#[derive(Deserialize, ToSchema)]
struct MergeChecks {
    /// Which.
    from: CheckId,
}

/// Takes everything of another check over.
#[utoipa::path(post, path = "/checks/{id}/merge", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey), request_body = MergeChecks,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn merge_checks(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<MergeChecks>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.command(&actor, &key, Command::MergeChecks { into: id, from: body.from }).await?;
    Ok(axum::Json(app.views().check_view(&*app.check(id)?)))
}

/// How to split: `seat` and `line` make new checks, `even` and `amount` make shares of this one.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
enum SplitCheck {
    /// A check for each seat after the first; lines without a seat stay.
    Seat,
    /// A check for each group after the first; other lines stay.
    Line {
        /// Lines that belong together.
        groups: Vec<Vec<LineId>>,
    },
    /// Equal shares.
    Even {
        /// How many.
        parts: u32,
    },
    /// Shares of these amounts, and one for the rest.
    Amount {
        /// What each comes to.
        amounts_minor: Vec<Money>,
    },
}

impl From<SplitCheck> for Split {
    fn from(split: SplitCheck) -> Self {
        match split {
            SplitCheck::Seat => Self::BySeat,
            SplitCheck::Line { groups } => Self::ByLine(groups),
            SplitCheck::Even { parts } => Self::Evenly(parts),
            SplitCheck::Amount { amounts_minor } => Self::ByAmount(amounts_minor),
        }
    }
}

/// The checks that a split leaves, the one that was split first.
#[derive(Serialize, ToSchema)]
struct CheckSplit {
    /// Those.
    checks: Vec<CheckView>,
}

/// Splits a check.
#[utoipa::path(post, path = "/checks/{id}/split", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey), request_body = SplitCheck,
    responses((status = 200, body = CheckSplit), WriteProblems))]
async fn split_check(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<SplitCheck>,
) -> Result<axum::Json<CheckSplit>, Problem> {
    let reply = app.command(&actor, &key, Command::Split { check: id, split: body.into() }).await?;
    let views = app.views();
    Ok(axum::Json(CheckSplit { checks: reply.checks.iter().map(|check| views.check_view(check)).collect() }))
}
