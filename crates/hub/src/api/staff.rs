//! PINs of staff, and the end of their names. Who works here is part of the catalogue.

use axum::extract::State;
use axum::http::StatusCode;
use maitred_domain::catalogue::{EntityChanged, EntityKind, Staff};
use maitred_domain::decide::Command;
use maitred_domain::ids::StaffId;
use maitred_domain::permission::Permission;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Actor, accept_pin, digits_of};
use crate::extract::{IdempotencyKey, Json, Path};
use crate::openapi::{AskProblems, ChangeProblems};
use crate::problem::Problem;
use crate::views::StaffRecord;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set_pin)).routes(routes!(forget_lockout)).routes(routes!(erase_name))
}

fn staff(app: &App, id: StaffId) -> Result<Staff, Problem> {
    let catalogue = app.store.catalogue();
    let staff = catalogue.staff.get(&id).filter(|staff| !staff.archived);
    staff.cloned().ok_or_else(|| Problem::unknown("staff member"))
}

/// A new PIN.
#[derive(Deserialize, ToSchema)]
struct NewPin {
    /// 4 to 8 digits, not one that is tried first.
    #[schema(format = Password, pattern = "^[0-9]{4,8}$")]
    pin: String,
}

/// Sets a person's PIN. Their lock-out is forgotten, and they are signed out everywhere but here.
#[utoipa::path(post, path = "/staff/{id}/pin", tag = "catalogue", params(("id" = StaffId, Path), IdempotencyKey),
    request_body = NewPin, responses((status = 200, body = StaffRecord), ChangeProblems))]
async fn set_pin(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<StaffId>,
    Json(body): Json<NewPin>,
) -> Result<axum::Json<StaffRecord>, Problem> {
    actor.allow(Permission::EditStaff)?;
    let staff = staff(&app, id)?;
    accept_pin(&body.pin)?;
    // The salt is the key's own, so that the same request sent again is the same command.
    let digits = digits_of(&body.pin);
    let (pins, pin, salt) = (app.pins.clone(), body.pin, format!("{id}/{}", key.of(actor.staff)));
    let hash = app.read(move |_| Ok(pins.hash_salted_by(&pin, &salt))).await?;
    let fields = [("pin_hash".to_owned(), hash.into()), ("pin_digits".to_owned(), digits.into())].into();
    let changes = vec![EntityChanged { kind: EntityKind::Staff, id: id.0, fields }];
    app.command(&actor, &key, Command::Edit { changes }).await?;
    app.store.forget_lockouts(staff.id).await?;
    app.store.end_sessions_of(staff.id, actor.token_hash).await?;
    Ok(axum::Json(StaffRecord { has_pin: true, ..StaffRecord::from(&staff) }))
}

/// Forgets a person's wrong PINs, so that they need not wait.
#[utoipa::path(delete, path = "/staff/{id}/lockout", tag = "catalogue",
    params(("id" = StaffId, Path), IdempotencyKey), responses((status = 204), AskProblems))]
async fn forget_lockout(
    State(app): State<App>,
    actor: Actor,
    _: IdempotencyKey,
    Path(id): Path<StaffId>,
) -> Result<StatusCode, Problem> {
    actor.allow(Permission::EditStaff)?;
    let staff = staff(&app, id)?;
    app.store.forget_lockouts(staff.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Erases the name of somebody who no longer works here, and what they signed in as: their key is destroyed on every hub
/// and at the relay, and nothing brings it back. What they did stays, without a name. Backups made before hold it until
/// they are deleted.
#[utoipa::path(post, path = "/staff/{id}/erase", tag = "catalogue", params(("id" = StaffId, Path), IdempotencyKey),
    responses((status = 200, body = StaffRecord), AskProblems))]
async fn erase_name(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<StaffId>,
) -> Result<axum::Json<StaffRecord>, Problem> {
    actor.allow(Permission::EditStaff)?;
    let now = || app.store.catalogue().staff.get(&id).map(StaffRecord::from);
    now().ok_or_else(|| Problem::unknown("staff member"))?;
    let fields = [("erased".to_owned(), true.into())].into();
    let changes = vec![EntityChanged { kind: EntityKind::Staff, id: id.0, fields }];
    app.command(&actor, &key, Command::Edit { changes }).await?;
    now().map(axum::Json).ok_or_else(|| Problem::unknown("staff member"))
}
