//! What makes a check cost less or more.

use axum::extract::State;
use maitred_domain::decide::{Command, DiscountBy};
use maitred_domain::ids::{CheckId, LineId};
use maitred_domain::money::Money;
use serde::Deserialize;
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
        .routes(routes!(void_line))
        .routes(routes!(comp_line))
        .routes(routes!(discount_check))
        .routes(routes!(set_service))
}

/// Why.
#[derive(Deserialize, ToSchema)]
pub struct Reason {
    /// In words.
    pub reason: String,
}

/// A void.
#[derive(Deserialize, ToSchema)]
struct VoidLine {
    /// Why; may be empty while the line was not sent.
    #[serde(default)]
    reason: String,
    /// How many; all when not said.
    #[serde(default)]
    quantity: Option<u32>,
}

/// Undoes a line.
#[utoipa::path(post, path = "/checks/{id}/lines/{line}/void", tag = "checks",
    params(("id" = CheckId, Path), ("line" = LineId, Path), IdempotencyKey), request_body = VoidLine,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn void_line(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((id, line)): Path<(CheckId, LineId)>,
    Json(body): Json<VoidLine>,
) -> Result<axum::Json<CheckView>, Problem> {
    let VoidLine { reason, quantity } = body;
    app.check_command(&actor, &key, Command::VoidLine { check: id, line, reason, quantity }).await
}

/// Gives a line away.
#[utoipa::path(post, path = "/checks/{id}/lines/{line}/comp", tag = "checks",
    params(("id" = CheckId, Path), ("line" = LineId, Path), IdempotencyKey), request_body = Reason,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn comp_line(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((id, line)): Path<(CheckId, LineId)>,
    Json(body): Json<Reason>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::CompLine { check: id, line, reason: body.reason }).await
}

/// A discount: either a rate or an amount.
#[derive(Deserialize, ToSchema)]
struct DiscountCheck {
    /// Why.
    reason: String,
    /// Hundredths of a percent.
    #[serde(default)]
    basis_points: Option<u32>,
    /// An amount.
    #[serde(default)]
    amount_minor: Option<Money>,
    /// Off these lines; off all when not said.
    #[serde(default)]
    line_ids: Option<Vec<LineId>>,
}

/// Reduces what a check costs.
#[utoipa::path(post, path = "/checks/{id}/discounts", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey), request_body = DiscountCheck,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn discount_check(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<DiscountCheck>,
) -> Result<axum::Json<CheckView>, Problem> {
    let by = match (body.basis_points, body.amount_minor) {
        (Some(basis_points), None) => DiscountBy::BasisPoints(basis_points),
        (None, Some(amount)) => DiscountBy::Amount(amount),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::new("invalid-body", "say either basis_points or amount_minor"));
        }
    };
    let (reason, lines) = (body.reason, body.line_ids.unwrap_or_default());
    app.check_command(&actor, &key, Command::Discount { check: id, reason, by, lines }).await
}

/// A service charge.
#[derive(Deserialize, ToSchema)]
struct SetService {
    /// Hundredths of a percent.
    basis_points: u32,
}

/// Sets the service charge.
#[utoipa::path(post, path = "/checks/{id}/service", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey), request_body = SetService,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn set_service(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<SetService>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::SetService { check: id, basis_points: body.basis_points }).await
}
