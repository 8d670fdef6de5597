//! Opening checks and ordering.

use axum::extract::State;
use axum::http::StatusCode;
use maitred_domain::decide::{Command, LineChange, OpenItem, OrderLine};
use maitred_domain::ids::{CheckId, ItemId, LineId, ModifierId, TableId};
use maitred_domain::money::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, first_check};
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path};
use crate::openapi::{ChangeProblems, WriteProblems};
use crate::problem::Problem;
use crate::views::CheckView;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(open_check)).routes(routes!(add_lines)).routes(routes!(change_line))
}

/// A party that starts to order.
#[derive(Deserialize, ToSchema)]
struct OpenCheck {
    /// Where they sit.
    #[serde(default)]
    table_id: Option<TableId>,
    /// How many eat.
    covers: u32,
    /// A name, where there is one.
    #[serde(default)]
    name: Option<String>,
}

/// Opens a check.
#[utoipa::path(post, path = "/checks", tag = "checks", params(IdempotencyKey), request_body = OpenCheck,
    responses((status = 201, body = CheckView), ChangeProblems))]
async fn open_check(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<OpenCheck>,
) -> Result<(StatusCode, axum::Json<CheckView>), Problem> {
    let OpenCheck { table_id, covers, name } = body;
    let command = Command::OpenCheck { table: table_id, covers, name: name.unwrap_or_default() };
    Ok((StatusCode::CREATED, app.check_command(&actor, &key, command).await?))
}

/// What an open item is this time.
#[derive(Deserialize, ToSchema)]
struct NewOpenItem {
    /// As shown and printed, at most 32 characters; the item's own name when not said.
    #[serde(default)]
    name: Option<String>,
    /// Price of one without its modifiers, above zero.
    price_minor: Money,
}

/// A line to order.
#[derive(Deserialize, ToSchema)]
struct NewLine {
    /// What.
    item_id: ItemId,
    /// How many.
    quantity: u32,
    /// For whom, from 1.
    #[serde(default)]
    seat: Option<u8>,
    /// Which course; the item's own when not said.
    #[serde(default)]
    course: Option<u8>,
    /// How.
    #[serde(default)]
    modifiers: Vec<ModifierId>,
    /// What else.
    #[serde(default)]
    note: Option<String>,
    /// What it is and what it costs, of an open item and no other.
    #[serde(default)]
    open: Option<NewOpenItem>,
}

impl From<NewLine> for OrderLine {
    fn from(line: NewLine) -> Self {
        let NewLine { item_id, quantity, seat, course, modifiers, note, open } = line;
        let open = open.map(|it| OpenItem { name: it.name.unwrap_or_default(), price: it.price_minor });
        Self { item: item_id, quantity, seat, course, modifiers, note: note.unwrap_or_default(), open }
    }
}

/// Lines to order.
#[derive(Deserialize, ToSchema)]
struct AddLines {
    /// At least one.
    lines: Vec<NewLine>,
}

/// A line that was added.
#[derive(Serialize, ToSchema)]
struct AddedLine {
    /// Its id.
    id: LineId,
}

/// Lines that were added.
#[derive(Serialize, ToSchema)]
struct LinesAdded {
    /// In the order they were asked for.
    lines: Vec<AddedLine>,
    /// The check with them.
    check: CheckView,
}

/// Orders lines. The kitchen learns of them when they are held or fired.
#[utoipa::path(post, path = "/checks/{id}/lines", tag = "checks", params(("id" = CheckId, Path), IdempotencyKey),
    request_body = AddLines, responses((status = 201, body = LinesAdded), WriteProblems))]
async fn add_lines(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<AddLines>,
) -> Result<(StatusCode, axum::Json<LinesAdded>), Problem> {
    let lines = body.lines.into_iter().map(OrderLine::from).collect();
    let reply = app.command(&actor, &key, Command::AddLines { check: id, lines }).await?;
    let check = app.views().check_view(first_check(&reply)?);
    let lines = reply.answer.lines.iter().map(|id| AddedLine { id: *id }).collect();
    Ok((StatusCode::CREATED, axum::Json(LinesAdded { lines, check })))
}

/// What is to be different about a line; what is not said stays.
#[derive(Deserialize, ToSchema)]
struct ChangeLine {
    /// How many.
    #[serde(default)]
    quantity: Option<u32>,
    /// How.
    #[serde(default)]
    modifiers: Option<Vec<ModifierId>>,
    /// What else.
    #[serde(default)]
    note: Option<String>,
    /// For whom, from 1.
    #[serde(default)]
    seat: Option<u8>,
}

/// Changes a line: a void and a new line, linked, as far along as the old one was sent.
#[utoipa::path(post, path = "/checks/{id}/lines/{line}/change", tag = "checks",
    params(("id" = CheckId, Path), ("line" = LineId, Path), IdempotencyKey), request_body = ChangeLine,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn change_line(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((id, line)): Path<(CheckId, LineId)>,
    Json(body): Json<ChangeLine>,
) -> Result<axum::Json<CheckView>, Problem> {
    let ChangeLine { quantity, modifiers, note, seat } = body;
    let change = LineChange { quantity, seat, modifiers, note };
    app.check_command(&actor, &key, Command::ChangeLine { check: id, line, change }).await
}
