//! Taking money, giving it back, closing.

use axum::extract::State;
use axum::http::StatusCode;
use maitred_domain::check::TenderKind;
use maitred_domain::decide::Command;
use maitred_domain::ids::{CheckId, ShareId, TenderId};
use maitred_domain::money::Money;
use maitred_domain::paper::PaperSource;
use maitred_domain::permission::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bill::Reason;
use crate::api::print_jobs::queue_at_front;
use crate::app::{App, first_check};
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path};
use crate::openapi::{ActionProblems, WriteProblems};
use crate::problem::Problem;
use crate::views::{CheckView, PrintJobView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(take_tender))
        .routes(routes!(refund_tender))
        .routes(routes!(set_tip))
        .routes(routes!(close_check))
        .routes(routes!(reopen_check))
        .routes(routes!(print_receipt))
}

/// What a guest offers.
#[derive(Deserialize, ToSchema)]
struct TakeTender {
    /// How.
    kind: TenderKind,
    /// Cash: what is handed over, the tip included. Otherwise what is to be paid of the check.
    amount_minor: Money,
    /// Gratuity.
    #[serde(default)]
    tip_minor: Option<Money>,
    /// The share it pays.
    #[serde(default)]
    share_id: Option<ShareId>,
    /// Slip number, voucher code. Never a card number.
    #[serde(default)]
    reference: Option<String>,
}

/// A payment that was taken.
#[derive(Serialize, ToSchema)]
struct TenderTaken {
    /// Its id.
    id: TenderId,
    /// What goes back to the guest.
    change_minor: Money,
    /// The check with it.
    check: CheckView,
}

/// Takes a payment.
#[utoipa::path(post, path = "/checks/{id}/tenders", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey), request_body = TakeTender,
    responses((status = 201, body = TenderTaken), WriteProblems))]
async fn take_tender(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<TakeTender>,
) -> Result<(StatusCode, axum::Json<TenderTaken>), Problem> {
    let command = Command::Tender {
        check: id,
        kind: body.kind,
        amount: body.amount_minor,
        tip: body.tip_minor.unwrap_or_default(),
        share: body.share_id,
        reference: body.reference.unwrap_or_default(),
    };
    let reply = app.command(&actor, &key, command).await?;
    let taken = TenderTaken {
        id: reply.answer.tender.ok_or_else(|| Problem::unknown("tender"))?,
        change_minor: reply.answer.change,
        check: app.views().check_view(first_check(&reply)?),
    };
    Ok((StatusCode::CREATED, axum::Json(taken)))
}

/// Money that goes back.
#[derive(Deserialize, ToSchema)]
struct RefundTender {
    /// How much.
    amount_minor: Money,
    /// Why.
    reason: String,
}

/// Gives money back.
#[utoipa::path(post, path = "/checks/{id}/tenders/{tender}/refund", tag = "checks",
    params(("id" = CheckId, Path), ("tender" = TenderId, Path), IdempotencyKey), request_body = RefundTender,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn refund_tender(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((id, tender)): Path<(CheckId, TenderId)>,
    Json(body): Json<RefundTender>,
) -> Result<axum::Json<CheckView>, Problem> {
    let RefundTender { amount_minor, reason } = body;
    let command = Command::Refund { check: id, tender, amount: amount_minor, reason };
    app.check_command(&actor, &key, command).await
}

/// What a slip says.
#[derive(Deserialize, ToSchema)]
struct SetTip {
    /// The gratuity, all of it.
    tip_minor: Money,
}

/// Sets the tip of a card payment, until the day it was taken on is closed. Whoever took it or serves the check may;
/// anybody else also needs `refund`.
#[utoipa::path(post, path = "/checks/{id}/tenders/{tender}/tip", tag = "checks",
    params(("id" = CheckId, Path), ("tender" = TenderId, Path), IdempotencyKey), request_body = SetTip,
    responses((status = 200, body = CheckView), WriteProblems))]
async fn set_tip(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((id, tender)): Path<(CheckId, TenderId)>,
    Json(body): Json<SetTip>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::SetTip { check: id, tender, tip: body.tip_minor }).await
}

/// Closes a check; 409 `amount-due` with `due_minor` while something is to be paid.
#[utoipa::path(post, path = "/checks/{id}/close", tag = "checks", params(("id" = CheckId, Path), IdempotencyKey),
    responses((status = 200, body = CheckView), ActionProblems))]
async fn close_check(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::CloseCheck { check: id }).await
}

/// Opens a closed check again.
#[utoipa::path(post, path = "/checks/{id}/reopen", tag = "checks", params(("id" = CheckId, Path), IdempotencyKey),
    request_body = Reason, responses((status = 200, body = CheckView), WriteProblems))]
async fn reopen_check(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
    Json(body): Json<Reason>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::ReopenCheck { check: id, reason: body.reason }).await
}

/// Prints what the party pays, or has paid.
#[utoipa::path(post, path = "/checks/{id}/receipt", tag = "checks",
    params(("id" = CheckId, Path), IdempotencyKey),
    responses((status = 202, body = PrintJobView), ActionProblems))]
async fn print_receipt(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<CheckId>,
) -> Result<(StatusCode, axum::Json<PrintJobView>), Problem> {
    actor.allow(Permission::Print)?;
    let check = app.check(id)?;
    let catalogue = app.store.catalogue();
    let area = check.table.and_then(|table| catalogue.tables.get(&table)).map(|table| table.area);
    queue_at_front(&app, &actor, &key, area, PaperSource::Receipt { check: id }).await
}
